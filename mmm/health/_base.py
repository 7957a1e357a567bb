"""What every rule is made with."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from mmm.card import Check, Verdict
from mmm.health_facts import KpiFacts

Rule = Callable[[KpiFacts], Check | None]
"""One check of one KPI; None where it was not asked for or there is nothing to ask."""


def check(
    facts: KpiFacts, name: str, verdict: Verdict, sentence: str, *, value: float | None, limit: str
) -> Check:
    """The KPI's check ``name``; a value that is no number is None, for JSON has no NaN."""
    known = value if value is not None and math.isfinite(value) else None
    return Check(f"{facts.kpi}: {name}", verdict, known, limit, sentence)


def pass_or_fail(good: bool) -> Verdict:
    """FAIL unless ``good``."""
    return Verdict.PASS if good else Verdict.FAIL


def pass_or_review(good: bool) -> Verdict:
    """REVIEW unless ``good``."""
    return Verdict.PASS if good else Verdict.REVIEW


def graded(good: bool, bearable: bool) -> Verdict:
    """PASS, REVIEW or FAIL."""
    if good:
        return Verdict.PASS
    return Verdict.REVIEW if bearable else Verdict.FAIL


def listed(names: Sequence[str]) -> str:
    """``tv, search and social``."""
    return " and ".join(", ".join(part) for part in (names[:-1], names[-1:]) if part)
