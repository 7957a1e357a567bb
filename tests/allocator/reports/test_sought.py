"""What a plan says whose amount was sought: sentences, figures, chances, the page."""

from __future__ import annotations

import re
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import curve_case
import numpy as np
import pytest
from dossier_case import dossier_of
from rich.console import Console
from run_case import planned

from allocator.plan import Plan
from allocator.reports._base.assumptions import assumptions
from allocator.reports._base.binding import binding
from allocator.reports._base.cautions import proof
from allocator.reports._base.headline import headline, missed, odds
from allocator.reports._base.paper import paper
from allocator.reports._base.sought import goal, shown
from allocator.reports.planner import planner_page
from allocator.reports.terminal import plan_tables

START = "reference: {flat: true, scale_to: 90k}\n-objective\n"
BUDGETS = {
    "target": "budget: {least_for: {kpi: revenue, at_least: 120k}}\n",
    "roas": "budget: {most_with: {kpi: revenue, roas: 2.5}}\n",
    "marginal": "budget: {most_with: {kpi: revenue, marginal_roas: 1}}\n",
    "full": "budget: {most_with: {kpi: revenue, marginal_roas: 1, at_most: 50k}}\n",
}


@cache
def sought(form: str) -> Plan:
    """300√x + 400√y in three draws, a tenth to each side of it."""
    at = 200_000 * np.linspace(0, 1, 151) ** 2
    draws = np.array([[0.9], [1.0], [1.1]])
    heights = {"l0": 300 * draws * np.sqrt(at), "l1": 400 * draws * np.sqrt(at)}
    curves = curve_case.tabulated(dict.fromkeys(heights, at.tolist()), {"revenue": heights})
    with TemporaryDirectory() as folder:
        return planned(Path(folder), curves, START + BUDGETS[form])


def plainly(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (
            "target",
            r"Reaches EUR 120k revenue with EUR 57\.[56]k, EUR 32\.[45]k less than the reference "
            r"\(80 % sure: EUR 110k to EUR 130k\)\.",
        ),
        (
            "roas",
            r"Spends EUR 40\.\dk, EUR \d\d\.\dk less than the reference, and still earns 2\.5 "
            r"revenue for each EUR 1\.",
        ),
        (
            "marginal",
            r"Spends EUR 6\d\.\dk, EUR 2\d\.\dk less than the reference: further money would not "
            r"bring more than 1 revenue for each EUR 1\.",
        ),
    ],
)
def test_the_finding(form: str, said: str) -> None:
    assert re.fullmatch(said, plainly(headline(sought(form)).sentence))


def test_what_else_matters() -> None:
    assert plainly(headline(sought("target")).more).endswith("reached with a chance of 67 %.")
    assert headline(sought("marginal")).more == ""
    assert headline(sought("full")).more.startswith("This is the most that may be spent")


def test_the_chance_is_of_what_was_asked() -> None:
    target = odds(sought("target"))
    assert (target.figure.replace("\u202f", " "), target.of) == ("67 %", "reaching the target")
    assert odds(sought("marginal")).figure == "–"


def test_figures_are_of_the_kpi_and_the_proof_is_of_money() -> None:
    plan = sought("target")
    assert (shown(plan).name, shown(plan).of(plan.totals.plan)) == (
        "revenue",
        plan.totals.plan.kpis["revenue"],
    )
    assert missed(plan).endswith("less spend")
    assert re.match(r"No split that the rules allow would do with (even .*)?less", proof(plan)[1])
    stopped = plan.model_copy(
        update={"certificate": plan.certificate.model_copy(update={"status": "stopped"})}
    )
    assert re.search(
        r"Found EUR 57\.\dk; by this model at least EUR 57", plainly(proof(stopped)[1])
    )
    assert goal(sought("roas")) == "spend"


def test_a_ceiling_that_is_reached_binds_and_a_target_is_the_question() -> None:
    assert [rule.id for rule in binding(sought("full"))] == ["budget"]
    assert binding(sought("target")) == ()


def test_the_page_and_the_terminal_say_it() -> None:
    plan = sought("target")
    page = planner_page(plan, ()).decode()
    assert "Chance of reaching the target" in page
    assert "Expected revenue, incremental" in page
    assert dict(assumptions(plan))["Budget"].startswith("as little as the target needs, at most")
    out = Console(width=100, record=True, file=StringIO())
    out.print(plan_tables(plan))
    text = out.export_text()
    assert "reaches the target" in text
    assert "expected revenue" in text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (
            "target",
            (
                r"It spends EUR 32\.[45]k less than the reference: decided, not estimated\.",
                r"What is spent is decided; what it is for is missed with a chance of 33 %\.",
                r"Deciding 4 weeks later takes EUR [\d.,]+k? more\.",
                r"It needs EUR [\d.,]+k? less",
                r"would do with (even EUR \S+ )?less",
            ),
        ),
        (
            "roas",
            (
                r"It spends EUR [45]\d\.\dk less than the reference: decided, not estimated\.",
                r"What is spent is decided; what it is for is missed with a chance of 33 %\.",
                r"Deciding 4 weeks later leaves EUR [\d.,]+k? (less|more) that earns what is asked",
                r"It spends EUR [\d.,]+k? (less|more)",
                r"would earn that on (even EUR \S+ )?more",
            ),
        ),
    ],
)
def test_the_director_reads_of_money_that_is_decided(form: str, said: tuple[str, ...]) -> None:
    """Less of what is sought is never said to bring more."""
    plan = sought(form)
    dossier = dossier_of(plan)
    odds_of = plan.goal.met if plan.goal is not None else None
    risk = dossier.risk.model_copy(update={"target": odds_of})
    page = paper(plan, dossier.model_copy(update={"risk": risk}))
    blocks = (page.sure, *page.left, *page.right, page.proof)
    words = plainly(" ".join(line for block in blocks for line in block.lines))
    for sentence in said:
        assert re.search(sentence, words), f"{sentence}\n{words}"
    assert "gain" not in page.sure.lines[0]
    assert not re.search(r"brings? EUR [\d.,]+k? spend", words)
    assert "leaves a part" not in page.compared
    assert "scaled to the budget" not in planner_page(plan, ()).decode()
