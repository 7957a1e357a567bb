"""Trends: the Gaussian process against its exact covariance, hinges by hand, keys of a kind."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from mmm.baseline import Baseline, Part, gaussian_process, trend_bends
from mmm.baseline.gaussian_process import AMPLITUDES, LENGTHS
from mmm.baseline.trend import FLEXIBILITY, TRENDS, trend
from mmm.spec import TrendSpec
from mmm.spec.baseline import FLEXIBLE

DAYS = np.arange("2023-01-02", "2026-01-01", 7, dtype="datetime64[D]")


def matern(weeks: int, length: float) -> np.ndarray:
    """The exact Matérn 5/2 covariance, from its formula over distances."""
    distance = np.sqrt(5) * np.abs(np.subtract.outer(np.arange(weeks), np.arange(weeks))) / length
    return (1 + distance + distance**2 / 3) * np.exp(-distance)


@pytest.mark.parametrize("weeks", [52, 156, 260])
@pytest.mark.parametrize("length", [None, 4.0, 52.0])
def test_waves_have_the_exact_covariance(weeks: int, length: float | None) -> None:
    waves, shapes = gaussian_process(length, weeks)
    for one, shape in zip(LENGTHS if length is None else [length], shapes, strict=True):
        found = (waves.T * shape**2) @ waves
        assert np.abs(found - matern(weeks, one)).max() < 0.012


def test_a_gp_is_summed_over_amplitude_and_length() -> None:
    part = trend(TrendSpec(kind="gp"), DAYS)
    assert len(part.scales) == len(AMPLITUDES) * len(LENGTHS) == len(part.weight) <= 15
    assert part.weight.sum() == pytest.approx(1)
    design = np.column_stack(list(part.columns.values()))[:, 1:]  # without the straight line
    spread = [np.mean((design * scale[1:]) ** 2 @ np.ones(len(scale) - 1)) for scale in part.scales]
    expected = np.repeat(AMPLITUDES, len(LENGTHS)) ** 2
    np.testing.assert_allclose(spread, expected, rtol=0.02)


@pytest.mark.parametrize("kind", ["local", "piecewise", "gp"])
def test_a_stated_flexibility_is_the_only_one(kind: str) -> None:
    free = trend(TrendSpec(kind=kind), DAYS)
    keys = {"length_weeks": 26.0} if kind == "gp" else {}
    fixed = trend(TrendSpec(kind=kind, flexibility=0.64, **keys), DAYS)
    assert (len(free.weight), len(fixed.weight)) == (12 if kind == "gp" else 7, 1)
    if kind != "gp":
        np.testing.assert_array_equal(fixed.scales[0], free.scales[FLEXIBILITY == 0.64][0])


def test_hinges_by_hand() -> None:
    # 9 weeks in pieces of 4: knots at 0, 4 and 8; only the one inside bends
    columns = trend_bends(TrendSpec(kind="piecewise", knot_weeks=4), DAYS[:9])
    assert list(columns) == ["trend bend 2023-01-30"]
    expected = [0, 0, 0, 0, 0, 0.25, 0.5, 0.75, 1]
    np.testing.assert_allclose(columns["trend bend 2023-01-30"], expected)


def test_a_series_of_one_piece_is_a_line() -> None:
    part = trend(TrendSpec(kind="piecewise", knot_weeks=104), DAYS[:60])
    assert list(part.columns) == ["trend line"]
    assert part.weight.tolist() == [1.0]


def test_a_piecewise_trend_goes_on_where_a_local_one_stays() -> None:
    """After the last knot a bend keeps its slope; a ramp is over."""
    bend = np.diff(list(trend(TrendSpec(kind="piecewise"), DAYS).columns.values())[1])
    assert bend[-1] == pytest.approx(bend.max())
    ramp = np.diff(list(trend(TrendSpec(kind="local"), DAYS).columns.values())[1])
    assert ramp[-1] == 0


@pytest.mark.parametrize("kind", TRENDS)
def test_every_kind_of_the_registry_can_be_written(kind: str) -> None:
    part = trend(TrendSpec(kind=kind), DAYS)
    assert part.scales.shape == (len(part.weight), len(part.columns))
    assert all(column.shape == DAYS.shape for column in part.columns.values())


@pytest.mark.parametrize(("key", "value"), [("knot_weeks", 13), ("flexibility", 1.0)])
def test_a_key_of_another_kind_is_refused(key: str, value: float) -> None:
    for kind in TRENDS:
        if kind in FLEXIBLE[key]:
            assert TrendSpec(kind=kind, **{key: value})
        else:
            with pytest.raises(ValidationError, match=f"no {key} in kind {kind}"):
                TrendSpec(kind=kind, **{key: value})


def test_parts_are_combined_in_every_way() -> None:
    first = Part({"a": np.ones(3)}, np.array([[1.0], [2.0]]), np.array([0.25, 0.75]))
    second = Part({"b": np.ones(3)}, np.array([[3.0], [4.0], [5.0]]), np.array([0.5, 0.3, 0.2]))
    both = Baseline.of([first, Part.fixed({}, 1.0), second])
    assert both.columns == ("a", "b")
    expected = {
        (a, b): p * q for a, p in [(1, 0.25), (2, 0.75)] for b, q in [(3, 0.5), (4, 0.3), (5, 0.2)]
    }
    assert {tuple(row): weight for row, weight in zip(both.scales, both.weight, strict=True)} == (
        pytest.approx(expected)
    )
