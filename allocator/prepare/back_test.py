"""How far off the model was on weeks it had not seen, from the health card in the plan."""

from __future__ import annotations

from typing import Any

from allocator.findings.dossier import BackTest
from allocator.plan import Plan

KINDS = ("rolling forecast", "forecast")
"""From several points in time before from one: a quarter is one draw of luck."""
ERROR, INSIDE = "{} error (MAPE)", "{} weeks inside the 90 % range"


def back_test(plan: Plan, kpi: str) -> BackTest | None:
    """Of this KPI, or of the first that has one; None where the fit was not asked for any."""
    for name in (kpi, *(other for other in plan.units if other != kpi)):
        for kind in KINDS:
            error = _check(plan, f"{name}: {ERROR.format(kind)}")
            inside = _check(plan, f"{name}: {INSIDE.format(kind)}")
            if error is None and inside is None:
                continue
            said = [str(found["sentence"]) for found in (error, inside) if found is not None]
            return BackTest(
                kpi=name,
                error=error["value"] if error is not None else None,
                coverage=inside["value"] if inside is not None else None,
                words=" ".join(said),
            )
    return None


def _check(plan: Plan, name: str) -> dict[str, Any] | None:
    return next((check for check in plan.health.checks if check.get("name") == name), None)
