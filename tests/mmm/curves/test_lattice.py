"""Totals that many plans share, and what is read between them."""

from __future__ import annotations

import numpy as np
import pytest

from mmm.curves import Adstocked
from mmm.curves.lattice import Through, beside, neighbours
from mmm.saturation import Hill


@pytest.mark.parametrize("bits", [3, 6, 8])
@pytest.mark.parametrize("total", [1.0, 0.7, 3.2e-9, 1024.0, 1023.999, 7.77e11])
def test_beside_a_total_stand_the_nearest_numbers_of_so_many_bits(total: float, bits: int) -> None:
    before, left, right, after = beside(total, bits)
    assert before < left <= total < right < after
    assert (left, right) == neighbours(total, bits)
    for number in (before, left, right, after):
        mantissa, _ = np.frexp(number)
        assert mantissa * 2**bits == round(mantissa * 2**bits)
    gaps = np.diff([before, left, right, after])
    assert gaps.max() <= 2 * gaps.min()  # twice as wide beyond a power of two, no number left out


def test_a_polynomial_of_the_seventh_degree_is_read_exactly() -> None:
    truth = np.polynomial.Polynomial([3, -1, 4, 1, -5, 9, -2, 6])
    places = (1.0, 1.5, 2.0, 3.0)
    through = Through.of(places, truth(np.array(places)).tolist(),
                         truth.deriv()(np.array(places)).tolist())  # fmt: skip
    for total in (0.9, 1.0, 1.23, 1.75, 2.0, 2.9):
        value, slope = through.read(total)
        assert value == pytest.approx(truth(total), rel=1e-12)
        assert slope == pytest.approx(truth.deriv()(total), rel=1e-12)


def hill(steepness: float) -> Adstocked:
    """Three draws over two weeks."""
    return Adstocked(
        effect=np.array([3.0, 1.0, 2.0]),
        carried=np.array([[0.0, 0.4]]),
        unit=np.array([[0.01, 0.02]]),
        saturation=Hill(),
        parameters={
            "half_saturation": np.array([[0.8], [1.0], [1.3]]),
            "slope": np.full((3, 1), steepness),
        },
    )


@pytest.mark.parametrize("steepness", [0.6, 1.0, 2.5, 6.0])
def test_between_its_places_a_curve_is_as_good_as_asked(steepness: float) -> None:
    curve = hill(steepness)
    for total in np.geomspace(0.5, 900, 37).tolist():
        assert curve.mean_near(total) == pytest.approx(curve.mean_at(total), rel=1e-8)


@pytest.mark.parametrize("steepness", [0.6, 1.0, 2.5, 6.0])
def test_every_draw_is_as_good_as_asked(steepness: float) -> None:
    curve = hill(steepness)
    for total in (0.0, *np.geomspace(0.5, 900, 37).tolist()):
        value, slope = curve.near(total)
        assert value == pytest.approx(curve.value(np.array([total]))[:, 0], rel=1e-7)
        assert slope == pytest.approx(curve.slope(np.array([total]))[:, 0], rel=1e-7)
