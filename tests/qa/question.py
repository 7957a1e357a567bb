"""A question to the allocator as its files say it: a scenario in plain data and tables of curves.

Everything the checker needs is plain Python; the engine gets the same through its own files.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import curve_case
import numpy as np

from allocator import run
from allocator.scenario import LoadedScenario, load
from mmm.curves import TabulatedCurves

WEEKS = 4
KPIS = ("revenue", "new_customers")
COUNTED = ("new_customers",)


@dataclass(frozen=True)
class Question:
    """data: the scenario as written, with ``table: reference.csv`` for its reference.

    points:    totals at which responses are known, the same for every line
    response:  kpi -> line -> draws of heights at those points
    reference: line -> total spent, currency
    """

    data: Mapping[str, Any]
    points: Sequence[float]
    response: Mapping[str, Mapping[str, Sequence[Sequence[float]]]]
    reference: Mapping[str, float]

    @property
    def lines(self) -> tuple[str, ...]:
        """In order."""
        return tuple(self.reference)

    def asking(self, **changes: Any) -> Question:
        """The same with some top-level keys of the scenario written anew."""
        return replace(self, data={**self.data, **changes})


@cache
def folder() -> Path:
    """A project of its own, for as long as the process lives."""
    made = Path(tempfile.mkdtemp(prefix="budget-engine-qa-"))
    (made / "pyproject.toml").touch()
    return made


def curves_of(question: Question) -> TabulatedCurves:
    """The tables as curves."""
    return curve_case.tabulated(
        dict.fromkeys(question.lines, question.points),
        {
            kpi: {line: np.array(draws) for line, draws in lines.items()}
            for kpi, lines in question.response.items()
        },
        weeks=WEEKS,
        counts=COUNTED,
    )


def loaded(question: Question) -> LoadedScenario:
    """The scenario, written to its file and read as a planner's is (JSON is YAML)."""
    path = folder() / "question.yaml"
    path.write_text(json.dumps(question.data, indent=1), encoding="utf-8")
    with (folder() / "reference.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("line", "spend"))
        rows.writerows((line, f"{total:.2f}") for line, total in question.reference.items())
    return load(path)


def answer(question: Question) -> run.Answer:
    """What the engine says."""
    return run.plan(loaded(question), curves_of(question), folder=folder())


def totals_of(found: run.Answer) -> dict[str, float]:
    """line -> total of the plan, currency."""
    assert found.plan is not None
    return {line.line: line.total for line in found.plan.lines}
