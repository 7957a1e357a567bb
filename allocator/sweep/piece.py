"""A piece of a sweep: a question with its curves, under a name made of what it holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from math import ceil
from pathlib import Path

from allocator.scenario import LoadedScenario

BATCHES = 8  # per worker: the last to finish leaves the others idle for an eighth of their time
MOST = 25  # pieces of a batch; its overhead is milliseconds here and a fraction of a second on Dask


@dataclass(frozen=True)
class Source:
    """A file of curves.

    content: the file itself, where the worker that reads it may not have it; None: it is read
    from ``path``
    """

    path: Path
    digest: str
    content: bytes | None = None


@dataclass(frozen=True)
class Piece:
    """A scenario to be planned; ``key`` names it and all that its plan depends on."""

    key: str
    loaded: LoadedScenario


@dataclass(frozen=True)
class Batch:
    """Pieces on the same curves, for one worker, which reads and tabulates them once.

    curves:   the scenarios' own, then the other curves they name
    folder:   of the sweep, absolute
    keeps:    the worker writes each result into the folder as soon as it is there; otherwise they
              travel back together
    versions: of all that computes a figure; a worker with others would give other plans
    """

    pieces: tuple[Piece, ...]
    curves: tuple[Source, ...]
    folder: Path
    accepted: str | None
    keeps: bool
    versions: Mapping[str, str]


def key_of(
    loaded: LoadedScenario,
    digests: Sequence[str],
    versions: Mapping[str, str],
    accepted: str | None = None,
) -> str:
    """SHA-256, 64 hexadecimal digits, of the resolved scenario, its curves and the versions.

    digests: of the scenario's own curves, then of the others it names; accepted: why an unhealthy
    fit is used, which the plan says too.
    """
    held = {
        "scenario": loaded.digest,
        "curves": list(digests),
        "versions": dict(versions),
        "accepted": accepted,
    }
    text = json.dumps(held, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


Grouped = tuple[tuple[Source, ...], Piece]
"""A piece with its curves."""


def parted(
    pieces: Sequence[Grouped], workers: int
) -> Iterator[tuple[tuple[Source, ...], tuple[Piece, ...]]]:
    """Pieces in batches: those on the same curves and weeks together, as they share tables."""
    size = max(1, min(MOST, ceil(len(pieces) / max(1, workers) / BATCHES)))
    ordered = sorted(pieces, key=_alike)
    for _, group in groupby(ordered, key=_alike):
        rest = iter(group)
        while chunk := list(islice(rest, size)):
            yield chunk[0][0], tuple(piece for _, piece in chunk)


def _alike(one: Grouped) -> tuple[tuple[str, ...], str]:
    sources, piece = one
    scenario = piece.loaded.scenario
    return tuple(source.digest for source in sources), f"{scenario.period} {scenario.flighting}"
