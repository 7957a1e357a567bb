from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import scenario_case

from allocator.cli import app
from allocator.scenario import load
from mmm.terminal import run

HEAVY = ("numpy", "pandas", "xarray", "scipy", "pyomo", "highspy", "matplotlib", "pymc", "arviz")
BASE = Path(__file__).parents[2] / "scenarios" / "2027-q1-base.yaml"


def test_the_sentence_comes_first_and_every_rule_is_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(app, ["show", str(BASE)]) == 0
    out = capsys.readouterr().out
    head, text = out.splitlines()[0], " ".join(out.split())
    assert head.strip() == "Q1 2027 base case (2027-q1-base)"
    assert "Spend exactly 2,000,000 EUR (net media) over 13 weeks from 2027-W01" in text
    assert "for the most profit at a margin of 35%, under 4 rules." in text
    assert all(rule.id in out for rule in load(BASE).scenario.constraints)
    assert max(map(len, out.splitlines())) <= 100


def test_resolved_yaml_is_the_same_scenario(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(app, ["show", str(BASE), "--resolved"]) == 0
    folder = scenario_case.project(tmp_path)
    again = folder / "again.yaml"
    again.write_text(capsys.readouterr().out, encoding="utf-8")
    assert load(again).digest == load(BASE).digest


def test_json_is_the_resolved_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["show", str(BASE), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == load(BASE).resolved


@pytest.mark.parametrize(
    ("arguments", "said"), [(["--help"], "Usage"), (["show", str(BASE)], "2027-q1-base")]
)
def test_starts_without_anything_heavy(arguments: list[str], said: str) -> None:
    program = (
        "import sys; from allocator.cli import app; from mmm.terminal import run\n"
        f"code = run(app, {arguments!r})\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "print(loaded, file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "[]"
    assert said in done.stdout
