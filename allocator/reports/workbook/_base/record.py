"""Which figures there are: everything the plan and its dossier say in numbers."""

from __future__ import annotations

from collections.abc import Iterator

from allocator.findings.dossier import Dossier
from allocator.plan import Plan, Total
from allocator.reports.workbook._base.figures import (
    QUANTILES,
    SURE,
    Figure,
    Figures,
    Id,
    interval,
)
from allocator.reports.workbook._base.keys import Branch, leaves

COUNTED = "count"


def record(plan: Plan, dossier: Dossier, branches: tuple[Branch, ...]) -> Figures:
    """Every figure once, in the order of sheet Data."""

    def all_of_them() -> Iterator[Figure]:
        yield from _totals(plan)
        for branch in branches:
            yield from _branch(plan, branch)
        yield from _regions(plan)
        yield from _limits(plan, dossier)
        yield from _bridges(dossier)
        yield from _statements(dossier)
        yield from _risk(plan, dossier)
        yield from _others(plan, dossier)
        yield from _phasing(dossier, branches)
        for place, check in enumerate(dossier.checks, 1):
            for metric in ("left", "right", "tolerance"):
                id = Id("check", f"E{place:03d}", metric, "engine")
                yield Figure(id, check.name, COUNTED, getattr(check, metric))

    return Figures(all_of_them())


def _totals(plan: Plan) -> Iterator[Figure]:
    unit, totals = plan.certificate.unit, plan.totals
    sides = {"plan": totals.plan, "reference": totals.reference, "scaled": totals.reference_scaled}
    for of, side in sides.items():
        yield from _total(plan, of, side)
    differences = {
        "on reference": totals.difference.reference,
        "on scaled": totals.difference.reference_scaled,
    }
    for of, difference in differences.items():
        id = Id("total", "", "spend", of)
        yield Figure(id, "all lines", "currency", difference.spend)
        objective = id._replace(metric="objective")
        yield from interval(objective, "all lines", unit, difference.objective, of=QUANTILES)
        for kpi, value in difference.kpis.items():
            own = id._replace(metric=kpi)
            yield from interval(own, "all lines", plan.units[kpi], value, of=QUANTILES)
        better = id._replace(metric="chance of more")
        yield Figure(better, "all lines", "share", difference.probability_better)


def _total(plan: Plan, of: str, side: Total) -> Iterator[Figure]:
    id = Id("total", "", "spend", of)
    yield Figure(id, "all lines", "currency", side.spend)
    objective = id._replace(metric="objective")
    yield from interval(objective, "all lines", plan.certificate.unit, side.objective, of=QUANTILES)
    for kpi, value in side.kpis.items():
        own = id._replace(metric=kpi)
        yield from interval(own, "all lines", plan.units[kpi], value, of=QUANTILES)
    for word, ratios in (("roas", side.roas), ("cac", side.cac)):
        for kpi, ratio in ratios.items():
            yield from interval(id._replace(metric=f"{word} {kpi}"), "all lines", "ratio", ratio)


def _branch(plan: Plan, branch: Branch) -> Iterator[Figure]:
    """A row of the outline and all below it; the weeks of a line behind the line."""
    of = branch.of
    id = Id(branch.table, branch.key, "spend")
    planned = of.total if hasattr(of, "total") else of.spend
    for side, value in (
        ("plan", planned), ("reference", of.reference), ("scaled", of.reference_scaled)
    ):  # fmt: skip
        assert isinstance(value, float | int)
        yield Figure(id._replace(of=side), branch.name, "currency", value)
    for kpi, unit in plan.units.items():
        yield from interval(id._replace(metric=kpi), branch.name, unit, of.kpis.get(kpi))
        change = id._replace(metric=kpi, of="on scaled")
        yield from interval(change, branch.name, unit, of.difference.get(kpi))
    for word, ratios in (("roas", of.roas), ("cac", of.cac)):
        for kpi, ratio in ratios.items():
            yield from interval(id._replace(metric=f"{word} {kpi}"), branch.name, "ratio", ratio)
    if branch.table == "line":
        yield from _line(plan, branch)
    for inner in branch.below:
        yield from _branch(plan, inner)


def _line(plan: Plan, branch: Branch) -> Iterator[Figure]:
    line = branch.of
    for kpi, slope in getattr(line, "marginal_roas").items():  # noqa: B009 - a line has it
        if slope is not None:
            id = Id("line", branch.key, f"marginal roas {kpi}")
            yield Figure(id, branch.name, "ratio", slope)
    for week, spend in zip(plan.period.weeks, line.spend, strict=True):  # type: ignore[arg-type]
        id = Id("week", branch.key, "spend", period=week)
        yield Figure(id, branch.name, "currency", spend)


def _regions(plan: Plan) -> Iterator[Figure]:
    for place, region in enumerate(plan.geos, 1):
        id, name = Id("region", f"G{place:03d}", "spend"), region.geo or "all of them together"
        yield Figure(id, name, "currency", region.spend)
        yield Figure(id._replace(of="reference"), name, "currency", region.reference)
        for kpi, unit in plan.units.items():
            yield from interval(id._replace(metric=kpi), name, unit, region.kpis.get(kpi))


def _limits(plan: Plan, dossier: Dossier) -> Iterator[Figure]:
    for place, limit in enumerate(plan.constraints, 1):
        id = Id("limit", f"R{place:04d}", "limit", limit.side)
        yield Figure(id, limit.id, limit.unit, limit.limit)
        more = (("used", limit.value, limit.unit), ("slack", limit.slack, limit.unit),
                ("holds in", limit.probability, "share"),
                ("price of breaking", limit.price, COUNTED))  # fmt: skip
        for metric, value, unit in more:
            if value is not None:
                yield Figure(id._replace(metric=metric), limit.id, unit, value)
    for place, price in enumerate(dossier.prices, 1):
        id = Id("price", f"P{place:03d}", "cost", "rule")
        yield Figure(id, price.rule, plan.certificate.unit, price.cost)
        for metric, value in (("each", price.each), ("valid for", price.valid_for)):
            if value is not None:
                yield Figure(id._replace(metric=metric), price.rule, "ratio", value)


def _bridges(dossier: Dossier) -> Iterator[Figure]:
    for place, bridge in enumerate(dossier.bridges, 1):
        id = Id("bridge", f"B{place:02d}", "start", bridge.metric)
        yield from interval(id, bridge.a, bridge.unit, bridge.start)
        for step in bridge.steps:
            own = id._replace(metric=step.name)
            yield from interval(own, bridge.metric, bridge.unit, step.amount)
        yield from interval(id._replace(metric="end"), bridge.b, bridge.unit, bridge.end)


def _statements(dossier: Dossier) -> Iterator[Figure]:
    for row in dossier.statements:
        for of in ("reference", "plan", "ledger"):
            value = getattr(row, of)
            if value is not None:
                id = Id("statement", "", row.name, of)
                yield Figure(id, row.name, "currency", value)
    if dossier.margin is not None:
        yield Figure(Id("statement", "", "margin rate", "all"), "margin", "share", dossier.margin)


def _risk(plan: Plan, dossier: Dossier) -> Iterator[Figure]:
    unit, risk = plan.certificate.unit, dossier.risk
    id = Id("risk", "", "gain", "on scaled")
    yield from interval(id, "gain", unit, risk.gain, of=QUANTILES)
    yield Figure(id._replace(metric="chance of more"), "gain", "share", risk.better)
    if risk.target is not None:
        yield Figure(id._replace(metric="chance of target"), "target", "share", risk.target)
    yield Figure(id._replace(metric="at risk"), "gain", unit, risk.at_risk)
    if dossier.waiting is not None:
        own = id._replace(metric="waiting", of="later")
        yield from interval(own, f"{dossier.waiting.weeks} weeks", unit, dossier.waiting.cost)
    for place, rule in enumerate(plan.risk.rules if plan.risk else (), 1):
        own = Id("odds", f"O{place:03d}", "asked", rule.side)
        yield Figure(own, rule.id, "share", rule.asked)
        yield Figure(own._replace(metric="holds in"), rule.id, "share", rule.achieved)
    test = dossier.back_test
    if test is not None:
        own = Id("back-test", "", "error", "model")
        for metric, value in (("error", test.error), ("coverage", test.coverage)):
            if value is not None:
                yield Figure(own._replace(metric=metric), test.kpi, "share", value)


def _others(plan: Plan, dossier: Dossier) -> Iterator[Figure]:
    unit = plan.certificate.unit
    for place, other in enumerate(dossier.alternatives, 1):
        id = Id("alternative", f"A{place:02d}", "spend", other.name)
        yield Figure(id, other.name, "currency", other.money)
        yield Figure(id._replace(metric="moved"), other.name, "currency", other.moved)
        for metric in ("objective", "gain", "short"):
            own = id._replace(metric=metric)
            yield from interval(own, other.name, unit, getattr(other, metric))
    for place, rung in enumerate(dossier.ladder, 1):
        id = Id("ladder", f"S{place:02d}", "mean", "gain")
        units = {"mean": unit, "worst": unit, "better": "share", "moved": "currency"}
        for metric, own_unit in units.items():
            yield Figure(id._replace(metric=metric), rung.name, own_unit, getattr(rung, metric))
    for place, point in enumerate(dossier.frontier, 1):
        id = Id("frontier", f"F{place:02d}", "budget", "best")
        yield Figure(id, "budget", "currency", point.budget)
        own_units = {**dict.fromkeys(SURE, unit), "next_unit": "ratio"}
        for metric, own_unit in own_units.items():
            value = getattr(point, metric)
            if value is not None:
                yield Figure(id._replace(metric=metric), "budget", own_unit, value)
    promise = dossier.promise
    if promise is not None:
        id = Id("promise", "", "promised", "earlier plan")
        kpi_unit = plan.units.get(promise.kpi, COUNTED)
        yield from interval(id, promise.kpi, kpi_unit, promise.promised)
        if promise.came is not None:
            yield Figure(id._replace(metric="came"), promise.kpi, kpi_unit, promise.came)


def _phasing(dossier: Dossier, branches: tuple[Branch, ...]) -> Iterator[Figure]:
    keys = {leaf.name: leaf.key for leaf in leaves(branches)}
    for row in dossier.phasing:
        id = Id("phasing", keys[row.line], "net", row.calendar, "amount", row.period)
        for metric, value in (("net", row.accrual), ("gross", row.gross), ("cash", row.cash),
                              ("committed", row.committed)):  # fmt: skip
            yield Figure(id._replace(metric=metric), row.line, "currency", value)
