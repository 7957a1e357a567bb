"""Every rule of the health card, and the card they make."""

from __future__ import annotations

from collections.abc import Iterable

from mmm.card import Check, HealthCard
from mmm.health import causes, foresight, lines, past, sampler
from mmm.health._base import Rule
from mmm.health_facts import KpiFacts

RULES: tuple[Rule, ...] = (
    sampler.r_hat,
    sampler.ess_bulk,
    sampler.ess_tail,
    sampler.divergences,
    sampler.bfmi,
    past.explained,
    past.replicated,
    past.inside,
    past.outlying,
    past.small_counts,
    past.negative,
    foresight.predicted,
    foresight.held_error,
    foresight.held_score,
    foresight.held_inside,
    foresight.rolling_error,
    foresight.rolling_score,
    foresight.rolling_inside,
    causes.follows,
    causes.apart,
    causes.placebo,
    causes.tested,
    lines.learnt,
    lines.believed,
    lines.seen,
    lines.leaning,
    lines.plausible,
    lines.synergy,
)
"""Every rule, in the order of the card."""


def health_card(facts: Iterable[KpiFacts]) -> HealthCard:
    """Every check of every KPI, in the order of the KPIs."""
    return HealthCard(tuple(check for own in facts for check in _checks(own)))


def _checks(facts: KpiFacts) -> list[Check]:
    return [check for rule in RULES if (check := rule(facts)) is not None]
