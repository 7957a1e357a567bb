"""Risk and money around a scenario: frontiers that rise and bend as they must."""

from __future__ import annotations

import json
from pathlib import Path

import curve_case
import numpy as np
import pytest

from allocator.errors import Infeasible
from allocator.findings.rungs import Ladder
from allocator.ladder import ladder, work
from allocator.reports.ladder import ladder_page, money_words, risk_words
from allocator.reports.ladder_text import ladder_tables
from allocator.show import console
from mmm.errors import InputError

AT = 200_000.0 * np.linspace(0, 1, 41) ** 2
FLAT = "reference: {flat: true}\nbudget: {exactly: 90k}\n"


def risky() -> curve_case.TabulatedCurves:
    """Two lines alike on average; one is the same in every draw, the other good or bad."""
    sure = np.tile(300 * np.sqrt(AT), (20, 1))
    scatter = np.concatenate([np.full(10, 0.2), np.full(10, 1.9)])
    wild = scatter[:, None] * 300 * np.sqrt(AT)
    return curve_case.tabulated(
        {"sure": AT.tolist(), "wild": AT.tolist()}, {"revenue": {"sure": sure, "wild": wild}}
    )


@pytest.fixture(scope="module")
def climbed(tmp_path_factory: pytest.TempPathFactory) -> Ladder:
    curves = risky()
    loaded = curve_case.project(tmp_path_factory.mktemp("ladder"), curves, FLAT)
    told: list[float] = []
    found = ladder(loaded, curves, shares=(0.5, 1.0, 1.5), advance=told.append)
    assert sum(told) == work((0.5, 1.0, 1.5))
    return found


def test_no_rung_has_both_more_and_safer(climbed: Ladder) -> None:
    worst = [rung.worst for rung in climbed.rungs]
    mean = [rung.mean for rung in climbed.rungs]
    assert worst == sorted(worst)
    assert mean == sorted(mean, reverse=True)
    assert climbed.rungs[0].name == "bold"
    assert climbed.rungs[0].current
    assert climbed.rungs[-1].spend["sure"] > climbed.rungs[0].spend["sure"]
    assert all(rung.gap <= 1e-4 for rung in climbed.rungs)


def test_bold_is_the_best_split_on_average(climbed: Ladder) -> None:
    """Against every split in steps of 1 EUR."""
    sure = np.arange(0.0, 90_000.0, 1.0)
    worth = np.interp(sure, AT, 300 * np.sqrt(AT))
    worth += np.interp(90_000.0 - sure, AT, 315 * np.sqrt(AT))
    even = np.interp(45_000.0, AT, np.sqrt(AT)) * (300 + 315)
    bold = climbed.rungs[0]
    assert bold.mean == pytest.approx(worth.max() - even, rel=1e-3)
    assert bold.mean >= worth.max() - even - 1e-6


def test_more_money_brings_more_but_ever_less(climbed: Ladder) -> None:
    means = [step.mean for step in climbed.steps]
    rates = [step.next_unit for step in climbed.steps]
    assert None not in means
    assert means == sorted(means)  # type: ignore[type-var]
    assert rates[0] is None
    assert rates[1] > rates[2] > 0  # type: ignore[operator]
    assert climbed.own.budget == 90_000


def test_a_budget_that_no_plan_keeps_is_told(tmp_path: Path) -> None:
    rule = "constraints:\n  - {id: booked, each: [sure], spend: {min: 60k}}\n"
    curves = risky()
    found = ladder(curve_case.project(tmp_path, curves, FLAT + rule), curves, shares=(0.5, 1.0))
    assert found.steps[0].mean is None
    assert found.steps[1].mean is not None
    assert "no plan keeps the rules" in ladder_page(found).decode()


def test_a_budget_that_is_sought_has_no_ladder(tmp_path: Path) -> None:
    sought = "budget: {least_for: {kpi: revenue, at_least: 1k}}\n"
    text = "-objective\nreference: {flat: true, scale_to: 90k}\n" + sought
    curves = risky()
    with pytest.raises(InputError, match="a budget that is sought"):
        ladder(curve_case.project(tmp_path, curves, text), curves)


def test_rules_that_leave_no_plan(tmp_path: Path) -> None:
    rule = "constraints:\n  - {id: booked, each: all, spend: {min: 60k}}\n"
    curves = risky()
    with pytest.raises(Infeasible, match="allocator plan"):
        ladder(curve_case.project(tmp_path, curves, FLAT + rule), curves, shares=(1.0,))


def test_the_page_says_the_finding_and_loads_nothing(climbed: Ladder) -> None:
    page = ladder_page(climbed).decode()
    assert page.count("<svg") == 2
    assert risk_words(climbed).replace("'", "&#39;") in page
    assert "would bring" in money_words(climbed)
    assert "default-src &#39;none&#39;" in page
    assert "http://" not in page
    assert "https://" not in page


def test_the_tables_fit_a_terminal(climbed: Ladder) -> None:
    out = console()
    with out.capture() as said:
        out.print(ladder_tables(climbed))
    text = said.get()
    assert max(map(len, text.splitlines())) <= 100
    assert "bold *" in text
    assert text.replace("─", "").isascii()


def test_the_document_is_json(climbed: Ladder) -> None:
    document = json.loads(json.dumps(climbed.document(), allow_nan=False))
    assert document["schema_version"] == 1
    assert len(document["rungs"]) == 6
