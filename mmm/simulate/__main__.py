"""``python -m mmm.simulate --out DIR [--seed N] [--force]``: write the sample world."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mmm.errors import EngineError
from mmm.simulate.files import write
from mmm.simulate.sample import SEED, sample
from mmm.simulate.world import simulate


def main(arguments: Sequence[str] | None = None) -> int:
    """Write media.csv, kpis.csv, controls.csv and truth.json; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mmm.simulate", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--seed", type=int, default=SEED, help=f"default {SEED}, the sample's own")
    parser.add_argument("--force", action="store_true", help="overwrite files that are there")
    chosen = parser.parse_args(arguments)
    try:
        paths = write(simulate(sample(), chosen.seed), chosen.out, force=chosen.force)
    except EngineError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for path in paths:
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
