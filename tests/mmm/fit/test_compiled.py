"""The compiled log density against PyTensor's own evaluation of the PyMC model."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from model_case import MODEL, data, evidence, spec
from pytensor.compile.mode import Mode

from mmm import adstock, saturation
from mmm.fit.compiled import SETTINGS, compiled
from mmm.fit.sampling import Piece, sample
from mmm.model.build import build
from mmm.model.gather import gather
from mmm.spec import SamplingSpec

FORMS = [
    *(f"adstock: {{kind: {name}, window: 6}}" for name in adstock.names()),
    *(f"saturation: {{kind: {name}}}" for name in saturation.names()),
]

AS_WRITTEN = Mode(linker="py", optimizer=None)
"""Every operation of the graph by NumPy, none rewritten: nothing to compile, nothing in common."""


def log_density(ready, at: np.ndarray) -> tuple[float, np.ndarray]:
    return ready._make_logp_func()(at, **ready._shared_data)


def assert_same_density(own) -> None:
    """Value and gradient where a sampler meets them, on both sides of the starting point."""
    model = build(own)
    both = model.compile_fn([model.logp(), model.dlogp()], mode=AS_WRITTEN)
    ready = compiled(model)
    start = model.initial_point()
    rng = np.random.default_rng(8)
    for spread in (0.0, 0.5, 1.0):
        point = {k: v + spread * rng.normal(size=np.shape(v)) for k, v in start.items()}
        flat = np.concatenate([np.ravel(point[v.name]) for v in model.value_vars])
        logp, gradient = log_density(ready, flat)
        value, slope = both(point)
        assert logp == pytest.approx(float(value), rel=1e-10)
        np.testing.assert_allclose(gradient, slope, rtol=1e-7, atol=1e-8)


def test_it_is_the_density_of_the_pymc_model() -> None:
    assert_same_density(evidence())


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_it_is_the_density_of_the_pymc_model_for_every_form(form: str) -> None:
    text = MODEL.replace("adstock: {window: 6}}", f"{form}}}", 1)
    assert text != MODEL
    assert_same_density(gather(spec(text), data(), "revenue"))


def test_one_seed_one_sample() -> None:
    piece = Piece(evidence(), SamplingSpec(draws=20, tune=30, chains=2, seed=3), threads=2)
    (first, _), (second, _) = (sample(piece, lambda _: None) for _ in range(2))
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name], err_msg=name)


def test_settings_are_read_by_jax_and_a_person_s_own_stay() -> None:
    """In a process of its own: JAX reads them once."""
    script = (
        "from model_case import evidence\n"
        "from mmm.fit.compiled import compiled\n"
        "from mmm.model.build import build\n"
        "compiled(build(evidence()))\n"
        "import jax, os\n"
        "print(jax.config.jax_platforms, jax.config.jax_enable_x64,\n"
        "      jax.config.values['jax_cpu_enable_async_dispatch'], os.environ['XLA_FLAGS'])\n"
    )
    clean = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    own = {**clean, "XLA_FLAGS": "", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], env=own, capture_output=True, text=True)
    assert done.stdout.split() == ["cpu", "True", "False"], done.stderr
