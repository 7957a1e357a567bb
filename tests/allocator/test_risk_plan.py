"""Plans that look at draws, from a file to a verified plan.json."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import curve_case
import numpy as np
import pytest
from run_case import FLAT, faults_of, go

from allocator import run
from allocator.engine import steady
from allocator.engine.pose import pose
from allocator.engine.proof.certificate import Certificate
from allocator.engine.risk.asked import stated_of
from allocator.engine.risk.proof import safe_bound
from allocator.engine.setting import settle
from allocator.plan import Plan, digest_of
from allocator.plan.file import write
from allocator.verify import verify
from mmm.curves import TabulatedCurves
from mmm.curves import save as save_curves

CAREFUL = "objective: {maximise: revenue, caution: careful}\n"
FLOOR = (
    "constraints:\n"
    "  - {id: back, together: [a, b], roas: {kpi: revenue, min: 1.2, probability: 80%}}\n"
)


def curves(seed: int = 0, lines: tuple[str, ...] = ("a", "b", "c")) -> TabulatedCurves:
    rng = np.random.default_rng(seed)
    at = 90_000 * np.linspace(0, 1, 13) ** 2
    heights = {
        line: (800 - 250 * place) * np.sqrt(at)[None] * rng.lognormal(0, 0.2, (40, 1))
        for place, line in enumerate(lines)
    }
    return curve_case.tabulated(dict.fromkeys(lines, at.tolist()), {"revenue": heights})


def planned(tmp_path: Path, changes: str) -> tuple[Plan, Path]:
    known = curves()
    plan = go(curve_case.project(tmp_path, known, FLAT + changes), known)
    file = tmp_path / "scenarios" / "plan.json"
    write(file, plan.to_json(), force=False)
    return plan, file


def test_a_careful_plan_states_what_it_is_worth_and_verifies(tmp_path: Path) -> None:
    plan, file = planned(tmp_path, CAREFUL)
    risk = plan.risk
    assert risk is not None
    assert (risk.share, risk.weight, risk.of) == (0.2, 1.0, "gain")
    assert plan.certificate.value == pytest.approx(risk.worst)
    assert 0 < risk.worst < risk.mean
    assert plan.certificate.value <= plan.certificate.bound
    assert plan.certificate.status == "proven within gap"
    assert verify(file).differences == ()


@pytest.mark.parametrize("key", ["worst", "mean", "probability_better", "share", "words"])
def test_what_is_tampered_with_is_found(tmp_path: Path, key: str) -> None:
    _, file = planned(tmp_path, CAREFUL)
    stated: dict[str, Any] = json.loads(file.read_text())
    value = stated["risk"][key]
    stated["risk"][key] = value + "!" if isinstance(value, str) else value * 1.001
    stated["digest"] = digest_of(stated)
    file.write_text(json.dumps(stated))
    assert [str(d).partition(":")[0] for d in verify(file).differences] == [f"risk.{key}"]


def test_a_rule_with_a_probability_states_both_halves(tmp_path: Path) -> None:
    plan, file = planned(tmp_path, FLOOR.replace("1.2", "2.1"))
    assert plan.risk is not None
    (rule,) = plan.risk.rules
    assert rule.asked == 0.8
    assert rule.achieved >= 0.8
    assert rule.on_other_half is not None
    assert rule.achieved == pytest.approx((rule.on_half_used + rule.on_other_half) / 2)
    measured = next(c for c in plan.constraints if c.id == "back")
    assert measured.slack == pytest.approx(rule.achieved - 0.8)
    assert verify(file).differences == ()
    stated: dict[str, Any] = json.loads(file.read_text())
    stated["risk"]["rules"][0]["on_other_half"] = 1.01
    stated["digest"] = digest_of(stated)
    file.write_text(json.dumps(stated))
    assert "risk.rules.back.on_other_half" in str(verify(file).differences[0])


def test_a_safe_form_that_the_clock_ended_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody need find such a bound again, so the plan states none, and verifies."""
    monkeypatch.setattr(steady, "safe_bound", lambda *_, **__: math.inf)
    plan, file = planned(tmp_path, FLOOR.replace("1.2", "2.1"))
    assert plan.risk is not None
    assert plan.risk.safe is None
    assert verify(file).differences == ()
    late = Certificate(1.0, {}, timed_out=True)
    setting = settle(curve_case.project(tmp_path / "a", curves(), FLAT + FLOOR), curves())
    problem, stated = pose(setting), stated_of(setting)
    assert stated is not None
    form = ((0.2,), (0.0,))
    for found, bound in ((late, math.inf), (replace(late, timed_out=False), 1.0)):
        again = safe_bound(
            problem, stated, form, dict.fromkeys("abc", 30e3), time_limit=1.0,
            proven=lambda *_, found=found, **__: (found, 0.0),
        )  # fmt: skip
        assert again == bound


def test_a_target_is_counted_in_draws(tmp_path: Path) -> None:
    plan, file = planned(tmp_path, "objective: {maximise: revenue, probability_of: 200k}\n")
    assert plan.risk is not None
    assert plan.certificate.unit == "share"
    assert plan.certificate.value == plan.risk.reached
    assert plan.certificate.bound <= 1 + 1e-9
    assert verify(file).differences == ()


def test_the_worst_of_several_models(tmp_path: Path) -> None:
    mine, other = curves(), curves(7)
    loaded = curve_case.project(tmp_path, mine, FLAT + "alternatives: [other.nc]\n")
    save_curves(other, tmp_path / "scenarios" / "other.nc", force=True)
    answer = run.plan(loaded, mine, folder=tmp_path / "scenarios", alternatives=(other,))
    assert answer.plan is not None
    assert answer.plan.risk is not None
    assert min(answer.plan.risk.models) == pytest.approx(answer.plan.certificate.value)
    assert answer.plan.certificate.value > 0
    assert answer.plan.alternatives[0].digest == other.digest
    file = tmp_path / "scenarios" / "plan.json"
    write(file, answer.plan.to_json(), force=False)
    assert verify(file).differences == ()


def test_what_does_not_go_together_is_refused(tmp_path: Path) -> None:
    both = "objective: {maximise: revenue, caution: careful, probability_of: 1M}\n"
    with pytest.raises(Exception, match="one of `caution`"):
        curve_case.project(tmp_path / "a", curves(), FLAT + both)
    with pytest.raises(Exception, match="careful, balanced or bold"):
        curve_case.project(tmp_path / "b", curves(), FLAT + CAREFUL.replace("careful", "timid"))
    soft = FLOOR.replace("}}", "}, soft: {price: 3}}")
    assert "a price beside a probability" in faults_of(tmp_path / "c", curves(), FLAT + soft)[0]


def test_other_curves_must_fit(tmp_path: Path) -> None:
    mine = curves()
    loaded = curve_case.project(tmp_path, mine, FLAT + "alternatives: [other.nc]\n")
    with pytest.raises(Exception, match="differ in c"):
        run.plan(loaded, mine, folder=tmp_path, alternatives=(curves(1, ("a", "b")),))
