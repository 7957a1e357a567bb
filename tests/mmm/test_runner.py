"""The runner: order, reports, and failures that are told and never swallowed."""

from __future__ import annotations

import os
import pickle
import time

import pytest

from mmm.errors import Fault, InputError, OutputExists
from mmm.runner import PieceError, available_cores, run, run_each, shares

WORKERS = [0, 2]


def square(piece: int, report) -> tuple[int, str]:
    report(piece)
    return piece**2, os.environ.get("OPENBLAS_NUM_THREADS", "")


def refuse(piece: int, report) -> int:
    raise InputError([Fault("model.yaml", 3, 5, "kpis", "nothing", "a KPI")])


def divide(piece: int, report) -> float:
    return 1 / piece


def vanish(piece: int, report) -> None:
    os._exit(3)


@pytest.mark.parametrize("workers", WORKERS)
def test_results_come_by_name_in_order_with_reports(workers: int) -> None:
    seen: list[tuple[str, object]] = []
    pieces = {"b": 3, "a": 2, "c": 1}
    results = run(square, pieces, workers=workers, watch=lambda n, r: seen.append((n, r)))
    assert list(results) == ["b", "a", "c"]
    assert [value for value, _ in results.values()] == [9, 4, 1]
    assert sorted(seen) == [("a", 2), ("b", 3), ("c", 1)]


def test_workers_stay_on_one_thread_and_leave_this_process_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    (result,) = run(square, {"only": 2}, workers=4).values()
    assert result[1] == "1"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "2"


@pytest.mark.parametrize("workers", WORKERS)
def test_an_error_of_the_work_arrives_as_it_is(workers: int) -> None:
    with pytest.raises(InputError, match=r"model\.yaml:3:5: kpis: found nothing") as caught:
        run(refuse, {"sales": 1}, workers=workers)
    assert caught.value.faults[0].line == 3


def test_any_other_failure_names_the_piece_and_keeps_the_traceback() -> None:
    with pytest.raises(PieceError, match="zero: ZeroDivisionError: division by zero") as caught:
        run(divide, {"zero": 0}, workers=1)
    assert "in divide" in "".join(caught.value.__notes__)


def test_a_worker_that_vanishes_is_told() -> None:
    with pytest.raises(PieceError, match="stopped without a word"):
        run(vanish, {"gone": 0}, workers=1)


def test_a_failure_does_not_wait_for_the_slow() -> None:
    started = time.monotonic()
    with pytest.raises(PieceError):
        run(_sleep_or_fail, {"slow": 60, "bad": 0}, workers=2)
    assert time.monotonic() - started < 30


def _sleep_or_fail(piece: int, report) -> None:
    time.sleep(piece)
    raise RuntimeError("bad luck")


@pytest.mark.parametrize(
    "error",
    [
        InputError([Fault("f", 1, 2, "p", "x", "y")]),
        OutputExists("out"),
        PieceError("a", "b", "c"),
    ],
)
def test_errors_survive_pickling(error: Exception) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert back.__dict__ == error.__dict__


def test_cores_are_counted() -> None:
    assert 1 <= available_cores() <= (os.cpu_count() or 1)


def vanish_at_two(piece: int, report) -> int:
    if piece == 2:
        os._exit(3)
    time.sleep(0.2)
    return piece


def refuse_at_two(piece: int, report) -> int:
    return 1 // (piece - 2)


@pytest.mark.parametrize("workers", WORKERS)
def test_a_piece_that_fails_stops_no_other(workers: int) -> None:
    told: dict[str, object] = {}
    run_each(refuse_at_two, {"a": 1, "b": 2, "c": 3}, told.__setitem__, workers=workers)
    assert (told["a"], told["c"]) == (-1, 1)
    assert isinstance(told["b"], PieceError)
    assert "b: ZeroDivisionError" in str(told["b"])


def test_a_process_that_vanishes_loses_its_own_piece_alone() -> None:
    told: dict[str, object] = {}
    run_each(vanish_at_two, {"a": 1, "b": 2, "c": 3}, told.__setitem__, workers=2)
    assert (told["a"], told["c"]) == (1, 3)
    assert "b: the process stopped without a word" in str(told["b"])


@pytest.mark.parametrize(
    ("cores", "pieces", "expected"),
    [(2, 1, (1, 2)), (2, 5, (2, 1)), (16, 3, (3, 5)), (16, 40, (16, 1)), (0, 4, (0, 1))],
)
def test_cores_are_shared_and_never_exceeded(
    cores: int, pieces: int, expected: tuple[int, int]
) -> None:
    workers, each = shares(cores, pieces)
    assert (workers, each) == expected
    assert workers * each <= max(cores, 0) or cores == 0
