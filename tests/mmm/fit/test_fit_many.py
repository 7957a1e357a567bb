"""Many models in one run: a folder each, cores shared, a failure told and stopping no other."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from pretend_case import MODEL, pretend, written

import mmm.fit.conduct
import mmm.fit.many
from mmm.cli import app
from mmm.fit import files as fit_files
from mmm.fit.conduct import load
from mmm.fit.sampling import Piece
from mmm.terminal import run

SMALL = MODEL.replace("  orders: {column: orders, unit: count}\n", "")


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> dict[str, Piece]:
    """What would have been run, and on how many processes; run here by the pretend sampler."""
    seen: dict[str, Piece] = {}
    here = mmm.fit.many.run_each

    def run_here(work, own, finished, *, workers, watch=None) -> None:
        seen.update(own)
        seen["workers"] = workers
        here(work, own, finished, workers=0, watch=watch)

    def sample(piece, report):
        if "breaks" in piece.evidence.kpi:
            raise RuntimeError("no luck")
        return pretend(piece, report)

    monkeypatch.setattr(mmm.fit.conduct, "sample", sample)
    monkeypatch.setattr(mmm.fit.many, "run_each", run_here)
    return seen


def test_two_markets_in_one_run(
    pieces: dict, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [written(tmp_path, model=MODEL, name="de"), written(tmp_path, model=SMALL, name="fr")]
    out = tmp_path / "fits"
    command = ["fit", *map(str, files), "--out", str(out), "--cores", "8"]
    assert run(app, command) == 0
    assert pieces.pop("workers") == 3
    assert list(pieces) == ["de: revenue", "de: orders", "fr: revenue"]
    assert {piece.threads for piece in pieces.values()} == {2}  # 3 × 2 of 8 cores
    for name, kpis in (("de", ["revenue", "orders"]), ("fr", ["revenue"])):
        assert sorted(path.name for path in (out / name).iterdir()) == [
            "curves.nc", "fit.nc", "health.json",
        ]  # fmt: skip
        assert load(out / name).posterior["kpi"].to_numpy().tolist() == kpis
    model = hashlib.sha256(files[0].read_bytes()).hexdigest()
    recorded = load(out / "de").source["files"]
    assert recorded[files[0].name] == model
    assert {path.name for path in files[0].parent.iterdir() if path.is_file()} >= set(recorded)
    assert len(recorded) >= 2
    assert "de" in capsys.readouterr().out
    pieces.clear()
    assert run(app, [*command, "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert {name: one["already"] for name, one in body["models"].items()} == dict.fromkeys(
        ("de", "fr"), True
    )
    assert pieces == {}


def test_failures_are_told_and_stop_no_other(
    pieces: dict, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = written(tmp_path, model=SMALL, name="good")
    wrong = written(tmp_path, model=SMALL.replace("spend: tv", "spend: tvv"), name="wrong")
    breaks = written(tmp_path, model=SMALL.replace("  revenue:", "  breaks:"), name="bad")
    out = tmp_path / "fits"
    code = run(app, ["fit", *map(str, (wrong, breaks, good)), "--out", str(out), "--cores", "2"])
    assert code == 2
    told = capsys.readouterr()
    assert "wrong: " in told.err
    assert "did you mean 'tv'?" in told.err
    assert "bad: bad: breaks: RuntimeError: no luck" in told.err
    assert load(out / "good").source["fit_digest"]
    assert not (out / "wrong").exists()
    assert list((out / "bad").iterdir()) == []
    assert told.out.count("failed") == 2


def test_one_model_that_breaks_down_is_an_internal_fault(
    pieces: dict, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    breaks = written(tmp_path, model=SMALL.replace("  revenue:", "  breaks:"))
    assert run(app, ["fit", str(breaks), "--out", str(tmp_path / "out")]) == 1
    assert "internal fault: PieceError" in capsys.readouterr().err


def test_two_models_of_one_name_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [written(tmp_path / name / "same") for name in ("de", "fr")]
    assert run(app, ["fit", *map(str, files), "--out", str(tmp_path / "fits")]) == 2
    assert "two models are called same" in capsys.readouterr().err
    assert not (tmp_path / "fits").exists()


def test_files_of_one_name_go_by_their_folders(pieces: dict, tmp_path: Path) -> None:
    files = [written(tmp_path / name, model=SMALL) for name in ("de", "fr")]
    out = tmp_path / "fits"
    assert run(app, ["fit", *map(str, files), "--out", str(out), "--quiet"]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["de", "fr"]


def test_a_fit_that_cannot_be_kept_stops_no_other(
    pieces: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    de, fr = (written(tmp_path, model=SMALL, name=name) for name in ("de", "fr"))
    whole = fit_files.replace_whole

    def full(folder: Path, write, *, force: bool) -> None:
        if folder.name == "de":
            raise fit_files.EngineError("disk full")
        whole(folder, write, force=force)

    monkeypatch.setattr(fit_files, "replace_whole", full)
    out = tmp_path / "fits"
    assert run(app, ["fit", str(de), str(fr), "--out", str(out), "--quiet"]) == 1
    assert load(out / "fr").source["fit_digest"]
    assert list((out / "de").iterdir()) == []


def test_markets_go_to_a_cluster_where_one_is_named(
    pieces: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, object] = {}

    def there(work, own, finished, *, address: str, watch=None) -> None:
        asked.update(address=address, threads={piece.threads for piece in own.values()})
        mmm.fit.many.run_each(work, own, finished, workers=3, watch=watch)

    monkeypatch.setattr(mmm.fit.many, "on_cluster", there)
    files = [str(written(tmp_path, model=SMALL, name=name)) for name in ("de", "fr")]
    out = tmp_path / "fits"
    command = ["fit", *files, "--out", str(out), "--cluster", "tcp://10.0.0.5:8786", "--quiet"]
    assert run(app, command) == 0
    assert asked == {"address": "tcp://10.0.0.5:8786", "threads": {1}}
    assert all((out / name / "curves.nc").exists() for name in ("de", "fr"))
