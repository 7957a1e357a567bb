"""Plan: what is recommended, what it is expected to bring, and the proof. Ground floor.

A plan is a frozen value, written as canonical JSON and named by the SHA-256 of it. Reading one
needs neither curves nor a solver.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from mmm.errors import Fault, InputError
from mmm.files import refuse_existing, write_whole

SCHEMA_VERSION = 1


class Status(StrEnum):
    """What has been proven about a plan."""

    PROVEN = "proven within gap"
    BEST_FOUND = "best found"
    STOPPED = "stopped"


class Recommendation(StrEnum):
    """Move money, or leave it where it is."""

    CHANGE = "change"
    KEEP = "keep"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Interval(_Value):
    """A quantity over the posterior draws: its mean and quantiles, in the unit of what it is."""

    mean: float
    p05: float
    p10: float
    p50: float
    p90: float
    p95: float


class Money(_Value):
    """Spend and what it brings: a line, a channel or a whole plan."""

    spend: float
    """over the window, currency"""
    kpis: dict[str, Interval]
    """incremental outcome per KPI, KPI units"""
    roas: dict[str, Interval | None]
    """per KPI in currency: ratio of means, quantiles of the per-draw ratio; None if no spend"""
    cac: dict[str, Interval | None]
    """per KPI counted: spend per unit, likewise; None if no spend"""


class LinePlan(_Value):
    """One line of the plan."""

    line: str
    channel: str
    campaign: str | None
    total: float
    spend: tuple[float, ...]
    """per week, currency, whole cents"""
    reference: float
    """total of the reference as spent, currency"""
    reference_scaled: float
    kpis: dict[str, Interval]
    difference: dict[str, Interval]
    """outcome less that of the scaled reference, paired by draw"""
    roas: dict[str, Interval | None]
    cac: dict[str, Interval | None]
    marginal_roas: dict[str, float | None]
    """KPI in currency from the next unit of spend, mean over draws; None where unbounded"""
    binding: tuple[str, ...]
    """ids of the rules that hold this line where it is"""
    beyond_observed: bool
    """some week is above anything in the history"""
    prior_driven: bool


class ChannelPlan(Money):
    """A channel: the sum of its lines."""

    channel: str
    reference: float
    reference_scaled: float
    difference: dict[str, Interval]


class Total(Money):
    """A whole plan, with its value in terms of the objective."""

    objective: Interval


class Difference(_Value):
    """The plan less another, paired by draw."""

    spend: float
    kpis: dict[str, Interval]
    objective: Interval
    probability_better: float
    """share of draws in which the plan's objective is above the other's"""


class Differences(_Value):
    """The plan against the reference as spent, and scaled to the budget."""

    reference: Difference
    reference_scaled: Difference


class Totals(_Value):
    """The plan, and what it is compared with."""

    plan: Total
    reference: Total
    reference_scaled: Total
    difference: Differences


class Constraint(_Value):
    """One limit of one rule, as it stands in the plan."""

    id: str
    part: str
    """the line of an `each` rule, or the lines together"""
    side: str
    words: str
    limit: float
    value: float | None
    """None where the rule does not apply: a ratio of what spends nothing"""
    slack: float | None
    unit: str
    binding: bool
    reason: str | None
    owner: str | None


class Proof(_Value):
    """Value, bound and gap, in the objective's unit; how far the rules are kept."""

    value: float
    bound: float
    gap: float
    gap_of_outcome: float
    """gap over the incremental outcome in the objective: a fraction"""
    gap_of_gain: float | None
    """gap over the gain on the scaled reference: a fraction; None where there is no gain"""
    asked: float
    """largest gap_of_outcome that counts as proven"""
    worst_violation: float
    """largest relative violation of a rule, by the rounding to cents"""
    unit: str
    status: Status


class ScenarioRef(_Value):
    """The question: everything needed to ask it again, besides the curves."""

    id: str
    title: str
    digest: str
    resolved: dict[str, Any]


class CurvesRef(_Value):
    """The curves: where they were (from the plan's folder) and what they held."""

    path: str
    digest: str
    kind: str


class Health(_Value):
    """The fit's health card, and the reason if it was overridden."""

    verdict: str
    checks: tuple[dict[str, Any], ...]
    accepted: str | None


class PeriodRef(_Value):
    """The planned weeks: first and last day, and every week's label."""

    start: str
    end: str
    weeks: tuple[str, ...]


class Plan(_Value):
    """A recommended allocation with its proof."""

    schema_version: int
    digest: str
    scenario: ScenarioRef
    curves: CurvesRef
    health: Health
    currency: str
    period: PeriodRef
    objective: str
    units: dict[str, str]
    recommendation: Recommendation
    lines: tuple[LinePlan, ...]
    channels: tuple[ChannelPlan, ...]
    totals: Totals
    constraints: tuple[Constraint, ...]
    certificate: Proof
    warnings: tuple[str, ...]
    solver: dict[str, str]
    versions: dict[str, str]
    seed: int

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, one form for every number, a newline at the end."""
        return canonical(self.model_dump(mode="json"))


def canonical(document: dict[str, Any]) -> str:
    """One text for one content. Raises ValueError for NaN or an infinity."""
    return (
        json.dumps(document, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    )


def digest_of(document: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON without its own digest."""
    bare = {key: value for key, value in document.items() if key != "digest"}
    return hashlib.sha256(canonical(bare).encode()).hexdigest()


def sealed(document: dict[str, Any]) -> Plan:
    """The plan with this content and its digest."""
    return Plan.model_validate({**document, "digest": digest_of(document)})


def write(path: Path, content: str | bytes, *, force: bool = False) -> Path:
    """Write one output whole or not at all. Raises OutputExists without ``force``."""
    refuse_existing([path], force=force)
    data = content.encode() if isinstance(content, str) else content
    return write_whole(path, lambda part: part.write_bytes(data))


def read_document(path: Path) -> dict[str, Any]:
    """A plan.json as plain data. Raises InputError when it is not a JSON object of a plan."""
    name = str(path)
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_constant)
    except OSError as error:
        found = (error.strerror or "an unreadable file").lower()
        raise InputError([Fault(name, 0, 0, "", found, "a plan.json")]) from None
    except json.JSONDecodeError as error:
        fault = Fault(name, error.lineno, error.colno, "", error.msg, "a plan.json")
        raise InputError([fault]) from None
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        fault = Fault(name, 0, 0, "", str(error) or type(error).__name__, "a plan.json")
        raise InputError([fault]) from None
    if not isinstance(document, dict) or document.get("schema_version") != SCHEMA_VERSION:
        version = document.get("schema_version") if isinstance(document, dict) else "none"
        fault = Fault(name, 0, 0, "schema_version", str(version), str(SCHEMA_VERSION), "plan again")
        raise InputError([fault])
    return document


def read(path: Path) -> Plan:
    """A plan from disk. Raises InputError with every place that is not a plan's."""
    document = read_document(path)
    try:
        return Plan.model_validate(document)
    except ValidationError as error:
        raise InputError(
            Fault(
                str(path), 0, 0, ".".join(map(str, entry["loc"])),
                repr(entry["input"])[:80], entry["msg"],
            )
            for entry in error.errors()
        ) from None  # fmt: skip


def _no_constant(name: str) -> float:
    raise ValueError(f"{name}, which is no number of a plan")


@dataclass(frozen=True)
class CurveSeries:
    """One line's response curve as a page draws it, over totals for the window.

    totals (currency) and the quantiles (KPI units) have one value per point; ``reference`` and
    ``planned`` are totals; ``observed`` is the largest total the history holds in as many weeks,
    None where the curves carry no history.
    """

    line: str
    channel: str
    kpi: str
    unit: str
    totals: tuple[float, ...]
    p10: tuple[float, ...]
    p50: tuple[float, ...]
    p90: tuple[float, ...]
    reference: float
    planned: float
    observed: float | None
