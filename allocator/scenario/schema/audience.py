"""The part of a scenario about audiences: people, the lines that reach them, and how."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from allocator.quantities import Count, PositiveMoney, Ratio
from allocator.scenario.schema.constraint import Written
from allocator.selectors import Selectors

Family = Literal["nbd", "independence", "binomial", "beta_binomial"]

NEEDED: dict[str, tuple[str, ...]] = {
    "nbd": ("shape",),
    "independence": (),
    "binomial": ("chances",),
    "beta_binomial": ("chances", "overlap"),
}
"""Reach family -> the parameters it has."""


class ReachChoice(Written):
    """How the share of an audience that is reached grows with impressions a head."""

    family: Family = "nbd"
    """`nbd`: people differ in how much they see; `independence`: nobody differs; `binomial`:
    chances taken by everybody alike; `beta_binomial`: chances, and people differ. The formulas
    stand in docs/reach.md. The family and its parameters are the same for every window, but for
    `chances`."""
    shape: Ratio | None = None
    """Of `nbd`: small where few people see most of it, such as 0.8."""
    chances: Annotated[int, Field(strict=True, ge=1, le=100)] | None = None
    """Of `binomial` and `beta_binomial`: exposures that one person can have in a week; in a
    window of n weeks they are n times as many."""
    overlap: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] | None = None
    """Of `beta_binomial`: 0 where nobody differs, towards 1 where the same people see it all."""

    @model_validator(mode="after")
    def _its_own_parameters(self) -> Self:
        needed = NEEDED[self.family]
        for name in ("shape", "chances", "overlap"):
            if (getattr(self, name) is None) == (name in needed):
                stated = " and ".join(f"`{word}`" for word in needed) or "no parameter"
                raise ValueError(f"{stated} with `family: {self.family}`")
        return self


class AudienceChoice(Written):
    """People, and the lines that share them: the impressions of these lines are pooled."""

    people: Count | None = None
    """How many people there are to reach: `12M`. Left out where one line of the audience runs on
    reach in the curves: then it is that line's own, with its draws, and so is `reach`."""
    lines: Selectors | None = None
    """Who reaches them: `[video, tv/prime]`; left out, the lines with the label
    `audience:NAME`."""
    reach: ReachChoice | None = None
    """How reach grows with impressions; stated together with `people`."""
    cost_per_thousand: dict[str, PositiveMoney] = Field(default_factory=dict)
    """Line or channel -> money for a thousand impressions: `{tv: 14, video: 9}`. Left out for
    lines that run on reach in the curves, which know it."""

    @model_validator(mode="after")
    def _people_and_reach(self) -> Self:
        if (self.people is None) != (self.reach is None):
            raise ValueError(
                "`people: 12M` and `reach: {family: nbd, shape: 0.8}` together, or neither"
            )
        return self

    def selectors(self, name: str) -> tuple[str, ...]:
        """The lines as written, or by the label that is the audience's name."""
        return self.lines or (f"audience:{name}",)
