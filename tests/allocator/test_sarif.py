"""``allocator check``: faults as text, JSON and SARIF 2.1.0."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import scenario_case

from allocator.cli import app
from allocator.sarif import RULES, faults_json, rule_of, sarif
from mmm.errors import Fault
from mmm.terminal import run

VARIED = "variants: {money: {base: {}, low: {budget: {exactly: 1.8M}}}}\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    good = scenario_case.write_scenario(tmp_path, VARIED)
    bad = good.with_name("bad é.yaml")
    text = scenario_case.scenario_text("budget: {exactly: 240_000}\nbudgets: {}\n-id\n")
    bad.write_text(text, encoding="utf-8")
    return str(good), str(bad)


def test_a_good_file(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["check", files[0]]) == 0
    assert capsys.readouterr().out == "1 file, 2 cells: nothing to put right\n"
    assert run(app, ["check", files[0], "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"faults": []}
    assert run(app, ["check", files[0], "--format", "sarif"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["results"] == []


def test_all_faults_of_all_files(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(Path(files[0]).with_name("none.yaml"))
    assert run(app, ["check", *files, missing]) == 2
    head, *lines = capsys.readouterr().err.splitlines()
    assert head == "4 things to put right:"
    assert run(app, ["check", *files, missing, "--format", "json"]) == 2
    printed = capsys.readouterr()
    assert printed.err == ""
    faults = json.loads(printed.out)["faults"]
    assert [one["rule"] for one in faults] == ["missing", "value", "unknown-key", "file"]
    assert len(faults) == len(lines)
    for one, line in zip(faults, lines, strict=True):
        place = ":".join(str(one[key]) for key in ("file", "line", "column") if key in one)
        assert line.startswith(place)
        assert f"found {one['found']}, expected {one['expected']}" in line


def test_sarif_has_what_the_standard_requires(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Sections 3.13, 3.14, 3.19, 3.27 to 3.30 of the standard, for what is written here."""
    assert run(app, ["check", *files, "--format", "sarif"]) == 2
    log = json.loads(capsys.readouterr().out)
    check_log(log)
    (one,) = log["runs"]
    first = one["results"][1]
    assert first["ruleId"] == "value"
    assert first["message"]["text"].startswith("budget.exactly: found '240_000', expected")
    place = first["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 7, "startColumn": 10}
    assert place["artifactLocation"]["uri"].startswith("file:///")
    assert place["artifactLocation"]["uri"].endswith("/scenarios/bad%20%C3%A9.yaml")


def check_log(log: dict[str, Any]) -> None:
    assert log["version"] == "2.1.0"
    assert log["$schema"].startswith("https://")
    for one in log["runs"]:
        driver = one["tool"]["driver"]
        assert isinstance(driver["name"], str)
        ids = [rule["id"] for rule in driver["rules"]]
        assert len(set(ids)) == len(ids)
        for result in one["results"]:
            assert result["ruleId"] in ids
            assert result["level"] in ("none", "note", "warning", "error")
            assert result["message"]["text"]
            for location in result["locations"]:
                assert location
                physical = location.get("physicalLocation")
                if physical is None:
                    assert location["logicalLocations"][0]["fullyQualifiedName"]
                    continue
                assert re.fullmatch(r"[!-~]+", physical["artifactLocation"]["uri"])
                assert all(value >= 1 for value in physical.get("region", {"": 1}).values())


def test_a_fault_without_a_place_has_no_region() -> None:
    faults = [
        Fault("a/b c.yaml", 0, 0, "", "no such file", "a readable YAML file"),
        Fault("--set", 0, 0, "run.seed", "'x'", "a whole number"),
        Fault("--cell", 0, 0, "", "'low'", "a cell", "known: base"),
    ]
    log = sarif(faults, "1.0")
    check_log(log)
    first, second, third = (row["locations"][0] for row in log["runs"][0]["results"])
    assert first == {"physicalLocation": {"artifactLocation": {"uri": "a/b%20c.yaml"}}}
    assert second == {"logicalLocations": [{"fullyQualifiedName": "run.seed"}]}
    assert third == {"logicalLocations": [{"fullyQualifiedName": "--cell"}]}
    assert "line" not in faults_json(faults)[0]


KINDS = {
    "unknown-key": Fault("a", 3, 1, "b", "unknown key 'b'", "a known key"),
    "missing": Fault("a", 1, 1, "id", "nothing", "the key id"),
    "repeated": Fault("a", 2, 1, "id", "the key 'id' again (first on line 1)", "each key once"),
    "file": Fault("a", 0, 0, "", "no such file or directory", "a readable YAML file"),
    "reference": Fault("a", 2, 1, "policy", "no file x.yaml", "a policy file"),
    "merge": Fault("a", 2, 1, "run", "`!unset` of what is not there", "a key"),
    "yaml": Fault("a", 2, 1, "", "an anchor or alias (& or *)", "plain values"),
    "value": Fault("a", 2, 1, "run.gap", "0.1", "a percentage"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_of_a_fault(kind: str) -> None:
    assert rule_of(KINDS[kind]) == kind
    assert set(KINDS) == {name for name, _, _ in RULES}
