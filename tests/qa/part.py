"""A part of the suite: random instances by their seed, and properties that hold on each of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Findings = Mapping[str, str | None]
"""property -> what is wrong, None where it holds; a property that does not apply is left out"""
PATIENCE = 3600.0  # seconds for one answer: what is asked is the engine, not how busy a machine is
MOST = 4  # times as many seeds as instances wanted, for properties that apply to few


@dataclass(frozen=True)
class Part:
    """Properties (name -> a sentence), and what answers them for one seed.

    instances: how many each property is asked of in full; few: in the test run
    allowed:   property -> share of failures that the house accepts; none where nothing is said
    """

    name: str
    properties: Mapping[str, str]
    ask: Callable[[int], Findings]
    instances: int = 1000
    few: int = 4
    allowed: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Tally:
    """One property so far: instances asked, and seeds at which it failed with what was wrong."""

    instances: int = 0
    failures: list[tuple[int, str]] = field(default_factory=list)

    def add(self, seed: int, wrong: str | None) -> None:
        """One more instance."""
        self.instances += 1
        if wrong is not None:
            self.failures.append((seed, wrong))


@dataclass(frozen=True)
class Result:
    """A part, asked from ``seed`` on: a tally of each property, seeds used and CPU seconds."""

    part: Part
    seed: int
    tallies: Mapping[str, Tally]
    seeds: int
    seconds: float

    @property
    def failing(self) -> list[str]:
        """Properties that fail more often than is accepted."""
        return [
            name
            for name, tally in self.tallies.items()
            if len(tally.failures) > self.part.allowed.get(name, 0.0) * tally.instances
        ]


def run(part: Part, count: int, *, seed: int, advance: Callable[[float], None]) -> Result:
    """Ask seeds from ``seed`` on until every property was asked ``count`` times.

    A fault raised inside is a failure of every property at that seed.
    """
    tallies = {name: Tally() for name in part.properties}
    started = time.process_time()
    used = 0
    while used < MOST * count and min(t.instances for t in tallies.values()) < count:
        here = seed + used
        try:
            found = part.ask(here)
        except Exception as error:
            found = dict.fromkeys(tallies, f"{type(error).__name__}: {error}")
        for name, wrong in found.items():
            tallies[name].add(here, wrong)
        used += 1
        advance(1)
    return Result(part, seed, tallies, used, time.process_time() - started)
