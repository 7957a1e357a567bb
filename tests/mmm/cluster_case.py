"""A real Dask cluster on this machine: a scheduler and two workers, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mmm.runner import ONE_THREAD

ROOT = Path(__file__).parents[2]
LONGEST = 300.0  # seconds: 3 on a quiet machine, a minute and more on one that others use


@dataclass(frozen=True)
class Cluster:
    """address: of the scheduler; scheduler, workers: their processes."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: tuple[subprocess.Popen[bytes], ...]


@contextmanager
def cluster(folder: Path, *, workers: int = 2, path: Path | None = None) -> Iterator[Cluster]:
    """Running until the block ends. ``path``: more modules that the workers can import."""
    at = folder / "scheduler.json"
    more = [str(ROOT), str(path)] if path else [str(ROOT)]
    python = os.pathsep.join([*more, os.environ.get("PYTHONPATH", "")])
    plain = {name: value for name, value in os.environ.items() if name not in ONE_THREAD}
    environment = plain | {"PYTHONPATH": python}  # threads are for whoever runs pieces to set
    started: list[subprocess.Popen[bytes]] = []

    def start(module: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *options, "--no-dashboard"]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=quiet, stderr=quiet)
        started.append(process)
        return process

    try:
        first = start(
            "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(at)
        )
        wait_for(lambda: at.exists() and at.read_text(encoding="utf-8").rstrip().endswith("}"))
        address = json.loads(at.read_text(encoding="utf-8"))["address"]
        one = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1")
        those = tuple(start("dask_worker", address, *one) for _ in range(workers))
        yield Cluster(address, first, those)
    finally:
        for process in reversed(started):
            process.send_signal(signal.SIGKILL)
            process.wait()


def wait_for(there) -> None:
    until = time.monotonic() + LONGEST
    while not there():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)
