"""docs/assumptions.md: its examples are those of the bundled scenario, and its Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from allocator.engine.setting import settle
from allocator.scenario import LoadedScenario, load
from mmm.curves import load as load_curves
from mmm.yamlfile import parse

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8")
FILE = ROOT / "scenarios" / "2027-q2-assumed.yaml"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return load(FILE)


def test_the_page_shows_what_the_scenario_says() -> None:
    said = parse(FILE.read_text(encoding="utf-8"), "file").data
    assumptions, before, _, limits = (parse(text, "page").data for text in blocks("yaml"))
    for one in assumptions["assumptions"]:
        assert one in said["assumptions"]
    assert before["until_start"] == said["until_start"]
    assert limits["constraints"][0] in said["constraints"]
    table = (ROOT / "scenarios" / "2027-q2-limits.csv").read_text(encoding="utf-8").splitlines()
    assert set(blocks("csv")[0].splitlines()) <= set(table)


def test_a_plan_may_be_the_reference(tmp_path: Path) -> None:
    (text,) = (text for text in blocks("yaml") if text.startswith("reference:"))
    base = (ROOT / "scenarios" / "2027-q1-base.yaml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "approved").mkdir()
    approved = ROOT / "scenarios" / "approved" / "2027-q1-base.json"
    (tmp_path / "approved" / approved.name).write_bytes(approved.read_bytes())
    lines = re.sub(r"^reference:.*\n", "", base, flags=re.MULTILINE).replace("../data", "data")
    (tmp_path / "q2.yaml").write_text(lines + text, encoding="utf-8")
    found = load(tmp_path / "q2.yaml").scenario
    assert found.reference.found is not None
    assert sum(map(sum, found.reference.found.spend.values())) == pytest.approx(2_000_000)


def test_the_scenario_settles_on_the_sample(loaded: LoadedScenario) -> None:
    curves = load_curves(loaded.curves_file)
    setting = settle(loaded, curves)
    place = {line: number for number, line in enumerate(curves.lines)}
    assert setting.curves.price[place["tv/brand"]] == pytest.approx(1.06)
    assert setting.curves.price[place["search/generic"]] == pytest.approx(1.03)
    assert setting.terms.response == {"revenue": 0.34}
    effect = (setting.curves.data["effect"] / curves.data["effect"]).sel(kpi="revenue")
    assert effect.sel(line="tv/product").mean().item() == pytest.approx(0.9 * 1.02, rel=1e-6)
    # 19 weeks between the data and the start: 6 as a year before, 13 as approved
    assert setting.window.before.sizes["week"] == 19
    approved = loaded.scenario.until_start.found
    assert approved is not None
    assert setting.window.before[:, 6:].sum().item() == pytest.approx(2_000_000)


def test_the_python_of_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for text in blocks("python"):
        exec(compile(text, "docs/assumptions.md", "exec"), {})
