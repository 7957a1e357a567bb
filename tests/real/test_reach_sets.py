"""Meridian's sets with reach: read, laid out for the model, and their reach met by the curves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmm.data import load
from mmm.model.gather import gather
from mmm.spec import load_spec
from real_sets import model_file, needs_datasets

# set, geos, largest root mean square of ln(reach of the curve / observed): see docs/reach.md
SETS = [("meridian_reach", 1, 0.07), ("meridian_geo_reach", 20, 0.005)]


@needs_datasets
@pytest.mark.parametrize(("name", "geos", "error"), SETS)
def test_what_the_model_sees(name: str, geos: int, error: float, tmp_path: Path) -> None:
    spec = load_spec(model_file(name, tmp_path))
    data = load(spec)
    own = gather(spec, data, "revenue")
    assert own.reach is not None
    assert own.reach.frequency.shape == (1, geos, 156)
    assert {p.name for p in own.parameters} >= {"frequency_half", "frequency_slope"}
    (family,) = (one for one in own.families if one.frequency is not None)
    np.testing.assert_array_equal(family.rows, [3])
    counts = own.reach.impressions(own.exposure)[3]
    for geo in range(geos):
        on = counts[geo] > 0
        fitted = own.reach.curve(0, geo).value(counts[geo][on]).mean(axis=0)
        off = np.log(fitted / own.exposure[3, geo][on])
        assert np.sqrt(np.mean(off**2)) < error
    # reported reach may exceed impressions a little, so that the ratio is held at 1
    shown = data.panel("impressions")[3]
    np.testing.assert_allclose(counts, np.maximum(shown, own.exposure[3]), rtol=1e-9)
