"""A small plan with rules, accounts, an earlier plan and a ledger, and its dossier."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import curve_case
import run_case

from allocator.findings.dossier import Account, Dossier
from allocator.plan import Plan
from allocator.prepare import Told, prepare
from allocator.sensitivity.opened import Opened, standing
from mmm.curves import ResponseCurves

RULES = (
    "objective: {maximise: profit}\n"
    "economics: {margin: 40%}\n"
    "constraints:\n"
    "  - {id: moves, each: all, spend: {from: reference, between: [-15%, +15%]},"
    " reason: contracts, owner: media}\n"
    "  - {id: booked, each: [tv], commitment: {weeks: [2027-W02, 2027-W03], min: 5k},"
    " owner: media}\n"
)
LEDGER = 4_000_000.0
ACCOUNTS = {
    "tv": Account(line="tv", supplier="agency", fee=0.05, tax=0.19, days_to_pay=45, source="f:2"),
    "social": Account(line="social", fee=0.1, source="f:3"),
}


@dataclass(frozen=True)
class Case:
    """folder: where plan.json and its curves stand."""

    folder: Path
    curves: ResponseCurves
    plan: Plan
    opened: Opened
    told: Told
    dossier: Dossier


def case(tmp_path: Path, changes: str = "") -> Case:
    """Six weeks from 4 January 2027, four lines, twenty draws; the earlier plan is its own."""
    curves = curve_case.parametric(11, curve_case.Market(slopes=(0.7, 0.95), draws=8))
    loaded = curve_case.project(tmp_path, curves, run_case.QUARTER + RULES + changes)
    plan = run_case.go(loaded, curves)
    folder = loaded.curves_file.parent
    (folder / "plan.json").write_text(plan.to_json(), encoding="utf-8")
    opened = standing(plan, str(folder / "plan.json"), curves, loaded=loaded)
    told = Told("2026-11-22", "Jana Weber", ACCOUNTS, plan, LEDGER, fiscal_start=2)
    return Case(folder, curves, plan, opened, told, prepare(opened, told))
