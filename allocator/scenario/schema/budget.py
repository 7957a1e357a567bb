"""How much money there is: an amount, a change of the reference, or what a target needs."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from allocator.quantities import PositiveMoney, Ratio
from allocator.scenario.schema.constraint import Written

CEILING = 3.0
"""Times the reference's total: where a search for an amount ends if nothing else is said."""

Kpi = Annotated[str, Field(min_length=1)]


class Target(Written):
    """An outcome to be reached."""

    kpi: Kpi
    """The KPI that is to reach it: its incremental outcome over the period and after it, the mean
    over the draws."""
    at_least: PositiveMoney
    """How much, in the KPI's unit: `9.0M` of revenue, `1200` new customers."""
    at_most: PositiveMoney | None = None
    """The most that may be spent on it; three times the reference if it is not said."""
    total: Literal[True] | None = None
    """The target is of all that is sold, not of what media bring alone: with the baseline forecast
    that the curves carry."""


class Floor(Written):
    """A return that the money must still earn; one of the four."""

    kpi: Kpi
    """The KPI that is the return."""
    roas: Ratio | None = None
    """Outcome for one unit of spend, on average over the whole plan; a KPI that is money."""
    marginal_roas: Ratio | None = None
    """Outcome that the last unit of spend still brings; a KPI that is money."""
    cac: PositiveMoney | None = None
    """Spend for one more, on average over the whole plan; a KPI that is counted."""
    marginal_cac: PositiveMoney | None = None
    """What the last one may cost; a KPI that is counted."""
    at_most: PositiveMoney | None = None
    """The most that may be spent; three times the reference if it is not said."""
    total: Literal[True] | None = None
    """Beside `roas` or `cac`: the return of all that is sold, not of what media bring alone: with
    the baseline forecast that the curves carry."""

    @property
    def form(self) -> str:
        """The one that is stated: `roas`, `marginal_roas`, `cac` or `marginal_cac`."""
        return next(name for name in FLOORS if getattr(self, name) is not None)

    @property
    def marginal(self) -> bool:
        """It speaks of the last unit of money, not of the average."""
        return self.form.startswith("marginal")

    @property
    def limit(self) -> float:
        """The number that is stated, in its own unit."""
        return float(getattr(self, self.form))

    @property
    def least(self) -> float:
        """Outcome in KPI units that a unit of spend must bring."""
        return 1 / self.limit if self.form.endswith("cac") else self.limit

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        stated = [name for name in FLOORS if getattr(self, name) is not None]
        if len(stated) != 1:
            raise ValueError(
                "one of `roas: 3.0`, `marginal_roas: 1.5`, `cac: 40` and `marginal_cac: 60`"
            )
        if self.total and self.marginal:
            raise ValueError(
                "`total` beside `roas` or `cac` only: further money changes no baseline"
            )
        return self


FLOORS = ("roas", "marginal_roas", "cac", "marginal_cac")


class Budget(Written):
    """How much money there is, in one of six forms."""

    exactly: PositiveMoney | None = None
    """All of it is spent, to the cent."""
    at_most: PositiveMoney | None = None
    """Up to this much; what does not pay is left."""
    least_for: Target | None = None
    """As little as reaches a target: `{kpi: revenue, at_least: 9.0M}`. It is the goal, so no
    `objective` stands beside it."""
    most_with: Floor | None = None
    """As much as still earns a return: `{kpi: revenue, roas: 3.0}` on average, or `{kpi: revenue,
    marginal_roas: 1.5}` with every unit of money. It is the goal, so no `objective` stands beside
    it."""
    extra: PositiveMoney | None = None
    """This much on top of the reference, in which every line keeps at least what it has."""
    cut: PositiveMoney | None = None
    """This much less than the reference, in which no line gets more than it has."""
    basis: Literal["net_media", "gross_media"] = "net_media"
    """What every amount of the file means: media at net or at gross prices. The curves must have
    been fitted on the same basis."""

    @property
    def form(self) -> str:
        """The form that is stated."""
        return next(name for name in FORMS if getattr(self, name) is not None)

    @property
    def sought(self) -> Target | Floor | None:
        """What decides the amount, where the scenario does not state one."""
        return self.least_for or self.most_with

    @property
    def exact(self) -> bool:
        """All of the money is to be spent."""
        return self.form in ("exactly", "extra", "cut")

    @property
    def goal(self) -> str | None:
        """The objective that the budget itself is; None where the scenario states one."""
        if self.least_for is not None:
            return "least_spend"
        if self.most_with is not None:
            return "efficient_spend" if self.most_with.marginal else "most_spend"
        return None

    @property
    def amount(self) -> float:
        """The amount that is stated, currency; 0 where it depends on the reference."""
        if self.sought is not None:
            return self.sought.at_most or 0.0
        return self.exactly or self.at_most or 0.0

    def money(self, reference: float) -> float:
        """All that is to be spent, or the most that may be: currency.

        reference: total of the reference plan, currency.
        """
        if self.extra is not None:
            return round(reference + self.extra, 2)
        if self.cut is not None:
            return round(reference - self.cut, 2)
        return self.amount or round(CEILING * reference, 2)

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if sum(getattr(self, name) is not None for name in FORMS) != 1:
            raise ValueError(f"one of {', '.join(FORMS)}, such as `exactly: 2.0M`")
        return self


FORMS = ("exactly", "at_most", "least_for", "most_with", "extra", "cut")
