"""docs/reference/plan.md"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel

from allocator.plan import (
    CampaignPlan,
    ChannelPlan,
    Constraint,
    CurvesRef,
    Difference,
    Differences,
    Extrapolated,
    GeoPlan,
    Goal,
    Health,
    Interval,
    LinePlan,
    PeriodRef,
    Plan,
    Proof,
    ScenarioRef,
    Total,
    Totals,
)
from allocator.plan.given import Given
from allocator.plan.risk import Risk, RuleOdds, SafeForm
from allocator.plan.simplified import Simplified
from allocator.plan.wish import Wish
from allocator.run import plan
from allocator.scenario import load
from mmm.curves import save
from mmm.curves.importing import read_table

from .objects import Book, objects, section
from .words import prose

TITLES: dict[type[BaseModel], str] = {
    Plan: "The file",
    ScenarioRef: "`scenario`",
    CurvesRef: "`curves`",
    Health: "`health`",
    PeriodRef: "`period`",
    Goal: "`goal`",
    LinePlan: "`lines`",
    Extrapolated: "`lines.extrapolation`",
    ChannelPlan: "`channels`",
    CampaignPlan: "`campaigns`",
    GeoPlan: "`geos`",
    Totals: "`totals`",
    Constraint: "`constraints`",
    Proof: "`certificate`",
    Interval: "Interval",
    Total: "`totals.plan`",
    Differences: "`totals.difference`",
    Difference: "`totals.difference.reference`",
    Risk: "`risk`",
    RuleOdds: "`risk.rules`",
    SafeForm: "`risk.safe`",
    Simplified: "`simplified`",
    Given: "`given`",
    Wish: "`wish`",
}
WHERE = {
    LinePlan: ("lines", 1),
    ChannelPlan: ("channels", 0),
    CampaignPlan: ("campaigns", 0),
    GeoPlan: ("geos", 1),
    Constraint: ("constraints", 1),
    Goal: ("goal",),
    Proof: ("certificate",),
    ScenarioRef: ("scenario",),
    CurvesRef: ("curves",),
    Health: ("health",),
    PeriodRef: ("period",),
    Interval: ("totals", "plan", "objective"),
    Total: ("totals", "plan"),
    Totals: ("totals",),
    Differences: ("totals", "difference"),
    Difference: ("totals", "difference", "reference"),
}
"""Where in a plan the example of an object is taken from."""
ELSEWHERE: dict[type[BaseModel], dict[str, Any]] = {
    Extrapolated: {"times": 1.35, "share_of_gain": 0.42},
    Risk: {
        "words": "careful: 50% the mean, 50% the mean of the worst 20% of draws, of the gain",
        "share": 0.2, "weight": 0.5, "of": "gain", "mean": 118_700.0, "worst": 43_600.0,
        "probability_better": 0.99, "target": None, "reached": None, "models": [81_200.0],
        "rules": [], "safe": None,
    },
    RuleOdds: {
        "id": "roas-floor", "part": "all", "side": "min", "asked": 0.8, "achieved": 0.802,
        "on_half_used": 0.8, "on_other_half": 0.804,
    },
    SafeForm: {"shares": [0.31], "shifts": [0.0], "bound": 182_400.0, "gap": 310.5},
    Simplified: {
        "rules": ["simple-1"], "loss_allowed": 0.05, "loss_taken": 0.031, "changed": 6, "of": 18,
        "fewest": 6, "best": 181_900.0, "best_bound": 181_902.1,
    },
    Given: {"best": 182_090.7, "best_spend": {"search/brand": [7_692.31]}},
    Wish: {
        "rules": ["fix-search-brand"], "cost": 4_120.0, "p10": 1_350.0, "p90": 7_480.0,
        "probability_worse": 0.97, "best_spend": {"search/brand": [7_692.31]},
        "best_bound": 186_020.4,
    },
}  # fmt: skip
"""Of what the plan below has none: bad draws are not heeded, nothing is simplified."""

HEAD = """# plan.json

What `allocator plan` writes: the recommended split, what it is expected to bring, and the proof.
It is canonical JSON (sorted keys, UTF-8) named by its SHA-256, without a clock in it: the same
scenario, curves, versions and seed give the same bytes. `allocator verify` makes all of it again
from the scenario inside and the curves, and compares every figure.

- Amounts of money are in the plan's currency, in whole cents; the lines add up to the total
  exactly.
- Outcomes are *incremental*: with the plan's spend less without it, the effect after the last
  week included.
- `kpis`, `difference` and `objective` hold an [interval](#interval) over the draws of the model.
  A mean is the expected value; differences are paired by draw.
- `roas` is outcome over spend, `cac` spend over outcome, both over the whole window and for the
  average unit of money; `marginal_roas` is for the next one.
- What does not exist is null, never 0: the ROAS of a line that spends nothing, say.
- Where the curves know regions, each line has a `geo` and the plan has sums by campaign and by
  region; where they carry labels, each line has its `labels`. Elsewhere there are no such keys.

The examples are cut from one plan for two channels, one of them in two regions, and one KPI.
"""

SCENARIO = """
schema_version: 1
id: two-channels
title: Two channels, two regions
curves: curves.nc
period: {start: 2027-W01, weeks: 4}
currency: EUR
reference: {flat: true}
budget: {exactly: 100k}
objective: {maximise: revenue}
constraints:
  - {id: tv-commitment, together: [tv], spend: {min: 30k}, reason: airtime is booked, owner: media}
"""
TOPS = {  # by draw, of lines as channel, campaign, geo and audience
    "tv,,,everyone": (150e3, 200e3, 260e3),
    "search,brand,DE,prospecting": (120e3, 200e3, 330e3),
    "search,brand,FR,prospecting": (60e3, 100e3, 170e3),
}
HALVES = (40e3, 50e3, 30e3)
POINTS = 9  # to 160,000


def table() -> str:
    """Curves of three lines, top · x / (half + x), in three draws, as a CSV table."""
    rows = ["channel,campaign,geo,label_audience,kpi,spend,response,draw"]
    for (line, tops), half in zip(TOPS.items(), HALVES, strict=True):
        for draw, top in enumerate(tops):
            for point in range(POINTS):
                spend = 20_000 * point
                response = top * spend / (half + spend)
                rows.append(f"{line},revenue,{spend},{response:.2f},{draw}")
    return "\n".join(rows) + "\n"


def made() -> Plan:
    """A plan for the three lines, really made."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "curves.csv").write_text(table(), encoding="utf-8")
        (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
        curves = read_table(folder / "curves.csv", currency="EUR", weeks=4)
        save(curves, folder / "curves.nc")
        answer = plan(load(folder / "scenario.yaml"), curves, folder=folder)
    assert answer.plan is not None
    return answer.plan


def plan_page() -> str:
    """The page."""
    document = made().model_dump(mode="json")
    entries = {model: (title, _example(model, document)) for model, title in TITLES.items()}
    book = Book(entries=entries, language="js", required=False)
    text = "".join(section(model, book) for model in objects(Plan))
    return prose(HEAD) + "\n" + text.replace("None", "null")  # as JSON has it


def _example(model: type[BaseModel], document: dict[str, Any]) -> str:
    if model is Plan:
        return _text({key: _outline(value) for key, value in document.items()})
    if model in ELSEWHERE:
        return _text(ELSEWHERE[model])
    part: Any = document
    for step in WHERE[model]:
        part = part[step]
    if model in (Totals, Differences):
        part = {key: _outline(value) for key, value in part.items()}
    elif model is ScenarioRef:
        part = part | {"resolved": _outline(part["resolved"])}
    return _text(part)


def _outline(value: Any) -> Any:
    """What is shown elsewhere, in short."""
    if isinstance(value, dict) and value:
        return "{…}"
    return "[…]" if isinstance(value, list) and value else value


def _text(part: Any) -> str:
    """JSON with each key of the object on its own line, figures short."""
    lines = [
        f"  {json.dumps(key)}: {json.dumps(_short(value), ensure_ascii=False)}"
        for key, value in part.items()
    ]
    text = "{\n" + ",\n".join(lines) + "\n}"
    return text.replace('"{…}"', "{…}").replace('"[…]"', "[…]")


def _short(value: Any) -> Any:
    """Two decimals, three below 1; no digests: they change with the versions in a plan."""
    if isinstance(value, dict):
        return {key: _short(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_short(part) for part in value]
    if isinstance(value, float):
        return round(value, 2) if abs(value) >= 1 else round(value, 3)
    if isinstance(value, str) and len(value) == 64:
        return "…"
    return value
