"""Priors in words: what a half-life, a half effect and a fraction mean in each form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.special import expit
from scipy.stats import norm

from mmm import adstock, saturation
from mmm.model.half_life import RETENTIONS, retention
from mmm.spec import AdstockSpec, FractionPrior, HalfLifePrior, LogNormalPrior, SaturationSpec
from mmm.spec.forms import HALF_EFFECT

WEEKS = LogNormalPrior(median=2.0, low90=1.0, high90=4.0)
TIMES = LogNormalPrior(median=1.5, low90=0.75, high90=3.0)


@pytest.mark.parametrize("decay", RETENTIONS)
@pytest.mark.parametrize("weeks", [1, 3, 7])
def test_half_of_the_effect_is_left_after_the_half_life(decay: str, weeks: int) -> None:
    window = 12
    kept = retention(np.array(float(weeks)), decay, window)
    parameters = {"retention": kept}
    if decay == "delayed":
        parameters["delay"] = np.array(0.0)
    raw = adstock.by_name(decay).raw_weights(window, **parameters)
    assert raw[weeks] / raw[0] == pytest.approx(0.5)


def test_a_half_life_of_one_week_is_a_retention_of_one_half() -> None:
    assert retention(np.array(1.0), "geometric", 13) == pytest.approx(0.5)
    assert retention(np.array([2.0, 0.5]), "geometric", 13) == pytest.approx([2**-0.5, 0.25])


@pytest.mark.parametrize("decay", RETENTIONS)
def test_no_half_life_leaves_the_range(decay: str) -> None:
    kept = retention(np.array([1e-6, 1e-3, 11.9999, 12.0, 1e6]), decay, 12)
    assert (kept > 0).all()
    assert (kept <= 1).all()
    assert (np.diff(kept) >= 0).all()


@pytest.mark.parametrize("kind", RETENTIONS)
def test_a_half_life_stands_in_place_of_the_retention(kind: str) -> None:
    spec = AdstockSpec(kind=kind, window=9, half_life=WEEKS)
    belief = spec.parameters["retention"]
    assert isinstance(belief, HalfLifePrior)
    assert (belief.mu, belief.sigma) == (WEEKS.mu, WEEKS.sigma)
    assert (belief.decay, belief.window) == (kind, 9)
    assert list(spec.parameters) == list(AdstockSpec(kind=kind).parameters)


@pytest.mark.parametrize("kind", [kind for kind in saturation.names() if kind != "none"])
def test_half_of_the_effect_is_reached_there_in_every_form(kind: str) -> None:
    spec = SaturationSpec(kind=kind, half_effect=TIMES)
    name, _ = HALF_EFFECT[kind]
    belief = spec.parameters[name]
    others = {key: np.array(2.5) for key in spec.parameters if key != name}
    family = saturation.by_name(kind)
    for end, usual in (("median", 1.5), ("low90", 0.75), ("high90", 3.0)):
        swapped = {"low90": "high90", "high90": "low90"} if name == "rate" else {}
        value = getattr(belief, swapped.get(end, end))
        assert family.value(np.array(usual), **others, **{name: value}) == pytest.approx(0.5)
    assert belief.sigma == pytest.approx(TIMES.sigma)


def test_one_end_of_a_range_changes_its_side() -> None:
    belief = LogNormalPrior(median=2.0, high90=8.0).over(math.log(2))
    assert (belief.low90, belief.high90) == (pytest.approx(math.log(2) / 8), None)
    assert belief.sigma == pytest.approx(LogNormalPrior(median=2.0, high90=8.0).sigma)


@pytest.mark.parametrize(
    ("spec", "keys", "message"),
    [
        (AdstockSpec, {"half_life": WEEKS, "retention": {"alpha": 1, "beta": 1}}, "not both"),
        (AdstockSpec, {"kind": "weibull_cdf", "half_life": WEEKS}, "no half_life in kind weibull"),
        (AdstockSpec, {"kind": "none", "half_life": WEEKS}, "no half_life in kind none"),
        (AdstockSpec, {"kind": "binomial", "window": 2, "half_life": WEEKS}, "shorter than the wi"),
        (SaturationSpec, {"half_effect": TIMES, "half_saturation": TIMES}, "not both"),
        (SaturationSpec, {"kind": "tanh", "half_effect": TIMES, "reach": TIMES}, "not both"),
        (SaturationSpec, {"kind": "none", "half_effect": TIMES}, "no half_effect in kind none"),
    ],
)
def test_contradictions(spec: type, keys: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        spec(**keys)


def test_a_fraction_has_its_range() -> None:
    belief = FractionPrior(median=0.3, low90=0.1, high90=0.7)
    draw = expit(norm(belief.mu, belief.sigma).ppf([0.05, 0.5, 0.95]))
    np.testing.assert_allclose(draw, [0.1, 0.3, 0.7], atol=0.04)  # lopsided by a quarter
    one = FractionPrior(median=0.3, high90=0.7)
    assert expit(norm(one.mu, one.sigma).ppf(0.95)) == pytest.approx(0.7)
    other = FractionPrior(median=0.3, low90=0.1)
    assert expit(norm(other.mu, other.sigma).ppf(0.05)) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"median": 0.3}, "low90, high90 or both"),
        ({"median": 0.3, "high90": 0.2}, "low90 below the median"),
        ({"median": 0.3, "low90": 0.25, "high90": 0.9}, "high90 is 0.355"),
        ({"median": 1.0, "low90": 0.25}, "less than 1"),
    ],
)
def test_no_fraction(keys: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        FractionPrior(**keys)
