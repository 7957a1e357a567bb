"""The folder a sweep is kept in; whatever kills it, what was finished is there.

::

    DIR/plans/ab/<key>.json    a plan, the bytes that `allocator plan` gives in that place
    DIR/failed/ab/<key>.json   a question without a plan, and why
    DIR/summaries/*.jsonl      a line a result, appended by whoever has written it
    DIR/cells.jsonl            the question last asked of this folder, a line a cell
    DIR/index.csv              cells and results as one table, when all are there

A key is a digest of all that a result depends on, so a result that is there need not be made
again, whichever question it answers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # where files cannot be locked, two sweeps at a time are not noticed
    fcntl = None  # type: ignore[assignment]

from allocator.plan.file import read, write
from allocator.sweep.summary import Summary, from_line, summary_of
from mmm.errors import Fault, InputError, OutputImpossible, nearest, on_disk
from mmm.files import write_whole

PLANS, FAILED, SUMMARIES = "plans", "failed", "summaries"
CELLS, INDEX, LOCK, TOGETHER = "cells.jsonl", "index.csv", ".sweeping", "all.jsonl"
SHORTEST = 6  # digits of a key that name it: one in 16 million is another's
LISTED = 500  # names looked through for the nearest
SPREAD = 2  # digits of a key that name its folder: 256 of them keep each short


def plans_beside(folder: Path) -> Path:
    """A folder as deep as those that plans stand in: from it they name their curves."""
    return folder / PLANS / ("0" * SPREAD)


@dataclass(frozen=True)
class Cell:
    """A cell as it was asked.

    key: names its result, empty where the scenario could not be read; words: then, why
    """

    name: str
    file: str
    variant: str
    choices: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    words: str = ""


@dataclass(frozen=True)
class Folder:
    """A sweep's folder."""

    path: Path

    def plan_file(self, key: str) -> Path:
        """Where the plan of this key stands, if there is one."""
        return self.path / PLANS / key[:SPREAD] / f"{key}.json"

    def failed_file(self, key: str) -> Path:
        """Where it stands why there is none."""
        return self.path / FAILED / key[:SPREAD] / f"{key}.json"

    def has(self, key: str) -> bool:
        """There is a result of this key."""
        return self.plan_file(key).exists() or self.failed_file(key).exists()

    def keep(self, summary: Summary, text: str) -> None:
        """Write one result: its file, then its line. Raises OutputImpossible."""
        failed = summary.value is None
        file = self.failed_file(summary.key) if failed else self.plan_file(summary.key)
        write(file, text, force=True)
        with _system(self.path):
            (self.path / SUMMARIES).mkdir(exist_ok=True)
            _append(self.path / SUMMARIES / f"{os.getpid()}.jsonl", summary.to_line())

    def summaries(self, keys: Iterable[str]) -> dict[str, Summary]:
        """key -> line of every result that is there; read from the plan where a kill came between
        the plan and its line."""
        known = self._lines()
        for key in keys:
            if key and key not in known and self.plan_file(key).exists():
                known[key] = summary_of(read(self.plan_file(key)), key)
        return {key: known[key] for key in dict.fromkeys(keys) if key in known}

    def gather(self, more: Mapping[str, Summary]) -> None:
        """The lines of all who wrote, and ``more``, in one file, sorted by key."""
        lines = {**more, **self._lines()}
        with _system(self.path):
            segments = [path for path in self._segments() if path.name != TOGETHER]
            self._put_together(lines)
            for path in segments:
                path.unlink()

    def forget(self, keys: Iterable[str]) -> None:
        """Take results away, so that they are made again."""
        gone = {key for key in keys if self.has(key)}
        if not gone:
            return
        with _system(self.path):
            self.gather({})
            self._put_together({k: one for k, one in self._lines().items() if k not in gone})
            for key in gone:
                self.plan_file(key).unlink(missing_ok=True)
                self.failed_file(key).unlink(missing_ok=True)

    def write_cells(self, cells: Iterable[Cell]) -> None:
        """The question, in its order."""
        lines = (json.dumps(cell.__dict__, ensure_ascii=False, default=dict) for cell in cells)
        write(self.path / CELLS, "".join(f"{line}\n" for line in lines), force=True)

    def cells(self) -> tuple[Cell, ...]:
        """The question last asked. Raises InputError where there is no sweep in the folder."""
        path = self.path / CELLS
        try:
            text = path.read_text(encoding="utf-8")
            return tuple(Cell(**json.loads(line)) for line in text.splitlines())
        except OSError as error:
            fault = Fault(str(path), 0, 0, "", on_disk(error), "the folder of a sweep")
        except (ValueError, TypeError):
            fault = Fault(str(path), 0, 0, "", "lines of another kind", "the cells of a sweep")
        raise InputError([fault])

    def plan_of(self, name: str) -> Path:
        """The plan of a cell, by its name or the first digits of its key (six or more).

        Raises InputError where there is no such cell, or no plan of it.
        """
        cells = self.cells()
        found = [cell for cell in cells if cell.name == name]
        if not found and len(name) >= SHORTEST:
            found = [cell for cell in cells if cell.key.startswith(name)]
        if len({cell.key for cell in found}) != 1:
            fix = nearest(name, [cell.name for cell in cells]) if len(cells) <= LISTED else ""
            expected = "the name of a cell, or the first digits of its key"
            raise InputError([Fault(str(self.path), 0, 0, "", repr(name), expected, fix)])
        file = self.plan_file(found[0].key)
        if not found[0].key or not file.exists():
            why = f"no plan ({found[0].words.splitlines()[0]})" if found[0].words else "no plan"
            raise InputError([Fault(str(self.path), 0, 0, name, why, "a cell that has one")])
        return file

    def write_index(self, fill: Callable[[Path], Any]) -> Path:
        """Let ``fill`` write the table, whole or not at all."""
        return write_whole(self.path / INDEX, fill)

    @contextmanager
    def being_swept(self) -> Iterator[None]:
        """Hold the folder. Raises OutputImpossible when another process sweeps into it."""
        with _system(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            mark = (self.path / LOCK).open("w", encoding="utf-8")
        with mark:
            if fcntl is not None:
                try:
                    fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise OutputImpossible(self.path, "another sweep is at work there") from None
            yield
            (self.path / LOCK).unlink(missing_ok=True)

    def _segments(self) -> list[Path]:
        """Files of lines, those gathered first."""
        paths = (self.path / SUMMARIES).glob("*.jsonl")
        return sorted(paths, key=lambda path: (path.name != TOGETHER, path.name))

    def _lines(self) -> dict[str, Summary]:
        lines: dict[str, Summary] = {}
        for path in self._segments():
            with path.open(encoding="utf-8") as written:
                lines.update((one.key, one) for one in map(from_line, written) if one is not None)
        return lines

    def _put_together(self, lines: Mapping[str, Summary]) -> None:
        text = "".join(lines[key].to_line() for key in sorted(lines))
        write(self.path / SUMMARIES / TOGETHER, text, force=True)


def _append(path: Path, line: str) -> None:
    """Add a line; one that a killed process has left without its end is ended first."""
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else "\n" + line
        file.write(line.encode())


@contextmanager
def _system(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputImpossible(folder, on_disk(error)) from error
