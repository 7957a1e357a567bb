"""Does a plan still answer today's question? What has moved since it was made, and nothing else.

Pure: what is there today is passed in. ``allocator.status_files`` looks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from allocator.plan import Plan
from allocator.scenario.difference import Difference, differences

ENGINE = "budget-allocation-engine"
SHOWN = 3  # differences named one by one; more are counted
_BY_DIGEST = ("curves", "alternatives")
"""Keys that name files: what the files hold is compared, not where they lie."""


class Cause(StrEnum):
    """By what a plan is stale."""

    DATA = "data"
    MODEL = "model"
    CURVES = "curves"
    SCENARIO = "scenario"
    POLICY = "policy"
    ENGINE = "engine"


@dataclass(frozen=True)
class Reason:
    """One thing that has moved."""

    cause: Cause
    words: str


@dataclass(frozen=True)
class Fitted:
    """Curves as they are in a file: their digest, and what they say they come from."""

    digest: str
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Today:
    """What is there now; None is not known, and then nothing is said of it.

    scenario: the scenario's file in its resolved form
    curves:   the curves where the plan found its own
    before:   the curves that the plan was made on, where they are still kept
    edited:   cause -> files behind the fit whose content is no longer what was fitted
    versions: of what is installed
    """

    scenario: Mapping[str, Any] | None = None
    curves: Fitted | None = None
    before: Fitted | None = None
    edited: Mapping[Cause, tuple[str, ...]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """Whether a plan is current.

    reasons: why not; unknown: what could not be looked at; notes: what makes no plan stale
    """

    reasons: tuple[Reason, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """``current``, ``stale``, or ``unknown`` where something could not be looked at."""
        if self.reasons:
            return "stale"
        return "unknown" if self.unknown else "current"

    @property
    def words(self) -> tuple[str, ...]:
        """The reasons as a document says them."""
        return tuple(f"{reason.cause}: {reason.words}" for reason in self.reasons)


def standing(plan: Plan, today: Today) -> Standing:
    """A plan against what is there today."""
    unknown = []
    if today.curves is None:
        unknown.append(f"the curves are not at {plan.curves.path}")
    if today.scenario is None:
        unknown.append(f"no scenario file with the id {plan.scenario.id}")
    reasons = (
        *_curves(plan, today),
        *_edited(today),
        *_scenario(plan, today),
        *_engine(plan, today),
    )
    return Standing(reasons, tuple(unknown), tuple(_others(plan, today)))


def _curves(plan: Plan, today: Today) -> list[Reason]:
    now, before = today.curves, today.before
    if now is None or now.digest == plan.curves.digest:
        return []
    if before is None:
        words = f"others now ({now.digest[:12]}, the plan has {plan.curves.digest[:12]})"
        return [Reason(Cause.CURVES, words)]
    moved = {
        cause: words
        for cause, key, words in (
            (Cause.DATA, "data_digest", "fitted again on other data"),
            (Cause.DATA, "experiments_digest", "fitted again with other experiments"),
            (Cause.MODEL, "model_digest", "fitted again with another model"),
        )
        if now.source.get(key) != before.source.get(key)
    }
    return [Reason(cause, words) for cause, words in moved.items()] or [
        Reason(Cause.MODEL, "fitted again, on the same data and model")
    ]


def _edited(today: Today) -> list[Reason]:
    return [
        Reason(cause, f"{', '.join(files)} edited since the fit")
        for cause, files in today.edited.items()
        if files
    ]


def _scenario(plan: Plan, today: Today) -> list[Reason]:
    if today.scenario is None:
        return []
    found: dict[Cause, list[Difference]] = {}
    for difference in differences(plan.scenario.resolved, today.scenario):
        if difference.path.split(".")[0] not in _BY_DIGEST:
            found.setdefault(_cause(difference, plan, today), []).append(difference)
    return [Reason(cause, _listed(those)) for cause, those in found.items()]


def _cause(difference: Difference, plan: Plan, today: Today) -> Cause:
    """Rules of the policy file say that they are its own; their ids may hold dots."""
    for scenario in (plan.scenario.resolved, today.scenario or {}):
        for rule in scenario.get("constraints", ()):
            place = f"constraints.{rule['id']}"
            if "source" in rule and (difference.path + ".").startswith(place + "."):
                return Cause.POLICY
    return Cause.POLICY if difference.path.split(".")[0] == "policy" else Cause.SCENARIO


def _listed(those: list[Difference]) -> str:
    named = [f"{one.path} {_short(one.a)} → {_short(one.b)}" for one in those[:SHOWN]]
    more = len(those) - SHOWN
    return "; ".join(named) + (f"; and {more} more" if more > 0 else "")


def _short(value: str | None) -> str:
    if value is None:
        return "absent"
    return value if len(value) <= 40 else value[:39] + "…"


def _engine(plan: Plan, today: Today) -> list[Reason]:
    then, now = plan.versions.get(ENGINE), today.versions.get(ENGINE)
    if now is None or then == now:
        return []
    return [Reason(Cause.ENGINE, f"made by version {then}, installed is {now}")]


def _others(plan: Plan, today: Today) -> list[str]:
    """Other libraries move the last digits of a plan, not its answer."""
    return [
        f"{name} {plan.versions[name]}, installed is {now}"
        for name, now in today.versions.items()
        if name != ENGINE and name in plan.versions and plan.versions[name] != now
    ]
