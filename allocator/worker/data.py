"""The data folder: the only place whose files a job may name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from allocator.scenario.files.paths import MARKS, project_root
from mmm.curves import ResponseCurves
from mmm.curves import load as load_curves
from mmm.errors import Fault, InputError

SCENARIOS = "scenarios"
MARKETS = "markets"
"""Where there is such a folder, each market's jobs see its own part of it and nothing else."""
KEPT = ".jobs"
"""Where jobs keep what is finished before they are, a folder each."""


def data_folder(path: Path) -> Path:
    """The folder, absolute. Raises InputError unless it is the project of its scenarios: those may
    name files of the whole project, which must not be more than this folder. So must be the folder
    of each market, where there are any."""
    found = _project(path)
    if (found / MARKETS).is_dir():
        for one in sorted((found / MARKETS).iterdir()):
            if one.is_dir():
                _project(one)
    return found


def of_market(data: Path, market: str) -> Path:
    """The folder whose files a job of this market may name: ``markets/DE``, or all where there is
    no folder ``markets``. Raises InputError for a market that has none."""
    if not (data / MARKETS).is_dir():
        return data
    own = {one.name: one for one in (data / MARKETS).iterdir() if one.is_dir()}
    if market not in own:  # so no name leads anywhere else
        expected = f"a market with a folder in {MARKETS} of the data folder"
        raise InputError([Fault("job", 0, 0, "market", repr(market), expected)])
    return _project(own[market])


def _project(path: Path) -> Path:
    found = path.resolve()
    if not found.is_dir():
        raise InputError([Fault(str(path), 0, 0, "", "no folder", "the folder of the data")])
    root = project_root(found / SCENARIOS)
    if root != found:
        expected = f"the project's own folder, {root}"
        fix = f"name that, or make a file {MARKS[0]} here"
        raise InputError([Fault(str(path), 0, 0, "", "a folder inside a project", expected, fix)])
    return found


def inside(data: Path, name: str) -> Path:
    """The file that a name below the folder means. Raises InputError for one that is not there,
    links followed."""
    path = data / name
    found = path.resolve()
    if not found.is_relative_to(data) or not found.is_file():
        raise InputError([Fault(name, 0, 0, "", "no such file", "a file in the data folder")])
    return path


def scenario_file(data: Path, name: str, *, there: bool) -> Path:
    """Where a scenario stands or, if it need not be ``there``, would.

    Raises InputError for a place from which it could name files outside the data folder.
    """
    path = inside(data, name) if there else data / name
    if not project_root(path.parent).is_relative_to(data) or path.suffix not in (".yaml", ".yml"):
        expected = f"a file such as {SCENARIOS}/q1.yaml"
        raise InputError([Fault("job", 0, 0, "file", repr(name[:80]), expected)])
    return path


def curves_at(data: Path, named: str, digest: str) -> ResponseCurves:
    """The curves of a plan by the path in it, which starts from wherever it was made.

    Raises InputError where there are none, or others than the plan was made on.
    """
    return file_at(data, named, digest)[1]


def file_at(data: Path, named: str, digest: str) -> tuple[Path, ResponseCurves]:
    """The same, with the file that they stand in."""
    parts = [part for part in Path(named).parts if part not in ("..", "/")]
    name = "/".join(parts)
    file = inside(data, name)
    curves = load_curves(file)
    if curves.digest != digest:
        found = f"the curves {curves.digest[:12]}…"
        expected = f"those the plan was made on, {digest[:12]}…"
        raise InputError([Fault(name, 0, 0, "curves", found, expected, "say where: curves")])
    return file, curves


def kept_folder(data: Path, id: str) -> Path:
    """The folder of a job, whether or not it is there: a restart goes on from what is in it."""
    return data / KEPT / id


def kept_folders(data: Path) -> tuple[Path, ...]:
    """Those that are there."""
    return tuple(one for one in (data / KEPT).glob("*") if one.is_dir() and not one.is_symlink())


def without(text: str, data: Path) -> str:
    """A message without the place of the folder on this machine."""
    return text.replace(f"{data}/", "").replace(str(data), "the data folder")


def every(data: Path, named: Sequence[tuple[str, str]]) -> tuple[ResponseCurves, ...]:
    """Curves of several (path, digest), as ``curves_at``."""
    return tuple(curves_at(data, *one) for one in named)
