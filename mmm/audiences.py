"""The audiences of a model file, with what the data say about them."""

from __future__ import annotations

import numpy as np
import xarray as xr

from mmm.data import MediaData
from mmm.errors import Fault, InputError
from mmm.reach import Audience, Delivery, ReachCurve, fit_reach
from mmm.reach.families import by_name
from mmm.spec import AudienceSpec, BetaPrior, LogNormalPrior, ModelSpec
from mmm.spec.audience_faults import within
from mmm.spec.priors import Written

USUAL_WEEKS = 13  # a quarter, as the basis of curves
THOUSAND = 1000.0


def audiences(spec: ModelSpec, data: MediaData, *, draws: int = 1000) -> tuple[Audience, ...]:
    """Every audience with its reach curve and its lines' usual delivery.

    Usual: the mean of the last 13 weeks, times the weeks of the window. Regions are summed. An
    nbd curve is fitted to the weeks of the lines whose reach was observed, all with one shape; it
    is then that of any window, as steady habits have the same shape in a week and in a month
    (Goodhardt & Ehrenberg). Else its draws are those of the belief in model.yaml. Raises
    InputError where the file has no audience, a line is in no data, or its impressions are
    neither measured nor priced.
    """
    if not spec.audiences:
        found, expected = "no audience", "at least one, with its size and its lines"
        fix = "write `audiences: {NAME: {size: PEOPLE, lines: [CHANNEL]}}`"
        raise InputError([spec.fault((), found, expected, fix)])
    faults: list[Fault] = []
    made = []
    for name, body in spec.audiences.items():
        lines = _lines(spec, data, name, faults)
        deliveries = [_delivery(spec, data, name, line, faults) for line in lines]
        seed = np.random.SeedSequence([spec.sampling.seed, *name.encode()])
        try:
            curve, source = _curve(body, data, lines, draws, int(seed.generate_state(1)[0]))
        except ValueError as error:
            found, _, expected = str(error).removeprefix("found ").partition(", expected ")
            faults.append(spec.fault(("audiences", name), found, expected))
            continue
        made.append(
            Audience(name, body.window_weeks, curve, tuple(filter(None, deliveries)), source)
        )
    if faults:
        raise InputError(faults)
    return tuple(made)


def _lines(spec: ModelSpec, data: MediaData, name: str, faults: list[Fault]) -> list[str]:
    """Lines of the data that the audience names, in the order of the data."""
    owners = spec.audiences[name].lines
    for place, owner in enumerate(owners):
        if not any(within(line, owner) for line in data.lines):
            path = ("audiences", name, "lines", place)
            expected = f"a line of the data: {', '.join(data.lines)}"
            faults.append(spec.fault(path, repr(owner), expected))
    return [line for line in data.lines if any(within(line, owner) for owner in owners)]


def _delivery(
    spec: ModelSpec, data: MediaData, name: str, line: str, faults: list[Fault]
) -> Delivery | None:
    body = spec.audiences[name]
    weeks = body.window_weeks
    spend = weeks * float(_national(data, "spend", line)[-USUAL_WEEKS:].mean())
    priced = [owner for owner in body.cost_per_thousand if within(line, owner)]
    measured = bool(data.dataset["has_impressions"].sel(line=line))
    if measured and priced:
        path = ("audiences", name, "cost_per_thousand", priced[0])
        found, fix = f"a cost beside measured impressions of {line}", "delete it"
        faults.append(spec.fault(path, found, "one of the two", fix))
    elif measured:
        shown = weeks * float(_national(data, "impressions", line)[-USUAL_WEEKS:].mean())
        return Delivery(line, spend, shown)
    elif priced:
        closest = max(priced, key=len)  # a campaign's own before its channel's
        return Delivery(line, spend, spend / body.cost_per_thousand[closest] * THOUSAND)
    else:
        found = f"no impressions of {line}"
        fix = f"write `cost_per_thousand: {{{line}: MONEY}}`, or take it out of `lines`"
        here = ("audiences", name, "lines")
        faults.append(spec.fault(here, found, "measured impressions, or a cost of them", fix))
    return None


def _curve(
    body: AudienceSpec, data: MediaData, lines: list[str], draws: int, seed: int
) -> tuple[ReachCurve, str]:
    """The curve and where it comes from. Raises ValueError for a reach that cannot be."""
    observed = _observed(data, lines)
    belief = body.curve.parameters
    if observed is not None and body.curve.kind == "nbd":
        shape = belief["shape"]
        assert isinstance(shape, LogNormalPrior)
        known = None if isinstance(body.size, LogNormalPrior) else body.size
        prior = (body.size.mu, body.size.sigma) if isinstance(body.size, LogNormalPrior) else None
        fit = fit_reach(
            *observed,
            audience=known,
            audience_prior=prior,
            shape_prior=(shape.mu, shape.sigma),
            draws=draws,
            seed=seed,
        )
        return fit.curve, f"observed reach of {fit.weeks} weeks, met within {fit.error:.1%}"
    rng = np.random.default_rng(seed)
    drawn = {name: _drawn(prior, draws, rng) for name, prior in belief.items()}
    size = _drawn(body.size, draws, rng)
    return ReachCurve(by_name(body.curve.kind), size, drawn, body.curve.chances), "belief"


def _observed(data: MediaData, lines: list[str]) -> tuple[np.ndarray, np.ndarray] | None:
    """Weekly impressions and reach of the lines whose reach was observed, one after the other."""
    if "reach" not in data.dataset:
        return None
    seen = [line for line in lines if bool(data.dataset["has_reach"].sel(line=line))]
    if not seen:
        return None
    both = [[_national(data, kind, line) for line in seen] for kind in ("impressions", "reach")]
    return np.concatenate(both[0]), np.concatenate(both[1])


def _national(data: MediaData, kind: str, line: str) -> np.ndarray:
    """(date,) of one line, summed over regions, in which people are counted once each."""
    series: xr.DataArray = data.dataset[kind].sel(line=line)
    return series.sum([dim for dim in series.dims if dim != "date"], skipna=False).to_numpy()


def _drawn(belief: float | Written, draws: int, rng: np.random.Generator) -> np.ndarray:
    if isinstance(belief, LogNormalPrior):
        return np.exp(rng.normal(belief.mu, belief.sigma, draws))
    if isinstance(belief, BetaPrior):
        return rng.beta(belief.alpha, belief.beta, draws)
    assert isinstance(belief, float | int)  # nothing else can be written
    return np.full(draws, float(belief))
