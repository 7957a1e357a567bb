"""What a part of the benchmark gives back, and how its figures are measured and written."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Table:
    """Rows of text under ``head``; ``note`` says what was measured on what.

    curves: name -> (size, CPU s) pairs, for a plot of cost against size
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str
    curves: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)

    def to_json(self) -> str:
        """In one line, to be handed from process to process."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Part:
    """One question of the benchmark: its name on the command line and the function that asks."""

    name: str
    title: str
    ask: Callable[[], Table]


def timed(call: Callable[[], T]) -> tuple[T, float]:
    """What a call returns, and the CPU seconds of this process that it took."""
    started = time.process_time()
    found = call()
    return found, time.process_time() - started


def seconds(cpu: float) -> str:
    """CPU seconds to two figures."""
    return f"{cpu:,.0f}" if cpu >= 20 else f"{cpu:.2g}" if cpu < 1 else f"{cpu:.1f}"


def times(ratio: float) -> str:
    """A ratio to two figures."""
    return f"{ratio:,.0f}" if ratio >= 20 else f"{ratio:.2g}"


def percent(share: float) -> str:
    """A share as a reader wants it: small ones keep two figures, rounding is no loss."""
    if abs(share) < 1e-6:
        return "0" if abs(share) < 1e-9 else "< 0.0001 %"  # solvers end this near to a bound
    return f"{100 * share:.1f} %" if abs(share) >= 0.01 else f"{100 * share:.2g} %"
