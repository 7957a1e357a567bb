"""The reference, the recommended plan and those not chosen, side by side, as they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allocator.findings.dossier import Alternative, Dossier
from allocator.plan import Interval, Plan
from allocator.reports._base.headline import as_spent
from allocator.reports._base.names import short
from allocator.reports._base.numbers import no_less, percent, quantity, whole
from allocator.reports._base.order import groups
from allocator.reports._base.paper_facts import against, unit_of, worth
from allocator.reports._base.rows import Cell, Row
from allocator.reports._base.sought import goal, shown

NAMES = {
    "unconstrained": "Without rules",
    "next_best": "Next best",
    "simplest": "With few changes",
}
LEAST = 1e-5  # of an outcome: no gap is written smaller
NOTHING = 0.01  # objective units: a difference that no reader wants to know


@dataclass(frozen=True)
class Column:
    """A plan: its name and what it is."""

    name: str
    words: str


@dataclass(frozen=True)
class Beside:
    """The table, its finding, and every line of every plan."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    channels: tuple[Row, ...]
    lines: tuple[Row, ...]


def beside(plan: Plan, dossier: Dossier) -> Beside | None:
    """None where there is no plan but this one and the reference."""
    others = dossier.alternatives
    if not others:
        return None
    scaled = {line.line: line.reference_scaled for line in plan.lines}
    chosen = {line.line: line.total for line in plan.lines}
    spends = [scaled, chosen, *(other.spend for other in others)]
    reference = "as spent" if as_spent(plan) else "scaled to the budget"
    columns = (
        Column("Reference", reference),
        Column("Recommended", ""),
        *(Column(NAMES[other.name], other.words) for other in others),
    )
    ordered = groups(plan)
    lines = [line.line for group in ordered for line in group.lines]
    channels = tuple(
        _amounts(group.channel.channel, [line.line for line in group.lines], spends)
        for group in ordered
    )
    single = all(not group.folded for group in ordered)
    each = () if single else tuple(_amounts(line, [line], spends) for line in lines)
    return Beside(_title(plan, others), columns, _rows(plan, dossier), channels, each)


def _amounts(name: str, lines: Sequence[str], spends: Sequence[Mapping[str, float]]) -> Row:
    return Row(
        name, tuple(Cell(whole(round(sum(one[line] for line in lines), 2))) for one in spends)
    )


def _rows(plan: Plan, dossier: Dossier) -> tuple[Row, ...]:
    """Money, the objective, the gain, and how far each is from the recommended plan."""
    totals, others = plan.totals, dossier.alternatives
    spent = (totals.reference_scaled.spend, totals.plan.spend, *(one.money for one in others))
    rows = [Row(f"Media spend, {plan.currency}", tuple(Cell(whole(one)) for one in spent))]
    if shown(plan).kpi is None:
        name = goal(plan)
        values = (
            totals.reference_scaled.objective, totals.plan.objective,
            *(one.objective for one in others),
        )  # fmt: skip
        gains = (dossier.risk.gain, *(one.gain for one in others))
        rows += [
            Row(name[:1].upper() + name[1:], tuple(_estimated(plan, one) for one in values)),
            Row("Gain on the reference", (Cell("–"), *(_estimated(plan, one) for one in gains))),
            Row("Against the recommended",
                (Cell("–"), Cell("–"), *(_against(plan, one.short) for one in others))),
        ]  # fmt: skip
    moved = (Cell("–"), Cell("–"), *(Cell(whole(one.moved)) for one in others))
    rows.append(Row(f"On other lines than recommended, {plan.currency}", moved))
    gaps = (Cell("–"), _gap(plan.certificate.gap_of_outcome), *(_gap(one.gap) for one in others))
    rows.append(Row("Within so much of its bound", gaps))
    return tuple(rows)


def _estimated(plan: Plan, value: Interval) -> Cell:
    def said(amount: float) -> str:
        return quantity(amount, unit_of(plan), plan.currency)

    ends = "" if value.p10 == value.p90 else f"{said(value.p10)} to {said(value.p90)}"
    return Cell(said(value.mean), ends)


def _against(plan: Plan, short: Interval) -> Cell:
    """What another plan brings more (+) or less (−) than the recommended one."""

    def said(amount: float) -> str:
        return ("+" if amount > 0 else "") + quantity(amount, unit_of(plan), plan.currency)

    ends = "" if short.p10 == short.p90 else f"{said(-short.p90)} to {said(-short.p10)}"
    return Cell(said(-short.mean), ends)


def _gap(gap: float | None) -> Cell:
    return Cell("–" if gap is None else percent(max(LEAST, no_less(gap, 2)), digits=2))


def _title(plan: Plan, others: Sequence[Alternative]) -> str:
    """What the rules cost together, or else how near the next best plan is."""
    known = {other.name: other for other in others}
    free, following = known.get("unconstrained"), known.get("next_best")
    if free is not None and free.short.mean < -NOTHING:
        return f"All rules together cost {worth(plan, -free.short.mean)}"
    if following is not None and following.short.mean > NOTHING:
        return f"The next best plan {against(plan, following.short.mean)}"
    if free is not None:
        return "Without rules, no better plan was found"
    return f"Beside it: {short(NAMES[others[0].name].lower())}"
