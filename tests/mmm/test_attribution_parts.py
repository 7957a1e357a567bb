"""Parts add up to what the model expects, and each is what its formula says."""

from __future__ import annotations

import numpy as np
import pytest
from attributed_case import case, nation, regions

from mmm.attribution import Attribution, attribution
from mmm.baseline import treatment_contribution
from mmm.spec import ControlSpec


@pytest.mark.parametrize("name", ["nation", "regions"])
def test_parts_add_up_to_what_the_model_expects(name: str) -> None:
    """The model's own mean was computed from designs and coefficients, without any part."""
    fit, made = case(name)
    for kpi, (_, _, derived) in made.items():
        own = attribution(fit.posterior, fit.constants, kpi)
        assert len(own.expected) == 40
        np.testing.assert_allclose(own.expected.mean(axis=0), derived.expected, rtol=1e-5)


def test_what_there_is_in_a_nation_and_in_regions() -> None:
    names = {}
    for name in ("nation", "regions"):
        fit, _ = case(name)
        own = attribution(fit.posterior, fit.constants, "revenue")
        names[name] = [(part.kind, part.name) for part in own.parts]
    assert names["nation"] == [
        ("level", "level and trend"), ("season", "season"), ("holidays", "holidays"),
        ("events", "events"), ("controls", "controls"), ("treatment", "discount"),
        ("media", "tv"), ("media", "search/brand"), ("media", "search/generic"),
        ("organic", "post"), ("synergy", "tv × search"), ("synergy", "search/brand × post"),
    ]  # fmt: skip
    assert names["regions"] == [
        ("level", "level and trend"), ("season", "season"), ("controls", "controls"),
        ("treatment", "price"), ("media", "tv"), ("media", "search"), ("synergy", "tv × search"),
    ]  # fmt: skip


def test_a_treatment_counts_against_its_base() -> None:
    """One of the nation's, integrated out, and one that differs by region, sampled."""
    fit, made = case("nation")
    own, _, derived = made["revenue"]
    discount = nation().panel("controls")[2, 0]
    spec = ControlSpec(column="discount", kind="treatment", base=0)
    place = own.baseline.columns.index("treatment discount")
    column = (discount - discount.mean()) / discount.std()
    expected = treatment_contribution(spec, discount, column, derived.b[:, place]) * own.unit
    found = _part(attribution(fit.posterior, fit.constants, "revenue"), "discount")
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-9)
    np.testing.assert_allclose(  # none of it where there is no discount
        expected, derived.b[:, [place]] * own.unit * discount / discount.std(), rtol=1e-9
    )
    fit, made = case("regions")
    own, raw, _ = made["revenue"]
    price = regions().panel("controls")[1]
    coefficient = raw["column"][:, own.columns.names.index("treatment price")]
    gap = (price - price.max()) / price.std()
    heads = own.population[:, None] * own.unit
    found = _part(attribution(fit.posterior, fit.constants, "revenue"), "price")
    np.testing.assert_allclose(found, coefficient[:, None, None] * gap * heads, rtol=1e-9)


def test_controls_that_carry_over_are_rebuilt_draw_by_draw() -> None:
    fit, made = case("nation")
    own, raw, derived = made["orders"]
    weather = own.baseline.columns.index("control weather")
    expected = derived.b[:, [weather]] * own.baseline.design[:, weather]
    expected = expected + own.columns.total(raw)[:, 0]
    found = _part(attribution(fit.posterior, fit.constants, "orders"), "controls")
    np.testing.assert_allclose(found[:, 0], expected * own.unit, rtol=1e-9)


def test_regions_differ_in_level_and_season_but_not_in_events() -> None:
    fit, made = case("regions")
    own, _, derived = made["revenue"]
    part = _part(attribution(fit.posterior, fit.constants, "revenue"), "season")
    season = [i for i, name in enumerate(own.baseline.columns) if name.startswith("season")]
    local = [i for i, name in enumerate(own.own.columns) if name.startswith("season")]
    shared = derived.b[:, season] @ own.baseline.design[:, season].T
    expected = shared[:, None] + derived.own[..., local] @ own.own.design[:, local].T
    np.testing.assert_allclose(part, expected * own.unit * own.population[:, None], rtol=1e-9)


def test_parts_of_a_bent_count_add_up_and_keep_their_order() -> None:
    fit, made = case("nation", "negative_binomial")
    own, raw, derived = made["orders"]
    found = attribution(fit.posterior, fit.constants, "orders")
    np.testing.assert_allclose(found.expected.mean(axis=0), derived.expected, rtol=1e-5)
    assert (found.expected > 0).all()
    straight, _ = case("nation")  # the same parameters, not bent
    level = own.centre + own.unit * (
        own.media(own.resolved(raw)) + own.synergy.total(own, own.resolved(raw), raw)
        + own.columns.total(raw) + (derived.b @ own.baseline.design.T)[:, None]
    )  # fmt: skip
    high = (level > own.centre / 2).all(axis=(1, 2))
    plain = attribution(straight.posterior, straight.constants, "orders")
    for name in ("tv", "post"):
        bent, unbent = _part(found, name), _part(plain, name)
        assert (bent <= unbent + 1e-6 * own.centre).all()
        if high.any():
            np.testing.assert_allclose(bent[high], unbent[high], rtol=2e-3, atol=1e-6 * own.centre)


def _part(of: Attribution, name: str) -> np.ndarray:
    return next(part.weekly for part in of.parts if part.name == name)
