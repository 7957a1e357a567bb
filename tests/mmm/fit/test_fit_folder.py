"""A fit replaces another as a whole, keeps it, and survives a process that dies at any moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pretend_case import pretend, written

import mmm.fit.conduct
from mmm.errors import OutputExists, OutputImpossible
from mmm.fit.conduct import load
from mmm.fit.files import Outcome, Wish, fit_files
from mmm.fit.folder import (
    being_fitted,
    digest_there,
    interrupted,
    mended,
    outputs,
    replace_whole,
)

TOP = {"curves.nc", "fit.nc", "health.json"}


@pytest.fixture(autouse=True)
def _pretend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mmm.fit.conduct, "sample", pretend)


def fit_one(file: Path, out: Path, wish: Wish | None = None) -> tuple[Outcome, list[str]]:
    told: list[str] = []
    wish = wish or Wish(cores=0)
    (outcome,) = fit_files({"one": (file, out)}, wish, tell=told.append).values()
    return outcome, told


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_is_fitted_already_is_not_fitted_again(tmp_path: Path) -> None:
    file, out = written(tmp_path), tmp_path / "out"
    made, _ = fit_one(file, out)
    assert not made.already
    assert names(out) == TOP
    assert made.digest == digest_there(out) == load(out).source["fit_digest"]
    before = {path: path.stat().st_mtime_ns for path in outputs(out)}
    again, told = fit_one(file, out)
    assert again.already
    assert (again.digest, again.card, told) == (made.digest, made.card, [])
    assert before == {path: path.stat().st_mtime_ns for path in outputs(out)}


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.write_text(file.read_text().replace("window: 6", "window: 5")),
        lambda file: written(file.parent, weeks=77),
    ],
    ids=["model", "data"],
)
def test_another_fit_is_refused_without_force_and_keeps_the_first_with_it(
    change, tmp_path: Path
) -> None:
    file, out = written(tmp_path), tmp_path / "out"
    first, _ = fit_one(file, out)
    files = {path.name: path.read_bytes() for path in outputs(out)}
    change(file)
    refused, _ = fit_one(file, out)
    assert isinstance(refused.failure, OutputExists)
    assert {path.name: path.read_bytes() for path in outputs(out)} == files
    second, _ = fit_one(file, out, Wish(force=True, cores=0))
    assert second.digest == digest_there(out) != first.digest
    earlier = out / "earlier" / first.digest[:12]
    assert {path.name: path.read_bytes() for path in earlier.iterdir()} == files
    assert load(earlier).source["fit_digest"] == first.digest


def test_trials_and_draws_make_another_fit_but_cores_do_not(tmp_path: Path) -> None:
    file, out = written(tmp_path), tmp_path / "out"
    fit_one(file, out)
    for wish in (Wish(holdout=8, cores=0), Wish(stated={"draws": 51}, cores=0)):
        assert isinstance(fit_one(file, out, wish)[0].failure, OutputExists)
    assert fit_one(file, out, Wish(stated={"draws": 50}, cores=2))[0].already


def test_a_fit_under_way_keeps_others_out(tmp_path: Path) -> None:
    file, out = written(tmp_path), tmp_path / "out"
    with being_fitted(out, "d" * 64):
        body = json.loads((out / "fitting.json").read_text())
        assert (body["fit_digest"], body["process"]) == ("d" * 64, os.getpid())
        outcome, _ = fit_one(file, out)
        assert isinstance(outcome.failure, OutputImpossible)
        assert f"a fit is being made there since {body['started']}" in str(outcome.failure)
    assert names(out) == set()


def test_a_fit_that_fails_leaves_no_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, out = written(tmp_path), tmp_path / "out"
    first, _ = fit_one(file, out)

    def breaks(piece, report):
        raise RuntimeError("no")

    monkeypatch.setattr(mmm.fit.conduct, "sample", breaks)
    outcome, _ = fit_one(file, out, Wish(force=True, cores=0))
    assert "RuntimeError: no" in str(outcome.failure)
    assert names(out) == TOP
    assert digest_there(out) == first.digest


SAMPLING = """
import sys, time
import mmm.fit.conduct
from pathlib import Path
from mmm.fit.files import Wish, fit_files
mmm.fit.conduct.sample = lambda piece, report: time.sleep(600)
file, out = map(Path, sys.argv[1:])
fit_files({"one": (file, out)}, Wish(force=True, cores=0), tell=print)
"""


@pytest.mark.parametrize("earlier", [True, False])
def test_killed_while_sampling(earlier: bool, tmp_path: Path) -> None:
    file, out = written(tmp_path), tmp_path / "out"
    digest = fit_one(file, out)[0].digest if earlier else None
    dying = subprocess.Popen([sys.executable, "-c", SAMPLING, str(file), str(out)])
    try:
        wait_for(out / "fitting.json", dying)
        with pytest.raises(OutputImpossible, match=rf"by process {dying.pid}"):
            mended(out)
    finally:
        dying.send_signal(signal.SIGKILL)
        dying.wait()
    told = interrupted(out)
    assert told is not None
    assert digest_there(out) == digest
    if earlier:
        assert f"({digest[:12]}) is intact" in told
        assert load(out).source["fit_digest"] == digest
    else:
        assert "there is none now" in told
    outcome, said = fit_one(file, out)
    assert said == [told]
    assert outcome.already is earlier
    assert names(out) == TOP
    assert mended(out) is None


MOVING = """
import os, shutil, signal, sys
from pathlib import Path
import mmm.fit.folder as folder
out, new, last = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
replace, done = os.replace, 0
def dies(source, target):
    global done
    if done == last:
        os.kill(os.getpid(), signal.SIGKILL)
    done += 1
    replace(source, target)
os.replace = dies
with folder.being_fitted(out, "x"):
    write = lambda place: [shutil.copy2(path, place) for path in new.iterdir()]
    folder.replace_whole(out, write, force=True)
"""


@pytest.mark.parametrize("last", [0, 1, 3, 4])
def test_killed_while_files_are_put_in_place(last: int, tmp_path: Path) -> None:
    """0: the old is being put aside; 1: the new is whole; 3, 4: some of it is in place."""
    out, new = tmp_path / "out", tmp_path / "new"
    for folder, text in ((out, "old"), (new, "new")):
        folder.mkdir()
        for path in outputs(folder):
            path.write_text(f"{text} {path.name}")
    done = subprocess.run(
        [sys.executable, "-c", MOVING, str(out), str(new), str(last)], check=False
    )
    assert done.returncode == -signal.SIGKILL
    told = mended(out)
    assert told is not None
    whole = "old" if last < 2 else "new"
    assert {path.read_text() for path in outputs(out)} == {f"{whole} {n}" for n in TOP}
    assert ("intact" if whole == "old" else "in place now") in told
    assert names(out) - {"earlier"} == TOP
    if whole == "new":
        (kept,) = (out / "earlier").iterdir()
        assert {path.read_text() for path in kept.iterdir()} == {f"old {n}" for n in TOP}


def test_files_of_nobody_are_put_aside_too(tmp_path: Path) -> None:
    (tmp_path / "health.json").write_text("mine")
    replace_whole(tmp_path, lambda place: (place / "fit.nc").write_text("new"), force=True)
    (kept,) = (tmp_path / "earlier").iterdir()
    assert (kept / "health.json").read_text() == "mine"


def wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        if path.exists() and path.read_text():
            return
        assert process.poll() is None
        time.sleep(0.05)
    raise AssertionError(f"{path} did not appear")
