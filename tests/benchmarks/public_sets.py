"""Fit the public sets with default beliefs, and tell what the gate says of each.

    python tests/benchmarks/public_sets.py --write

Needs the public datasets. Every set is fitted by ``mmm fit`` from the model file in tests/real.
``--write`` puts the table into docs/public-sets.md.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).parents[2]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests")]  # in this order: tests/mmm is no mmm

from real_sets import model_file  # noqa: E402

SETS = {
    "mmm_example": "PyMC-Marketing's example, 179 weeks",
    "robyn": "Robyn's simulated weekly data, 208 weeks",
    "meridian": "Meridian, national, 156 weeks",
    "meridian_reach": "Meridian, national, one channel on reach and frequency",
    "meridian_geo": "Meridian, 20 regions",
    "meridian_geo_reach": "Meridian, 20 regions, one channel on reach and frequency",
}
PAGE = REPOSITORY / "docs" / "public-sets.md"
HEAD = (
    "set", "KPI", "verdict", "R-hat", "bulk ESS", "divergences", "return of each line",
    "what the card names",
)  # fmt: skip


def main(options: argparse.Namespace) -> None:
    """Fit, and print or write the table."""
    rows = [row for name in options.sets for row in fitted(name, options)]
    lines = ["| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    text = "\n".join(lines)
    print(text)
    if options.write:
        page = PAGE.read_text("utf-8")
        marked = re.sub(
            r"(<!-- table -->\n).*?(<!-- end -->)",
            lambda found: f"{found[1]}{text}\n{found[2]}",
            page,
            flags=re.S,
        )
        PAGE.write_text(marked, "utf-8")


def fitted(name: str, options: argparse.Namespace) -> Iterator[list[str]]:
    """One row for each KPI of a set."""
    from mmm.fit.conduct import load

    with tempfile.TemporaryDirectory() as folder:
        model = model_file(name, Path(folder))
        command = [
            sys.executable, "-c", "from mmm.cli import main; main()", "fit", str(model),
            "--out", f"{folder}/fit", "--quiet", "--draws", str(options.draws),
            "--tune", str(options.tune),
        ]  # fmt: skip
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, cwd=REPOSITORY)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{name}: {seconds:.0f} CPU s", file=sys.stderr)
        fit = load(f"{folder}/fit")
        for kpi in map(str, fit.posterior["kpi"].to_numpy()):
            yield [SETS[name], kpi, *_card(fit, kpi)]


def _card(fit, kpi: str) -> list[str]:
    checks = {
        one["name"].removeprefix(f"{kpi}: "): one
        for one in json.loads(fit.card.to_json())["checks"]
        if one["name"].startswith(f"{kpi}: ")
    }
    verdicts = [one["verdict"] for one in checks.values()]
    worst = next(word for word in ("FAIL", "REVIEW", "PASS") if word in verdicts)
    named = [name for name, one in checks.items() if one["verdict"] != "PASS"]
    return [
        worst,
        f"{checks['R-hat']['value']:.3f}",
        f"{checks['bulk ESS']['value']:,.0f}",
        f"{checks['divergences']['value']:.0f}",
        "; ".join(_returns(fit, kpi)),
        ", ".join(named) or "nothing",
    ]


def _returns(fit, kpi: str) -> Iterator[str]:
    """KPI units per unit of spend: median and 90 % range."""
    own = fit.posterior["average"].sel(kpi=kpi).sum("geo").stack(draw_=("chain", "draw"))
    spend = fit.constants["spend"].sum("geo").mean("week")
    for line in map(str, own["line"].to_numpy()):
        if float(spend.sel(line=line)) == 0:
            continue
        draws = own.sel(line=line).to_numpy() / float(spend.sel(line=line))
        low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95])
        yield f"{line} {middle:.3g} ({low:.3g} to {high:.3g})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="*", default=list(SETS), choices=list(SETS))
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--tune", type=int, default=500)
    parser.add_argument("--write", action="store_true", help="put the table into the page")
    main(parser.parse_args())
