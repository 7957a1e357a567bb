"""The PyMC model: the identity that proves the marginal likelihood, gradients, mixed families."""

from __future__ import annotations

import numpy as np
import pytensor
import pytest
from model_case import MODEL, WEEKS, data, evidence, random_values, spec

from mmm import adstock, saturation
from mmm.fit.sampling import Piece, sample
from mmm.model.build import build
from mmm.model.derived import effects
from mmm.model.gather import gather
from mmm.posterior import diagnose
from mmm.spec import SamplingSpec

RNG = np.random.default_rng(11)


@pytest.fixture(scope="module")
def compiled():
    """Evidence, and log densities of the marginal and the plain model in unconstrained space."""
    own = evidence()
    marginal, plain = build(own), build(own, plain=True)
    return (
        own,
        marginal,
        marginal.compile_logp(mode="FAST_COMPILE"),
        plain.compile_logp(mode="FAST_COMPILE"),
    )


def unconstrained(model, rng: np.random.Generator) -> dict[str, np.ndarray]:
    start = model.initial_point()
    return {name: value + rng.normal(0, 1.0, size=np.shape(value)) for name, value in start.items()}


def constrained(own, point: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """name -> (1, …), by the transforms' own definitions, with what it resolves to."""
    values = {}
    for name, raw in point.items():
        if name.endswith("_logodds__"):
            values[name.removesuffix("_logodds__")] = 1 / (1 + np.exp(-raw))[None]
        elif name.endswith("_log__"):
            values[name.removesuffix("_log__")] = np.exp(raw)[None]
        else:
            values[name] = np.asarray(raw)[None]
    return {**values, **own.resolved(values)}


def test_marginal_is_plain_minus_conditional_for_any_b(compiled) -> None:
    """logp_marginal(θ) = logp_plain(θ, b) − ln p(b | θ, y), design.md's identity."""
    own, model, logp, logp_plain = compiled
    for _ in range(20):
        point = unconstrained(model, RNG)
        values = constrained(own, point)
        residual = own.standard - own.media(values)[0]
        at = float(logp(point))
        for b in RNG.normal(0, 1.5, size=(2, len(own.baseline.columns))):
            none = np.zeros((1, 0))
            given = own.marginal.log_conditional(b, none, residual, float(values["sigma"][0]))
            both = float(logp_plain({**point, "b": b}))
            assert at == pytest.approx(both - given, rel=1e-8, abs=1e-7)


def test_pytensor_and_numpy_agree_on_the_media(compiled) -> None:
    own, model, *_ = compiled
    point = unconstrained(model, RNG)
    values = constrained(own, point)
    scale = float(values["sigma"][0])
    likelihood = own.marginal.log_likelihood(own.standard - own.media(values)[0], np.array(scale))
    potential = model.compile_fn(
        model.replace_rvs_by_values(model.potentials), mode="FAST_COMPILE", point_fn=False,
        inputs=model.value_vars,
    )(**point)  # fmt: skip
    assert float(potential[0]) == pytest.approx(float(likelihood), rel=1e-10)


def test_gradient_is_finite_where_nothing_reaches_a_week_and_equals_differences(compiled) -> None:
    own, model, logp, _ = compiled
    assert (own.families[0].lagged[:, :8] == 0).all()  # tv is dark for eight weeks
    gradient = model.compile_dlogp(mode="FAST_COMPILE")
    names = [variable.name for variable in model.value_vars]
    for _ in range(3):
        point = unconstrained(model, RNG)
        exact = gradient(point)
        assert np.isfinite(exact).all()
        place = 0
        for name in names:
            for index in np.ndindex(np.shape(point[name])):
                step = np.zeros(np.shape(point[name]))
                step[index] = 1e-5
                up, down = (logp({**point, name: point[name] + s}) for s in (step, -step))
                rough = (up - down) / 2e-5
                assert exact[place] == pytest.approx(rough, rel=1e-4, abs=1e-3), name
                place += 1
        assert place == len(exact)


def test_families_and_parameters_of_mixed_lines() -> None:
    own = evidence()
    forms = {
        (family.adstock, family.lagged.shape[-1], family.saturation) for family in own.families
    }
    assert forms == {
        ("geometric", 6, "hill"),
        ("geometric", 3, "logistic"),
        ("geometric", 6, "michaelis_menten"),
    }
    rows = {parameter.name: parameter.rows.tolist() for parameter in own.parameters}
    assert rows == {
        "adstock_retention": [0, 1, 2],
        "saturation_half_saturation": [0, 2],
        "saturation_slope": [0],
        "saturation_rate": [1],
    }
    owners = {parameter.name: parameter.owners for parameter in own.parameters}
    assert owners["adstock_retention"] == ("tv", "search", "social")
    assert owners["saturation_half_saturation"] == ("tv", "social")


def test_average_is_the_average_contribution() -> None:
    own = evidence()
    values = random_values(own, RNG, 5)
    for row, family in ((family.rows[0], family) for family in own.families):
        alone = dict(values, average=np.where(np.arange(3) == row, values["average"], 0.0))
        weekly = own.media(alone)[:, 0]
        np.testing.assert_allclose(weekly.mean(axis=-1), values["average"][:, row], rtol=1e-12)
        full = effects(own, alone)[0][:, row, 0] / own.unit
        shape = own.shapes(family, values)[:, 0]
        np.testing.assert_allclose(weekly, full[:, None] * shape, rtol=1e-12)


def test_scale_is_the_mean_of_non_zero_weeks() -> None:
    own = evidence()
    tv = own.spend[0, 0]
    assert own.scale[0] == pytest.approx(tv[tv > 0].mean())
    assert own.scale[2] == pytest.approx(own.exposure[2].mean())
    assert own.exposure[2].sum() > 10 * own.spend[2].sum()  # views, not money


def test_a_hold_out_keeps_weeks_out_of_everything_learnt() -> None:
    own, whole = evidence(holdout=13), evidence()
    assert own.observed == WEEKS - 13
    assert own.centre == pytest.approx(whole.kpi_values[:, :-13].mean())
    assert own.scale[1] == pytest.approx(whole.exposure[1, 0, :-13].mean())
    assert own.marginal.first.basis.shape[0] == WEEKS - 13
    values = random_values(own, RNG, 2)
    seen = own.media(values)[:, 0, :-13]
    np.testing.assert_allclose(
        seen.mean(axis=-1), values["average"].sum(axis=-1), rtol=1e-12
    )  # averages are over observed weeks


@pytest.mark.slow
def test_posterior_moments_equal_the_plain_model_s() -> None:
    """Two lines of one family, so that compiling stays short; 3,000 draws each way."""
    text = MODEL.replace(
        "  social: {spend: social, media: impressions, impressions: views, adstock: {window: 6},\n"
        "           saturation: {kind: michaelis_menten}}\n",
        "",
    ).replace("window: 3}, saturation: {kind: logistic}", "window: 6}")
    model = spec(text + "trend: {kind: linear}\n")
    assert list(model.channels) == ["tv", "search"]
    two = data().dataset.isel(line=[0, 1])
    own = gather(model, type(data()).of(two), "revenue")
    piece = Piece(own, SamplingSpec(draws=1500, tune=600, chains=2, seed=3), threads=2)
    results = [sample(piece, lambda _: None, plain=plain) for plain in (False, True)]
    (marginal, stats), (plain, _) = results
    assert diagnose(marginal, stats).r_hat.value < 1.02
    resolved = [
        own.resolved({name: v.reshape(3000, *v.shape[2:]) for name, v in one.items()})
        for one in (marginal, plain)
    ]
    for name in resolved[0]:
        logs = [np.log(one[name]) for one in resolved]
        deviation = logs[1].std(axis=0)
        # at least 500 effective draws each: five standard errors of a difference of means
        assert (np.abs(logs[0].mean(0) - logs[1].mean(0)) < 5 * deviation * np.sqrt(2 / 500)).all()
        assert (np.abs(logs[0].std(0) / deviation - 1) < 0.2).all(), name
    flat = {name: values.reshape(3000, *values.shape[2:]) for name, values in marginal.items()}
    residual = own.standard - own.media({**flat, **own.resolved(flat)})
    drawn, _ = own.marginal.draw(residual, flat["sigma"], np.random.default_rng(4))
    sampled = plain["b"].reshape(3000, -1)
    off = np.abs(drawn.mean(0) - sampled.mean(0)) / sampled.std(0)
    assert (off < 5 * np.sqrt(2 / 500)).all()
    # the plain chains wander slowly along level and trend: their own widths are that uncertain
    assert (np.abs(drawn.std(0) / sampled.std(0) - 1) < 0.3).all()


FORMS = [
    *(f"adstock: {{kind: {name}, window: 6}}" for name in adstock.names()),
    *(f"saturation: {{kind: {name}}}" for name in saturation.names()),
]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_a_finite_gradient_and_the_same_value_in_numpy(form: str) -> None:
    import pytensor.tensor as pt

    own = gather(
        spec(MODEL.replace("adstock: {window: 6}}\n", f"{form}}}\n", 1)), data(), "revenue"
    )
    values = random_values(own, np.random.default_rng(3), 1)
    needed = [*(parameter.name for parameter in own.parameters), "average"]
    values = {name: values[name] for name in needed}
    symbols = {name: pt.as_tensor(value[0]) for name, value in values.items()}
    inputs = {name: symbol.type(name) for name, symbol in symbols.items()}
    media = own.media(inputs, xp=pt)
    slopes = pytensor.grad(media.sum(), [inputs[p.name] for p in own.parameters])
    both = pytensor.function(
        list(inputs.values()), [media, *slopes], mode="FAST_COMPILE", on_unused_input="ignore"
    )
    found, *gradient = both(*(value[0] for value in values.values()))
    np.testing.assert_allclose(found, own.media(values)[0], rtol=1e-12)
    assert all(np.isfinite(part).all() for part in gradient)
    assert any(np.abs(part).max() > 0 for part in gradient)
