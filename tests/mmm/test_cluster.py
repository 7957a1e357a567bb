"""The runner over a Dask cluster: a real scheduler, real workers, one of them killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cluster_case
import numpy as np
import pytest
from threadpoolctl import threadpool_info

from mmm.cluster import run_each, workers_at
from mmm.errors import EngineError, Fault, InputError
from mmm.runner import PieceError


def square(piece: int, report) -> tuple[int, int, str]:
    report(piece)
    return piece**2, os.getpid(), os.environ.get("OPENBLAS_NUM_THREADS", "")


def threads(piece: int, report) -> set[int]:
    """Of every numerical library, which the worker loaded with this module before the piece."""
    np.ones((2, 2)) @ np.ones((2, 2))
    return {int(pool["num_threads"]) for pool in threadpool_info()}


def refuse(piece: int, report) -> int:
    if piece == 1:
        raise InputError([Fault("a.yaml", 3, 5, "budget", "nothing", "money")])
    return 1 // piece


def slow(piece: int, report) -> tuple[int, int]:
    report(os.getpid())
    time.sleep(0.15)
    return piece, os.getpid()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cluster_case.Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    with cluster_case.cluster(folder, path=Path(__file__).parent) as started:
        cluster_case.wait_for(lambda: workers_at(started.address) == 2)
        yield started


def test_results_and_reports_come_by_name(running: cluster_case.Cluster) -> None:
    told: dict[str, object] = {}
    seen: list[tuple[str, object]] = []
    pieces = {f"p{number}": number for number in range(12)}
    run_each(
        square, pieces, told.__setitem__,
        address=running.address, watch=lambda name, report: seen.append((name, report)),
    )  # fmt: skip
    assert {name: result[0] for name, result in told.items()} == {
        name: number**2 for name, number in pieces.items()
    }
    ours = {worker.pid for worker in running.workers}
    assert {result[1] for result in told.values()} <= ours
    assert {result[2] for result in told.values()} == {"1"}
    assert sorted(seen) == sorted(pieces.items())


def test_libraries_that_a_worker_has_loaded_stay_on_one_thread(
    running: cluster_case.Cluster,
) -> None:
    """Its environment says nothing, and is read when they are loaded."""
    told: dict[str, object] = {}
    run_each(threads, {"a": 1, "b": 2}, told.__setitem__, address=running.address)
    assert told == {"a": {1}, "b": {1}}


def test_failures_travel_as_they_are_and_stop_no_other(running: cluster_case.Cluster) -> None:
    told: dict[str, object] = {}
    run_each(refuse, {"a": 1, "b": 0, "c": -1}, told.__setitem__, address=running.address)
    assert told["c"] == -1
    assert isinstance(told["a"], InputError)
    assert told["a"].faults[0].line == 3
    assert isinstance(told["b"], PieceError)
    assert "b: ZeroDivisionError" in str(told["b"])


def test_a_worker_killed_in_the_middle_loses_nothing(running: cluster_case.Cluster) -> None:
    """The last test but one: the cluster has one worker afterwards."""
    told: dict[str, tuple[int, int]] = {}
    victim = running.workers[0]
    pieces = {f"p{number}": number for number in range(24)}

    def finished(name: str, result) -> None:
        assert not isinstance(result, Exception), result
        told[name] = result
        if len(told) == 6:
            victim.send_signal(signal.SIGKILL)

    started = time.monotonic()
    run_each(slow, pieces, finished, address=running.address)
    assert {name: number for name, (number, _) in told.items()} == pieces
    assert time.monotonic() - started < cluster_case.LONGEST
    assert victim.wait(timeout=5) == -signal.SIGKILL
    assert workers_at(running.address) == 1
    by = [process for _, process in told.values()]
    assert by.count(running.workers[1].pid) > len(by) / 2


def test_a_scheduler_that_goes_away_is_told(tmp_path: Path) -> None:
    pieces = {f"p{number}": number for number in range(200)}
    with cluster_case.cluster(tmp_path, workers=1, path=Path(__file__).parent) as started:
        told: list[str] = []

        def finished(name: str, result) -> None:
            told.append(name)
            if len(told) == 2:
                started.scheduler.send_signal(signal.SIGKILL)

        with pytest.raises(EngineError, match="the scheduler of the cluster went away"):
            run_each(slow, pieces, finished, address=started.address)


def test_where_nobody_answers_it_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmm.cluster.PATIENCE", 0.5)
    with pytest.raises(InputError, match=r"--cluster: tcp://127\.0\.0\.1:9: found no scheduler"):
        run_each(square, {"a": 1}, print, address="tcp://127.0.0.1:9")
    monkeypatch.setattr("mmm.cluster.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'budget-allocation-engine\[cluster\]'"):
        run_each(square, {"a": 1}, print, address="tcp://127.0.0.1:9")


def test_the_library_is_loaded_only_for_a_cluster() -> None:
    program = "import sys, mmm.cluster, mmm.cli; assert 'distributed' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=cluster_case.ROOT, timeout=60)
