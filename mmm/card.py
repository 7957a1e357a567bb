"""The health card as a value: what a fit is worth, check by check.

``mmm.health`` computes it; it travels inside the curves, so that a plan can show it and refuse
an unhealthy fit without knowing how the fit was made.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """From best to worst; a card is as good as its worst check."""

    PASS = "PASS"
    REVIEW = "REVIEW"
    FAIL = "FAIL"
    NOT_FITTED = "NOT FITTED"


@dataclass(frozen=True)
class Check:
    """One check: the number behind it, the limit it is held to, and a sentence for a planner."""

    name: str
    verdict: Verdict
    value: float | None
    limit: str
    sentence: str


@dataclass(frozen=True)
class HealthCard:
    """All checks of one fit. A card without checks belongs to curves that were not fitted here."""

    checks: tuple[Check, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """FAIL if any check fails, else REVIEW if any asks for review, else PASS."""
        verdicts = {check.verdict for check in self.checks}
        for verdict in (Verdict.FAIL, Verdict.REVIEW, Verdict.PASS):
            if verdict in verdicts:
                return verdict
        return Verdict.NOT_FITTED

    def to_json(self) -> str:
        """Canonical JSON: the same card is the same text."""
        return json.dumps(
            {"verdict": self.verdict, "checks": [asdict(check) for check in self.checks]},
            sort_keys=True,
            ensure_ascii=False,
        )

    @staticmethod
    def from_json(text: str) -> HealthCard:
        """The card ``to_json`` wrote."""
        checks = json.loads(text)["checks"]
        return HealthCard(
            tuple(Check(**{**check, "verdict": Verdict(check["verdict"])}) for check in checks)
        )
