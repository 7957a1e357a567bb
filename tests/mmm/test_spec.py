"""model.yaml: what it may say, what is filled in, and that what is filled in is as documented."""

from __future__ import annotations

import math
import pickle
from collections.abc import Iterator

import numpy as np
import planner_case
import pytest
from pydantic import BaseModel, ValidationError
from scipy import stats

from mmm import adstock, saturation
from mmm.errors import InputError
from mmm.spec import (
    AdstockSpec,
    BetaPrior,
    LogNormalPrior,
    ModelSpec,
    SaturationSpec,
    TableSpec,
    spec_of,
)
from mmm.spec.priors import DEFAULT_ROAS, DEFAULT_SHARE
from mmm.yamlfile import parse


def spec(text: str = planner_case.MODEL) -> ModelSpec:
    return spec_of(parse(text, "model.yaml"))


def test_the_smallest_file_gets_the_documented_defaults() -> None:
    got = spec()
    assert got.adstock("tv").kind == "geometric"
    assert got.adstock("tv").window == 13
    assert got.adstock("tv").parameters == {"retention": BetaPrior(alpha=2, beta=2)}
    assert set(got.saturation("tv").parameters) == {"half_saturation", "slope"}
    assert got.effect_prior("revenue", "tv") == DEFAULT_ROAS
    assert got.effect_prior("customers", "tv") == DEFAULT_SHARE
    assert got.trend.kind == "local"
    assert got.seasonality.yearly == 2
    assert (got.sampling.chains, got.sampling.draws, got.sampling.tune) == (4, 1000, 1000)


def test_the_nearer_statement_wins() -> None:
    text = planner_case.MODEL.replace(
        "tv: {}",
        "tv: {adstock: {window: 4}, prior: {revenue: {roas: {median: 3, high90: 6}}}}",
    ).replace("controls:", "defaults: {adstock: {window: 8}}\ncontrols:")
    got = spec(text)
    assert (got.adstock("tv").window, got.adstock("search").window) == (4, 8)
    assert got.effect_prior("revenue", "tv").roas == LogNormalPrior(median=3, high90=6)
    assert got.effect_prior("revenue", "search") == DEFAULT_ROAS


@pytest.mark.parametrize(
    "prior",
    [
        LogNormalPrior(median=2, high90=6),
        LogNormalPrior(median=2, low90=0.5),
        LogNormalPrior(median=1.0, low90=0.25, high90=4.0),
    ],
)
def test_a_lognormal_has_the_median_and_range_that_were_written(prior: LogNormalPrior) -> None:
    belief = stats.lognorm(prior.sigma, scale=math.exp(prior.mu))
    assert belief.median() == pytest.approx(prior.median)
    if prior.low90:
        assert belief.ppf(0.05) == pytest.approx(prior.low90)
    if prior.high90:
        assert belief.ppf(0.95) == pytest.approx(prior.high90)


def test_every_registered_form_can_be_written_with_its_own_parameters() -> None:
    for form in saturation.SATURATIONS:
        assert tuple(SaturationSpec(kind=form.name).parameters) == form.parameters
    for carry in adstock.ADSTOCKS:
        assert tuple(AdstockSpec(kind=carry.name).parameters) == carry.parameters
    for name in adstock.names():
        spec(planner_case.MODEL.replace("tv: {}", f"tv: {{adstock: {{kind: {name}}}}}"))


@pytest.mark.parametrize(
    ("form", "value", "known"),
    [
        (AdstockSpec(kind="none"), {"kind": "none", "retention": {"alpha": 1, "beta": 1}},
         "no retention in kind none, which has no parameter"),
        (AdstockSpec(kind="weibull_cdf"),
         {"kind": "weibull_cdf", "delay": {"median": 1, "high90": 2}},
         "no delay in kind weibull_cdf, which has: shape, scale"),
        (SaturationSpec(kind="tanh"), {"kind": "tanh", "slope": {"median": 1, "high90": 2}},
         "no slope in kind tanh, which has: reach"),
    ],
)  # fmt: skip
def test_a_parameter_of_another_kind_is_refused(
    form: AdstockSpec | SaturationSpec, value: dict[str, object], known: str
) -> None:
    with pytest.raises(ValueError, match=known):
        type(form).model_validate(value)


@pytest.mark.parametrize("kind", [name for name in saturation.names() if name != "none"])
def test_default_saturations_are_near_half_at_the_mean_exposure(kind: str) -> None:
    medians = {n: np.array(p.median) for n, p in SaturationSpec(kind=kind).parameters.items()}
    half = float(saturation.by_name(kind).value(np.array(1.0), **medians))
    assert half == pytest.approx(0.5, abs=0.01)  # medians are written with two digits


def test_a_spec_is_frozen_and_survives_a_pickle_with_its_places() -> None:
    got = spec()
    with pytest.raises(ValidationError):
        got.currency = "USD"  # type: ignore[misc]
    again = pickle.loads(pickle.dumps(got))
    assert again == got
    assert str(again.fault(("currency",), "x", "y")).startswith("model.yaml:7:1: currency:")


def test_without_a_file_a_fault_still_names_its_place() -> None:
    made = ModelSpec.model_validate(spec().model_dump(exclude_none=True))
    assert (
        str(made.fault(("kpis", "revenue"), "x", "y")) == "model: kpis.revenue: found x, expected y"
    )


def _models(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    if model in seen:
        return
    seen.add(model)
    yield model
    for field in model.model_fields.values():
        todo = [field.annotation]
        while todo:
            kind = todo.pop()
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from _models(kind, seen)
            todo += getattr(kind, "__args__", ())


def test_every_key_is_explained_and_no_unknown_key_passes() -> None:
    models = list(_models(ModelSpec, set()))
    assert len(models) >= 18
    for model in models:
        assert model.model_config.get("extra") == "forbid"
        assert model.model_config.get("frozen")
        assert model.__doc__
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name} has no docstring"


@pytest.mark.parametrize(
    ("written", "python"),
    [
        ("YYYY-MM-DD", "%Y-%m-%d"),
        ("DD.MM.YY", "%d.%m.%y"),
        ("YYYYMMDD", "%Y%m%d"),
        ("MM/DD/YYYY", "%m/%d/%Y"),
    ],
)
def test_date_patterns(written: str, python: str) -> None:
    assert TableSpec(file="a.csv", date_format=written).strptime == python


@pytest.mark.parametrize("pattern", ["YYYY-MM", "YYYY-MM-DD hh", "%Y-%m-%d", "YYYY-YY-MM-DD"])
def test_patterns_that_are_no_dates(pattern: str) -> None:
    with pytest.raises(ValidationError):
        TableSpec(file="a.csv", date_format=pattern)


@pytest.mark.parametrize(
    "event",
    [
        "{name: x}",
        "{name: x, start: 2021-05-01}",
        "{name: x, column: promo}",
        "{name: x, dates: [2021-05-01], column: promo, value: a}",
        "{name: x, start: 2021-05-02, end: 2021-05-01}",
        "{name: x, dates: []}",
    ],
)
def test_an_event_has_exactly_one_form(event: str) -> None:
    with pytest.raises(InputError, match=r"expected (one of: dates|end on or after start)"):
        spec(planner_case.MODEL.replace("controls:", f"events: [{event}]\ncontrols:"))


@pytest.mark.parametrize("number", ["true", '"13"', "13.5", ".inf"])
def test_numbers_are_numbers(number: str) -> None:
    with pytest.raises(InputError, match=r"channels\.tv\.adstock\.window"):
        spec(planner_case.MODEL.replace("tv: {}", f"tv: {{adstock: {{window: {number}}}}}"))
