"""Amounts set by hand: kept to the cent, the rest best, and their cost told and verified."""

from __future__ import annotations

import json
from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case
from typer.testing import CliRunner

from allocator.cli import app
from allocator.errors import Infeasible
from allocator.plan import Plan, digest_of
from allocator.plan.file import read
from allocator.reports._base.cautions import cautions
from allocator.sensitivity.wish import plan_wish, wishes_of, wishing
from allocator.verify import verify
from mmm.curves import ParametricCurves
from mmm.errors import InputError

WISHES = {"tv": 30e3, "search": 90e3}


@pytest.fixture(scope="module")
def curves() -> ParametricCurves:
    return curve_case.parametric(3)


@pytest.fixture(scope="module")
def plan(curves: ParametricCurves, tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Path]:
    loaded = curve_case.project(tmp_path_factory.mktemp("wish"), curves, run_case.QUARTER)
    folder = loaded.curves_file.parent
    made = plan_wish(loaded, curves, WISHES, folder=folder).plan
    assert made is not None
    (folder / "plan.json").write_text(made.to_json(), encoding="utf-8")
    return made, folder / "plan.json"


def test_the_wish_is_kept_and_its_cost_is_that_of_two_plans(
    plan: tuple[Plan, Path], curves: ParametricCurves
) -> None:
    made, path = plan
    totals = {line.line: line.total for line in made.lines}
    assert totals["tv"] == 30e3
    assert totals["search/brand"] + totals["search/generic"] == pytest.approx(90e3)
    assert made.wish is not None
    assert made.wish.rules == ("fix-tv", "fix-search")
    free = run_case.go(curve_case.project(path.parent / "free", curves, run_case.QUARTER), curves)
    lost = free.certificate.value - made.certificate.value
    assert lost > 0
    assert made.wish.cost == pytest.approx(lost)
    assert made.wish.best_spend == {line.line: line.spend for line in free.lines}
    words = next(c.sentence for c in cautions(made) if c.tag == "set by hand")
    assert words.startswith("2 amounts are fixed, the rest re-optimised: that costs EUR")
    assert 0 <= made.wish.probability_worse <= 1
    assert made.wish.p10 <= made.wish.p90


def test_verify_agrees_and_sees_a_wish_made_cheap(plan: tuple[Plan, Path], tmp_path: Path) -> None:
    _, path = plan
    assert verify(path).differences == ()
    document = json.loads(path.read_text(encoding="utf-8"))
    document["wish"]["cost"] = 0.0
    document["digest"] = digest_of(document)
    lie = path.parent / "lie.json"
    lie.write_text(json.dumps(document), encoding="utf-8")
    assert [difference.path for difference in verify(lie).differences] == ["wish.cost"]


def test_a_bound_that_the_clock_ended_is_looser_and_says_so(plan: tuple[Plan, Path]) -> None:
    """Verify finds a lower one in more time; a bound that is too low no clock explains."""
    _, path = plan
    document = json.loads(path.read_text(encoding="utf-8"))
    best = document["wish"]["best_bound"]
    assert "best_cut_short" not in document["wish"]
    late = path.parent / "late.json"
    for factor, said, same in ((1.01, True, True), (1.01, False, False), (0.99, True, False)):
        document["wish"] |= {"best_bound": best * factor, "best_cut_short": said}
        document["digest"] = digest_of(document)
        late.write_text(json.dumps(document), encoding="utf-8")
        found = [difference.path for difference in verify(late).differences]
        assert found == ([] if same else ["wish.best_bound"])


def test_what_is_best_anyway_costs_nothing(curves: ParametricCurves, tmp_path: Path) -> None:
    loaded = curve_case.project(tmp_path, curves, run_case.QUARTER)
    best = run_case.go(loaded, curves)
    wish = {"tv": next(line.total for line in best.lines if line.line == "tv")}
    made = plan_wish(loaded, curves, wish, folder=tmp_path).plan
    assert made is not None
    assert made.wish is not None
    value = best.certificate.value
    assert made.wish.cost == pytest.approx(0, abs=2e-3 * value)
    assert np.isclose(made.certificate.value, value, rtol=2e-3)


def test_a_wish_that_cannot_be_names_the_conflict(curves: ParametricCurves, tmp_path: Path) -> None:
    rule = "constraints: [{id: least, each: [tv], spend: {min: 80k}}]\n"
    loaded = curve_case.project(tmp_path, curves, run_case.QUARTER + rule)
    line = ["plan", loaded.document.file, "--out", str(tmp_path / "out"), "--fix", "tv=10k", "-q"]
    done = CliRunner().invoke(app, line)
    assert isinstance(done.exception, Infeasible)
    assert "fix-tv" in str(done.exception)
    assert "least" in str(done.exception)


def test_the_command_takes_several(curves: ParametricCurves, tmp_path: Path) -> None:
    loaded = curve_case.project(tmp_path, curves, run_case.QUARTER)
    line = ["plan", loaded.document.file, "--out", str(tmp_path / "out"), "--quiet"]
    done = CliRunner().invoke(app, [*line, "--fix", "tv=20k", "--fix", "social=0"])
    assert done.exit_code == 0, done.output
    totals = {line.line: line.total for line in read(tmp_path / "out" / "plan.json").lines}
    assert (totals["tv"], totals["social"]) == (20e3, 0.0)


@pytest.mark.parametrize(
    ("written", "said"),
    [(["tv"], "LINE=AMOUNT"), (["tv=1,000"], "1,000"), (["tv=1k", "tv=2k"], "the line again"),
     (["=5k"], "LINE=AMOUNT")],
)  # fmt: skip
def test_a_wish_is_a_line_and_an_amount(written: list[str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        wishes_of(written)
    assert said in str(caught.value)


def test_a_line_that_there_is_not(curves: ParametricCurves, tmp_path: Path) -> None:
    loaded = curve_case.project(tmp_path, curves, run_case.QUARTER)
    with pytest.raises(InputError, match="socal"):
        wishing(loaded, curves, {"socal": 1.0})
