"""A sweep on a real Dask cluster of two workers, one killed in the middle: the same bytes."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import sweep_case

from allocator.sweep.conduct import Wish, sweep
from allocator.sweep.question import question
from mmm.cluster import workers_at

sys.path.append(str(Path(__file__).parents[2] / "mmm"))
import cluster_case

SETS = {"budget.exactly": tuple(f"{amount}k" for amount in range(60, 130, 14))}


def test_workers_give_what_one_process_gives_and_may_be_killed(tmp_path: Path) -> None:
    """Batches carry their curves; what the killed worker had at hand runs on the other."""
    file = sweep_case.written(tmp_path)
    asked = question([file], sets=SETS)
    sweep(asked, tmp_path / "here")
    with cluster_case.cluster(tmp_path, workers=2) as running:
        cluster_case.wait_for(lambda: workers_at(running.address) == 2)
        seen: list[int] = []

        def done(there: int, total: int) -> None:
            seen.append(there)
            if len(seen) == 4:
                running.workers[0].send_signal(signal.SIGKILL)

        started = time.monotonic()
        result = sweep(asked, tmp_path / "there", Wish(cluster=running.address), done=done)
        assert time.monotonic() - started < cluster_case.LONGEST
        assert workers_at(running.address) == 1
    assert result.made == len(result.cells) == 3 * len(SETS["budget.exactly"])
    assert result.exit_code == 0
    assert sweep_case.files(tmp_path / "there") == sweep_case.files(tmp_path / "here")
