"""Bad data and bad model files: each gives exit code 2, its message word for word, no traceback.

One good case, one mutation each. The messages stand in bad_inputs.json, read and approved by a
person; run with BAD_INPUTS_REWRITE=1 to write them anew, and then read the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import planner_case
import pytest
from bad_inputs_case import KPI, MUTATIONS, Case

from mmm.cli import app
from mmm.terminal import run

GOLDEN = Path(__file__).with_name("bad_inputs.json")


def complaint(
    folder: Path, case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    planner_case.write(folder, case)
    monkeypatch.chdir(folder)
    code = run(app, ["check", "model.yaml"])
    shown = capsys.readouterr()
    assert code == 2
    assert shown.out == ""
    assert "Traceback" not in shown.err
    assert "internal fault" not in shown.err
    return shown.err.splitlines()


@pytest.mark.parametrize("name", MUTATIONS)
def test_bad_input(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = complaint(tmp_path, MUTATIONS[name](planner_case.files()), monkeypatch, capsys)
    golden = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}
    if os.environ.get("BAD_INPUTS_REWRITE"):
        golden[name] = said
        text = json.dumps(golden, indent=1, ensure_ascii=False)
        GOLDEN.write_text(text + "\n", "utf-8")
    assert said == golden[name]


def test_every_golden_message_has_its_input() -> None:
    assert set(json.loads(GOLDEN.read_text("utf-8"))) == set(MUTATIONS)
    assert len(MUTATIONS) >= 40


def test_bytes_that_are_not_utf8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = planner_case.files()
    planner_case.write(tmp_path, case)
    (tmp_path / KPI).write_bytes(case[KPI].replace("price", "preço").encode("cp1252"))
    monkeypatch.chdir(tmp_path)
    assert run(app, ["check", "model.yaml"]) == 2
    assert capsys.readouterr().err.splitlines()[1:] == [
        "kpis.csv:1: found bytes that are not utf-8, expected utf-8 text; "
        "save as UTF-8, or state the table's `encoding` (cp1252 for older Excel)"
    ]
