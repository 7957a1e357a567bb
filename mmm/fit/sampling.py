"""Sampling one KPI, in whatever process the runner chose."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmm.fit.warm_start import Start
from mmm.model.evidence import Evidence
from mmm.model.lifts import Lift
from mmm.runner import Report
from mmm.spec import SamplingSpec

LOOK = 0.5  # seconds between two looks at the sampler

TARGET_ACCEPT = 0.9  # at nutpie's 0.8 a few draws in 4,000 diverge on 18 lines; a tenth slower

STATS = ("diverging", "energy", "n_steps", "step_size")


@dataclass(frozen=True, eq=False)
class Piece:
    """One KPI to sample on ``threads`` chains at a time, with the experiments on it.

    start: draws of an earlier fit to begin with."""

    evidence: Evidence
    sampling: SamplingSpec
    threads: int
    tests: tuple[Lift, ...] = ()
    start: Start | None = None

    @property
    def seed(self) -> np.random.SeedSequence:
        """From the seed, the KPI's name and the hold-out: adding a KPI changes no other's draws."""
        name = zlib.crc32(self.evidence.kpi.encode())
        held = len(self.evidence.weeks) - self.evidence.observed
        return np.random.SeedSequence([self.sampling.seed, name, held])


@dataclass(frozen=True)
class Progress:
    """How far one KPI is; ``done`` and ``total`` count draws of all chains, tuning included."""

    step: str
    done: int
    total: int
    divergences: int


def sample(
    piece: Piece, report: Report, *, plain: bool = False
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Draws and sampler statistics: two of name -> (chain, draw, …), tuning left out.

    NUTS (Hoffman & Gelman 2014) by nutpie with its low-rank mass matrix, which learns the ridges
    between a line's size and its saturation.
    """
    import nutpie

    from mmm.fit.compiled import compiled
    from mmm.model.build import build

    settings = piece.sampling
    total = settings.chains * (settings.tune + settings.draws)
    report(Progress("compiling", 0, total, 0))
    model = build(piece.evidence, piece.tests, plain=plain)
    names = [variable.name for variable in (*model.free_RVs, *model.deterministics)]
    running = nutpie.sample(
        compiled(model, start=piece.start.draws if piece.start else None),
        draws=settings.draws,
        tune=settings.tune,
        chains=settings.chains,
        cores=min(piece.threads, settings.chains),
        seed=int(piece.seed.generate_state(1)[0]),
        target_accept=TARGET_ACCEPT,
        low_rank_modified_mass_matrix=True,
        progress_bar=False,
        blocking=False,
        return_raw_trace=True,
    )
    draws, stats = _watched(running, total, report).get_arrow_trace()
    kept = slice(settings.tune, settings.tune + settings.draws)
    return (
        {name: np.stack([_column(chain, name)[kept] for chain in draws]) for name in names},
        {name: np.stack([_column(chain, name)[kept] for chain in stats]) for name in STATS},
    )


def _watched(running: Any, total: int, report: Report) -> Any:
    """Wait for the sampler and tell how far it is; an interrupt stops it."""
    try:
        while True:
            try:
                return running.wait(timeout=LOOK)
            except TimeoutError:
                draws, stats = running.inspect().get_arrow_trace()
                done = sum(chain.num_rows for chain in draws)
                divergences = sum(
                    int((_column(chain, "diverging") & ~_column(chain, "tuning")).sum())
                    for chain in stats
                )
                report(Progress("sampling", done, total, divergences))
    except BaseException:
        running.cancel()
        raise


def _column(batch: Any, name: str) -> np.ndarray:
    """A column of an Arrow batch with the shape its metadata tell: (row, …)."""
    import pyarrow

    column = batch.column(name)
    text = (column.field.metadata or {}).get(b"shape", b"").decode()
    shape = [int(size) for size in text.split(",") if size]
    flat = pyarrow.array(column)
    if hasattr(flat, "flatten"):
        flat = flat.flatten()
    values: np.ndarray = flat.to_numpy(zero_copy_only=False)
    return values.reshape(-1, *shape)
