"""Where every final value comes from, and how it is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from file_case import BASE, OWN, write

from allocator.cli import app
from allocator.scenario import Origin, load, written_form
from allocator.scenario.origins import leaves, named
from mmm.terminal import run

BUNDLED = Path(__file__).parents[3] / "scenarios"
POLICY = """\
schema_version: 1
constraints:
  - {id: spread, each: all, share: {max: 50%}}
"""


def by_path(path: Path, **asked: object) -> dict[str, Origin]:
    found = load(path, **asked).origins()  # type: ignore[arg-type]
    assert len({one.path for one in found}) == len(found)
    return {one.path: one for one in found}


def test_every_kind_of_origin(tmp_path: Path) -> None:
    files = {"base.yaml": BASE, "q1.yaml": OWN + "economics: {margin: 35%}\n"}
    path = write(tmp_path, files | {"policy.yaml": POLICY})
    found = by_path(path, sets={"run.seed": "7"})
    base, rules = (str(path.with_name(name)) for name in ("base.yaml", "policy.yaml"))
    expected = {
        "id": ("q1", str(path), 1, 1, "file"),
        "economics.margin": ("35%", str(path), 4, 13, "file"),
        "budget.exactly": ("2.0M", base, 6, 10, "file"),
        "constraints.cap.together": ("[search, social]", base, 10, 15, "file"),
        "run.seed": ("7", "--set", 0, 0, "--set"),
        "run.gap": ("0.1%", "", 0, 0, "default"),
        "budget.basis": ("net_media", "", 0, 0, "default"),
        "constraints.spread.share.max": ("50%", rules, 3, 37, "policy"),
    }
    for name, (value, file, line, column, note) in expected.items():
        assert found[name] == Origin(name, value, file, line, column, note)
    assert found["policy"].note == "policy"
    assert found["run.seed"].where == "--set"
    assert found["run.gap"].where == "default"
    assert found["id"].where == f"{path}:1"


@pytest.mark.parametrize("path", sorted(BUNDLED.glob("2027*.yaml")), ids=lambda path: path.stem)
def test_every_final_value_of_the_bundled_scenarios_has_an_origin_that_says_it(path: Path) -> None:
    loaded = load(path)
    origins = loaded.origins()
    covered = {one.path for one in origins}
    form = written_form(loaded.scenario)
    for place, _ in leaves(form):
        name = named(form, place)
        near = [one for one in covered if name.startswith(one) or one.startswith(name)]
        assert near, f"{name} has no origin"
    for one in origins:
        assert (one.note == "default") == (one.line == 0)
        if one.line:
            line = Path(one.file).read_text(encoding="utf-8").splitlines()[one.line - 1]
            first = one.value.strip("[]").split(",")[0].split("{")[0]
            rest = line[one.column - 1 :]
            assert first[:20] in rest or rest.rstrip().endswith((":", ">", "|"))


def test_show_why_and_variants(capsys: pytest.CaptureFixture[str]) -> None:
    file = str(BUNDLED / "2027-q2-variants.yaml")
    asked = ["--cell", "low.loose", "--set", "run.seed=3"]
    assert run(app, ["show", file, "--resolved", "--why", *asked]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].strip() == "Q2 2027 · low · loose (2027-q2-variants.low.loose)"
    assert max(map(len, lines)) <= 100
    rows = {line.split()[0]: " ".join(line.split()) for line in lines if line.strip()}
    assert rows["currency"] == "currency EUR base/2027.yaml:5"
    assert rows["budget.exactly"].startswith("budget.exactly 1.7M 2027-q2-variants.yaml:")
    assert rows["run.seed"] == "run.seed 3 --set"
    assert rows["flighting"] == "flighting steady default"
    assert run(app, ["show", file, "--why", "--json"]) == 0
    rows = {row["path"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["currency"]["file"].endswith("base/2027.yaml")
    assert run(app, ["show", file, "--variants", "--json"]) == 0
    cells = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(cells) == ["base", "loose", "low", "low.loose", "high", "high.loose"]
    assert cells["base"]["differences"] == []
    assert cells["low"]["differences"] == [
        {"path": "budget.exactly", "a": "1900000", "b": "1700000"}
    ]
    assert run(app, ["show", file, "--variants"]) == 0
    assert "2027-q2-variants): 6 cells" in capsys.readouterr().out
