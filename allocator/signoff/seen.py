"""What a signer saw: the figures on the page of approval, which an approval is bound to."""

from __future__ import annotations

from allocator.plan import Plan


def seen_of(plan: Plan) -> dict[str, str]:
    """Digests and totals of a plan, as text: to the cent, so that equal means equal."""
    totals = plan.totals
    return {
        "digest": plan.digest,
        "scenario": plan.scenario.digest,
        "curves": plan.curves.digest,
        "currency": plan.currency,
        "spend": f"{totals.plan.spend:.2f}",
        "objective": f"{totals.plan.objective.mean:.2f}",
        "gain": f"{totals.difference.reference_scaled.objective.mean:.2f}",
        "gap": f"{plan.certificate.gap_of_outcome:.6f}",
    }
