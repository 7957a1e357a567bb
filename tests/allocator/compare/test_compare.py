"""Comparisons against figures computed from the curves by hand, and what must always hold."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from functools import cache
from pathlib import Path

import comparison_case as case
import curve_case
import numpy as np
import pytest
import run_case
from typer.testing import CliRunner

from allocator.cli import app
from allocator.compare.conduct import compare
from allocator.compare.contender import Contender, contender, contenders
from allocator.compare.exchange import Rate, rates_of
from allocator.compare.table import COLUMNS, tidy
from allocator.findings.comparison import Comparison
from mmm.curves import ParametricCurves
from mmm.errors import InputError

CONCAVE = curve_case.Market(slopes=(0.7, 1.0))  # quickly proven


@pytest.fixture(scope="module")
def curves() -> ParametricCurves:
    return curve_case.parametric(3, CONCAVE)


@pytest.fixture(scope="module")
def paths(curves: ParametricCurves, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """a, b: other amounts; rich: b with another margin; other: b on another model; late: b a week
    later; long: seven weeks; usd: b on the same model in another currency."""
    folder = tmp_path_factory.mktemp("plans")
    rich = case.BASE.replace("40%", "60%") + (
        "constraints: [{id: floor, each: [tv], spend: {min: 50k}}]\n"
    )
    dear = case.BASE + (
        "assumptions:\n  - {id: dear, lines: [tv], cost_per_unit: +25%, source: a rate card}\n"
    )
    late = case.BASE.replace("2027-W01", "2027-W02")
    long = case.BASE.replace("weeks: 6", "weeks: 7")
    dollars = curve_case.parametric(3, replace(CONCAVE, currency="USD"))
    stronger = replace(curves, data=curves.data.assign(effect=curves.data["effect"] * 1.2))
    plans = {
        "a": (case.GOOD, curves, case.BASE),
        "b": (case.MORE, curves, case.BASE),
        "rich": (case.MORE, curves, rich),
        "other": (case.MORE, stronger, case.BASE),
        "late": (case.MORE, curves, late),
        "dear": (case.MORE, curves, dear),
        "long": (case.MORE, curves, long),
        "usd": (case.MORE, dollars, case.BASE + "currency: USD\n"),
    }
    return {
        name: case.written(folder / name, rows, known, changes)
        for name, (rows, known, changes) in plans.items()
    }


@cache
def known(path: Path) -> Contender:
    """A plan read once."""
    return contender(path)


def of(paths: dict[str, Path], *names: str, **options: object) -> Comparison:
    return compare([known(paths[name]) for name in names], **options)


def outcomes(plan: Contender, kpi: str) -> np.ndarray:
    """(draw, line), straight from the curves."""
    setting = plan.setting
    spend = setting.labelled(plan.spend)
    response = setting.curves.response(spend, setting.window)
    return response.sel(kpi=kpi).transpose("draw", "line").to_numpy()


def test_differences_are_those_of_the_curves_draw_by_draw(paths: dict[str, Path]) -> None:
    a, b = [known(paths["a"]), known(paths["b"])]
    found = compare([a, b])
    before, after = outcomes(a, "revenue"), outcomes(b, "revenue")
    for place, line in enumerate(a.setting.curves.lines):
        less = after[:, place] - before[:, place]
        change = found.figure("line", line, "revenue").changes[1]
        assert change is not None
        assert change.mean == pytest.approx(less.mean())
        assert (change.p10, change.p90) == pytest.approx(tuple(np.quantile(less, [0.1, 0.9])))
        assert change.above == (less > 0).mean()
        money = found.figure("line", line, "spend").changes[1]
        assert money is not None
        assert money.mean == case.MORE[line] - case.GOOD[line]
        assert money.above is None
    both = found.figure("channel", "search", "revenue").values
    assert [v.mean for v in both if v] == pytest.approx(
        [before[:, 1:3].sum(axis=1).mean(), after[:, 1:3].sum(axis=1).mean()]
    )
    profit = found.figure("plan", "all", "objective").changes[1]
    gain = 0.4 * (after - before).sum(axis=1) - 50e3
    assert profit is not None
    assert profit.mean == pytest.approx(gain.mean())
    assert profit.above == (gain > 0).mean()
    roas = found.figure("plan", "all", "roas revenue").values[1]
    assert roas is not None
    assert roas.mean == pytest.approx(after.sum(axis=1).mean() / 300e3)


def test_months_and_weeks_add_up(paths: dict[str, Path]) -> None:
    a, b = [known(paths["a"]), known(paths["b"])]
    found = compare([a, b])
    for level, name, metric in (
        ("plan", "all", "spend"), ("channel", "search", "spend"), ("line", "tv", "spend"),
        ("plan", "all", "revenue"), ("channel", "search", "new_customers"),
    ):  # fmt: skip
        rows = [r for r in found.figures if (r.level, r.line, r.metric) == (level, name, metric)]
        by = {c: [r for r in rows if r.calendar == c] for c in ("all", "month", "week", "after")}
        for place in range(2):
            whole = by["all"][0].values[place].mean
            parts = sum(r.values[place].mean for r in (*by["month"], *by["after"]))
            assert parts == pytest.approx(whole, abs=0.005 if metric == "spend" else None)
            if metric == "spend":
                assert sum(r.values[place].mean for r in by["week"]) == pytest.approx(whole)
    # 2027-W01 to W06 is 4 January to 14 February: four weeks and the Sunday before 1 February
    january = found.figure("line", "tv", "spend", period="2027-01").values[0]
    weekly = a.spend[0]
    assert january is not None
    assert january.mean == pytest.approx(weekly[:4].sum(), abs=0.02)


def test_a_plan_beside_itself_differs_in_nothing(paths: dict[str, Path]) -> None:
    found = of(paths, "a", "a")
    for row in found.figures:
        assert row.values[0] == row.values[1]
        change = row.changes[1]
        assert change is not None
        assert (change.mean, change.p10, change.p90) in ((0.0, 0.0, 0.0), (0.0, None, None))
    assert all(entry.regret == entry.hindsight == 0 and entry.best == 1 for entry in found.judged)
    assert found.causes == ()
    for bridge in found.bridges:
        assert all(step.amount.mean == 0 and step.amount.p90 == 0 for step in bridge.steps)


def test_swapped_every_change_has_the_other_sign(paths: dict[str, Path]) -> None:
    there, back = of(paths, "a", "rich"), of(paths, "rich", "a")
    ours = {(r.level, r.line, r.metric, r.period): r.changes[1] for r in there.figures}
    for row in back.figures:
        change, other = row.changes[1], ours[row.level, row.line, row.metric, row.period]
        assert change is not None
        assert other is not None
        assert change.mean == pytest.approx(-other.mean, abs=1e-9)
        if change.p10 is not None and other.p90 is not None:
            assert change.p10 == pytest.approx(-other.p90)
            assert change.above == pytest.approx(1 - (other.above or 0.0))
    for one, two in zip(there.bridges, back.bridges, strict=True):
        assert one.start == two.end
        assert one.end == two.start


@pytest.mark.parametrize("names", [("a", "b"), ("a", "rich"), ("a", "other"), ("a", "late")])
def test_bridges_close(paths: dict[str, Path], names: tuple[str, str]) -> None:
    found = of(paths, *names, align=True)
    assert {bridge.metric for bridge in found.bridges} == {"objective", "revenue", "new_customers"}
    ends = [known(paths[name]) for name in names]
    for bridge in found.bridges:
        total = bridge.start.mean + sum(step.amount.mean for step in bridge.steps)
        assert total == pytest.approx(bridge.end.mean)
        if bridge.metric == "revenue":
            stated = [plan.plan.totals.plan.kpis["revenue"].mean for plan in ends]
            assert [bridge.start.mean, bridge.end.mean] == pytest.approx(stated)


def test_each_step_has_its_cause(paths: dict[str, Path]) -> None:
    steps = {
        names: {
            step.name: step.amount.mean
            for bridge in of(paths, *names).bridges
            if bridge.metric == "objective"
            for step in bridge.steps
        }
        for names in (("a", "b"), ("b", "rich"), ("b", "other"))
    }
    plan = steps["a", "b"]
    assert plan["price"] == plan["efficiency"] == plan["interaction"] == 0
    assert plan["volume"] != 0
    assert plan["mix"] != 0
    prices = steps["b", "rich"]
    assert prices["volume"] == prices["mix"] == prices["efficiency"] == prices["interaction"] == 0
    revenue = [known(paths["b"])][0].plan.totals.plan.kpis["revenue"].mean
    assert prices["price"] == pytest.approx(0.2 * revenue)  # 60 % of it instead of 40 %
    model = steps["b", "other"]
    assert model["volume"] == model["mix"] == model["price"] == 0
    assert model["interaction"] == 0
    assert model["efficiency"] == pytest.approx(0.4 * 0.2 * revenue)


def test_dearer_media_are_a_price(paths: dict[str, Path]) -> None:
    """At 5/4 of the price the money buys 4/5: R(x / 1.25), on the curves as they were fitted."""
    base, dear = [known(paths["b"]), known(paths["dear"])]
    found = compare([base, dear])
    bridge = next(one for one in found.bridges if one.metric == "revenue")
    steps = {step.name: step.amount.mean for step in bridge.steps}
    setting = base.setting
    fewer = base.spend.copy()
    fewer[base.setting.curves.lines.index("tv")] /= 1.25
    now, then = (
        setting.curves.response(setting.labelled(spend), setting.window)
        .sel(kpi="revenue").sum("line").mean().item()
        for spend in (base.spend, fewer)
    )  # fmt: skip
    assert steps["price"] == pytest.approx(then - now)
    assert steps["price"] < 0
    assert [steps[name] for name in ("volume", "mix", "efficiency", "interaction")] == [0.0] * 4
    assert {cause.kind for cause in found.causes} == {"price"}


def test_what_changed_is_said(paths: dict[str, Path]) -> None:
    causes = {cause.kind: cause.words for cause in of(paths, "b", "rich").causes}
    assert causes == {
        "price": "economics margin: 0.4 became 0.6",
        "constraint": "rule floor is new: each of tv: at least 50,000 EUR",
    }
    kinds = [cause.kind for cause in of(paths, "b", "other").causes]
    assert kinds == ["model"]


def test_regret_is_told_by_every_world(paths: dict[str, Path]) -> None:
    a, b = [known(paths["a"]), known(paths["other"])]
    found = compare([a, b])
    assert [judge.name for judge in found.judges] == ["q1 (A)", "q1 (B)"]
    for judge in (a, b):
        setting = judge.setting
        profits = []
        for plan in (a, b):
            response = setting.curves.response(setting.labelled(plan.spend), setting.window)
            revenue = response.sel(kpi="revenue").sum("line").to_numpy()
            profits.append(0.4 * revenue - plan.spend.sum())
        name = "q1 (A)" if judge is a else "q1 (B)"
        entries = [entry for entry in found.judged if entry.judge == name]
        best = max(profit.mean() for profit in profits)
        each = np.maximum(*profits)
        for entry, profit in zip(entries, profits, strict=True):
            assert entry.value is not None
            assert entry.value.mean == pytest.approx(profit.mean())
            assert entry.regret == pytest.approx(best - profit.mean(), abs=1e-6)
            assert entry.hindsight == pytest.approx((each - profit).mean(), abs=1e-6)
            assert entry.best == (profit >= each).mean()


def test_models_are_never_mixed(paths: dict[str, Path]) -> None:
    found = of(paths, "a", "other")
    assert {row.model for row in found.figures} == {"q1 (A)", "q1 (B)"}
    assert any("2 models" in note for note in found.notes)
    a, other = [known(paths["a"]), known(paths["other"])]
    theirs = next(
        row for row in found.figures
        if (row.model, row.level, row.metric, row.calendar)
        == ("q1 (B)", "plan", "revenue", "all")
    )  # fmt: skip
    setting = other.setting
    on_it = setting.curves.response(setting.labelled(a.spend), setting.window)
    assert theirs.values[0] is not None
    assert theirs.values[0].mean == pytest.approx(
        float(on_it.sel(kpi="revenue").sum("line").mean())
    )


def test_a_line_that_only_one_has_is_absent_not_zero(
    paths: dict[str, Path], curves: ParametricCurves, tmp_path: Path
) -> None:
    renamed = case.other_lines(curves, {"social": "radio"})
    rows = {("radio" if line == "social" else line): x for line, x in case.MORE.items()}
    path = case.written(tmp_path / "radio", rows, renamed)
    found = compare(contenders([paths["a"], path]))
    radio = found.figure("line", "radio", "spend")
    assert radio.values[0] is None
    assert radio.changes[1] is None
    assert radio.values[1] is not None
    assert found.figure("line", "social", "spend").values[1] is None
    assert any("do not know radio" in note for note in found.notes)
    assert found.bridges == ()
    why = [entry.why for entry in found.judged if entry.value is None]
    assert why == [
        "the curves of q1 (A) do not know radio",
        "the curves of q1 (B) do not know social",
    ]


def test_other_weeks_and_currencies_are_refused_or_told_how(paths: dict[str, Path]) -> None:
    with pytest.raises(InputError, match="--align"):
        of(paths, "a", "late")
    with pytest.raises(InputError, match="7 weeks"):
        of(paths, "a", "long", align=True)
    with pytest.raises(InputError, match="--rate USD"):
        of(paths, "a", "usd")
    with pytest.raises(InputError, match="2 to 26"):
        of(paths, "a")


def test_side_by_side_weeks_are_numbered(paths: dict[str, Path]) -> None:
    found = of(paths, "a", "late", align=True)
    periods = {row.period for row in found.figures if row.calendar == "week"}
    assert periods == {f"week {place}" for place in range(1, 7)}
    assert not [row for row in found.figures if row.calendar == "month"]
    assert found.aligned


def test_a_rate_converts_money_and_nothing_else(paths: dict[str, Path]) -> None:
    rates = {"USD": Rate("USD", 0.5, "2026-11-20", "ECB")}
    found = of(paths, "b", "usd", rates=rates)
    for metric, factor in (("spend", 0.5), ("revenue", 0.5), ("new_customers", 1.0),
                           ("roas revenue", 1.0), ("cac new_customers", 0.5)):  # fmt: skip
        row = next(
            r for r in found.figures
            if (r.model, r.metric, r.level, r.calendar) == ("q1 (B)", metric, "plan", "all")
        )  # fmt: skip
        own = [known(paths["usd"])][0].plan.totals.plan
        stated = {
            "spend": own.spend,
            "revenue": own.kpis["revenue"].mean,
            "new_customers": own.kpis["new_customers"].mean,
            "roas revenue": own.roas["revenue"].mean,
            "cac new_customers": own.cac["new_customers"].mean,
        }[metric]
        assert row.values[1] is not None
        assert row.values[1].mean == pytest.approx(factor * stated)
    assert found.plans[1].exchange == "1 USD = 0.5 EUR (2026-11-20, ECB)"
    assert not [bridge for bridge in found.bridges if bridge.metric == "objective"]


@pytest.mark.parametrize(
    "text", ["USD=0.92", "USD=x@2026-11-20:ECB", "USD=0@2026-11-20:ECB", "usd=1@2026-11-20:ECB",
             "USD=1@2026-13-20:ECB", "USD=1@2026-11-20:"],
)  # fmt: skip
def test_a_rate_needs_a_day_and_a_source(text: str) -> None:
    with pytest.raises(InputError):
        rates_of([text])


def test_the_table_has_every_row_and_no_formula(paths: dict[str, Path]) -> None:
    found = of(paths, "a", "b")
    evil = found.model_copy(
        update={"figures": (found.figures[0].model_copy(update={"line": "=1+1"}),)}
    )
    rows = list(csv.reader(io.StringIO(tidy(found))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 1 + 2 * len(found.figures)
    assert list(csv.reader(io.StringIO(tidy(evil))))[1][3] == "'=1+1"


def test_the_command_writes_all_three(paths: dict[str, Path], tmp_path: Path) -> None:
    line = ["compare", str(paths["a"].parent), str(paths["b"]), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, line)
    assert done.exit_code == 0, done.output
    assert "more" in done.output.splitlines()[0] or "less" in done.output.splitlines()[0]
    assert max(map(len, done.output.splitlines()[:-1])) <= 100
    text = (tmp_path / "out" / "comparison.json").read_text(encoding="utf-8")
    assert Comparison.model_validate_json(text).to_json() == text
    again = CliRunner().invoke(app, [*line, "--force", "--quiet", "--xlsx"])
    assert again.exit_code == 0
    assert (tmp_path / "out" / "compare.xlsx").read_bytes().startswith(b"PK")
    assert CliRunner().invoke(app, ["compare", *line[1:3], "--xlsx"]).exit_code != 0
    assert (tmp_path / "out" / "comparison.json").read_text(encoding="utf-8") == text


def test_curves_that_are_not_the_plans_are_refused(
    paths: dict[str, Path], curves: ParametricCurves, tmp_path: Path
) -> None:
    path = case.written(tmp_path / "p", case.GOOD, curves)
    run_case.curve_case.save_curves(curve_case.parametric(9), path.parent / "curves.nc", force=True)
    with pytest.raises(InputError, match=r"curves\.digest"):
        contenders([paths["a"], path])
