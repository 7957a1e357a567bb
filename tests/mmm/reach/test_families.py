"""Reach families: closed forms, derivatives, inverses, limits, concavity."""

from __future__ import annotations

import numpy as np
import pytest

from mmm.reach import beta_binomial, binomial, loyalty, negative_binomial
from mmm.reach.families import REACH_FAMILIES, by_name, names

CASES = [
    ("independence", {}),
    ("binomial", {"chances": 1}),
    ("binomial", {"chances": 2}),
    ("binomial", {"chances": 9}),
    ("beta_binomial", {"chances": 8, "overlap": 0.0}),
    ("beta_binomial", {"chances": 8, "overlap": 0.3}),
    ("beta_binomial", {"chances": 8, "overlap": 1.0}),
    ("beta_binomial", {"chances": 1, "overlap": 0.5}),
    ("nbd", {"shape": 0.05}),
    ("nbd", {"shape": 1.7}),
    ("nbd", {"shape": 1e6}),
]
HEADS = np.concatenate([np.geomspace(1e-6, 0.09, 20), np.linspace(0.1, 7.5, 60)])

by_case = pytest.mark.parametrize(("name", "parameters"), CASES)


def arrays(parameters: dict[str, float]) -> dict[str, np.ndarray]:
    return {key: np.array(value) for key, value in parameters.items()}


def inside(parameters: dict[str, float]) -> np.ndarray:
    return HEADS[0.98 * parameters.get("chances", np.inf) > HEADS]


def test_every_family_has_cases() -> None:
    assert {name for name, _ in CASES} == set(names())
    assert all(family.is_concave for family in REACH_FAMILIES)


@pytest.mark.parametrize("mean", [0.3, 1.2, 4.0])
def test_a_curve_is_the_reach_of_its_distribution(mean: float) -> None:
    n = np.array(6)
    found = by_name("binomial").share(mean, chances=n)
    assert found == pytest.approx(binomial(mean / 6, 6).reach)
    found = by_name("nbd").share(mean, shape=np.array(1.7))
    assert found == pytest.approx(negative_binomial(mean, 1.7).reach)
    once = mean / 6
    twice = once + 0.4 * once * (1 - once)
    found = by_name("beta_binomial").share(mean, chances=n, overlap=np.array(loyalty(once, twice)))
    assert found == pytest.approx(beta_binomial(once, twice, 6).reach)
    assert by_name("independence").share(mean) == pytest.approx(1 - np.exp(-mean))


@by_case
def test_zero_rising_and_bounded(name: str, parameters: dict[str, float]) -> None:
    with np.errstate(all="raise", under="ignore"):
        share = by_name(name).share(np.concatenate([[0.0], HEADS, [500.0]]), **arrays(parameters))
    assert share[0] == 0
    assert (np.diff(share) >= 0).all()
    assert (share <= 1).all()
    assert (share[1:] <= np.concatenate([HEADS, [500.0]]) * (1 + 1e-12)).all()


@by_case
def test_derivatives_are_finite_differences(name: str, parameters: dict[str, float]) -> None:
    family, heads = by_name(name), inside(parameters)
    step = 1e-5 * heads
    given = arrays(parameters)
    rise = (family.share(heads + step, **given) - family.share(heads - step, **given)) / (2 * step)
    np.testing.assert_allclose(family.slope(heads, **given), rise, rtol=1e-5, atol=1e-9)
    turn = (family.slope(heads + step, **given) - family.slope(heads - step, **given)) / (2 * step)
    np.testing.assert_allclose(family.bend(heads, **given), turn, rtol=2e-4, atol=2e-5)


@by_case
def test_concave_with_a_bend_that_shrinks(name: str, parameters: dict[str, float]) -> None:
    """What bounds of the second derivative on an interval rest on."""
    family, heads = by_name(name), np.linspace(0, 12, 500)
    bend = family.bend(heads, **arrays(parameters))
    assert (bend <= 0).all()
    assert (np.diff(bend) >= -1e-12).all()
    assert (np.diff(family.slope(heads, **arrays(parameters))) <= 1e-12).all()


@by_case
def test_the_inverse_leads_back(name: str, parameters: dict[str, float]) -> None:
    family, given = by_name(name), arrays(parameters)
    heads = inside(parameters)
    share = family.share(heads, **given)
    keep = share < 0.999999
    np.testing.assert_allclose(family.inverse(share[keep], **given), heads[keep], rtol=1e-6)
    beyond = family.inverse(np.array([0.0, 1.5]), **given)
    assert beyond[0] == pytest.approx(0, abs=1e-12)
    assert beyond[1] == np.inf


@by_case
def test_everybody_is_reached_at_most(name: str, parameters: dict[str, float]) -> None:
    family, given = by_name(name), arrays(parameters)
    most = float(family.most(**given))
    assert (most < np.inf) == family.needs_chances
    if family.needs_chances:
        np.testing.assert_array_equal(family.share(np.array([most, 3 * most]), **given), 1.0)
        np.testing.assert_array_equal(family.slope(np.array([2 * most]), **given), 0.0)


@by_case
def test_the_first_frequency(name: str, parameters: dict[str, float]) -> None:
    """1 where the first impressions fall on different people; 1 + (n−1)·… with overlap."""
    found = float(by_name(name).first_frequency(**arrays(parameters)))
    if parameters.get("overlap") == 1.0:
        assert found == pytest.approx(8)
    elif parameters.get("overlap") == 0.3:
        assert found == pytest.approx(8 / sum(0.7 / (0.7 + 0.3 * j) for j in range(8)))
    else:
        assert found == pytest.approx(1)


def test_limits_meet() -> None:
    plain = by_name("independence").share(HEADS)
    np.testing.assert_allclose(by_name("nbd").share(HEADS, shape=np.array(1e9)), plain, rtol=1e-7)
    many = by_name("binomial").share(HEADS, chances=np.array(10**8))
    np.testing.assert_allclose(many, plain, rtol=1e-6)
    given = {"chances": np.array(8)}
    np.testing.assert_allclose(
        by_name("beta_binomial").share(HEADS, overlap=np.array(0.0), **given),
        by_name("binomial").share(HEADS, **given),
        rtol=1e-12,
    )
