"""One case: a spoilt project is read as a person would, and what comes of it is judged."""

from __future__ import annotations

import io
import json
import os
import random
import re
import shutil
import time
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import typer

from allocator.cli import check, show
from allocator.scenario import from_resolved, load
from mmm.terminal import run
from tests.fuzz.projects import ASKED, PROJECTS
from tests.fuzz.spoil import Files, spoilt

APP = typer.Typer()  # two commands: a third of a second less than to build them all
APP.command()(check.check)
APP.command()(show.show)

SECONDS = 5.0
"""CPU time that a case may take."""
MEGABYTES = 1_000

PLACED = re.compile(r"(?P<file>\S.*?\.(yaml|csv|nc)):[1-9][0-9]*(:[1-9][0-9]*)?: ")
WHOLE = re.compile(r"\S.*?\.(yaml|csv): found ([0-9,]+ bytes|a folder|no such file)")
OPTION = re.compile(r"--(set|cell): ")

COMMANDS = (
    ("check", ASKED), ("check", ASKED, "--format", "json"), ("check", ASKED, "--format", "sarif"),
    ("show", ASKED), ("show", ASKED, "--why"), ("show", ASKED, "--resolved"),
    ("show", ASKED, "--variants"), ("show", ASKED, "--cell", "low.strict", "--why", "--json"),
    ("show", ASKED, "--set", "budget.exactly=1.8M", "--set", "constraints.cap.cac.max=38"),
)  # fmt: skip


@dataclass
class Tally:
    """What came of the cases: their number by exit code, faults by kind, what failed."""

    codes: Counter[int] = field(default_factory=Counter)
    faults: int = 0
    failures: list[str] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, 0)
    """(CPU seconds, seed)"""

    @property
    def megabytes(self) -> float:
        """The most memory that this process has held, and not what its parent held before it."""
        peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
        assert peak is not None
        return int(peak[1]) / 1024


def judge(seed: int, folder: Path, tally: Tally) -> None:
    """Spoil a project by ``seed`` in ``folder`` (emptied first), read it, add to the tally."""
    rng = random.Random(seed)
    good = {name: text.encode() for name, text in rng.choice(PROJECTS).items()}
    _write(folder, spoilt(rng, good), rng)
    command = rng.choice(COMMANDS)
    start = time.process_time()
    code, out, err = _said(folder, command)
    spent = time.process_time() - start
    tally.codes[code] += 1
    tally.slowest = max(tally.slowest, (spent, seed))
    wrong = [f"{spent:.1f} s"] if spent > SECONDS else []
    wrong += [] if code in (0, 2) else [f"exit {code}: {(err or out)[:300]}"]
    if code == 2 and "--format" not in command:
        head, *faults = err.splitlines()
        tally.faults += len(faults)
        wrong += [] if re.fullmatch(r"[0-9]+ things? to put right:", head) and faults else [err]
        wrong += [f"no place: {fault}" for fault in faults if not _placed(fault)]
    elif code == 2:
        log = json.loads(out)
        found = log["faults"] if "faults" in log else log["runs"][0]["results"]
        tally.faults += len(found)
        wrong += [] if found else ["refused without a fault"]
    if code == 0 and command[0] == "show" and len(command) == 2:
        loaded = load(folder / ASKED)
        again = from_resolved(json.loads(json.dumps(loaded.resolved, allow_nan=False)))
        wrong += [] if again == loaded.scenario else ["another scenario comes back from JSON"]
    tally.failures += [f"seed {seed}: {' '.join(command)}: {one}" for one in wrong]


def _placed(fault: str) -> bool:
    return any(form.match(fault) for form in (PLACED, WHOLE, OPTION))


def _write(folder: Path, files: Files, rng: random.Random) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)
    name = rng.choice(list(files))
    if name != ASKED and rng.random() < 0.1:
        (folder / name).unlink()
        target = rng.choice(["/etc/passwd", str(folder / ASKED), str(folder / name), None])
        if target is not None:
            os.symlink(target, folder / name)


def _said(folder: Path, command: tuple[str, ...]) -> tuple[int, str, str]:
    words = [str(folder / word) if word == ASKED else word for word in command]
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(APP, words)
    return code, out.getvalue(), err.getvalue()
