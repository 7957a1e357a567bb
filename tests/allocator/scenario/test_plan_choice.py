"""Another plan as the reference, as a named one, and as what is spent until the start."""

from __future__ import annotations

import json
from pathlib import Path

import curve_case
import pytest
import run_case
import scenario_case

from allocator.canonical import canonical
from allocator.engine.setting import settle
from allocator.plan import digest_of
from allocator.scenario import LoadedScenario, from_resolved, load, resolved_form, written_form
from allocator.verify import verify
from mmm.curves import ParametricCurves
from mmm.errors import InputError
from mmm.yamlfile import to_text

MARKET = curve_case.Market(lines=("tv", "search"), kpis=("revenue",), draws=5, lags=4)
# the data end with 2026-W52: five weeks until 2027-W05, which begins on 1 February
LATER = (
    "period: {start: 2027-W05, weeks: 3}\n"
    "reference: {actuals: {start: 2026-W05, weeks: 3}}\nbudget: {exactly: 60k}\n"
)
FIRST = "2026-12-28"  # 2026-W53, the week after the data
EARLIER = {"tv": [100.0, 200.5, 300.0, 400.0, 500.25], "search": [10.0, 20.0, 30.0, 40.0, 0.0]}
"""until_start: what was approved for the five weeks before"""
SAME = {"tv": [7000.0, 0.0, 3000.0], "search": [10000.0, 20000.0, 20000.5]}


def plan_file(path: Path, spend: dict[str, list[float]], start: str = FIRST, **more: object) -> str:
    """A plan.json as far as its spend is concerned, sealed with its digest."""
    document = {
        "schema_version": 1,
        "currency": "EUR",
        "period": {"start": start},
        "lines": [{"line": line, "spend": weeks} for line, weeks in spend.items()],
        **more,
    }
    document["digest"] = digest_of(document)
    path.write_text(canonical(document), encoding="utf-8")
    return str(document["digest"])


def project(tmp_path: Path, changes: str, **plans: dict[str, list[float]]) -> LoadedScenario:
    curves = curve_case.parametric(5, MARKET)
    loaded_from = scenario_case.project(tmp_path)
    for name, spend in plans.items():
        plan_file(loaded_from / f"{name}.json", spend)
    (loaded_from / "q1.yaml").write_text(scenario_case.scenario_text(changes), encoding="utf-8")
    curve_case.save_curves(curves, loaded_from / "curves.nc")
    return load(loaded_from / "q1.yaml")


def curves() -> ParametricCurves:
    return curve_case.parametric(5, MARKET)


def test_until_the_start_is_what_was_approved(tmp_path: Path) -> None:
    loaded = project(tmp_path, LATER + "until_start: {plan: q0.json}\n", q0=EARLIER)
    setting = settle(loaded, curves())
    found = setting.window.before.sel(line=["tv", "search"]).to_numpy()
    assert found.tolist() == [EARLIER["tv"], EARLIER["search"]]
    # of a plan that begins before the data end and runs into the window, its own weeks alone
    folder = Path(loaded.document.file).parent
    longer = {line: [1.0, 2.0, *weeks, 9.0] for line, weeks in EARLIER.items()}
    plan_file(folder / "q0.json", longer, start="2026-12-14")
    again = settle(load(folder / "q1.yaml"), curves()).window.before.sel(line=["tv", "search"])
    assert again.to_numpy().tolist() == [EARLIER["tv"], EARLIER["search"]]


def test_weeks_that_the_plan_does_not_have_are_what_is_said(tmp_path: Path) -> None:
    late = {line: weeks[2:] for line, weeks in EARLIER.items()}
    changes = LATER + "until_start: {plan: q0.json, other_weeks: same_weeks_last_year}\n"
    folder = scenario_case.project(tmp_path)
    plan_file(folder / "q0.json", late, start="2027-01-11")
    (folder / "q1.yaml").write_text(scenario_case.scenario_text(changes), encoding="utf-8")
    found = settle(load(folder / "q1.yaml"), curves()).window.before.sel(line="tv").to_numpy()
    # the data end with 2026-W52; 52 weeks before 2026-W53 is 2026-W01, the 105th week of the data
    spent = curves().history.sel(line="tv").to_numpy()
    assert found.tolist() == [*spent[104:106].tolist(), *EARLIER["tv"][2:]]


def test_the_reference_is_the_plan_week_by_week(tmp_path: Path) -> None:
    changes = LATER.replace("{actuals: {start: 2026-W05, weeks: 3}}", "{plan: old.json}")
    loaded = project(tmp_path, changes + "until_start: zero\n", old=SAME)
    setting = settle(loaded, curves())
    assert setting.reference.sel(line=["tv", "search"]).to_numpy().tolist() == list(SAME.values())
    # 60,000.50 are in it; at 60,000.00 every line has its share, to the cent
    assert setting.scaled.sum().item() == pytest.approx(60_000.00, abs=1e-6)
    assert setting.scaled.sel(line="tv").sum().item() == pytest.approx(9999.92, abs=0.006)


def test_a_named_plan_is_what_changes_are_measured_from(tmp_path: Path) -> None:
    rule = "{id: near, each: [tv], spend: {from: agreed, between: [-10%, +10%]}}"
    changes = f"{LATER}until_start: zero\nreferences: {{agreed: {{plan: a.json}}}}\n"
    loaded = project(tmp_path, f"{changes}constraints:\n  - {rule}\n", a=SAME)
    plan = run_case.go(loaded, curves())
    assert 9000 - 0.01 <= plan.lines[0].total <= 11_000 + 0.01
    assert settle(loaded, curves()).facts.references == {
        "agreed": {"tv": 10_000.0, "search": 50_000.5}
    }


def test_a_line_that_the_plan_does_not_have_is_nothing_and_says_so(tmp_path: Path) -> None:
    only = {"tv": EARLIER["tv"]}
    loaded = project(tmp_path, LATER + "until_start: {plan: q0.json}\n", q0=only)
    assert settle(loaded, curves()).window.before.sel(line="search").sum().item() == 0
    plan = run_case.go(loaded, curves())
    assert "search: not in the plan that `until_start` names; taken as nothing spent there" in (
        plan.warnings
    )
    path = Path(loaded.document.file).parent / "plan.json"
    path.write_text(plan.to_json(), encoding="utf-8")
    (path.parent / "q0.json").unlink()  # what it spends stands in the plan
    assert verify(path).differences == ()


def test_the_digest_and_the_spend_are_recorded_and_the_file_is_named(tmp_path: Path) -> None:
    loaded = project(tmp_path, LATER + "until_start: {plan: q0.json}\n", q0=EARLIER)
    folder = Path(loaded.document.file).parent
    said = loaded.resolved["until_start"]
    assert said["plan"] == "q0.json"
    assert said["found"]["digest"] == json.loads((folder / "q0.json").read_text())["digest"]
    assert said["found"]["spend"] == EARLIER
    assert from_resolved(loaded.resolved) == loaded.scenario
    (folder / "again.yaml").write_text(to_text(written_form(loaded.scenario)), encoding="utf-8")
    assert load(folder / "again.yaml").scenario == loaded.scenario
    assert resolved_form(loaded.scenario) == loaded.resolved
    bare = {**loaded.resolved, "until_start": {"plan": "q0.json"}}
    with pytest.raises(InputError, match="a file without what it says"):
        from_resolved(bare)


def faults(tmp_path: Path, changes: str, **plans: dict[str, list[float]]) -> list[str]:
    with pytest.raises(InputError) as caught:
        settle(project(tmp_path, changes, **plans), curves())
    return [str(fault).rpartition("scenarios/")[2] for fault in caught.value.faults]


def test_what_cannot_be_taken_says_where_and_why(tmp_path: Path) -> None:
    before = LATER + "until_start: {plan: q0.json}\n"
    (found,) = faults(tmp_path / "a", before, q0={**EARLIER, "radio": [1.0] * 5})
    assert found.startswith("q1.yaml:10:15: until_start.plan: found a plan that spends on 'radio'")
    short = {line: weeks[:3] for line, weeks in EARLIER.items()}
    (found,) = faults(tmp_path / "b", before, q0=short)
    assert "a plan without 2027-W03, 2027-W04, between the data and the start" in found
    (found,) = faults(tmp_path / "c", before)
    assert "q1.yaml:10:15: until_start.plan: found no file q0.json, expected a plan.json" in found
    reference = LATER.replace("{actuals: {start: 2026-W05, weeks: 3}}", "{plan: q0.json}")
    (found,) = faults(tmp_path / "d", reference, q0=EARLIER)
    assert "reference.plan: found a plan of 5 weeks, expected as many as the period has, 3" in found
    (found,) = faults(tmp_path / "e", LATER + "until_start: {plan: ../../q0.json}\n")
    assert "which is outside the project" in found
    (found,) = faults(tmp_path / "f", LATER + "until_start: yesterday\n")
    assert "same_weeks_last_year, reference, zero or `{plan: FILE}`" in found
    said = faults(tmp_path / "g", LATER + "until_start: {plan: q0.json, found: {}}\n")
    assert said
    assert all("until_start.found" in one for one in said)


@pytest.mark.parametrize(
    ("name", "change", "found"),
    [
        ("changed", {"currency": "EUR", "title": "!"}, "which was changed after it was made"),
        ("dollars", {"currency": "USD"}, "a plan in USD, expected one in EUR"),
    ],
)
def test_a_plan_that_is_not_this_plan(
    tmp_path: Path, name: str, change: dict[str, str], found: str
) -> None:
    path = scenario_case.write_scenario(tmp_path, LATER + "until_start: {plan: q0.json}\n")
    plan_file(path.parent / "q0.json", EARLIER, **change)
    if name == "changed":
        text = (path.parent / "q0.json").read_text().replace("400.0", "4000.0")
        (path.parent / "q0.json").write_text(text)
    with pytest.raises(InputError, match=found):
        load(path)


def test_a_file_that_is_no_plan_is_named(tmp_path: Path) -> None:
    path = scenario_case.write_scenario(tmp_path, LATER + "until_start: {plan: q0.json}\n")
    (path.parent / "q0.json").write_text('{"schema_version": 1}')
    with pytest.raises(InputError) as caught:
        load(path)
    assert {Path(fault.file).name for fault in caught.value.faults} == {"q0.json"}
    assert {fault.path for fault in caught.value.faults} == {
        "digest", "currency", "period", "lines",
    }  # fmt: skip
    (path.parent / "q0.json").write_text("{")
    with pytest.raises(InputError, match=r"q0\.json:1:2"):
        load(path)


def test_weeks_that_begin_on_another_day(tmp_path: Path) -> None:
    path = scenario_case.write_scenario(tmp_path, LATER + "until_start: {plan: q0.json}\n")
    plan_file(path.parent / "q0.json", EARLIER, start="2026-12-27")
    with pytest.raises(InputError, match="begin on Sunday, expected Monday"):
        settle(load(path), curves())
