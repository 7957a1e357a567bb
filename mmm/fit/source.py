"""What a fit comes from, and the digest that names it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from platform import python_version

from mmm.data import MediaData
from mmm.experiments import Experiment
from mmm.judge import Trials
from mmm.spec import ModelSpec, SamplingSpec

PACKAGES = ("pymc", "nutpie", "numpy", "jax", "budget-allocation-engine")
"""Whose versions may change a fit."""

CONTENT = ("data_digest", "model_digest", "experiments_digest", "versions")
"""What the posterior depends on; the rest is how long it was sampled, and what was tried."""


def source_of(
    spec: ModelSpec,
    data: MediaData,
    sampling: SamplingSpec,
    trials: Trials,
    experiments: Sequence[Experiment] = (),
) -> dict[str, object]:
    """Digests, settings and versions; ``fit_digest`` is over all of them.

    Two fits with one ``fit_digest`` are the same fit, so the second need not be made. ``files``
    stands beside it: SHA-256 of model.yaml and the tables it names, by their names in it, so that
    who knows nothing of models can tell whether they were edited.
    """
    text = spec.model_dump_json()
    source: dict[str, object] = {
        "data_digest": data.digest,
        "model_digest": hashlib.sha256(text.encode()).hexdigest(),
        "experiments_digest": _digest([asdict(one) for one in experiments]),
        "model": json.loads(text),
        "sampling": sampling.model_dump(),
        "trials": asdict(trials),
        "pairing_seed": sampling.seed,
        "versions": {name: version(name) for name in PACKAGES},
    }
    named = {**source, "fit_digest": _digest(source)}
    named["files"] = _files(spec)
    named["versions"] = {**source["versions"], "python": python_version()}  # type: ignore[dict-item]
    return named


def _files(spec: ModelSpec) -> dict[str, str]:
    """Nothing for a spec that was not read from a file, or of files that are gone by now."""
    if spec.file is None:
        return {}
    names = {spec.file.name: spec.file}
    tables = [table.file for table in spec.data.tables]
    names |= {name: spec.folder / name for name in (*tables, spec.experiments) if name}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in names.items()
        if path.is_file()
    }


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
