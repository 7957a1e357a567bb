"""From the PyMC model to machine code: through JAX, whose compiler takes seconds.

Numba took a minute for the same model on a fresh machine and a quarter of one on every later one,
and its code was no faster (docs/performance.md).
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

SETTINGS = {
    "JAX_PLATFORMS": "cpu",  # a log density of microseconds: the way to a GPU takes longer
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",  # the chains are the parallel part
}
"""What JAX reads from the environment when it starts; a value that is there already stays."""


def compiled(model: Any, *, start: Mapping[str, np.ndarray] | None = None) -> Any:
    """Log density, gradient and stored variables of a PyMC model, ready for ``nutpie.sample``.

    Stored are the free variables and the deterministic ones. Large arrays stay arguments: frozen
    into the code they take longer to compile, and freezing spoils ``model`` for a second use.

    start: every free variable -> (start, …); each chain begins at one of them, drawn by its seed.
    By default chains begin around the centre of the prior.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    # PyTensor derives the graph and never computes with it
    warnings.filterwarnings("ignore", message="PyTensor could not link to a BLAS")
    import jax
    import nutpie

    # handing every step to another thread costs CPU time; this one JAX does not read from outside
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    names = [variable.name for variable in (*model.free_RVs, *model.deterministics)]
    begin = {} if start is None else {"initial_points": _one_of(start), "jitter_rvs": set()}
    return nutpie.compile_pymc_model(
        model, var_names=names, backend="jax", gradient_backend="jax", freeze_model=False, **begin
    )


def _one_of(start: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The same draw of every variable: PyMC seeds the generator anew for each chain."""
    import pytensor
    import pytensor.tensor as pt

    count = len(next(iter(start.values())))
    rng = pytensor.shared(np.random.default_rng(), name="start")
    place = pt.random.integers(0, count, rng=rng)
    return {name: pt.constant(values)[place] for name, values in start.items()}
