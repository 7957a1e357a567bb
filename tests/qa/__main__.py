"""Ask thousands of random instances: ``python -m tests.qa [--part NAME …] [--few] [--write]``.

--few asks the sample that the test run takes; --write puts the report into docs/qa.md and
docs/qa.json, keeping what it says of parts that were not asked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from mmm.console import console
from mmm.terminal import progress
from tests.qa.part import Part, Result, run
from tests.qa.registry import PARTS
from tests.qa.report import shown, write

SHOWN = 20  # failures of a part that are printed


def asked(part: Part, *, few: bool, count: int | None, seed: int) -> Result:
    """One part with a bar for its seeds."""
    wanted = count or (part.few if few else part.instances)
    with progress(part.name, wanted) as advance:
        return run(part, wanted, seed=seed, advance=advance)


def failures(result: Result) -> list[tuple[int, str]]:
    """Seeds and what was wrong there, each said once."""
    every = [failure for tally in result.tallies.values() for failure in tally.failures]
    return sorted(set(every))


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where every property held, 1 where one failed more often than is accepted."""
    asks = argparse.ArgumentParser(prog="python -m tests.qa", description=__doc__)
    names = [part.name for part in PARTS]
    asks.add_argument("--part", action="append", choices=names, help="only this part; repeatable")
    asks.add_argument("--few", action="store_true", help="the sample that the test run takes")
    asks.add_argument("--count", type=int, help="instances of each property")
    asks.add_argument("--seed", type=int, default=0, help="first seed")
    asks.add_argument("--write", action="store_true", help="put the report into docs/")
    said = asks.parse_args(arguments)
    results = []
    for part in PARTS:
        if said.part and part.name not in said.part:
            continue
        result = asked(part, few=said.few, count=said.count, seed=said.seed)
        results.append(result)
        console().print(shown(result))
        for seed, wrong in failures(result)[:SHOWN]:
            print(f"  {part.name}, seed {seed}: {wrong}")
        if said.write:
            write([result])
    return int(any(result.failing for result in results))


if __name__ == "__main__":
    sys.exit(main())
