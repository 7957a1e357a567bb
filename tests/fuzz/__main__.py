"""Spoil and read thousands of projects: ``python -m tests.fuzz --count 10000 --seed 0``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from mmm.terminal import progress
from tests.fuzz.case import MEGABYTES, Tally, judge

SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where every case was read or refused as it should be."""
    asks = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asks.add_argument("--count", type=int, default=10_000, help="cases")
    asks.add_argument("--seed", type=int, default=0, help="seed of the first; the next is one more")
    said = asks.parse_args(arguments)
    tally = Tally()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, progress("fuzzing", said.count) as advance:
        for seed in range(said.seed, said.seed + said.count):
            judge(seed, Path(folder) / "project", tally)
            advance(1)
    seconds, slowest = tally.slowest
    print(
        f"{said.count:,} cases in {time.monotonic() - start:,.0f} s: {tally.codes[0]:,} read, "
        f"{tally.codes[2]:,} refused with {tally.faults:,} faults, {len(tally.failures)} failures; "
        f"slowest {seconds:.2f} s of CPU (seed {slowest}); most memory {tally.megabytes:,.0f} MB"
    )
    print(*tally.failures[:SHOWN], sep="\n")
    return int(bool(tally.failures) or tally.megabytes > MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
