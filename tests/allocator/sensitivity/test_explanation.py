"""What rules cost, what the next money brings and where it goes; the commands that tell it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import curve_case
import numpy as np
import pytest
import sensitivity_case
from sensitivity_case import asked, measured

from allocator import each, run, together
from allocator.cli import app
from allocator.plan.file import write
from allocator.sensitivity.costs import costs_of
from allocator.sensitivity.marginal import marginals_of
from allocator.sensitivity.next_money import next_money
from allocator.sensitivity.words import amount, changed
from mmm.terminal import run as command

BUDGET = 100_000.0


def split(tv: float, search: float, budget: float = BUDGET) -> float:
    """The value of the best split of a√x + b√y."""
    return math.hypot(tv, search) * math.sqrt(budget)


def test_a_rule_costs_what_the_best_plan_without_it_has_more() -> None:
    curves = sensitivity_case.roots(tv=30.0, search=40.0)
    rules = [
        together("tv").spend(id="committed", min=60_000),
        together("search").spend(id="idle", max=90_000),
    ]
    _, known = asked(curves, {"exactly": BUDGET}, rules)
    committed, idle = costs_of(known, measured(known))
    with_it = 30 * math.sqrt(60_000) + 40 * math.sqrt(40_000)
    assert committed.cost == pytest.approx(split(30, 40) - with_it, rel=2e-3)
    assert committed.least <= committed.cost <= committed.most
    assert committed.kpis["revenue"] == pytest.approx(committed.cost)
    assert (idle.cost, idle.solved, idle.binding) == (0.0, False, False)


def test_a_smallest_buy_that_switches_a_line_off_costs_though_it_does_not_bind() -> None:
    """40√x for a, 5√x for b or nothing below 20,000: b is off; without the rule it has 1,538."""
    curves = sensitivity_case.roots(a=40.0, b=5.0)
    rule = each("b").active(id="smallest", min=20_000)
    _, known = asked(curves, {"exactly": BUDGET}, [rule])
    (cost,) = costs_of(known, measured(known))
    assert known.totals["b"] == 0
    assert not cost.binding
    assert cost.cost == pytest.approx(split(40, 5) - 40 * math.sqrt(BUDGET), rel=5e-3)


def test_a_soft_rule_says_what_it_is_short_of_and_pays() -> None:
    """With all in tv 30/(2√B) more a euro is lost than 0.02: a wish for b stays partly unmet."""
    curves = sensitivity_case.roots(tv=30.0, search=40.0)
    wish = together("tv").spend(id="wish", min=90_000, soft={"price": 0.02})
    _, known = asked(curves, {"exactly": BUDGET}, [wish])
    (cost,) = costs_of(known, measured(known))
    short = 90_000 - known.totals["tv"]
    assert short > 1000
    assert cost.short == {"tv": pytest.approx(short, abs=0.02)}
    assert cost.paid == pytest.approx(0.02 * short, rel=1e-4)
    assert cost.price == 0.02


def test_free_lines_bring_the_same_and_the_others_say_why_not() -> None:
    """a capped brings more; b and c are equal at √(b² + c²)/(2√(B − cap)); d is off."""
    at = (400_000.0 * np.linspace(0, 1, 601) ** 2).tolist()
    formulas = {
        "a": lambda x: 50 * np.sqrt(x),
        "b": lambda x: 30 * np.sqrt(x),
        "c": lambda x: 40 * np.sqrt(x),
        "d": lambda x: 1e-4 * x,
    }
    curves = sensitivity_case.drawn(formulas, at[-1])
    cap = each("a").spend(id="cap", max=20_000)
    _, known = asked(curves, {"exactly": BUDGET}, [cap])
    found = marginals_of(known, measured(known))
    one = {line.line: line for line in found.lines}
    multiplier = 50 / 2 / math.sqrt(80_000)
    assert found.multiplier == pytest.approx(multiplier, rel=1e-2)
    assert found.equalised
    assert (one["a"].state, one["a"].rules) == ("held", ("cap",))
    assert one["a"].marginal == pytest.approx(50 / 2 / math.sqrt(20_000), rel=1e-2)
    assert one["d"].state == "off"
    assert one["d"].marginal == pytest.approx(1e-4)
    assert [one[line].state for line in "bc"] == ["free", "free"]
    assert one["b"].roas == {"revenue": pytest.approx(multiplier, rel=1e-2)}


def test_the_end_of_a_curve_is_a_reason() -> None:
    curves = sensitivity_case.drawn(
        {"a": lambda x: 80 * np.sqrt(x), "b": lambda x: 5 * np.sqrt(x)}, 60_000.0
    )
    _, known = asked(curves, {"exactly": BUDGET})
    assert [line.state for line in marginals_of(known, measured(known)).lines] == [
        "end of its curve",
        "free",
    ]


def test_the_next_money_goes_where_it_brings_most() -> None:
    """Of two roots each has a share a²/(a² + b²) at any budget; a cap turns it to the other."""
    curves = sensitivity_case.roots(tv=30.0, search=40.0)
    loaded, known = asked(curves, {"exactly": BUDGET})
    more, less = next_money(loaded, known, 10_000.0)
    assert more.lines == {
        "tv": pytest.approx(3_600, abs=400),
        "search": pytest.approx(6_400, abs=400),
    }
    assert more.gain == pytest.approx(split(30, 40, 110_000) - split(30, 40), rel=5e-3)
    assert less.gain == pytest.approx(split(30, 40, 90_000) - split(30, 40), rel=5e-3)
    assert sum(less.lines.values()) == pytest.approx(-10_000)


def test_shares_move_with_the_money_and_caps_do_not() -> None:
    curves = sensitivity_case.roots(tv=30.0, search=40.0)
    share = together("tv").share(id="share", min=0.5)
    loaded, known = asked(curves, {"exactly": BUDGET}, [share])
    more, _ = next_money(loaded, known, 10_000.0)
    assert more.lines == {
        "tv": pytest.approx(5_000, abs=0.02),
        "search": pytest.approx(5_000, abs=0.02),
    }
    caps = [each("tv", "search").spend(id="cap", max=50_000)]
    loaded, known = asked(curves, {"exactly": BUDGET}, caps)
    more, less = next_money(loaded, known, 10_000.0)
    assert more.reason is not None
    assert less.reason is None


def test_a_target_is_asked_at_the_money_it_takes() -> None:
    """R = 50√B at the plan's B = 40,000: 4,000 more bring 50(√44,000 − √40,000) of revenue."""
    curves = sensitivity_case.roots(tv=30.0, search=40.0)
    target = {"least_for": {"kpi": "revenue", "at_least": 10_000}}
    loaded, known = asked(curves, target, reference={"flat": True, "scale_to": 20_000})
    more, _ = next_money(loaded, known, 4_000.0)
    assert more.goal == "revenue"
    assert more.gain == pytest.approx(50 * (math.sqrt(44_000) - math.sqrt(40_000)), rel=1e-2)


@pytest.mark.parametrize(
    ("objective", "unit", "said"),
    [
        ("revenue", "currency", "would add 31,200 EUR of revenue"),
        ("new_customers", "count", "would add 31,200 new customers"),
        ("least_spend", "currency", "would save 31,200 EUR"),
        ("most_spend", "currency", "would let 31,200 EUR more be spent"),
        ("weighted", "currency", "would add 31,200 to the goal"),
    ],
)
def test_gains_in_words(objective: str, unit: str, said: str) -> None:
    assert changed(31_200, objective, unit, "EUR") == said


def test_moves_in_words() -> None:
    assert amount(10_000, "EUR") == "10,000 EUR"
    assert amount(0.01, "share") == "1 point"
    assert amount(0.04, "share") == "4 points"
    assert amount(0.1, "") == "0.1"


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explained")
    at = 200_000.0 * np.linspace(0, 1, 21) ** 2
    draws = np.array([0.8, 1.0, 1.2])[:, None]
    heights = {"tv": 300 * draws * np.sqrt(at), "search": 200 * draws[::-1] * np.sqrt(at)}
    curves = curve_case.tabulated(dict.fromkeys(heights, at.tolist()), {"revenue": heights})
    changes = (
        "reference: {flat: true}\nbudget: {exactly: 90k}\n"
        "constraints:\n"
        "  - {id: cap, each: [tv], spend: {max: 50k}}\n"
    )
    loaded = curve_case.project(folder, curves, changes)
    here = loaded.curves_file.parent
    plan = run.plan(loaded, curves, folder=here).plan
    assert plan is not None
    return write(here / "plan.json", plan.to_json())


def test_explain_on_the_terminal(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(app, ["explain", str(plan_file), "--money", "5k"]) == 0
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 100
    assert "relaxing max by 500 EUR would add" in said
    assert "5,000 EUR more would add" in said
    document = json.loads((plan_file.parent / "explanation.json").read_text(encoding="utf-8"))
    assert document["plan"] == json.loads(plan_file.read_text(encoding="utf-8"))["digest"]
    assert {price["rule"] for price in document["prices"]} == {"budget", "cap"}
    assert command(app, ["explain", str(plan_file)]) == 2  # it is there already
    assert "--force" in capsys.readouterr().err


def test_stability_on_the_terminal(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(app, ["stability", str(plan_file), "--within", "2%"]) == 0
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 100
    assert "at most 2 %" in said
    document = json.loads((plan_file.parent / "stability.json").read_text(encoding="utf-8"))
    assert document["draws"] == 3
    assert [line["line"] for line in document["lines"]] == ["tv", "search"]


@pytest.mark.parametrize(
    "line",
    [
        ["explain", "PLAN", "--step", "10 k", "--force"],
        ["explain", "PLAN", "--money", "0", "--force"],
        ["stability", "PLAN", "--within", "0.01", "--force"],
        ["stability", "PLAN", "--within", "0%", "--force"],
    ],
)
def test_wrong_options_are_told(
    plan_file: Path, line: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(app, [str(plan_file) if word == "PLAN" else word for word in line]) == 2
    assert line[2] in capsys.readouterr().err


def test_other_curves_are_refused(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = sensitivity_case.roots(tv=1.0, search=2.0)
    curve_case.save_curves(other, tmp_path / "other.nc")
    asked_for = ["explain", str(plan_file), "--curves", str(tmp_path / "other.nc"), "--force"]
    assert command(app, asked_for) == 2
    assert "curves.digest" in capsys.readouterr().err
