"""The report: one row a property, in docs/qa.json and as a table in docs/qa.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from mmm.console import table
from tests.qa.part import Result
from tests.qa.registry import PARTS

DOCS = Path(__file__).parents[2] / "docs"
PAGE, DATA = DOCS / "qa.md", DOCS / "qa.json"
START, END = "<!-- qa -->", "<!-- end of qa -->"
HEAD = ("property", "instances", "failures", "accepted")


def shown(result: Result) -> Table:
    """As it is printed."""
    title = f"{result.part.name}: {result.seeds} seeds, {result.seconds:,.0f} CPU s"
    return table(title, HEAD, [_cells(record) for record in records(result)["properties"]])


def records(result: Result) -> dict[str, Any]:
    """A part as data."""
    part = result.part
    return {
        "part": part.name,
        "seed": result.seed,
        "seeds": result.seeds,
        "cpu_seconds": round(result.seconds),
        "command": f"python -m tests.qa --part {part.name}",
        "properties": [
            {
                "property": sentence,
                "instances": result.tallies[name].instances,
                "failures": len(result.tallies[name].failures),
                "accepted": part.allowed.get(name, 0.0),
                "failed_seeds": [seed for seed, _ in result.tallies[name].failures],
            }
            for name, sentence in part.properties.items()
        ],
    }


def write(results: Sequence[Result]) -> None:
    """The parts asked now beside those asked before."""
    known = {entry["part"]: entry for entry in json.loads(DATA.read_text(encoding="utf-8"))}
    known |= {result.part.name: records(result) for result in results}
    ordered = [known[part.name] for part in PARTS if part.name in known]
    DATA.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    after = rest.partition(END)[2]
    PAGE.write_text(before + START + "\n" + markdown(ordered) + "\n" + END + after, "utf-8")


def markdown(entries: Sequence[dict[str, Any]]) -> str:
    """One table of all parts."""
    head = ("part", *HEAD, "seeds from", "CPU s")
    rows = [
        (entry["part"], *_cells(record), str(entry["seed"]), f"{entry['cpu_seconds']:,}")
        for entry in entries
        for record in entry["properties"]
    ]
    lines = [" | ".join(row) for row in (head, ["---"] * len(head), *rows)]
    return "\n" + "\n".join(f"| {line} |" for line in lines) + "\n"


def _cells(record: dict[str, Any]) -> tuple[str, ...]:
    accepted = f"{record['accepted']:.1%}" if record["accepted"] else "none"
    failures = str(record["failures"])
    return record["property"], f"{record['instances']:,}", failures, accepted
