"""Media paid by result: taken out of the likelihood, brought back as what their belief says.

    contribution_t = x · spend_t / price,   x the incremental fraction

The fit is conditional on the expected contribution, so that its baseline does not take it for
its own. Nothing flows back: sales say nothing about x, as spend is a part of them by contract.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mmm.commission import contribution, price
from mmm.data import MediaData
from mmm.errors import Fault, InputError
from mmm.experiments import Experiment
from mmm.experiments.experiment import chosen
from mmm.spec import ModelSpec
from mmm.unlearnt.line import Drawn, Line, chance
from mmm.unlearnt.tested import Incremental, incremental_given


def paid_lines(spec: ModelSpec, data: MediaData) -> np.ndarray:
    """Which lines of the data are paid by result: (line,) bool."""
    owners = map(str, data.dataset["channel"].to_numpy())
    return np.array([spec.channels[owner].commission is not None for owner in owners], dtype=bool)


def experiments_apart(
    spec: ModelSpec, data: MediaData, experiments: Sequence[Experiment]
) -> tuple[tuple[Experiment, ...], dict[str, tuple[Experiment, ...]]]:
    """Experiments on learnt lines, and those on each channel that is paid by result.

    Raises InputError for one that changed both kinds, or two such channels: what it measured
    cannot be divided.
    """
    paid = paid_lines(spec, data)
    owners = np.array(data.dataset["channel"].to_numpy(), dtype=str)
    learnt: list[Experiment] = []
    apart: dict[str, tuple[Experiment, ...]] = {}
    faults: list[Fault] = []
    for one in experiments:
        rows = np.array(chosen(one.lines, data.lines), dtype=int)
        if not paid[rows].any():
            learnt.append(one)
            continue
        its = list(dict.fromkeys(owners[rows].tolist()))
        if len(its) > 1:
            found = f"the experiment {one.name}, which changed {' and '.join(its)} together"
            expected = "channels that are paid by result tested by themselves"
            faults.append(spec.fault(("experiments",), found, expected))
            continue
        apart[its[0]] = (*apart.get(its[0], ()), one)
    if faults:
        raise InputError(faults)
    return tuple(learnt), apart


def fractions(
    spec: ModelSpec, data: MediaData, tests: Mapping[str, Sequence[Experiment]]
) -> dict[str, Incremental]:
    """Channel that is paid by result -> its fraction, after the tests on it."""
    owners = np.array(data.dataset["channel"].to_numpy(), dtype=str)[paid_lines(spec, data)]
    found = {}
    for channel in dict.fromkeys(owners.tolist()):
        commission = spec.channels[channel].commission
        assert commission is not None  # chosen by it
        priced = [
            (one, price(commission, spec.kpis[one.kpi].unit)) for one in tests.get(channel, ())
        ]
        found[channel] = incremental_given(commission.incremental, priced)
    return found


def expected_contribution(
    spec: ModelSpec, data: MediaData, kpi: str, found: Mapping[str, Incremental]
) -> np.ndarray | None:
    """What all of them are expected to bring: (G, T), KPI units; None where there are none."""
    total = None
    for place in np.flatnonzero(paid_lines(spec, data)):
        channel = str(data.dataset["channel"].to_numpy()[place])
        each = _price(spec, channel, kpi)
        own = contribution(data.panel("spend")[place], each, found[channel].mean)
        total = own if total is None else total + own
    return total


def drawn_lines(
    spec: ModelSpec,
    data: MediaData,
    found: Mapping[str, Incremental],
    *,
    shape: tuple[int, ...],
    seed: int,
) -> list[Line]:
    """Every line that is paid by result, with draws (chain, draw) = ``shape``.

    It has no carry-over and no saturation: effect = x · scale · heads / price, where ``scale`` is
    its mean spend per head in the weeks it has any. Campaigns of a channel share x.
    """
    lines = []
    for place in np.flatnonzero(paid_lines(spec, data)):
        channel = str(data.dataset["channel"].to_numpy()[place])
        spend = data.panel("spend")[place]
        level = spend / data.population[:, None]
        scale = float(level[level > 0].mean())
        drawn = {}
        for kpi in data.kpi_names:
            x = found[channel].draws(shape, chance(seed, "paid", channel, kpi))[..., None]
            each = _price(spec, channel, kpi)
            effect = contribution(scale * data.population, each, x)
            drawn[kpi] = Drawn(effect, contribution(spend.mean(axis=-1), each, x), {})
        line = data.lines[place]
        body = spec.channels[channel]
        listed = (body.campaigns or {}).get(line.partition("/")[2])
        lines.append(
            Line(
                line,
                adstock="none",
                window=1,
                saturation="none",
                order="adstock_first",
                cost_per_unit=1.0,
                scale=scale,
                local=bool(data.local[place]),
                prior_driven=not found[channel].tests,
                spend=spend,
                labels={**body.labels, **(listed.labels if listed else {})},
                drawn=drawn,
            )
        )
    return lines


def _price(spec: ModelSpec, channel: str, kpi: str) -> float:
    commission = spec.channels[channel].commission
    assert commission is not None  # asked for such channels only
    return price(commission, spec.kpis[kpi].unit)
