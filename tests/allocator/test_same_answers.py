"""What curves remember changes how long a plan takes, never what it says."""

from __future__ import annotations

from pathlib import Path

import curve_case
import pytest
from run_case import QUARTER, go

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
