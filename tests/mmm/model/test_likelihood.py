"""Noise that is not normal: densities, moments, limits and gradients against SciPy."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytensor
import pytest
import xarray as xr
from model_case import MODEL, WEEKS, data, random_raw, spec
from scipy import stats

from mmm.data import MediaData
from mmm.health_facts import facts_of
from mmm.model.build import build
from mmm.model.derived import baseline_level, coefficients, derive
from mmm.model.evidence import Evidence
from mmm.model.gather import gather
from mmm.model.noise import FLOOR, SOFTNESS, expected, positive, scattered
from mmm.posterior import diagnose

KINDS = ("student_t", "negative_binomial")


@cache
def evidence(kind: str) -> Evidence:
    """Customers of the case, as counts of a few dozen a week."""
    text = MODEL.replace("unit: count}", f"unit: count, likelihood: {kind}}}")
    whole = data().dataset.copy(deep=True)
    whole["kpis"] = np.round(whole["kpis"] / 10)
    return gather(spec(text), MediaData.of(whole), "customers")


def sampled(own: Evidence, rng: np.random.Generator, draws: int) -> dict[str, np.ndarray]:
    """All that a model with this noise samples, wherever a sampler may come by."""
    raw = random_raw(own, rng, draws)
    raw["b"] = 0.3 * rng.normal(size=(draws, len(own.baseline.columns)))
    if own.own.columns:
        raw["own"] = 0.3 * rng.normal(size=(draws, len(own.geos), len(own.own.columns)))
    if own.likelihood == "student_t":
        raw["degrees"] = rng.gamma(2, 10, size=draws)
    return raw


def level(own: Evidence, raw: dict[str, np.ndarray]) -> np.ndarray:
    """(draw, G, T) by NumPy alone."""
    values = own.resolved(raw)
    media = own.media(values) + own.columns.total(raw)
    b, c = coefficients(own, raw, media, np.random.default_rng(0))
    return media + baseline_level(own, b, c)


def log_density(own: Evidence, at: np.ndarray, raw: dict[str, np.ndarray], row: int) -> float:
    """By SciPy, from the definition."""
    sigma, figures = raw["sigma"][row], own.kpi_values
    if own.likelihood == "student_t":
        off = (figures - own.centre) / own.unit - at[row]
        return float(stats.t.logpdf(off, raw["degrees"][row] + 1, scale=sigma).sum())
    soft = SOFTNESS * own.centre
    mean = soft * np.log1p(np.exp((own.centre + own.unit * at[row]) / soft)) + FLOOR
    alpha = (own.centre / (sigma * own.unit)) ** 2
    return float(stats.nbinom.logpmf(figures, alpha, alpha / (alpha + mean)).sum())


@pytest.mark.parametrize("kind", KINDS)
def test_the_density_is_scipy_s_and_its_gradient_finite(kind: str) -> None:
    own = evidence(kind)
    model = build(own)
    likelihood = model["likelihood"]
    inputs = {rv: rv.type(f"{rv.name}_in") for rv in model.free_RVs}
    graph = pytensor.graph.replace.graph_replace([likelihood], inputs, strict=False)[0]
    # parameters that a potential does not see have no gradient
    grads = pytensor.grad(graph, list(inputs.values()), disconnected_inputs="ignore")
    there = pytensor.function(
        list(inputs.values()), [graph, *grads], on_unused_input="ignore", mode="FAST_COMPILE"
    )
    raw = sampled(own, np.random.default_rng(3), 6)
    at = level(own, raw)
    for row in range(6):
        value, *slopes = there(*(raw[rv.name][row] for rv in inputs))
        assert value == pytest.approx(log_density(own, at, raw, row), rel=1e-9)
        assert all(np.isfinite(slope).all() for slope in slopes)


def test_a_count_is_above_zero_and_additive_where_anything_sells() -> None:
    own = evidence("negative_binomial")
    zero = -own.centre / own.unit  # the level of no count at all
    soft = SOFTNESS * own.centre
    assert positive(own, np.array(zero)) == pytest.approx(soft * np.log(2) + FLOOR)
    far = positive(own, np.array([zero - 1e6, zero - 1e9]))
    assert (far > 0).all()
    np.testing.assert_allclose(far, FLOOR, rtol=1e-6)
    high = np.array([0.0, 1.0, 3.0])  # from the mean on: bent by less than a billionth
    np.testing.assert_allclose(positive(own, high), own.centre + own.unit * high, rtol=1e-8)
    rising = positive(own, np.linspace(3 * zero, 3, 200))
    assert (np.diff(rising) > 0).all()


@pytest.mark.parametrize("kind", ["normal", *KINDS])
def test_scattered_figures_have_the_moments_of_their_distribution(kind: str) -> None:
    """Mean, variance: σ²; σ² ν / (ν − 2); μ + μ² / α, each with the error of 40,000 draws."""
    own, count = evidence(kind), 40_000
    rng = np.random.default_rng(11)
    at = np.broadcast_to(np.linspace(-0.5, 1.5, 4), (count, 1, 4))
    sigma, degrees = 0.7, 11.0
    values = {"sigma": np.full(count, sigma), "degrees": np.full(count, degrees)}
    drawn = scattered(own, at, values, rng)[:, 0]
    mean = expected(own, at[:1])[0, 0]
    spread = (sigma * own.unit) ** 2
    variance = {
        "normal": np.full(4, spread),
        "student_t": np.full(4, spread * (degrees + 1) / (degrees - 1)),
        "negative_binomial": mean + mean**2 * (sigma * own.unit / own.centre) ** 2,
    }[kind]
    error = np.sqrt(variance / count)
    assert (np.abs(drawn.mean(axis=0) - mean) < 4 * error).all()
    np.testing.assert_allclose(drawn.var(axis=0), variance, rtol=0.05)
    if kind == "negative_binomial":
        assert (drawn >= 0).all()
        np.testing.assert_array_equal(drawn, np.round(drawn))


def test_sigma_means_the_same_at_the_mean_whatever_the_noise() -> None:
    """Beyond chance, a negative binomial's relative noise is σ · unit / centre, as a normal's."""
    own = evidence("negative_binomial")
    sigma = 0.5
    relative = sigma * own.unit / own.centre
    mean = float(expected(own, np.zeros((1, 1, 1)))[0, 0, 0])
    alpha = 1 / relative**2
    beyond = stats.nbinom.var(alpha, alpha / (alpha + mean)) - mean
    assert np.sqrt(beyond) == pytest.approx(sigma * own.unit, rel=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_what_follows_from_draws(kind: str) -> None:
    """derive and the card's facts: shapes, whole counts, and the mean of the level by hand."""
    own, rng = evidence(kind), np.random.default_rng(5)
    raw = sampled(own, rng, 80)
    got = derive(own, raw, rng)
    assert got.b.shape == (80, len(own.baseline.columns))
    np.testing.assert_allclose(got.expected, expected(own, level(own, raw)).mean(axis=0))
    assert got.replicates.shape == (80, 1, WEEKS)
    chains = {name: values.reshape(2, 40, *values.shape[1:]) for name, values in raw.items()}
    shape = (2, 40)
    statistics = {"diverging": np.zeros(shape, dtype=bool), "energy": rng.normal(size=shape)}
    facts = facts_of(own, raw, got, diagnose(chains, statistics), money=False)
    assert np.isfinite(facts.explained)


def counts(rng: np.random.Generator, weeks: int = 78) -> tuple[MediaData, np.ndarray]:
    """A few dozen orders a week, of which tv brings a third; noise is negative binomial."""
    spend = rng.gamma(1.0, 800.0, size=weeks)
    spend[::4] = 0
    media = 30 * spend / (spend + 1000)
    mean = 25 + media
    alpha = 40.0
    orders = rng.poisson(mean * rng.gamma(alpha, 1 / alpha, size=weeks)).astype(float)
    none = (("control", "date"), np.zeros((0, weeks)))
    dataset = xr.Dataset(
        {
            "spend": (("line", "date"), spend[None]),
            "impressions": (("line", "date"), np.full((1, weeks), np.nan)),
            "kpis": (("kpi", "date"), orders[None]),
            "controls": none,
            "events": (("event", "date"), none[1]),
            "has_impressions": ("line", [False]),
        },
        coords={
            "line": ["tv"],
            "date": data().dates[:weeks],
            "kpi": ["orders"],
            "control": np.array([], dtype=str),
            "event": np.array([], dtype=str),
            "channel": ("line", ["tv"]),
            "campaign": ("line", [""]),
        },
        attrs={"currency": "EUR", "week_start": "monday"},
    )
    return MediaData.of(dataset), media


COUNTS = """\
schema_version: 1
data: {tables: [{file: unused.csv}]}
currency: EUR
kpis: {orders: {column: orders, unit: count, likelihood: negative_binomial}}
channels: {tv: {spend: tv, adstock: {kind: none}, saturation: {kind: michaelis_menten}}}
trend: {kind: none}
seasonality: {yearly: 0}
sampling: {draws: 150, tune: 200, chains: 2, seed: 5}
"""


@pytest.mark.slow
def test_small_counts_give_back_what_made_them() -> None:
    """One line, 78 weeks: what it truly brought lies in the 95 % interval, and noise is found."""
    from mmm.fit.sampling import Piece, sample

    whole, media = counts(np.random.default_rng(4))
    model = spec(COUNTS)
    own = gather(model, whole, "orders")
    raw, sampler = sample(Piece(own, model.sampling, 1), lambda _report: None)
    assert sampler["diverging"].mean() < 0.02
    flat = {name: values.reshape(-1, *values.shape[2:]) for name, values in raw.items()}
    got = derive(own, flat, np.random.default_rng(1))
    low, high = np.quantile(got.average[:, 0, 0], [0.025, 0.975])
    assert low < media.mean() < high
    assert high / low < 4
    correlation = np.corrcoef(got.expected[0], 25 + media)[0, 1]
    assert correlation > 0.9
