"""Curves on disk: one NetCDF file with a schema version and a digest of its content."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from mmm.curves._base import SCHEMA_VERSION, ResponseCurves, content_digest
from mmm.curves.parametric import ParametricCurves
from mmm.curves.tabulated import TabulatedCurves
from mmm.errors import Fault, InputError
from mmm.files import refuse_existing, write_whole

KINDS: tuple[type[ResponseCurves], ...] = (ParametricCurves, TabulatedCurves)


def save(curves: ResponseCurves, path: Path | str, *, force: bool = False) -> Path:
    """Write the curves; a reader never sees half a file. Raises OutputExists without ``force``."""
    path = Path(path)
    refuse_existing([path], force=force)
    data = curves.data.assign_attrs(
        schema_version=SCHEMA_VERSION, kind=curves.kind, digest=content_digest(curves.data)
    )
    packed = {
        str(name): {"zlib": True, "complevel": 6, "shuffle": True}
        for name in data.data_vars
        if data[name].dtype.kind == "f"
    }
    return write_whole(path, lambda part: data.to_netcdf(part, engine="h5netcdf", encoding=packed))


def load(path: Path | str) -> ResponseCurves:
    """Read curves. Raises InputError for whatever this version does not understand or trust."""
    path = Path(path)
    if not path.is_file():
        raise InputError(
            [
                Fault(
                    str(path),
                    0,
                    0,
                    "",
                    "a folder" if path.is_dir() else "no such file",
                    "a curves file",
                    "check the path (`--curves FILE` names another)",
                )
            ]
        )
    try:
        with xr.open_dataset(path, engine="h5netcdf") as opened:
            data = opened.load()
    except (OSError, ValueError, KeyError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            [Fault(str(path), 0, 0, "", f"a file that cannot be read ({first})", "a curves file")]
        ) from None
    attrs = {key: _plain(value) for key, value in data.attrs.items()}
    version, kind = attrs.pop("schema_version", None), attrs.pop("kind", None)
    stated = attrs.pop("digest", None)
    kinds = {cls.kind: cls for cls in KINDS}
    if version != SCHEMA_VERSION or kind not in kinds:
        found = f"schema version {version}, kind {kind}"
        expected = f"schema version {SCHEMA_VERSION}, kind {' or '.join(kinds)}"
        raise InputError([Fault(str(path), 0, 0, "", found, expected, "fit or import again")])
    data = data.drop_encoding()
    data.attrs = attrs
    actual = content_digest(data)
    if stated != actual:
        raise InputError(
            [
                Fault(
                    str(path), 0, 0, "digest", f"content with digest {actual[:12]}…",
                    f"{str(stated)[:12]}… as written in the file",
                    "the file was changed after it was written: fit or import again",
                )
            ]
        )  # fmt: skip
    return kinds[kind](data)


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value
