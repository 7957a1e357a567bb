"""A plan agrees with itself wherever it lies; a file that is no plan is told so."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import curve_case
import pytest
import verify_case

from allocator import run as conductor
from allocator.cli import app
from allocator.engine.solve import solve
from allocator.engine.solved import Solved
from allocator.verify import verify
from mmm.card import Check, HealthCard
from mmm.card import Verdict as Health
from mmm.errors import InputError
from mmm.terminal import run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A verified plan.json beside its curves."""
    return verify_case.made(tmp_path_factory.mktemp("plan"))


def test_a_plan_agrees_and_says_how_much_was_compared(made: Path) -> None:
    verdict = verify(made)
    assert verdict.differences == ()
    assert verdict.compared > 500
    document = json.loads(made.read_text(encoding="utf-8"))
    assert any(entry["binding"] for entry in document["constraints"])
    assert document["recommendation"] == "change"


def test_a_proof_that_the_clock_cut_short_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bound holds, further off than verify finds in more time; unsaid, that is a difference."""

    def slow(*args: Any, **options: Any) -> Solved:
        found = solve(*args, **options)
        early = found.certificate.bound * (1 + 1e-4)
        return replace(found, certificate=replace(found.certificate, bound=early, timed_out=True))

    monkeypatch.setattr(conductor, "solve", slow)
    path = verify_case.made(tmp_path)
    stated = json.loads(path.read_text(encoding="utf-8"))
    proof = stated["certificate"]
    assert (proof["status"], proof["cut_short"]) == ("proven within gap", True)
    assert verify(path).differences == ()
    del proof["cut_short"]
    path.write_text(verify_case.sealed(stated), encoding="utf-8")
    assert [one.path for one in verify(path).differences] == ["certificate.bound"]


def test_curves_that_have_moved(made: Path, tmp_path: Path) -> None:
    moved = tmp_path / "plan.json"
    moved.write_bytes(made.read_bytes())
    with pytest.raises(InputError, match="no such file"):
        verify(moved)
    assert verify(moved, curves_file=made.parent / "curves.nc").differences == ()


def test_other_curves_are_not_these(made: Path, tmp_path: Path) -> None:
    from mmm.curves import save

    other = save(curve_case.parametric(9), tmp_path / "other.nc")
    (difference,) = verify(made, curves_file=other).differences
    assert difference.path == "curves.digest"


def test_an_unhealthy_fit_without_a_reason(tmp_path: Path) -> None:
    card = HealthCard((Check("r_hat", Health.FAIL, 1.2, "≤ 1.01", "The chains disagree."),))
    curves = curve_case.parametric(8, curve_case.Market(draws=3, lags=2, card=card))
    loaded = curve_case.project(tmp_path, curves, verify_case.CHANGES)
    answer = conductor.plan(loaded, curves, folder=loaded.curves_file.parent, accepted="a drill")
    assert answer.plan is not None
    document = answer.plan.model_dump(mode="json")
    path = loaded.curves_file.parent / "plan.json"
    for reason, paths in (("a drill", []), (None, ["health.accepted"]), ("", ["health.accepted"])):
        document["health"]["accepted"] = reason
        path.write_text(verify_case.sealed(document), encoding="utf-8")
        assert [d.path for d in verify(path).differences] == paths


BROKEN = {
    "empty": "",
    "no json": "Dear planner,",
    "cut": None,
    "a list": "[]",
    "null": "null",
    "another version": '{"schema_version": 2}',
    "nothing in it": '{"schema_version": 1}',
    "not a number": '{"schema_version": 1, "seed": NaN}',
    "infinite": '{"schema_version": 1, "seed": 1e999}',
    "a huge integer": '{"schema_version": 1, "seed": ' + "9" * 400 + "}",
    "a longer one": '{"schema_version": 1, "seed": ' + "9" * 5000 + "}",
    "deep": '{"schema_version": 1, "seed": ' + "[" * 950 + "]" * 950 + "}",
    "deeper": '{"schema_version": 1, "seed": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "half a character": '{"schema_version": 1, "currency": "\\ud800"}',
    "a key twice": '{"schema_version": 1, "seed": 1, "seed": 2}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_plan_is_told_so_on_the_command_line(
    name: str, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made.with_name("broken.json")
    text = BROKEN[name]
    path.write_text(made.read_text()[:5000] if text is None else text, encoding="utf-8")
    code = run(app, ["verify", str(path)])
    err = capsys.readouterr().err
    assert code in (2, 6)
    assert "broken.json" in err
    assert "Traceback" not in err


def test_what_is_no_text_is_told_so(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made.with_name("broken.json")
    path.write_bytes(b"\x89HDF\r\n\x1a\n\xff\xfe")
    assert run(app, ["verify", str(path)]) == 2
    assert run(app, ["verify", str(path.parent)]) == 2
    assert run(app, ["verify", str(path.with_name("nowhere.json"))]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_infinite_amounts_in_a_real_plan(made: Path) -> None:
    text = made.read_text(encoding="utf-8")
    number = json.loads(text)["lines"][0]["spend"][0]
    path = made.with_name("broken.json")
    for word in ("Infinity", "NaN", "1e400", "-1e400"):
        path.write_text(text.replace(repr(number), word, 1), encoding="utf-8")
        with pytest.raises(InputError):
            verify(path)
