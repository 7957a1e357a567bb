"""Looks up what plans were made from: their scenarios, their curves, the files behind the fits."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from allocator.plan import Plan
from allocator.plan.file import read
from allocator.run import versions
from allocator.scenario import Agreed, LoadedScenario, load
from allocator.status import Cause, Fitted, Standing, Today, standing
from mmm.curves import load as load_curves
from mmm.errors import EngineError, Fault, InputError

PLAN = "plan.json"
EARLIER = "earlier/*/curves.nc"
"""Beside curves: those of the fits they have replaced."""

MODEL = (".yaml", ".yml")
_ID = re.compile(r"^id:[ \t]*[\"']?([\w.-]+)", re.MULTILINE)


@dataclass(frozen=True)
class Found:
    """A plan file and its standing, or why it cannot be read."""

    file: Path
    plan: Plan | None
    standing: Standing
    error: str = ""

    @property
    def state(self) -> str:
        """That of the plan; ``unreadable`` where there is none."""
        return self.standing.state if self.plan is not None else "unreadable"


def plan_files(places: Sequence[Path]) -> tuple[Path, ...]:
    """The plans at the places: a file is one, a folder holds every plan.json in it.

    Raises InputError for a place that is not there.
    """
    faults = [
        Fault(str(place), 0, 0, "", "no such file or folder", "a plan.json or a folder")
        for place in places
        if not place.exists()
    ]
    if faults:
        raise InputError(faults)
    found = (
        path
        for place in places
        for path in ([place] if place.is_file() else sorted(place.rglob(PLAN)))
    )
    return tuple(dict.fromkeys(found))


@dataclass
class Shelf:
    """What has been looked up already, so that many plans cost little more than one.

    scenarios: files, and folders of them, in which a plan's scenario may be
    agreed:    who is asked for signed plans that scenarios name by their ID
    """

    scenarios: Sequence[Path]
    agreed: Agreed | None = None
    _loaded: dict[str, LoadedScenario | None] = field(default_factory=dict)
    _curves: dict[Path, Fitted | None] = field(default_factory=dict)
    _by_id: dict[str, Path] | None = None

    def standing_of(self, file: Path) -> Found:
        """The standing of the plan in a file."""
        try:
            plan = read(file)
        except EngineError as error:
            return Found(file, None, Standing(), str(error))
        return Found(file, plan, standing(plan, self.today(plan, file.parent)))

    def today(self, plan: Plan, folder: Path) -> Today:
        """What is there now of all that a plan in ``folder`` was made from."""
        path = (folder / plan.curves.path).resolve()
        now = self._fitted(path)
        before = now
        if now is not None and now.digest != plan.curves.digest:
            earlier = map(self._fitted, sorted(path.parent.glob(EARLIER)))
            before = next((x for x in earlier if x and x.digest == plan.curves.digest), None)
        loaded = self.loaded(plan.scenario.id)
        return Today(
            scenario=loaded.resolved if loaded is not None else None,
            curves=now,
            before=before,
            edited=_edited(now, path) if now is not None else {},
            versions=versions(),
        )

    def _fitted(self, path: Path) -> Fitted | None:
        if path not in self._curves:
            try:
                curves = load_curves(path)
                self._curves[path] = Fitted(curves.digest, curves.source)
            except InputError:
                self._curves[path] = None
        return self._curves[path]

    def loaded(self, name: str) -> LoadedScenario | None:
        """The scenario of this id: that of a file, or one of its cells; None where there is none
        that can be read."""
        if name not in self._loaded:
            self._loaded[name] = self._found(name)
        return self._loaded[name]

    def _found(self, name: str) -> LoadedScenario | None:
        if self._by_id is None:
            self._by_id = dict(_ids(self.scenarios))
        for own, cell in _splits(name):
            if own in self._by_id:
                try:
                    return load(self._by_id[own], cell=cell, agreed=self.agreed)
                except InputError:
                    continue  # no such cell; or a file that is none, which is not known either
        return None


def _splits(name: str) -> Iterator[tuple[str, str | None]]:
    """(id, cell) as which a scenario's id may be read, the longest id first."""
    yield name, None
    parts = name.split(".")
    for place in range(len(parts) - 1, 0, -1):
        yield ".".join(parts[:place]), ".".join(parts[place:])


def _ids(places: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """(id, file) of every YAML file that has one."""
    for place in places:
        files = [place] if place.is_file() else sorted(place.rglob("*.yaml"))
        for file in files:
            try:
                match = _ID.search(file.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError):
                continue
            if match:
                yield match.group(1), file


def _edited(fitted: Fitted, curves: Path) -> dict[Cause, tuple[str, ...]]:
    """Files behind a fit that are no longer as they were, where they lie beside the curves or a
    folder up; nothing where they are elsewhere, or the fit does not name them."""
    recorded = fitted.source.get("files")
    if not isinstance(recorded, Mapping):
        return {}
    for folder in (curves.parent, curves.parent.parent):
        files = {name: folder / name for name in recorded}
        if files and all(path.is_file() for path in files.values()):
            break
    else:
        return {}
    found: dict[Cause, list[str]] = {}
    for name, path in files.items():
        if hashlib.sha256(path.read_bytes()).hexdigest() != recorded[name]:
            cause = Cause.MODEL if path.suffix in MODEL else Cause.DATA
            found.setdefault(cause, []).append(name)
    return {cause: tuple(names) for cause, names in found.items()}
