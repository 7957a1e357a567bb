"""A figure is the same to the digit in JSON, page, workbook and one-pager, whatever the size."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from dossier_case import dossier_of
from plans import BASE, Case, plan_of
from printed import DOCUMENTS, Printed, of_json

from allocator.findings.dossier import Dossier, sealed_dossier
from allocator.plan import Plan, sealed

SIX_MORE = tuple(("audio", f"station {place}", 20_000, 18_000 + 800 * place, 2.4)
                 for place in range(6))  # fmt: skip
SIZES = {
    "3 channels": Case(
        rows=(("tv", None, 600_000, 480_000, 1.9), ("search", None, 400_000, 520_000, 6.2),
              ("social", None, 200_000, 200_000, 3.2)),
        title="Three channels", budget=("exactly", 1.2e6), weeks=2,
    ),
    "24 campaigns": Case(rows=(*BASE, *SIX_MORE), spread=0.5, weeks=2),
    "300 campaigns": Case(
        rows=tuple(
            (f"channel {p // 25 + 1:02d}", f"campaign {p % 25 + 1}", 20_000.0 + 40 * p,
             20_000.0 + 40 * p + (6_000 if p % 3 == 2 else -3_000), 1.5 + p % 3)
            for p in range(300)
        ),
        title="Three hundred campaigns", weeks=1, constraints=(),
        units={"revenue": "currency"},
    ),
}  # fmt: skip


def around(plan: Plan) -> Dossier:
    """Its dossier, phased by month alone: phasing is not what is looked at."""
    document = dossier_of(plan).model_dump(mode="json")
    document["phasing"] = [row for row in document["phasing"] if row["calendar"] == "month"]
    return sealed_dossier(document)


@cache
def both(size: str) -> tuple[Plan, Dossier]:
    case = SIZES[size]
    spent = sum(row[3] for row in case.rows)
    plan = plan_of(replace(case, budget=("exactly", spent)))
    return plan, around(plan)


def differences(name: str, printed: Printed, stated: Printed) -> list[str]:
    return [
        f"{name}: {figure}: {text!r}, in the JSON {stated[figure]!r}"
        for figure, text in printed.items()
        if text != stated[figure]
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_headline_figure_is_that_of_the_json(name: str, size: str) -> None:
    plan, dossier = both(size)
    stated, printed = of_json(plan, dossier), DOCUMENTS[name](plan, dossier)
    assert differences(name, printed, stated) == []
    wanted = {"spend whole", "gain mean said", "gain p10 said", "gain p90 said", "probability",
              "gap", "plan", "dossier"}  # fmt: skip
    assert wanted <= set(printed)
    assert any(figure.startswith("expected mean") for figure in printed)
    if not name.startswith("onepager"):  # there what changes most is drawn, in three digits
        assert {f"{c.channel} whole" for c in plan.channels} <= set(printed)


def test_together_they_print_every_figure_of_the_json() -> None:
    plan, dossier = both("3 channels")
    printed = {figure for read in DOCUMENTS.values() for figure in read(plan, dossier)}
    assert printed == set(of_json(plan, dossier))


def spend(told: dict[str, Any], more: dict[str, Any]) -> None:
    """More, all the way down: the workbook adds up its weeks."""
    for holder, key in ((told["totals"]["plan"], "spend"), (told["channels"][0], "spend"),
                        (told["lines"][0], "total"), (told["lines"][0]["spend"], 0)):  # fmt: skip
        holder[key] += 100_000


def expected(told: dict[str, Any], more: dict[str, Any]) -> None:
    told["totals"]["plan"]["objective"]["mean"] *= 1.01


def gain(told: dict[str, Any], more: dict[str, Any]) -> None:
    told["totals"]["difference"]["reference_scaled"]["objective"]["p10"] *= 1.01
    told["totals"]["difference"]["reference"]["objective"]["p10"] *= 1.01
    more["risk"]["gain"]["p10"] *= 1.01


def chance(told: dict[str, Any], more: dict[str, Any]) -> None:
    told["totals"]["difference"]["reference"]["probability_better"] = 0.5
    told["totals"]["difference"]["reference_scaled"]["probability_better"] = 0.5
    more["risk"]["better"] = 0.5


def gap(told: dict[str, Any], more: dict[str, Any]) -> None:
    told["certificate"]["gap_of_outcome"] *= 1.1


def nothing_but_the_seal(told: dict[str, Any], more: dict[str, Any]) -> None:
    told["seed"] += 1


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize(
    ("change", "figure"),
    [(spend, "spend"), (expected, "expected mean"), (gain, "gain p10 said"),
     (chance, "probability"), (gap, "gap"), (nothing_but_the_seal, "plan")],
)  # fmt: skip
def test_a_figure_that_is_another_is_seen(
    name: str, change: Callable[[dict[str, Any], dict[str, Any]], None], figure: str
) -> None:
    """A document of another plan, which differs in that figure alone, does not pass."""
    plan, dossier = both("3 channels")
    told, more = json.loads(plan.to_json()), json.loads(dossier.to_json())
    change(told, more)
    other = sealed({key: value for key, value in told.items() if key != "digest"})
    printed = DOCUMENTS[name](other, sealed_dossier({**more, "plan": other.digest}))
    found = differences(name, printed, of_json(plan, dossier))
    assert [one for one in found if one.startswith(f"{name}: {figure}")]
