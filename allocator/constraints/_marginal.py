"""What rules about the next unit of money have in common."""

from __future__ import annotations

from allocator.constraints._base import (
    CENT,
    Declared,
    MarginalFloor,
    Meter,
    Outcome,
    Row,
    Selection,
)


def marginal_declared(
    rule: str, side: str, selection: Selection, asked: tuple[str, float]
) -> Declared:
    """(kpi, floor) asked of the next unit: of each line that is on, or of the plan's mix."""
    kpi, floor = asked
    if not selection.together:
        return Declared(
            marginals=tuple(MarginalFloor(rule, i, kpi, floor) for i in selection.lines)
        )
    meter = f"{kpi} from the next 1%, times 100"
    row = Row(
        rule,
        selection.text,
        side,
        0.0,
        spend=dict.fromkeys(selection.lines, -floor),
        response={(meter, line): 1.0 for line in selection.lines},
    )
    return Declared((row,), meters={meter: Meter(kpi, marginal=True)})


def marginal_return(
    kpi: str, lines: tuple[str, ...], outcome: Outcome
) -> tuple[float | None, float]:
    """Σ x·dR/dx / Σ x, None where nothing is spent, and what cents can move it by, relative.

    The slope allows for a cent of the total; a cent more or less in a week changes the mix of
    weeks, and by it the slope, by a few times what it is of the total.
    """
    assert outcome.slope is not None  # every outcome of a plan has it
    spent = sum(outcome.spend[line] for line in lines)
    if spent <= 0:
        return None, 0.0
    on = [line for line in lines if outcome.spend[line] > 0]
    weeks = max((len(weekly) for weekly in outcome.weekly.values()), default=1)
    rate = sum(outcome.spend[line] * outcome.slope(kpi, line) for line in on) / spent
    return rate, 1e-6 + 4 * CENT * weeks * len(on) / spent
