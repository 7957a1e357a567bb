"""Plans that a scenario names by their ID: asked of whoever has them, and kept in the scenario."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import scenario_case
from test_plan_choice import EARLIER, LATER, SAME, curves, plan_file

from allocator import run
from allocator.complaint import Complaint
from allocator.engine.setting import settle
from allocator.scenario import cells, from_resolved, load, written_form
from allocator.scenario.agreed import is_id
from allocator.verify import verify
from mmm.curves import save
from mmm.errors import InputError
from mmm.yamlfile import to_text

BEFORE = LATER + "until_start: {plan: q0-base}\n"


@dataclass
class Drawer:
    """Plans by their ID, as a store gives them; what it was asked for."""

    plans: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def plan(self, name: str) -> bytes | Complaint:
        self.asked.append(name)
        none = Complaint(f"{name}, whose plan 3f2a9c0155aa is in review", "a signed plan", "wait")
        return self.plans.get(name, none)

    def put(self, name: str, spend: dict[str, list[float]], folder: Path, **more: str) -> str:
        digest = plan_file(folder / "put.json", spend, **more)
        self.plans[name] = (folder / "put.json").read_bytes()
        (folder / "put.json").unlink()
        return digest


@pytest.fixture
def drawer(tmp_path: Path) -> Drawer:
    made = Drawer()
    made.put("q0-base", EARLIER, tmp_path)
    made.put("q9", SAME, tmp_path)
    return made


def test_a_name_without_a_folder_that_is_no_json_file_is_an_id() -> None:
    for written in ("2027-q1-base", "2027-q1.low.strict", "3f2a9c01", "a" * 64):
        assert is_id(written), written
    for written in (
        "q0.json",
        "../q0",
        "./q0",
        "plans/q0",
        "Q0",
        "q0 ",
        "",
        ".hidden",
        "a..b",
        "a." * 150 + "a",
    ):
        assert not is_id(written), written


def test_an_id_says_what_its_plan_file_would(tmp_path: Path, drawer: Drawer) -> None:
    """The same settings as from a file: until the start, as the reference, by another name."""
    rule = "{id: near, each: [tv], spend: {from: agreed, between: [-10%, +10%]}}"
    asked = (
        BEFORE.replace("{actuals: {start: 2026-W05, weeks: 3}}", "{plan: q9}")
        + f"references: {{agreed: {{plan: q9}}}}\nconstraints:\n  - {rule}\n"
    )
    path = scenario_case.write_scenario(tmp_path, asked)
    setting = settle(load(path, agreed=drawer), curves())
    found = setting.window.before.sel(line=["tv", "search"]).to_numpy()
    assert found.tolist() == [EARLIER["tv"], EARLIER["search"]]
    assert setting.reference.sel(line=["tv", "search"]).to_numpy().tolist() == list(SAME.values())
    assert setting.facts.references["agreed"] == {"tv": 10_000.0, "search": 50_000.5}
    assert sorted(drawer.asked) == ["q0-base", "q9"]  # each once


def test_what_was_taken_is_recorded_so_that_nobody_need_be_asked_again(tmp_path: Path) -> None:
    drawer = Drawer()
    digest = drawer.put("q0-base", EARLIER, tmp_path)
    path = scenario_case.write_scenario(tmp_path, BEFORE)
    save(curves(), path.parent / "curves.nc")
    loaded = load(path, agreed=drawer)
    assert loaded.resolved["until_start"]["plan"] == "q0-base"
    assert loaded.resolved["until_start"]["found"]["digest"] == digest
    assert from_resolved(loaded.resolved) == loaded.scenario
    why = {one.path: one for one in loaded.origins()}
    named = why["until_start.plan"]
    assert (named.value, named.means, named.file, named.line) == (
        "q0-base", digest, str(path), 10,
    )  # fmt: skip
    assert {one.means for one in why.values()} == {"", digest}
    answer = run.plan(loaded, curves(), folder=path.parent)
    assert answer.plan is not None
    (path.parent / "plan.json").write_text(answer.plan.to_json(), encoding="utf-8")
    assert verify(path.parent / "plan.json").differences == ()  # no drawer
    (path.parent / "again.yaml").write_text(to_text(written_form(loaded.scenario)))
    assert load(path.parent / "again.yaml", agreed=drawer).scenario == loaded.scenario


def test_parents_and_variants_name_ids_and_files(tmp_path: Path, drawer: Drawer) -> None:
    """An ID stays what it is from any folder; a file of such a name is not taken for one."""
    folder = scenario_case.project(tmp_path)
    (folder / "base").mkdir()
    (folder / "base" / "all.yaml").write_text(
        "until_start: {plan: q0-base}\nreferences: {own: {plan: ../q0-base}}\n"
    )
    plan_file(folder / "q0-base", SAME)
    own = scenario_case.scenario_text(LATER) + (
        "extends: [base/all.yaml]\n"
        "variants: {before: {base: {}, other: {until_start: {plan: q9}}}}\n"
    )
    (folder / "q1.yaml").write_text(own)
    with pytest.raises(InputError, match="q0-base, a file here and the ID of a plan, expected one"):
        load(folder / "q1.yaml", agreed=drawer)
    (folder / "base" / "q0-base").write_bytes((folder / "q0-base").read_bytes())
    (folder / "q0-base").unlink()
    (folder / "base" / "all.yaml").write_text(
        "until_start: {plan: q0-base}\nreferences: {own: {plan: ./q0-base}}\n"
    )
    base, other = cells(folder / "q1.yaml", agreed=drawer)
    taken = base.loaded.scenario
    assert taken.until_start.found is not None
    assert taken.until_start.found.spend["tv"] == tuple(EARLIER["tv"])
    assert taken.references is not None
    assert taken.references["own"].plan == "base/q0-base"
    assert taken.references["own"].found is not None
    assert taken.references["own"].found.spend["tv"] == tuple(SAME["tv"])
    late = other.loaded.scenario.until_start.found
    assert late is not None
    assert late.spend["tv"] == tuple(SAME["tv"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (LATER + "until_start: {plan: q1-draft}\n",
         "q1.yaml:10:15: until_start.plan: found q1-draft, whose plan 3f2a9c0155aa is in review, "
         "expected a signed plan; wait"),
        (LATER + "until_start: {plan: dollars}\n",
         "q1.yaml:10:15: until_start.plan: found dollars, a plan in USD, expected one in EUR"),
        (LATER + "until_start: {plan: changed}\n",
         "q1.yaml:10:15: until_start.plan: found the plan changed, which was changed after it was "
         "made, expected a plan as it was written"),
        (LATER + "until_start: {plan: broken}\n", "the plan broken:1:2: found"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_says_where_and_why(
    tmp_path: Path, drawer: Drawer, changes: str, said: str
) -> None:
    drawer.put("dollars", EARLIER, tmp_path, currency="USD")
    drawer.put("changed", EARLIER, tmp_path)
    drawer.plans["changed"] = drawer.plans["changed"].replace(b"400.0", b"4000.0")
    drawer.plans["broken"] = b"{"
    path = scenario_case.write_scenario(tmp_path / "p", changes)
    with pytest.raises(InputError) as caught:
        load(path, agreed=drawer)
    (fault,) = caught.value.faults
    assert said in str(fault)


def test_without_anybody_to_ask_it_says_so(tmp_path: Path) -> None:
    path = scenario_case.write_scenario(tmp_path, BEFORE)
    with pytest.raises(InputError) as caught:
        load(path)
    assert str(caught.value.faults[0]).endswith(
        "q1.yaml:10:15: until_start.plan: found q0-base, and no store of signed plans to look in, "
        "expected the ID of a plan in a store, or a plan.json; write ./q0-base if it is a file"
    )
