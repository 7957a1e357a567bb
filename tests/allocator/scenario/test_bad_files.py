"""Bad scenarios of several files, variants and overrides: every message word for word.

See bad_files.txt; BAD_SCENARIOS_REWRITE=1 writes the messages anew, for a person to read.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
import scenario_case

from allocator.cli import app
from mmm.terminal import run

GOLDEN = Path(__file__).with_name("bad_files.txt")
_, *BLOCKS = re.split(r"^## ", GOLDEN.read_text(encoding="utf-8"), flags=re.MULTILINE)
CASES = {block.partition("\n")[0]: block.partition("\n")[2] for block in BLOCKS}


def said_by(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Exit code and faults of the case's command, the project's folder called PROJECT."""
    command = "check q1.yaml"
    text: dict[str, list[str]] = {}
    written = ""
    for line in CASES[name].splitlines():
        if line.startswith("$ "):
            command = line[2:]
        elif line.startswith(("--- ", "=== ")):
            written = line
        elif line and not line.startswith("> "):
            text.setdefault(written, []).append(line)
    scenarios = scenario_case.project(folder)
    for head, lines in text.items():
        body = "\n".join(lines) + "\n"
        path = scenarios / head[4:]
        path.parent.mkdir(parents=True, exist_ok=True)
        changed = head.startswith("=== ")
        path.write_text(scenario_case.scenario_text(body) if changed else body, encoding="utf-8")
    words = [
        str(scenarios / word) if word.endswith(".yaml") else word for word in shlex.split(command)
    ]
    code = run(app, words)
    printed = capsys.readouterr()
    assert printed.out == ""
    said = printed.err.replace(str(folder.resolve()), "PROJECT").replace("PROJECT/scenarios/", "")
    assert "Traceback" not in said
    head, *faults = said.splitlines()
    assert head.endswith("to put right:")
    return code, faults


@pytest.mark.parametrize("name", CASES)
def test_bad_files(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, faults = said_by(name, tmp_path, capsys)
    if os.environ.get("BAD_SCENARIOS_REWRITE"):
        rewrite(name, faults)
    assert faults == [line[2:] for line in CASES[name].splitlines() if line.startswith("> ")]
    assert code == 2


def rewrite(name: str, faults: list[str]) -> None:
    text = GOLDEN.read_text(encoding="utf-8")
    kept = [line for line in CASES[name].splitlines() if line and not line.startswith("> ")]
    block = "\n".join([f"## {name}", *kept, *(f"> {fault}" for fault in faults)]) + "\n"
    old = re.compile(rf"^## {re.escape(name)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    GOLDEN.write_text(old.sub(lambda _: block + "\n", text).rstrip() + "\n", encoding="utf-8")


def test_every_case_is_named_once_and_there_are_enough() -> None:
    assert len(CASES) == len(BLOCKS) >= 45
