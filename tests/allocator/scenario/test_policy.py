"""A policy file: rules that every scenario of a folder keeps."""

from __future__ import annotations

from pathlib import Path

import curve_case
import pytest
import run_case
import scenario_case

from allocator import run
from allocator.answer import refusal, refusal_json
from allocator.scenario import load, written_form
from allocator.show import scenario_view
from allocator.verify import verify
from mmm.errors import InputError
from mmm.yamlfile import to_text

POLICY = """schema_version: 1
title: House rules
constraints:
  - id: spread
    each: all
    share: {max: 50%}
    reason: no line is to be everything
    owner: finance
"""


def scenario(tmp_path: Path, changes: str = "", policy: str = POLICY) -> Path:
    path = scenario_case.write_scenario(tmp_path, run_case.FLAT + changes)
    (path.parent / "policy.yaml").write_text(policy, encoding="utf-8")
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(path)
    return [str(fault).replace(f"{path.parent}/", "") for fault in caught.value.faults]


def test_a_plan_keeps_the_shared_rules_and_carries_them(tmp_path: Path) -> None:
    curves = run_case.alike(3)
    rule = "constraints:\n  - {id: l0, each: [l0], spend: {min: 40k}}\n"
    loaded = curve_case.project(tmp_path, curves, run_case.FLAT + rule)
    (loaded.curves_file.parent / "policy.yaml").write_text(POLICY.replace("50%", "45%"))
    plan = run_case.go(load(loaded.document.file), curves)
    found = {(c.id, c.part): c for c in plan.constraints}
    assert found["spread", "l0"].limit == 0.45
    assert found["spread", "l0"].owner == "finance"
    assert plan.scenario.resolved["policy"] == "policy.yaml"
    own, shared = plan.scenario.resolved["constraints"]
    assert "source" not in own
    assert shared["source"] == "policy.yaml"
    path = loaded.curves_file.parent / "plan.json"
    path.write_text(plan.model_dump_json(), encoding="utf-8")
    (loaded.curves_file.parent / "policy.yaml").unlink()  # the plan needs no file
    assert verify(path).differences == ()


def test_the_nearest_policy_above_or_the_one_named(tmp_path: Path) -> None:
    path = scenario(tmp_path)
    inner = path.parent / "de" / "q1.yaml"
    inner.parent.mkdir()
    inner.write_text(path.read_text(), encoding="utf-8")
    loaded = load(inner)
    assert loaded.scenario.policy == "../policy.yaml"
    assert [rule.source for rule in loaded.scenario.constraints] == ["../policy.yaml"]
    other = path.parent / "other.yaml"
    other.write_text(POLICY.replace("spread", "wide"), encoding="utf-8")
    inner.write_text(path.read_text() + "policy: ../other.yaml\n", encoding="utf-8")
    assert [rule.id for rule in load(inner).scenario.constraints] == ["wide"]
    (tmp_path / "pyproject.toml").rename(path.parent / "de" / "pyproject.toml")
    inner.write_text(path.read_text(), encoding="utf-8")
    assert load(inner).scenario.constraints == ()  # the folder above is another project's


def test_written_out_it_is_the_same_scenario(tmp_path: Path) -> None:
    path = scenario(tmp_path)
    loaded = load(path)
    again = path.with_name("again.yaml")
    again.write_text(to_text(written_form(loaded.scenario)), encoding="utf-8")
    assert load(again).digest == loaded.digest
    assert scenario_view(loaded.scenario)
    path.with_name("policy.yaml").write_text(POLICY.replace("50%", "49%"), encoding="utf-8")
    assert load(path).digest != loaded.digest


def test_faults_stand_in_the_file_they_are_in(tmp_path: Path) -> None:
    own = "constraints:\n  - {id: spread, each: all, share: {max: 60%}}\n"
    assert faults(scenario(tmp_path / "a", own)) == [
        "q1.yaml:11:6: constraints.0.id: found the rule 'spread' again (it stands in "
        "policy.yaml, line 4), expected an id that the policy does not have"
    ]
    broken = POLICY.replace("max: 50%", "most: 50%")
    assert faults(scenario(tmp_path / "b", policy=broken)) == [
        "policy.yaml:6:13: constraints.0.share.most: found unknown key 'most', expected a known "
        "key; known: max, min, of",
    ]
    absent = "policy: ../house.yaml\n"
    assert faults(scenario(tmp_path / "c", absent)) == [
        "q1.yaml:10:1: policy: found no file ../house.yaml, expected a policy file; check the path"
    ]
    people = POLICY.replace("each: all", "audience: adults").replace(
        "share: {max: 50%}", "frequency: {max: 6, per: week}"
    )
    (fault,) = faults(scenario(tmp_path / "d", policy=people))
    assert fault.startswith("policy.yaml:5:5: constraints.0.audience: found the audience 'adults'")
    (fault,) = faults(scenario(tmp_path / "e", policy=POLICY.replace("spread", "budget")))
    assert fault.startswith("policy.yaml:4:5: constraints.0.id: found the id 'budget'")


def test_a_rule_that_does_not_fit_the_curves_stands_in_the_policy(tmp_path: Path) -> None:
    curves = run_case.alike(3)
    path = scenario(tmp_path, policy=POLICY.replace("each: all", "each: [l9]"))
    with pytest.raises(InputError) as caught:
        run.plan(load(path), curves, folder=tmp_path)
    (fault,) = caught.value.faults
    assert Path(fault.file).name == "policy.yaml"
    assert (fault.line, fault.path) == (5, "constraints.0.each.0")


def test_a_conflict_names_the_policy_file(tmp_path: Path) -> None:
    curves = run_case.alike(3)
    rule = "constraints:\n  - {id: l0, each: [l0], spend: {min: 80k}}\n"
    path = scenario(tmp_path, rule)
    loaded = load(path)
    answer = run.plan(loaded, curves, folder=tmp_path)
    assert answer.infeasible is not None
    said = refusal(loaded, answer.infeasible)
    assert f"{path.with_name('policy.yaml')}:4: spread" in said
    assert f"{path}:11: l0" in said
    assert str(path.with_name("policy.yaml")) in str(refusal_json(loaded, answer.infeasible))
