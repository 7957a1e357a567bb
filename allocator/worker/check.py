"""A plan's figures made again by a child, from the scenario in it and the curves that it names."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import h5netcdf

from allocator.plan import Plan, sealed
from allocator.signoff.facts import STATED, Flag, stated_flags
from allocator.signoff.service.checks import DATA, HANDED, Checked
from allocator.signoff.work import Verify
from allocator.verify import Verdict, verify
from allocator.worker.data import file_at
from mmm.curves import load as load_curves
from mmm.errors import Fault, InputError

LARGEST = 2_000_000_000  # bytes of curves that somebody handed in, once they are unpacked


def checked(asked: Verify, text: str, handed: Sequence[bytes], data: Path) -> Checked:
    """What `allocator verify` says of a plan.

    text:   its plan.json; handed: files of curves that came in with it

    The data folder comes first: what lies there was put there by whoever runs the worker. Raises
    InputError where the curves are in neither.
    """
    with tempfile.TemporaryDirectory(prefix="verify-") as name:
        folder = Path(name)
        file = folder / "plan.json"
        file.write_text(text, encoding="utf-8")
        try:
            files, where = _curves(asked, Plan.model_validate_json(text), handed, (data, folder))
            verdict = verify(file, curves_file=files[0], alternatives=files[1:])
        except InputError as error:
            faults = [replace(one, file=one.file.replace(f"{folder}/", "")) for one in error.faults]
            raise InputError(faults) from None
    return Checked(
        engine=metadata.version("budget-allocation-engine"), compared=verdict.compared,
        differences=tuple(map(str, verdict.differences)), flags=tuple(sorted(flags_of(verdict))),
        curves=where,
    )  # fmt: skip


def flags_of(verdict: Verdict) -> frozenset[Flag]:
    """What makes a plan exceptional by the figures that were made again: all of it where none
    could be, and a proof that was not found again is none."""
    if verdict.again is None:
        return STATED
    try:
        flags = stated_flags(sealed(dict(verdict.again)))
    except ValueError:  # a figure that is no number
        return STATED
    if any(one.path.startswith("certificate") for one in verdict.differences):
        flags.add(Flag.NOT_PROVEN)
    return frozenset(flags)


def _curves(
    asked: Verify, plan: Plan, handed: Sequence[bytes], folders: tuple[Path, Path]
) -> tuple[list[Path], str]:
    """Files of the curves and of their alternatives, and where they were found.

    folders: of the data, and one for what was handed in
    """
    data, own = folders
    wanted = [(asked.curves or plan.curves.path, plan.curves.digest)]
    wanted += [(one.path, one.digest) for one in plan.alternatives]
    found, where, known = [], DATA, None
    for named, digest in wanted:
        try:
            found.append(file_at(data, named, digest)[0])
        except InputError:
            known = known_curves(own, handed) if known is None else known
            if digest not in known:
                raise
            found.append(known[digest])
            where = HANDED
    return found, where


def known_curves(folder: Path, handed: Sequence[bytes]) -> dict[str, Path]:
    """Digest of curves -> their file; what is none, or would not fit into memory, is left out."""
    known = {}
    for place, content in enumerate(handed, start=1):
        file = folder / f"curves-{place}.nc"
        file.write_bytes(content)
        try:
            if unpacked(file) <= LARGEST:
                known[load_curves(file).digest] = file
        except InputError:
            continue
    return known


def unpacked(file: Path) -> int:
    """Bytes that the values in a file of curves say they take: zeros are packed a thousandfold.

    Raises InputError for a file that is none.
    """
    try:
        with h5netcdf.File(file, "r") as opened:
            found = opened.variables.values()
            return sum(math.prod(one.shape) * one.dtype.itemsize for one in found)
    except (OSError, ValueError, KeyError) as error:
        fault = Fault(file.name, 0, 0, "", f"something else ({error})"[:200], "a curves file")
        raise InputError([fault]) from None
