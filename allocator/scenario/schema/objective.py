"""What a good plan has most of, and how much its uncertainty is charged."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from allocator.quantities import PositiveMoney, Ratio, Share
from allocator.scenario.schema.constraint import Written
from allocator.scenario.schema.goal import Goal

SETTINGS: dict[str, tuple[float, float]] = {
    "careful": (0.2, 1.0),
    "balanced": (0.5, 1.0),
    "bold": (1.0, 0.0),
}
"""Name -> (share of the draws that are bad, weight of their mean): chosen in docs/caution.md."""


class Caution(Written):
    """Charge the uncertainty of the gain: part of the mean, part of the mean of the bad draws."""

    cvar: Share
    """Which draws are bad: the worst `20%` of them."""
    weight: Share = 1.0
    """How much their mean counts, `30%`; the mean of all draws counts the rest."""
    of: Literal["gain", "total"] = "gain"
    """What is bad: the gain over the reference scaled to the budget, in the same draws, or the
    total by itself."""
    name: Literal["careful", "balanced", "bold"] | None = None
    """Which of the three settings it is, where it was written as a word."""

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.cvar <= 0:
            raise ValueError("a share of the draws above 0%, such as 20%")
        return self

    @property
    def charged(self) -> bool:
        """Uncertainty counts: not all draws alike."""
        return self.weight > 0 and self.cvar < 1

    @property
    def words(self) -> str:
        """``careful: half the mean, half the mean of the worst 20% of draws``."""
        if not self.charged:
            return "bold: the mean of all draws"
        rest = f"{1 - self.weight:.0%} the mean, {self.weight:.0%} " if self.weight < 1 else ""
        name = f"{self.name}: " if self.name else ""
        return f"{name}{rest}the mean of the worst {self.cvar * 100:g}% of draws, of the {self.of}"


def caution(value: Any) -> Any:
    """The setting that a word names. Raises ValueError for another word."""
    if not isinstance(value, str):
        return value
    if value not in SETTINGS:
        raise ValueError("careful, balanced or bold, or {cvar: 20%, weight: 30%}")
    share, weight = SETTINGS[value]
    cvar, part = f"{share * 100:g}%", f"{weight * 100:g}%"
    return Caution.model_validate({"cvar": cvar, "weight": part, "name": value})


_PERCENT = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?%$"}
_FORMS: dict[str, dict[str, Any]] = {
    "cvar": _PERCENT,
    "weight": {**_PERCENT, "default": "100%"},
    "of": {"enum": ["gain", "total"], "default": "gain"},
}
CautionChoice = Annotated[
    Caution,
    BeforeValidator(caution),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(SETTINGS)},
                {
                    "type": "object",
                    "properties": {
                        name: {**form, "description": Caution.model_fields[name].description}
                        for name, form in _FORMS.items()
                    },
                    "required": ["cvar"],
                    "additionalProperties": False,
                },
            ],
            "examples": ["careful", "balanced", "bold", {"cvar": "20%", "weight": "30%"}],
        }
    ),
]
"""``careful``, ``balanced`` or ``bold``, or a share of the draws with a weight."""


class ObjectiveChoice(Written):
    """What a good plan has most of."""

    maximise: Goal
    """A KPI of the curves, `profit` (margin on incremental revenue, less the spend), `value` (what
    each KPI is worth, less the spend), or several KPIs with what one of each counts: `{revenue:
    0.3, new_customers: 120}`."""
    weights: Annotated[dict[str, Ratio], Field(min_length=1)] | None = None
    """What counts more, or less, than 1 of what it brings, by selector: `{"geo:DE": 1.5, "brand:x":
    0.8}`. No line may be meant by two of them."""
    caution: CautionChoice | None = None
    """How much uncertainty is charged: `careful`, `balanced` or `bold`, or `{cvar: 20%, weight:
    30%}`; left out, the mean of all draws counts."""
    probability_of: PositiveMoney | None = None
    """An amount of it to be reached: the plan that reaches this much in most draws, `9.0M`."""
    total: Literal[True] | None = None
    """Beside `probability_of`: the amount is of all that is sold, not of what media bring alone:
    with the baseline forecast that the curves carry, and with the noise of single weeks."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.caution is not None and self.probability_of is not None:
            raise ValueError(
                "one of `caution` (bad draws weigh more) and `probability_of` (draws are counted)"
            )
        if self.total and self.probability_of is None:
            raise ValueError(
                "`total` beside `probability_of: …` only: what is best for what media bring is "
                "best for the total"
            )
        return self
