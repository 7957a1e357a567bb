"""What is known beside the likelihood: taken out before a fit, joined to it afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from mmm.card import Check
from mmm.data import MediaData
from mmm.errors import InputError
from mmm.experiments import Experiment
from mmm.model.evidence import Evidence
from mmm.spec import ModelSpec
from mmm.unlearnt.join import with_lines
from mmm.unlearnt.new import Draws, drawn_new_line, new_line_misfits
from mmm.unlearnt.paid import (
    drawn_lines,
    expected_contribution,
    experiments_apart,
    fractions,
    paid_lines,
)
from mmm.unlearnt.tested import Incremental
from mmm.unlearnt.words import checks


@dataclass(frozen=True, eq=False)
class Unlearnt:
    """The lines of a model file that its data cannot speak about.

    learnt:      the data without them; experiments: those on the lines that are left
    fractions:   channel paid by result -> its incremental fraction, tests included
    """

    spec: ModelSpec
    data: MediaData
    learnt: MediaData
    experiments: tuple[Experiment, ...]
    fractions: Mapping[str, Incremental]

    def given(self, kpi: str) -> np.ndarray | None:
        """(G, T) what media paid by result are expected to bring, KPI units; None without any."""
        return expected_contribution(self.spec, self.data, kpi, self.fractions)

    def joined(
        self,
        groups: tuple[xr.Dataset, xr.Dataset],
        evidence: Mapping[str, Evidence],
        draws: Mapping[str, Draws],
        *,
        seed: int,
    ) -> tuple[xr.Dataset, xr.Dataset]:
        """Posterior and constants (``groups``) with a row for each of these lines.

        draws: kpi -> what was sampled and what it resolves to, name -> (chain, draw, …).
        """
        posterior, constants = groups
        shape = posterior.sizes["chain"], posterior.sizes["draw"]
        paid = drawn_lines(self.spec, self.data, self.fractions, shape=shape, seed=seed)
        new = [
            drawn_new_line(self.spec, entry, evidence, draws, seed) for entry in self.spec.new_lines
        ]
        return with_lines(posterior, constants, [*paid, *new])

    def checks(self) -> tuple[Check, ...]:
        """What the health card says of them."""
        return checks(self.spec, self.fractions)


def unlearnt(spec: ModelSpec, data: MediaData, experiments: Sequence[Experiment] = ()) -> Unlearnt:
    """Take them out. Raises InputError for new lines that are not new, and for tests that cannot
    be divided between learnt lines and others.
    """
    faults = new_line_misfits(spec, data)
    if faults:
        raise InputError(faults)
    paid = paid_lines(spec, data)
    learnt = data
    if paid.any():
        kept = data.dataset.isel(line=np.flatnonzero(~paid))
        learnt = MediaData.of(kept, unused=data.unused, notes=data.notes)
    rest, tests = experiments_apart(spec, data, experiments)
    return Unlearnt(spec, data, learnt, rest, fractions(spec, data, tests))
