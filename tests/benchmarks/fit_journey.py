"""Where the time from CSV to curves goes: the steps of ``mmm fit`` in one process, one by one.

python tests/benchmarks/fit_journey.py MODEL.yaml --draws 1000 --tune 1000 --chains 4
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from speed_runs import Run, run, script

STEPS = (
    "Python and imports",
    "reading and checking",
    "laying out the evidence",
    "building the model",
    "compiling",
    "sampling",
    "baseline drawn back, contributions",
    "R-hat and ESS",
    "health card",
    "writing fit and curves",
)


def measured(model: Path, options: argparse.Namespace) -> tuple[dict[str, float], Run]:
    """CPU seconds step by step in one process, and the whole of ``mmm fit`` in its own two."""
    size = ("--draws", options.draws, "--tune", options.tune, "--chains", options.chains,
            "--cores", options.cores)  # fmt: skip
    done = run(script("fit_journey.py", model, *size), warm=options.warm)
    with tempfile.TemporaryDirectory() as folder:
        begin = [sys.executable, "-c", "from mmm.cli import main; main()"]
        rest = ["fit", str(model), "--out", f"{folder}/fit", "--quiet", *map(str, size)]
        whole = run([*begin, *rest], warm=options.warm)
    return json.loads(done.output.splitlines()[-1]), whole


def steps(options: argparse.Namespace) -> dict[str, float]:
    """CPU seconds of each step in this process, from its start."""
    import jax  # noqa: F401
    import nutpie  # noqa: F401

    import mmm.fit.compiled
    import mmm.fit.conduct
    import mmm.model.build
    from mmm.data import load
    from mmm.spec import SamplingSpec, load_spec

    inside: dict[str, float] = {}
    # what happens between these marks is told apart by the functions it goes through
    mmm.model.build.build = timed(mmm.model.build.build, STEPS[3], inside)
    mmm.fit.compiled.compiled = timed(ready(mmm.fit.compiled.compiled), STEPS[4], inside)
    mmm.fit.conduct.derive = timed(mmm.fit.conduct.derive, STEPS[6], inside)
    mmm.fit.conduct.diagnose = timed(mmm.fit.conduct.diagnose, STEPS[7], inside)

    marks = [0.0, time.process_time()]
    spec = load_spec(options.model)
    data = load(spec)
    marks.append(time.process_time())
    sampling = SamplingSpec(draws=options.draws, tune=options.tune, chains=options.chains)
    prepared = mmm.fit.conduct.prepare(spec, data, sampling=sampling)
    marks.append(time.process_time())
    pieces = prepared.pieces(options.cores)
    done = {
        name: mmm.fit.conduct.fit_piece(piece, lambda _: None) for name, piece in pieces.items()
    }
    marks.append(time.process_time())
    fit = prepared.fit(done)
    marks.append(time.process_time())
    with tempfile.TemporaryDirectory() as folder:
        mmm.fit.conduct.save(fit, Path(folder) / "fit")
    marks.append(time.process_time())

    begin, read, prepare, piece, card, write = np.diff(marks).tolist()
    between = {STEPS[0]: begin, STEPS[1]: read, STEPS[2]: prepare, STEPS[8]: card, STEPS[9]: write}
    spent = {**inside, **between, STEPS[5]: piece - sum(inside.values())}
    return {step: spent[step] for step in STEPS}


def timed(work: Callable[..., Any], step: str, spent: dict[str, float]) -> Callable[..., Any]:
    """The same, its CPU seconds added up under ``step``."""

    def again(*args: Any, **named: Any) -> Any:
        started = time.process_time()
        result = work(*args, **named)
        spent[step] = spent.get(step, 0.0) + time.process_time() - started
        return result

    return again


def ready(compiled: Callable[..., Any]) -> Callable[..., Any]:
    """The same, with the first call made: it is then that JAX compiles."""

    def again(*args: Any, **named: Any) -> Any:
        density = compiled(*args, **named)
        gradient(density)(np.zeros(density.n_dim))
        density._make_expand_func(0, 0, 0)(np.zeros(density.n_dim), **density._shared_data)
        return density

    return again


def gradient(density: Any) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """Log density and gradient of a point, as nutpie calls it."""
    return partial(density._make_logp_func(), **density._shared_data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", type=Path)
    for name, default in (("draws", 1000), ("tune", 1000), ("chains", 4)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    print(json.dumps(steps(parser.parse_args())))
