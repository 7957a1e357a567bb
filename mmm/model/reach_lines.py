"""Lines whose response runs on reach: their average frequency, and how reach grows with money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mmm.data import MediaData
from mmm.errors import Fault, InputError
from mmm.reach import ReachCurve, ReachFit, fit_reach
from mmm.reach.families import by_name
from mmm.reach.fitting import FEWEST
from mmm.reach.response import FAMILY
from mmm.spec import AudienceSpec, LogNormalPrior, ModelSpec
from mmm.spec.audience_faults import within

DRAWS = 500  # as many as curves have


@dataclass(frozen=True, eq=False)
class ReachLines:
    """What the data say of lines that run on reach.

    rows:      (m,) their positions among all lines
    frequency: (m, G, T) impressions per person reached, at least 1; 0 where nobody is
    audience, shape: (m, G, draw) of each line's own reach curve in each geo, people and a number
    """

    rows: np.ndarray
    frequency: np.ndarray
    audience: np.ndarray
    shape: np.ndarray

    def curve(self, place: int, geo: int) -> ReachCurve:
        """Weekly reach of the line at ``place`` of ``rows`` in one geo."""
        drawn = {"shape": self.shape[place, geo]}
        return ReachCurve(by_name(FAMILY), self.audience[place, geo], drawn)

    def impressions(self, exposure: np.ndarray) -> np.ndarray:
        """(n, G, T) with impressions in place of the people these lines reached."""
        counts = exposure.copy()
        counts[self.rows] = exposure[self.rows] * self.frequency
        return counts

    def reached(self, row: int, geo: int, reach: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """People the line at ``row`` would have reached with other impressions: (T,).

        reach: (T,) as it was; counts: (T,) impressions instead. Observed reach moves as the mean
        of the curve does, so that nothing changes where impressions stay.
        """
        place = int(np.searchsorted(self.rows, row))
        curve = self.curve(place, geo)
        mean, was = (
            curve.value(one).mean(axis=0) for one in (counts, reach * self.frequency[place, geo])
        )
        off = np.divide(reach, was, out=np.ones_like(mean), where=was > 0)
        return mean * off


def reach_lines(spec: ModelSpec, data: MediaData) -> ReachLines | None:
    """Every line with ``media: reach``, its reach curve fitted in every geo; None without any.

    An audience lives as the population does: a geo has its part of the size. A line known only
    for the country has one curve, as has a geo with fewer than three weeks of it. Raises
    InputError for reach that no audience of the stated size can have.
    """
    owners = list(map(str, data.dataset["channel"].to_numpy()))
    rows = [row for row, owner in enumerate(owners) if spec.runs_on(owner) == "reach"]
    if not rows:
        return None
    reach, counts = data.panel("reach")[rows], data.panel("impressions")[rows]
    faults: list[Fault] = []
    fits = []
    for row, people, shown in zip(rows, reach, counts, strict=True):
        try:
            fits.append(list(_geos(spec, data, row, people, shown)))
        except ValueError as error:
            found, _, expected = str(error).removeprefix("found ").partition(", expected ")
            where = ("channels", owners[row], "media")
            faults.append(spec.fault(where, f"{found} ({data.lines[row]})", expected))
    if faults:
        raise InputError(faults)
    ratio = np.divide(counts, reach, out=np.zeros_like(reach), where=reach > 0)
    return ReachLines(
        np.array(rows),
        # platforms estimate reach: it may exceed impressions a little
        np.where(reach > 0, np.maximum(ratio, 1.0), 0.0),
        np.array([[part * fit.curve.audience for part, fit in fits_] for fits_ in fits]),
        np.array([[fit.curve.parameters["shape"] for _, fit in fits_] for fits_ in fits]),
    )


def _geos(
    spec: ModelSpec, data: MediaData, row: int, reach: np.ndarray, counts: np.ndarray
) -> Iterator[tuple[float, ReachFit]]:
    """(part of the fit's audience, fit) of one line in every geo; reach, counts: (G, T)."""
    line, share = data.lines[row], data.population / data.population.sum()
    audience = _audience(spec, line)
    shown = (counts > 0).sum(axis=1)
    seeds = np.random.SeedSequence([spec.sampling.seed, *line.encode()]).generate_state(len(share))
    whole: ReachFit | None = None
    for geo, part in enumerate(share):
        if data.local[row] and shown[geo] >= FEWEST:
            yield 1.0, _fit(audience, reach[geo], counts[geo], part=part, seed=int(seeds[geo]))
            continue
        if whole is None:
            total = reach.sum(axis=0), counts.sum(axis=0)
            whole = _fit(audience, *total, part=1.0, seed=int(seeds[0]))
        yield float(part), whole


def _fit(
    audience: AudienceSpec | None, reach: np.ndarray, counts: np.ndarray, *, part: float, seed: int
) -> ReachFit:
    if audience is None:
        return fit_reach(counts, reach, draws=DRAWS, seed=seed)
    size, shape = audience.size, audience.curve.parameters["shape"]
    assert isinstance(shape, LogNormalPrior)  # other curves are refused
    known, prior = None, None
    if isinstance(size, LogNormalPrior):
        prior = size.mu + float(np.log(part)), size.sigma
    else:
        known = size * part
    return fit_reach(
        counts,
        reach,
        audience=known,
        audience_prior=prior,
        shape_prior=(shape.mu, shape.sigma),
        draws=DRAWS,
        seed=seed,
    )


def _audience(spec: ModelSpec, line: str) -> AudienceSpec | None:
    """Who the line reaches; None for a line made up to test the model, whose file names none.

    Raises ValueError for a campaign that the audience of its siblings leaves out.
    """
    channel = line.partition("/")[0]
    siblings = False
    for body in spec.audiences.values():
        if any(within(line, owner) for owner in body.lines):
            return body
        siblings = siblings or any(within(owner, channel) for owner in body.lines)
    if siblings:
        raise ValueError("found a line of no audience, expected it among `lines` of an audience")
    return None
