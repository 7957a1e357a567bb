"""A soft rule in a plan: broken where that pays, its price in the proof, and verified."""

from __future__ import annotations

import json
from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case

from allocator.engine.figures.check import check, holds
from allocator.engine.setting import settle
from allocator.plan import Plan, Status, sealed
from allocator.plan.file import write
from allocator.verify import verify
from mmm.curves import save

AT = 200_000.0 * np.linspace(0, 1, 61) ** 2
FLAT = "reference: {flat: true}\nbudget: {exactly: 90k}\n"


def curves() -> curve_case.TabulatedCurves:
    return curve_case.tabulated(
        {"a": AT.tolist(), "b": AT.tolist()},
        {"revenue": {"a": (400 * np.sqrt(AT))[None], "b": (200 * np.sqrt(AT))[None]}},
    )


def soft(price: float) -> str:
    rule = f"spend: {{max: 50k}}, soft: {{price: {price}}}"
    return FLAT + f"constraints:\n  - {{id: cap, each: [a], {rule}}}\n"


def planned(folder: Path, price: float) -> Plan:
    return run_case.planned(folder, curves(), soft(price))


def test_a_cheap_rule_is_broken_and_paid_for(tmp_path: Path) -> None:
    """Against every split in steps of 10 EUR, with what the rule costs there."""
    plan = planned(tmp_path, 0.05)
    a = plan.lines[0].total
    split = np.arange(0.0, 90_010.0, 10.0)
    worth = np.interp(split, AT, 400 * np.sqrt(AT)) + np.interp(
        90_000.0 - split, AT, 200 * np.sqrt(AT)
    )
    worth -= 0.05 * np.maximum(0.0, split - 50_000.0)
    assert a > 50_000
    assert plan.certificate.paid == {"cap": pytest.approx(0.05 * (a - 50_000), rel=1e-9)}
    assert plan.certificate.value == pytest.approx(worth.max(), rel=1e-6)
    assert plan.certificate.value >= worth.max() - 1e-6
    assert plan.certificate.status is Status.PROVEN
    assert plan.certificate.worst_violation == 0
    assert next(c for c in plan.constraints if c.id == "cap").price == 0.05


def test_a_dear_rule_is_kept(tmp_path: Path) -> None:
    plan = planned(tmp_path, 5.0)
    assert plan.lines[0].total == pytest.approx(50_000, abs=0.02)
    assert plan.certificate.paid["cap"] == pytest.approx(0.0, abs=0.05)


def test_a_soft_rule_never_counts_as_missed(tmp_path: Path) -> None:
    loaded = curve_case.project(tmp_path, curves(), soft(0.05))
    setting = settle(loaded, curves())
    spend = setting.labelled(np.tile([[90_000.0], [0.0]], (1, 1)) / 13 * np.ones((2, 13)))
    measures = check(setting, spend, curves().response(spend, setting.window))
    broken = next(m for m in measures if m.rule == "cap")
    assert broken.slack is not None
    assert broken.slack < 0
    assert holds(broken)


def test_what_is_paid_is_verified(tmp_path: Path) -> None:
    plan = planned(tmp_path, 0.05)
    save(curves(), tmp_path / "curves.nc", force=True)
    path = write(tmp_path / "plan.json", plan.to_json(), force=True)
    assert verify(path, curves_file=tmp_path / "curves.nc").differences == ()
    document = json.loads(plan.to_json())
    document["certificate"]["paid"]["cap"] += 10.0
    tampered = sealed({k: v for k, v in document.items() if k != "digest"})
    path = write(path, tampered.to_json(), force=True)
    found = verify(path, curves_file=tmp_path / "curves.nc").differences
    assert any("paid" in difference.path for difference in found)
