"""Curves on disk: what is read is what was written, or it is refused with a reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from random_curves import random_curves

from mmm.curves import ParametricCurves, content_digest, load, save
from mmm.errors import InputError, OutputExists


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return save(random_curves(3), tmp_path / "curves.nc")


def rewritten(path: Path, change) -> Path:
    with xr.open_dataset(path, engine="h5netcdf") as opened:
        data = opened.load()
    change(data).to_netcdf(path, engine="h5netcdf", mode="w")
    return path


def test_saved_and_loaded_is_the_same(file: Path) -> None:
    before, back = random_curves(3), load(file)
    assert isinstance(back, ParametricCurves)
    assert back.digest == before.digest
    xr.testing.assert_identical(back.data, before.data)
    assert [path.name for path in file.parent.iterdir()] == ["curves.nc"]


def test_the_digest_is_of_content_not_of_layout(file: Path) -> None:
    data = random_curves(3).data
    turned = data[list(reversed(list(data.data_vars)))]
    assert content_digest(turned) == content_digest(data)
    assert content_digest(load(save(load(file), file.with_name("again.nc"))).data) == (
        content_digest(data)
    )


CHANGES = [
    ("a number", lambda d: d.assign(effect=d["effect"] * (1 + 1e-12))),
    ("a label", lambda d: d.assign_coords(line=["tv", "search/other", "social"])),
    ("an attribute", lambda d: d.assign_attrs(currency="USD")),
    ("a form", lambda d: d.assign(saturation=("line", ["hill", "logistic", "hill"]))),
    ("the order of draws", lambda d: d.isel(draw=slice(None, None, -1))),
    ("a variable less", lambda d: d.drop_vars("prior_driven")),
]


@pytest.mark.parametrize("change", [c for _, c in CHANGES], ids=[name for name, _ in CHANGES])
def test_tampering_is_seen(file: Path, change) -> None:
    with pytest.raises(InputError, match="changed after it was written"):
        load(rewritten(file, change))


@pytest.mark.parametrize(
    ("attrs", "found"),
    [
        ({"schema_version": 2}, "schema version 2, kind parametric"),
        ({"kind": "spline"}, "schema version 1, kind spline"),
    ],
)
def test_what_is_not_understood_is_refused(file: Path, attrs: dict, found: str) -> None:
    with pytest.raises(InputError, match=found):
        load(rewritten(file, lambda data: data.assign_attrs(attrs)))


def test_a_file_that_is_no_netcdf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "curves.nc").write_bytes(np.random.default_rng(1).bytes(5000))
    with pytest.raises(InputError, match="found a file that cannot be read"):
        load(tmp_path / "curves.nc")
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "other.nc")


def test_half_a_file_is_refused(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(InputError, match="cannot be read"):
        load(file)


def test_nothing_is_overwritten_without_force(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(OutputExists, match="already exists"):
        save(random_curves(4), file)
    assert file.read_bytes() == before
    save(random_curves(4), file, force=True)
    assert load(file).digest == random_curves(4).digest
