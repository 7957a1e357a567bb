"""What a refresh found, for people and programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from mmm.card import Verdict
from mmm.refresh.changes import Changes
from mmm.refresh.moved import Moved


@dataclass(frozen=True)
class Refreshed:
    """before, after: digests of the fits; verdicts: of their health cards, in that order
    warm: KPIs whose sampler began with draws of the earlier fit; cold: the others
    """

    before: str
    after: str
    verdicts: tuple[Verdict, Verdict]
    warm: tuple[str, ...]
    cold: tuple[str, ...]
    changes: Changes
    moved: tuple[Moved, ...]

    def to_json(self) -> Mapping[str, object]:
        """As plain values; intervals are [5 %, median, 95 %]."""
        body = asdict(self)
        body["verdicts"] = [verdict.value for verdict in self.verdicts]
        return body
