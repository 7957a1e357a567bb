"""The profit and loss of a plan beside that of the reference.

::

    total         = baseline + incremental
    cost of goods = (1 − m) · total          (of what is incremental alone, without a baseline)
    margin        = total − cost of goods    (likewise)
    contribution  = margin − media − fees − taxes

in means over the draws. Where the books say what the KPI was in the reference's weeks, the baseline
is that less what the curves say media brought, and the plan has the same; elsewhere it is the
curves' forecast of the planned weeks, in both columns, where they carry one. Fees and taxes are
those of the lines' accounts, week by week, in cents.
"""

from __future__ import annotations

from collections.abc import Mapping

from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.setting.model_worth import worth_of
from allocator.findings.dossier import Statement
from allocator.prepare.phasing import on_top
from allocator.prepare.source import Source
from allocator.scenario.goal_binding import economy_of

NAMES = (
    "baseline", "incremental", "total", "cost_of_goods", "margin", "media", "fees", "taxes",
    "contribution",
)  # fmt: skip


def statement_kpi(source: Source) -> str | None:
    """The KPI in money that the goal speaks of, or the first one in money; None where none is."""
    units = source.setting.curves.units
    money = [kpi for kpi, unit in units.items() if unit == "currency"]
    return source.kpi if source.kpi in money else next(iter(money), None)


def margin_of(source: Source, kpi: str) -> float | None:
    """Contribution margin: as the scenario says, or else as the model does; None where nobody."""
    curves = source.setting.curves
    economy = economy_of(source.setting.scenario, curves.labels, worth_of(curves))
    return economy.margin if economy.margin is not None else economy.margins.get(kpi)


def statements(source: Source) -> tuple[Statement, ...]:
    """Every row, in the order of ``NAMES``; nothing where no KPI is money."""
    kpi = statement_kpi(source)
    if kpi is None:
        return ()
    margin, ledger = margin_of(source, kpi), source.told.ledger
    baseline = None
    if ledger is not None:
        baseline = ledger - float(source.reference.draws(kpi).mean())
    elif (forecast := source.setting.facts.baseline.get(kpi)) is not None:
        baseline = float(forecast.expected.sum(axis=1).mean())
    columns = [
        _column(source, side, kpi, margin, baseline) for side in (source.reference, source.chosen)
    ]
    return tuple(
        Statement.model_validate(
            {
                "name": name, "reference": columns[0][name], "plan": columns[1][name],
                "ledger": ledger if name == "total" else None,
            }
        )
        for name in NAMES
    )  # fmt: skip


def _column(
    source: Source, side: Evaluated, kpi: str, margin: float | None, baseline: float | None
) -> Mapping[str, float | None]:
    incremental = float(side.draws(kpi).mean())
    total = None if baseline is None else baseline + incremental
    sold = incremental if total is None else total
    fees, taxes = on_top(source.told.accounts, side)
    media = side.money()
    kept = None if margin is None else margin * sold
    return {
        "baseline": baseline,
        "incremental": incremental,
        "total": total,
        "cost_of_goods": None if kept is None else sold - kept,
        "margin": kept,
        "media": media,
        "fees": fees,
        "taxes": taxes,
        "contribution": None if kept is None else kept - media - fees - taxes,
    }
