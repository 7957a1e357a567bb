"""The part of model.yaml about the forms of carry-over and saturation, and beliefs about them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from mmm.errors import nearest
from mmm.spec.priors import (
    DEFAULT_DELAY,
    DEFAULT_EXPONENTIAL_RATE,
    DEFAULT_HALF_SATURATION,
    DEFAULT_PEAK_SHAPE,
    DEFAULT_RATE,
    DEFAULT_REACH,
    DEFAULT_RETENTION,
    DEFAULT_SCALE,
    DEFAULT_SHAPE,
    DEFAULT_SLOPE,
    BetaPrior,
    FormPrior,
    HalfLifePrior,
    LogNormalPrior,
    Written,
)

ADSTOCK_PARAMETERS: dict[str, dict[str, FormPrior]] = {
    "geometric": {"retention": DEFAULT_RETENTION},
    "delayed": {"retention": DEFAULT_RETENTION, "delay": DEFAULT_DELAY},
    "binomial": {"retention": DEFAULT_RETENTION},
    "weibull_cdf": {"shape": DEFAULT_SHAPE, "scale": DEFAULT_SCALE},
    "weibull_pdf": {"shape": DEFAULT_PEAK_SHAPE, "scale": DEFAULT_SCALE},
    "none": {},
}
SATURATION_PARAMETERS: dict[str, dict[str, FormPrior]] = {
    "hill": {"half_saturation": DEFAULT_HALF_SATURATION, "slope": DEFAULT_SLOPE},
    "logistic": {"rate": DEFAULT_RATE},
    "michaelis_menten": {"half_saturation": DEFAULT_HALF_SATURATION},
    "tanh": {"reach": DEFAULT_REACH},
    "exponential": {"rate": DEFAULT_EXPONENTIAL_RATE},
    "none": {},
}

HALF_EFFECT: dict[str, tuple[str, Callable[[LogNormalPrior], LogNormalPrior]]] = {
    "hill": ("half_saturation", lambda half: half),
    "michaelis_menten": ("half_saturation", lambda half: half),
    "logistic": ("rate", lambda half: half.over(math.log(3))),  # tanh(rate·u/2) = 1/2
    "exponential": ("rate", lambda half: half.over(math.log(2))),  # 1 − e^(−rate·u) = 1/2
    "tanh": ("reach", lambda half: half.times(1 / math.atanh(0.5))),  # tanh(u/reach) = 1/2
}
"""kind -> the parameter that says where half of the effect is reached, and the belief about it"""


class FormSpec(Written):
    """A form with priors of its parameters; which it has depends on its kind."""

    forms: ClassVar[dict[str, dict[str, FormPrior]]]
    """kind -> parameter -> default prior"""

    kind: str

    @field_validator("kind", check_fields=False)
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in cls.forms:
            raise ValueError(f"one of {', '.join(cls.forms)}; {nearest(kind, cls.forms)}")
        return kind

    @model_validator(mode="after")
    def _parameters_of_its_kind(self) -> Self:
        known = self.forms[self.kind]
        every = {name for parameters in self.forms.values() for name in parameters}
        for name in sorted(every - set(known)):
            if getattr(self, name) is not None:
                raise ValueError(f"no {name} in kind {self.kind}, {self._has()}")
        return self

    def _has(self) -> str:
        known = self.forms[self.kind]
        return f"which has: {', '.join(known)}" if known else "which has no parameter"

    def _in_words(self, word: str, names: Iterable[str]) -> str | None:
        """The parameter that ``word`` stands for in this kind; None where ``word`` is not said."""
        if getattr(self, word) is None:
            return None
        name = next((name for name in names if name in self.forms[self.kind]), None)
        if name is None:
            raise ValueError(f"no {word} in kind {self.kind}, {self._has()}")
        if getattr(self, name) is not None:
            raise ValueError(f"{name} or {word}, not both: one follows from the other")
        return name

    @property
    def parameters(self) -> dict[str, FormPrior]:
        """Prior of every parameter the kind has, defaults filled in."""
        known = self.forms[self.kind]
        return {name: getattr(self, name) or default for name, default in known.items()}


class AdstockSpec(FormSpec):
    """How the effect of one week's media carries over into later weeks."""

    forms: ClassVar[dict[str, dict[str, FormPrior]]] = ADSTOCK_PARAMETERS

    kind: str = "geometric"
    """Which form: geometric (a fixed share is kept each week), delayed (it peaks later), binomial
    (it ends with its window), weibull_cdf, weibull_pdf (free in pace and peak), none."""
    window: Annotated[int, Field(strict=True, ge=1, le=104)] = 13
    """Weeks over which an exposure acts, its own week included."""
    retention: BetaPrior | None = None
    """geometric, delayed, binomial: share of the effect that is kept from one week to the next; by
    default Beta(2, 2)."""
    delay: LogNormalPrior | None = None
    """delayed: weeks until the effect is largest; by default median 1, 90 % range 0.25 to 4."""
    shape: LogNormalPrior | None = None
    """weibull_cdf: below 1 the decay slows down, above 1 it speeds up; by default median 1, 90 %
    range 0.4 to 2.5. weibull_pdf: above 1 the effect peaks later than at once; by default median
    2, 90 % range 0.8 to 5."""
    scale: LogNormalPrior | None = None
    """weibull_cdf, weibull_pdf: weeks; by default median 2, 90 % range 0.5 to 8."""
    half_life: LogNormalPrior | None = None
    """geometric, delayed, binomial: in place of ``retention``, weeks after which half of the weekly
    effect is left (delayed: weeks after its peak)."""

    @model_validator(mode="after")
    def _retention_or_half_life(self) -> Self:
        self._in_words("half_life", ("retention",))
        late = self.half_life is not None and self.half_life.median >= self.window
        if late and self.kind == "binomial":
            raise ValueError(
                f"a half_life shorter than the window, {self.window} weeks, at whose end a "
                "binomial effect is over"
            )
        return self

    @property
    def parameters(self) -> dict[str, FormPrior]:
        """Prior of every parameter the kind has, defaults filled in."""
        own = super().parameters
        if self.half_life is not None:
            own["retention"] = HalfLifePrior.of(self.half_life, self.kind, self.window)
        return own


class SaturationSpec(FormSpec):
    """How the effect of more and more media in one week flattens.

    Exposure is in units of the line's mean over the weeks in which it is not zero.
    """

    forms: ClassVar[dict[str, dict[str, FormPrior]]] = SATURATION_PARAMETERS

    kind: str = "hill"
    """Which form: hill (may be S-shaped), logistic, michaelis_menten, tanh, exponential, none."""
    half_saturation: LogNormalPrior | None = None
    """hill, michaelis_menten: the exposure at which half of the most possible is reached; by
    default median 1, 90 % range 0.3 to 3."""
    slope: LogNormalPrior | None = None
    """hill: above 1 the curve is S-shaped; by default median 1.2, 90 % range 0.6 to 2.4."""
    rate: LogNormalPrior | None = None
    """logistic: how fast it flattens; by default median 1.1, 90 % range 0.35 to 3.5. exponential:
    likewise; by default median 0.7, 90 % range 0.22 to 2.2."""
    reach: LogNormalPrior | None = None
    """tanh: the exposure at which three quarters of the most possible are reached; by default
    median 1.8, 90 % range 0.55 to 5.6."""
    half_effect: LogNormalPrior | None = None
    """In place of ``half_saturation``, ``rate`` or ``reach``, in any form but none: half of the
    most possible is reached at this many times the usual exposure."""

    @model_validator(mode="after")
    def _one_scale(self) -> Self:
        named = HALF_EFFECT.get(self.kind)
        self._in_words("half_effect", (named[0],) if named else ())
        return self

    @property
    def parameters(self) -> dict[str, FormPrior]:
        """Prior of every parameter the kind has, defaults filled in."""
        own = super().parameters
        if self.half_effect is not None:
            name, belief = HALF_EFFECT[self.kind]
            own[name] = belief(self.half_effect)
        return own
