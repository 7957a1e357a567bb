"""Commands as a reader's shell runs them, in processes of their own.

The first of every command starts from nothing. Most of what the second one takes is the loading of
libraries once more, so that it is forked from a process that has them: with a folder, outputs and
an exit code of its own all the same. What samples a model is never forked: JAX has threads.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOADED = (
    "allocator.cli", "allocator.compare.conduct", "allocator.engine.formulate", "allocator.ladder",
    "allocator.papers", "allocator.prepare", "allocator.reports.planner", "allocator.run",
    "allocator.sensitivity.explanation", "allocator.sensitivity.stability", "allocator.verify",
    "mmm.cli", "mmm.curves", "mmm.model.gather", "openpyxl", "pyomo.contrib.solver.common.factory",
    "scipy.stats", "sqlalchemy", "typst", "xlsxwriter",
)  # fmt: skip
CURVES = ROOT / "data" / "sample" / "curves.nc"
"""Read once beforehand: what reads a file is loaded by the first one."""
NEVER = (["mmm", "fit"], ["mmm", "refresh"])
SINGLE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""As ``allocator`` sets them before it loads NumPy; a process with threads is not to be forked."""
LONGEST = 600
"""Seconds; then a command is killed, which fails its test."""


class Shell:
    """Runs commands, one after the other."""

    def __init__(self) -> None:
        scripts = str(Path(sys.executable).parent)
        path = os.pathsep.join([scripts, os.environ["PATH"]])
        python = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        self._environment = os.environ | {"PATH": path, "PYTHONPATH": python}
        self._started: list[list[str]] = []
        self._loaded: subprocess.Popen[str] | None = None

    def run(self, line: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
        """A command in a folder: its exit code and what it said."""
        kind = line[:2]
        ours = kind[0] in ("mmm", "allocator") and kind not in NEVER
        if ours and kind in self._started:
            return self.forked(line, folder)
        self._started.append(kind)
        return self.alone(line, folder)

    def alone(self, line: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
        """From nothing, as in a terminal."""
        return subprocess.run(
            line, cwd=folder, env=self._environment, capture_output=True, text=True,
            timeout=LONGEST,
        )  # fmt: skip

    def forked(self, line: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
        """From a process that has all libraries: ``main`` of the same console script."""
        if self._loaded is None:
            self._loaded = subprocess.Popen(
                [sys.executable, __file__], env=self._environment | SINGLE,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        assert self._loaded.stdin is not None
        assert self._loaded.stdout is not None
        with tempfile.TemporaryDirectory() as said:
            asked = {"line": line, "folder": str(folder), "said": said}
            print(json.dumps(asked), file=self._loaded.stdin, flush=True)
            code = self._loaded.stdout.readline()
            assert code, "the process that forks is gone"
            out, err = (Path(said, name).read_text(encoding="utf-8") for name in ("out", "err"))
        return subprocess.CompletedProcess(line, int(code), out, err)

    def close(self) -> None:
        """End the process that forks."""
        if self._loaded is not None:
            self._loaded.communicate(timeout=20)


@contextmanager
def shell() -> Iterator[Shell]:
    """For a fixture to hand on."""
    made = Shell()
    try:
        yield made
    finally:
        made.close()


def serve() -> None:
    """Load what is slow to load, then fork for every line that is asked; tell the exit codes."""
    for module in LOADED:
        importlib.import_module(module)
    importlib.import_module("mmm.curves").load(CURVES)
    gc.freeze()  # a child's collector shall not touch, and copy, what it shares
    for asked in sys.stdin:
        child = os.fork()
        if child == 0:
            become(**json.loads(asked))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def become(line: list[str], folder: str, said: str) -> None:
    """Be this command from here on: does not return."""
    signal.alarm(LONGEST)
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for place, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(os.path.join(said, name), os.O_WRONLY | os.O_CREAT), place)
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115
    sys.argv = line
    importlib.import_module(f"{line[0]}.cli").main()


if __name__ == "__main__":
    serve()
