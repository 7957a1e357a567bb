"""A dossier's figures against sums and formulas written here once more."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from dataclasses import replace

import numpy as np
import prepare_case
import pytest
from prepare_case import ACCOUNTS, LEDGER, Case

from allocator.prepare import Told
from allocator.prepare.again import again
from allocator.prepare.promise import promise
from allocator.prepare.source import Source
from mmm.curves import ResponseCurves


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return prepare_case.case(tmp_path_factory.mktemp("prepare"))


def profit(made: Case, spend: np.ndarray) -> np.ndarray:
    """(draw,) 0.4 · revenue − spend, from the curves alone."""
    setting = made.opened.known.setting
    response = made.curves.response(setting.labelled(spend), setting.window)
    return 0.4 * response.sel(kpi="revenue").sum("line").to_numpy() - spend.sum()


def amounts(made: Case) -> np.ndarray:
    return np.array([line.spend for line in made.plan.lines])


def test_every_check_holds(made: Case) -> None:
    assert len(made.dossier.checks) >= 12
    assert [check for check in made.dossier.checks if not check.holds] == []


def test_plans_not_chosen_lie_where_they_must(made: Case) -> None:
    known = {other.name: other for other in made.dossier.alternatives}
    assert set(known) == {"unconstrained", "next_best", "simplest"}
    free, near, few = (known[name] for name in ("unconstrained", "next_best", "simplest"))
    assert free.short.mean < 0 < few.short.mean < near.short.mean
    assert "breaks moves" in free.words
    setting = made.opened.known.setting
    scaled = dict(zip(made.curves.lines, setting.scaled.sum("week").to_numpy(), strict=True))
    kept = {x for x in made.curves.lines if abs(near.spend[x] - scaled[x]) < 0.01}
    channels = {x.partition("/")[0] for x in made.curves.lines}
    assert [c for c in channels if all(x in kept for x in made.curves.lines if x.startswith(c))]
    total = {line.line: line.total for line in made.plan.lines}
    for other in known.values():
        apart = sum(abs(other.spend[x] - total[x]) for x in total) / 2
        assert other.moved == pytest.approx(apart, abs=0.01)
        assert other.money == pytest.approx(250_000, abs=0.005)
    assert near.moved >= 0.04 * 250_000  # none differs in 5 %: the one that differs most
    changed = sum(abs(few.spend[x] - scaled[x]) >= 0.005 for x in total)
    assert changed == 3
    assert few.short.mean <= 0.05 * made.plan.totals.difference.reference_scaled.objective.mean


def test_an_alternative_is_worth_what_its_amounts_are(made: Case) -> None:
    setting = made.opened.known.setting
    for other in made.dossier.alternatives:
        spend = setting.weekly({x: round(100 * amount) for x, amount in other.spend.items()})
        draws = profit(made, spend.to_numpy())
        assert other.objective.mean == pytest.approx(draws.mean(), rel=1e-9)
        short = profit(made, amounts(made)) - draws
        assert other.short.p10 == pytest.approx(np.quantile(short, 0.1), rel=1e-9)
        assert other.gap is not None
        assert 0 <= other.gap <= 1e-3


def test_bridges_from_the_reference_to_the_plan(made: Case) -> None:
    setting = made.opened.known.setting
    start, scaled = (profit(made, x.to_numpy()) for x in (setting.reference, setting.scaled))
    end = profit(made, amounts(made))
    bridge = made.dossier.bridges[0]
    assert bridge.metric == "objective"
    steps = {step.name: step.amount for step in bridge.steps}
    assert steps["volume"].mean == pytest.approx((scaled - start).mean(), rel=1e-9)
    assert steps["mix"].p90 == pytest.approx(np.quantile(end - scaled, 0.9), rel=1e-9)
    assert steps["price"].mean == steps["efficiency"].mean == 0
    assert [one.metric for one in made.dossier.bridges[1:]] == list(made.curves.kpis)


def test_waiting_spends_as_the_reference_first(made: Case) -> None:
    setting, late = made.opened.known.setting, made.dossier.waiting
    assert late is not None
    assert late.weeks == 3  # half of six
    mixed = amounts(made)
    mixed[:, :3] = setting.scaled.to_numpy()[:, :3]
    cost = profit(made, amounts(made)) - profit(made, mixed)
    assert late.cost.mean == pytest.approx(cost.mean(), rel=1e-9)
    assert late.cost.p10 == pytest.approx(np.quantile(cost, 0.1), rel=1e-9)


def test_money_at_risk_is_the_worst_tenth(made: Case) -> None:
    setting = made.opened.known.setting
    gain = profit(made, amounts(made)) - profit(made, setting.scaled.to_numpy())
    worst = np.sort(gain)[0]  # of 8 draws a tenth is less than one
    assert made.dossier.risk.at_risk == pytest.approx(max(0.0, -worst), abs=1e-6)
    assert made.dossier.risk.gain == made.plan.totals.difference.reference_scaled.objective


def test_the_statement_ties_to_the_ledger(made: Case) -> None:
    rows = {row.name: row for row in made.dossier.statements}
    revenue = {
        "reference": made.plan.totals.reference.kpis["revenue"].mean,
        "plan": made.plan.totals.plan.kpis["revenue"].mean,
    }
    assert rows["total"].ledger == rows["total"].reference == pytest.approx(LEDGER)
    for side, media in (("reference", made.plan.totals.reference.spend), ("plan", 250_000.0)):
        said = {name: getattr(row, side) for name, row in rows.items()}
        assert said["baseline"] == pytest.approx(LEDGER - revenue["reference"])
        assert said["total"] == pytest.approx(said["baseline"] + revenue[side])
        assert said["margin"] == pytest.approx(0.4 * said["total"])
        assert said["media"] == pytest.approx(media, abs=0.005)
        left = said["margin"] - media - said["fees"] - said["taxes"]
        assert said["contribution"] == pytest.approx(left, abs=0.006)


def test_fees_and_taxes_week_by_week(made: Case) -> None:
    fees = taxes = 0
    for line in made.plan.lines:
        account = ACCOUNTS.get(line.line)
        for amount in line.spend if account else ():
            fee = round(amount * 100 * account.fee)  # type: ignore[union-attr]
            fees += fee
            taxes += round((round(amount * 100) + fee) * account.tax)  # type: ignore[union-attr]
    rows = {row.name: row for row in made.dossier.statements}
    assert rows["fees"].plan == pytest.approx(fees / 100, abs=0.02)  # a half cent goes either way
    assert rows["taxes"].plan == pytest.approx(taxes / 100, abs=0.02)


def test_money_by_month_is_money_by_day(made: Case) -> None:
    """A week's seventh a day, to a cent a week; sums exactly."""
    start = dt.date.fromisoformat(made.plan.period.start)
    for line in made.plan.lines:
        by_month: dict[str, float] = defaultdict(float)
        for week, amount in enumerate(line.spend):
            for number in range(7):
                by_month[f"{start + dt.timedelta(days=7 * week + number):%Y-%m}"] += amount / 7
        rows = [r for r in made.dossier.phasing if r.line == line.line and r.calendar == "month"]
        for row in rows:
            assert row.accrual == pytest.approx(by_month[row.period], abs=0.06)
        assert round(sum(row.accrual for row in rows), 2) == line.total


def test_payments_follow_the_month_by_so_many_days(made: Case) -> None:
    rows = {r.period: r for r in made.dossier.phasing if r.line == "tv" and r.calendar == "month"}
    assert rows["2027-03"].cash == rows["2027-01"].gross  # 31 January and 45 days: 17 March
    assert rows["2027-04"].cash == rows["2027-02"].gross
    assert rows["2027-01"].cash == 0
    brand = [r for r in made.dossier.phasing if r.line == "search/brand"]
    assert all(r.cash == r.gross == r.accrual for r in brand)  # no account: paid as it runs
    quarters = {r.period for r in made.dossier.phasing if r.calendar == "quarter"}
    assert quarters == {"FY2027-Q4", "FY2028-Q1"}  # the year begins in February


def test_a_commitment_is_money_that_is_decided(made: Case) -> None:
    """5,000 in each of two weeks of January."""
    rows = {r.period: r for r in made.dossier.phasing if r.line == "tv" and r.calendar == "month"}
    assert rows["2027-01"].committed == pytest.approx(10_000, abs=0.02)
    assert rows["2027-02"].committed == 0
    others = [r.committed for r in made.dossier.phasing if r.line != "tv"]
    assert set(others) == {0.0}


def test_values_say_where_they_are_written(made: Case) -> None:
    said = {one.path: one for one in made.dossier.assumptions}
    text = (made.folder / "q1.yaml").read_text().splitlines()
    margin = said["economics.margin"]
    assert margin.value == "40%"
    assert "margin" in text[margin.line - 1]
    assert said["carry_out"].note == "default"


def test_a_promise_whose_weeks_are_to_come(made: Case) -> None:
    found = made.dossier.promise
    assert found is not None
    assert found.came is None
    assert found.promised == made.plan.totals.plan.kpis["revenue"]


def test_a_promise_is_held_against_what_came(made: Case) -> None:
    """Six past weeks; the model's contributions with and without them, by loops."""
    past = made.plan.model_copy(
        update={"period": made.plan.period.model_copy(update={"start": "2026-08-31"})}
    )
    source = Source(made.opened, replace(made.told, promised=past))
    found = promise(source)
    assert found is not None
    assert found.came == pytest.approx(brought(made.curves, "2026-08-31", 6), rel=1e-9)
    assert promise(Source(made.opened, Told("2026-11-22"))) is None


def brought(curves: ResponseCurves, start: str, weeks: int) -> float:
    """Mean revenue that the spend of those weeks brought, in them and after."""
    data = curves.data.sel(kpi="revenue")
    days = data["week"].to_numpy().astype("datetime64[D]")
    first = int(np.flatnonzero(days == np.datetime64(start))[0])
    spend = data["spend"].transpose("line", "week").to_numpy()
    without = spend.copy()
    without[:, first : first + weeks] = 0
    total = 0.0
    for line in range(spend.shape[0]):
        lags = int(data["window"].to_numpy()[line])
        for draw in range(data.sizes["draw"]):
            here = data.isel(line=line, draw=draw)
            weights = float(here["adstock_retention"]) ** np.arange(lags)
            weights /= weights.sum()
            half = float(here["saturation_half_saturation"])
            slope = float(here["saturation_slope"])
            for sign, money in ((1, spend[line]), (-1, without[line])):
                for week in range(first, min(first + weeks + lags - 1, len(days))):
                    seen = [money[week - lag] if week >= lag else 0.0 for lag in range(lags)]
                    x = float(weights @ np.array(seen)) / float(here["scale"])
                    total += sign * float(here["effect"]) * x**slope / (half**slope + x**slope)
    return total / data.sizes["draw"]


def test_what_needs_no_search_is_the_same_again(made: Case) -> None:
    stated = json.loads(made.dossier.to_json())
    for key, value in again(made.opened, made.dossier).items():
        assert stated[key] == json.loads(json.dumps(value)), key
