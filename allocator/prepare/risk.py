"""How sure the gain is, and how much of it is at risk."""

from __future__ import annotations

from allocator.engine.risk.tail import cvar
from allocator.findings.dossier import Risk
from allocator.prepare.source import Source

TAIL = 0.1  # the worst tenth of the draws, the end of the 80 % interval


def risk(source: Source) -> Risk:
    """Interval and odds are the plan's own figures; money at risk is max(0, −CVaR₁₀(gain))."""
    plan = source.plan
    scaled = plan.totals.difference.reference_scaled
    target = plan.risk.reached if plan.risk is not None else None
    if target is None and plan.goal is not None:
        target = plan.goal.met
    return Risk(
        gain=scaled.objective,
        better=scaled.probability_better,
        target=target,
        at_risk=max(0.0, -cvar(source.gain, TAIL)),
    )
