"""Calibration: ranks, the report that grows, and a run of the real model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mmm.errors import InputError, OutputExists
from mmm.sbc import Settings, calibrate, case, report
from mmm.sbc.calibrate import KEPT, QUANTITIES, digest, ranks_of

EVIDENCE = case()


def fair(seed: int):
    """A sampler that is right: uniform ranks, the same for the same data set."""

    def made(evidence, count, settings, *, done=0) -> Iterator[dict[str, list[int]]]:
        for place in range(done, count):
            rng = np.random.default_rng([seed, place])
            yield {name: rng.integers(0, KEPT + 1, size=2).tolist() for name in QUANTITIES}

    return made


def test_the_rank_is_the_number_of_draws_below_the_truth() -> None:
    draws = np.stack([np.arange(198.0), np.arange(198.0)[::-1]], axis=1)
    true = np.array([[50.5, -1.0]])
    found = ranks_of(dict.fromkeys(QUANTITIES.values(), draws), dict.fromkeys(
        QUANTITIES.values(), true))  # fmt: skip
    assert found["roas"] == [26, 0]  # every second of 198: 0, 2, … 50 are below


def test_the_case_is_the_default_model() -> None:
    assert EVIDENCE.unit == pytest.approx(10_000)
    assert EVIDENCE.centre == pytest.approx(100_000)
    mean_spend = EVIDENCE.spend[:, 0].mean(axis=1)
    np.testing.assert_allclose(np.exp(EVIDENCE.effect_mu), 1.2 * mean_spend)
    assert len(EVIDENCE.weeks) == 70


def test_a_run_that_was_stopped_ends_as_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "ranks", fair(1))
    settings, out = Settings(), tmp_path / "sbc.json"
    calibrate(EVIDENCE, 30, settings, out)
    with pytest.raises(OutputExists):
        calibrate(EVIDENCE, 80, settings, out)
    steps: list[int] = []
    on = calibrate(EVIDENCE, 80, settings, out, resume=True, watch=steps.append)
    assert steps == [30] + [1] * 50
    at_once = calibrate(EVIDENCE, 80, settings, tmp_path / "other.json")
    assert on == at_once
    assert out.read_text() == (tmp_path / "other.json").read_text()
    body = json.loads(out.read_text())
    assert (body["datasets"], body["digest"]) == (80, digest(EVIDENCE, settings))
    assert body["uniform"]


def test_ranks_of_another_case_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "ranks", fair(1))
    out = tmp_path / "sbc.json"
    calibrate(EVIDENCE, 2, Settings(), out)
    with pytest.raises(InputError, match="leave out --resume"):
        calibrate(EVIDENCE, 3, Settings(draws=501), out, resume=True)
    out.write_text("{}")
    with pytest.raises(InputError, match="a report of mmm qa sbc"):
        calibrate(EVIDENCE, 3, Settings(), out, resume=True)


def test_a_sampler_that_is_too_sure_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def sure(evidence, count, settings, *, done=0):
        rng = np.random.default_rng(2)
        for _ in range(done, count):
            yield {name: rng.choice([0, 1, 98, 99], size=2).tolist() for name in QUANTITIES}

    monkeypatch.setattr(report, "ranks", sure)
    assert not calibrate(EVIDENCE, 60, Settings(), None).uniform


@pytest.mark.slow
def test_the_real_model_is_compiled_once_and_meets_new_data_each_time() -> None:
    found = calibrate(EVIDENCE, 3, Settings(draws=60, tune=120, chains=1), None)
    assert found.datasets == 3
    by_set = list(zip(*(row.ranks for row in found.rows), strict=True))
    assert len(set(by_set)) == 3
    assert all(0 <= rank <= KEPT for ranks in by_set for rank in ranks)
