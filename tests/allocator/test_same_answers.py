"""What curves remember changes how long a plan takes, never what it says.

Nor does the order in which a file names things, of which a plan keeps none.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import curve_case
import pytest
import scenario_case
from run_case import QUARTER, go

from allocator.scenario import load
from allocator.verify import verify
from mmm import yamlfile

RULES = "constraints: [{id: m, each: all, spend: {from: reference, between: [-40%, +60%]}}]\n"
FLOOR = "constraints: [{id: r, together: all, roas: {kpi: revenue, min: 0.5}}]\n"
ASKED = (
    QUARTER,
    QUARTER + RULES,
    QUARTER + FLOOR,
    QUARTER.replace("exactly: 250k", "at_most: 231k") + RULES,
    QUARTER.replace("250k", "271k"),
)


@pytest.mark.parametrize("slopes", [(0.6, 0.9), (1.5, 3.0)], ids=["concave", "s-shaped"])
def test_a_plan_is_the_same_whatever_was_asked_before(
    tmp_path: Path, slopes: tuple[float, float]
) -> None:
    market = curve_case.Market(slopes=slopes)
    questions = []
    for number, text in enumerate(ASKED):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        questions.append(curve_case.project(folder, curve_case.parametric(3, market), text))

    def asked(order: tuple[int, ...]) -> dict[int, str]:
        curves = curve_case.parametric(3, market)
        return {number: go(questions[number], curves).to_json() for number in order}

    forth, back = asked((0, 1, 2, 3, 4)), asked((4, 3, 2, 1, 0, 4))
    assert forth == back
    assert len(set(forth.values())) == len(ASKED)


SMALL = curve_case.Market(("tv", "search", "social"), draws=4, lags=2, slopes=(0.6, 0.9))
NAMED = """\
objective: {maximise: {new_customers: 90, revenue: 1}, weights: {search: 0.9, tv: 1.1}}
references:
  agreed: {amounts: {search: 70k, social: 60k, tv: 120k}}
  bold: {amounts: {search: 90k, social: 60k, tv: 100k}}
audiences:
  adults: {lines: [tv, social], people: 12M, reach: {family: nbd, shape: 0.8},
    cost_per_thousand: {social: 9, tv: 14}}
  young: {lines: [social], people: 3M, reach: {family: nbd, shape: 1},
    cost_per_thousand: {social: 9}}
constraints:
  - {id: studio, together: all, linear: {spend: {search: 0.001, tv: 0.002}, max: 450}}
  - {id: net, together: all, linear: {outcome: {new_customers: 2, revenue: 1}, spend: {all: 1},
      min: 1k}}
  - {id: promise, together: all, kpi: {new_customers: {min: 5}, revenue: {min: 1k, max: 900k}}}
  - {id: months, together: all, phasing: {per: month,
      budgets: {2027-01: {max: 240k}, 2027-02: {max: 90k}}}}
  - {id: near, each: all, spend: {from: agreed, between: [-60%, +60%]}}
  - {id: often, audience: adults, frequency: {max: 9, per: window}}
"""


def reversed_keys(value: Any) -> Any:
    """The same content, its keys in the opposite order at every level."""
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return [reversed_keys(one) for one in value] if isinstance(value, list) else value


def test_a_plan_is_the_same_in_whatever_order_its_file_names_things(tmp_path: Path) -> None:
    plans = []
    curves = curve_case.parametric(3, SMALL)
    as_written = yamlfile.parse(scenario_case.scenario_text(QUARTER + NAMED), "q1.yaml").data
    for turn, content in enumerate((as_written, reversed_keys(as_written))):
        file = curve_case.project(tmp_path / f"{turn}", curves, QUARTER).curves_file
        file.with_name("q1.yaml").write_text(json.dumps(content), encoding="utf-8")
        plans.append(go(load(file.with_name("q1.yaml")), curves))
        path = file.with_name("plan.json")
        path.write_text(plans[-1].to_json(), encoding="utf-8")
        assert verify(path).differences == ()
    assert plans[0].to_json() == plans[1].to_json()
