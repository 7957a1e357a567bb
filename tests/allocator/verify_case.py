"""A plan.json to be verified, beside its curves, and its seal set anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import curve_case

from allocator import run
from allocator.plan import digest_of
from mmm.card import Check, HealthCard, Verdict

CHANGES = """\
period: {start: 2027-W02, weeks: 4}
reference: {actuals: {start: 2026-W02, weeks: 4}, scale_to: 120k}
budget: {exactly: 150k}
objective: {maximise: profit}
economics: {margin: 65%}
constraints:
  - {id: moves, each: all, spend: {from: reference, between: [-60%, +80%]}, reason: slow, owner: me}
  - {id: most, each: [tv], share: {max: 20%}}
  - {id: floor, together: all, roas: {kpi: revenue, min: 1.1}}
  - {id: cap, together: [search], cac: {kpi: new_customers, max: 2000}}
  - {id: buy, each: [social], active: {min: 5k}}
run: {seed: 7}
"""
CARD = HealthCard((Check("r_hat", Verdict.REVIEW, 1.011, "≤ 1.01", "The chains nearly agree."),))


def made(folder: Path) -> Path:
    """A plan of CHANGES that verify agrees with."""
    curves = curve_case.parametric(8, curve_case.Market(draws=9, lags=3, card=CARD))
    loaded = curve_case.project(folder, curves, CHANGES)
    answer = run.plan(loaded, curves, folder=loaded.curves_file.parent)
    assert answer.plan is not None
    path = loaded.curves_file.parent / "plan.json"
    path.write_text(answer.plan.to_json(), encoding="utf-8")
    return path


def sealed(document: dict[str, Any]) -> str:
    """A plan's text with the digest that belongs to it, whatever it says."""
    return json.dumps({**document, "digest": digest_of(document)}, ensure_ascii=False)
