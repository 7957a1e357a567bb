"""Bad scenarios: each gives exit code 2 and its messages word for word, never a traceback."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest
import scenario_case

from allocator.cli import app
from allocator.scenario import load
from mmm.errors import InputError
from mmm.terminal import run

GOLDEN = Path(__file__).with_name("bad_scenarios.txt")
PREAMBLE, *BLOCKS = re.split(r"^## ", GOLDEN.read_text(encoding="utf-8"), flags=re.MULTILINE)
CASES = {block.partition("\n")[0]: block.partition("\n")[2] for block in BLOCKS}


def changes(body: str) -> str:
    return "\n".join(line for line in body.splitlines() if line and not line.startswith("> "))


def expected(body: str) -> list[str]:
    return [line[2:] for line in body.splitlines() if line.startswith("> ")]


def messages(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    path = scenario_case.write_scenario(tmp_path, changes(CASES[name]))
    code = run(app, ["show", str(path)])
    printed = capsys.readouterr()
    assert printed.out == ""
    said = printed.err.replace(str(tmp_path.resolve()), "PROJECT")
    return code, said.replace("PROJECT/scenarios/", "")


@pytest.mark.parametrize("name", CASES)
def test_bad_scenario(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = messages(tmp_path, name, capsys)
    head, *faults = said.splitlines()
    if os.environ.get("BAD_SCENARIOS_REWRITE"):
        rewrite(name, faults)
    assert faults == expected(CASES[name])
    assert head.endswith("to put right:")
    assert code == 2
    assert "Traceback" not in said


def rewrite(name: str, faults: list[str]) -> None:
    text = GOLDEN.read_text(encoding="utf-8")
    block = f"## {name}\n{changes(CASES[name])}\n" + "".join(f"> {fault}\n" for fault in faults)
    old = re.compile(rf"^## {re.escape(name)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    GOLDEN.write_text(old.sub(lambda _: block + "\n", text).rstrip() + "\n", encoding="utf-8")


def test_every_case_is_named_once_and_there_are_enough() -> None:
    assert len(CASES) == len(BLOCKS)
    assert len(CASES) >= 25


def test_the_base_is_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["show", str(scenario_case.write_scenario(tmp_path))]) == 0
    assert "Spend exactly 2,000,000 EUR" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "found an empty file, expected keys and values, one `key: value` a line"),
        (b"- a\n- b\n", "found something that is not a mapping, expected keys and values"),
        (b"title: caf\xe9\n", "found bytes that are not UTF-8, expected UTF-8 text"),
        (b"a: 1\n---\nb: 2\n", "found YAML that cannot be read"),
        (b"x" * 1_000_001, "found 1,000,001 bytes, expected at most 1 MB"),
    ],
    ids=["empty", "list", "latin-1", "two documents", "large"],
)
def test_files_that_are_no_scenario(
    raw: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(raw)
    assert run(app, ["show", str(path)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_no_such_file(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["show", str(tmp_path / name)]) == 2
    assert "Traceback" not in capsys.readouterr().err


ODD = (
    "null", "true", "-1", "0", "1e400", ".nan", "[]", "{}", "[null]", "240,000", "2027-W99", "%",
    "2027-02-30", "!!set", "&a", "*a", "{a: [1, {b: 2}]}", "9" * 5000, "0x1f", "1_000", "<<: x",
    "? x", ": ", "|", "[[1]]", "2027-01-04T00:00:00", "00:30", "",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_spoilt_is_a_list_of_faults(seed: int, tmp_path: Path) -> None:
    rules = "\n".join(changes(CASES["several faults at once"]).splitlines()[2:])
    good = scenario_case.scenario_text(rules.replace("-5k", "5k"))
    path = scenario_case.write_scenario(tmp_path)
    rng = random.Random(seed)
    refused = 0
    for _ in range(100):
        text = good
        for _ in range(rng.randint(1, 3)):
            word = rng.choice(list(re.finditer(r"[^\s,\[\]{}:]+", text)))
            text = text[: word.start()] + rng.choice(ODD) + text[word.end() :]
        path.write_text(text, encoding="utf-8")
        try:
            load(path)
        except InputError as error:
            refused += len(error.faults) > 0
    assert refused > 50
