"""The bridge closes in every draw, and a step is nothing where its cause is absent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocator.compare.bridge import STEPS, Side, Steps, bridge, scaled_to, steps_between

Prices = tuple[float, float]
"""(cost of a unit, worth of an outcome)"""
DRAWS = 7


def outcome(spend: np.ndarray, prices: Prices, curves: np.ndarray) -> np.ndarray:
    """worth · Σ_lines effect · √(Σ_weeks spend / cost) − Σ spend; curves: (draw, line) effects."""
    cost, worth = prices
    earned: np.ndarray = worth * (curves * np.sqrt(spend.sum(axis=1) / cost)).sum(axis=1)
    return earned - spend.sum()


def sides(seed: int = 0) -> tuple[Side[Prices, np.ndarray], Side[Prices, np.ndarray]]:
    rng = np.random.default_rng(seed)
    a, b = (
        Side(
            name,
            rng.uniform(0, 100, (3, 4)),
            (float(rng.uniform(1, 2)), float(rng.uniform(2, 4))),
            rng.uniform(5, 9, (DRAWS, 3)),
        )
        for name in "ab"
    )
    return a, b


@pytest.mark.parametrize("seed", range(5))
def test_closes_in_every_draw(seed: int) -> None:
    a, b = sides(seed)
    found = steps_between(a, b, outcome)
    assert found.start == pytest.approx(outcome(a.spend, a.prices, a.curves), rel=1e-12)
    assert found.end == pytest.approx(outcome(b.spend, b.prices, b.curves), rel=1e-12)
    assert found.start + sum(found.steps.values()) == pytest.approx(found.end, rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_swapped_the_total_changes_its_sign(seed: int) -> None:
    a, b = sides(seed)
    there, back = steps_between(a, b, outcome), steps_between(b, a, outcome)
    assert sum(there.steps.values()) == pytest.approx(-sum(back.steps.values()))


def only(name: str) -> tuple[Side[Prices, np.ndarray], Side[Prices, np.ndarray]]:
    """A, and a B with one cause alone."""
    a, b = sides()
    split = b.spend * (a.spend.sum() / b.spend.sum())
    same = replace(a, name="b")
    return a, {
        "nothing": same,
        "volume": replace(same, spend=a.spend * 1.25),  # a power of two: the same to the last bit
        "price": replace(same, prices=b.prices),
        "mix": replace(same, spend=split),
        "efficiency": replace(same, curves=b.curves),
    }[name]


@pytest.mark.parametrize("cause", ["nothing", "volume", "price", "mix", "efficiency"])
def test_a_step_is_nothing_without_its_cause(cause: str) -> None:
    a, b = only(cause)
    steps = steps_between(a, b, outcome).steps
    for name in STEPS:
        if name == cause:
            assert np.abs(steps[name]).min() > 1
        elif name in ("volume", "mix"):  # amounts in proportion: to the last bits
            assert np.abs(steps[name]).max() < 1e-9
        else:
            assert not steps[name].any()


def test_steps_by_hand() -> None:
    """Two lines of effect 10, √100 = 10 each: 200 − 200 = 0, doubled money: 20·√200 − 400."""
    ten = np.full((1, 2), 10.0)
    a = Side("a", np.array([[100.0], [100.0]]), (1.0, 1.0), ten)
    b = Side("b", np.array([[400.0], [0.0]]), (1.0, 2.0), 2 * ten)
    steps = {name: float(step[0]) for name, step in steps_between(a, b, outcome).steps.items()}
    doubled, split, end = 20 * np.sqrt(200) - 400, 10 * 20 - 400, 2 * 20 * 20 - 400
    assert steps == pytest.approx(
        {
            "volume": doubled - 0,
            "price": 200,  # twice the worth of 200
            "mix": split - doubled,
            "efficiency": 200,  # twice the effect
            "interaction": end - split - 200 - 200,
        }
    )


def test_mix_is_the_gain_over_the_stated_scaled_plan() -> None:
    a, b = sides()
    stated = np.round(scaled_to(a.spend, b.spend), 2)
    steps = steps_between(a, replace(b, prices=a.prices, curves=a.curves), outcome, scaled=stated)
    gain = outcome(b.spend, a.prices, a.curves) - outcome(stated, a.prices, a.curves)
    assert (steps.steps["mix"] == gain).all()


def test_who_spends_nothing_has_no_split() -> None:
    a, b = sides()
    nothing = replace(a, spend=np.zeros_like(a.spend))
    steps = steps_between(nothing, b, outcome).steps
    assert not steps["mix"].any()
    assert (steps["volume"] == outcome(b.spend, a.prices, a.curves)).all()


def test_draws_of_two_models_are_brought_to_one_number() -> None:
    a, b = sides()
    few = replace(b, curves=b.curves[:3])
    found: Steps = steps_between(a, few, outcome)
    assert len(found.start) == 21
    assert found.end.mean() == pytest.approx(outcome(b.spend, b.prices, b.curves[:3]).mean())
    assert found.start + sum(found.steps.values()) == pytest.approx(found.end)


def test_ends_of_different_shape_are_refused() -> None:
    a, b = sides()
    with pytest.raises(ValueError, match="shapes"):
        steps_between(a, replace(b, spend=b.spend[:, :3]), outcome)


def test_the_bridge_states_means_and_quantiles_of_the_steps() -> None:
    a, b = sides()
    made = bridge(a, b, outcome, metric="profit", unit="currency", currency="EUR")
    found = steps_between(a, b, outcome)
    assert tuple(step.name for step in made.steps) == STEPS
    for step in made.steps:
        assert step.amount.mean == pytest.approx(found.steps[step.name].mean())
        assert step.amount.p10 == pytest.approx(np.quantile(found.steps[step.name], 0.1))
    total = made.start.mean + sum(step.amount.mean for step in made.steps)
    assert total == pytest.approx(made.end.mean)
    more = b.spend.sum() - a.spend.sum()
    assert made.steps[0].words.startswith(f"{abs(more):,.0f} EUR {'more' if more > 0 else 'less'}")
