"""Plans by name, from which rules measure changes."""

from __future__ import annotations

from pathlib import Path

import curve_case
import pytest
import run_case

from allocator.verify import verify

RULE = "constraints:\n  - {id: near, each: [l0], spend: {from: agreed, between: [-10%, +10%]}}\n"


def test_a_change_from_amounts_that_were_agreed(tmp_path: Path) -> None:
    plans = "references: {agreed: {amounts: {l0: 10k, l1: 50k, l2: 30k}}}\n"
    plan = run_case.planned(tmp_path, run_case.alike(), run_case.FLAT + plans + RULE)
    assert plan.lines[0].total == pytest.approx(11_000, abs=0.01)  # alike: an even split is best


def test_a_change_from_weeks_of_the_past_at_other_money(tmp_path: Path) -> None:
    curves = curve_case.parametric(3)
    first = curves.lines[0]
    spent = curves.history.sel(line=list(curves.lines)).to_numpy()[:, 104:110].sum(axis=1)
    plans = "references: {agreed: {actuals: {start: 2026-W01, weeks: 6}, scale_to: 100k}}\n"
    rule = RULE.replace("l0", first)
    plan = run_case.planned(tmp_path, curves, run_case.QUARTER + plans + rule)
    agreed = spent[0] / spent.sum() * 100_000
    assert 0.9 * agreed - 0.01 <= plan.lines[0].total <= 1.1 * agreed + 0.01
    assert verify(_written(tmp_path, plan), curves_file=_saved(tmp_path, curves)).differences == ()


def _written(folder: Path, plan: object) -> Path:
    path = folder / "plan.json"
    path.write_text(plan.to_json(), encoding="utf-8")  # type: ignore[attr-defined]
    return path


def _saved(folder: Path, curves: object) -> Path:
    from mmm.curves import save

    path = folder / "again.nc"
    save(curves, path, force=True)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize(
    ("plans", "found"),
    [
        ("{agreed: {amounts: {l0: 10k, l9: 1k}}}", "references.agreed.amounts.l9: found the line"),
        ("{agreed: {amounts: {l0: 10k}}}", "no amount for l1, l2"),
        ("{agreed: {}}", "actuals: {start: …, weeks: …}"),
        ("{agreed: {actuals: {start: 2026-W01, weeks: 13}}}", "carry no history"),
        ("{other: {amounts: {l0: 1k, l1: 1k, l2: 1k}}}", "changes from 'agreed'"),
    ],
)
def test_what_cannot_be_spoken_of(tmp_path: Path, plans: str, found: str) -> None:
    text = run_case.FLAT + f"references: {plans}\n" + RULE
    try:
        faults = run_case.faults_of(tmp_path, run_case.alike(), text)
    except Exception as error:  # the file itself is wrong
        faults = [str(error)]
    assert any(found in fault for fault in faults), faults
