"""docs/rules.md: every rule it shows can be written, and the sentences are those of a plan."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import scenario_case

from allocator.cli import app
from allocator.scenario import load
from mmm.terminal import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
SHOWN = {head: body for head, body in SECTIONS if "```yaml\n  - {" in body}


@pytest.mark.parametrize("head", SHOWN)
def test_what_the_page_shows_is_a_rule_in_its_words(head: str, tmp_path: Path) -> None:
    entries = "".join(re.findall(r"```yaml\n((?:  - .*\n)+)```", SHOWN[head]))
    path = scenario_case.write_scenario(tmp_path, f"constraints:\n{entries.rstrip()}")
    said = [entry.rule.words("EUR") for entry in load(path).scenario.constraints]
    text = SHOWN[head].partition("```\n")[2]
    spoken = [" ".join(found.split()) for found in re.findall(r"(?<!\*)\*([^*]+)\*", text)]
    assert said
    assert [words for words in spoken if words not in said] == []
    assert spoken


@pytest.mark.parametrize("named", sorted(set(re.findall(r"scenarios/[\w-]+\.yaml", PAGE))))
def test_the_scenarios_of_the_page(named: str, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = load(ROOT / named).scenario
    assert len({entry.rule.key for entry in scenario.constraints}) >= 5
    assert run(app, ["show", str(ROOT / named)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert all(entry.id in said for entry in scenario.constraints)
