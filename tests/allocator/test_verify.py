"""A plan that says anything that is not so is found out; a file that is no plan is told so."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import curve_case
import numpy as np
import pytest

from allocator import run as conductor
from allocator import verify as subject
from allocator.cli import app
from allocator.engine.pose import pose
from allocator.plan import digest_of
from allocator.verify import Verdict, verify
from mmm.card import Check, HealthCard
from mmm.card import Verdict as Health
from mmm.errors import InputError
from mmm.terminal import run

Path_ = tuple[str | int, ...]

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
CARD = HealthCard((Check("r_hat", Health.REVIEW, 1.011, "≤ 1.01", "The chains nearly agree."),))
NOT_RECOMPUTED = ("solver", "versions", "digest")  # how it was made, and the seal, set again here


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A verified plan.json beside its curves."""
    folder = tmp_path_factory.mktemp("plan")
    curves = curve_case.parametric(8, curve_case.Market(draws=9, lags=3, card=CARD))
    loaded = curve_case.project(folder, curves, CHANGES)
    answer = conductor.plan(loaded, curves, folder=loaded.curves_file.parent)
    assert answer.plan is not None
    path = loaded.curves_file.parent / "plan.json"
    path.write_text(answer.plan.to_json(), encoding="utf-8")
    return path


@pytest.fixture(scope="class")
def quick(made: Path) -> Iterator[None]:
    """What depends on curves, scenario and amounts alone is computed once for each of them."""
    load, settle, document, prove = (
        cache(subject.load), subject.settle, subject.document, subject.prove_plan,
    )  # fmt: skip
    kept: dict[tuple[object, ...], Any] = {}

    def once(key: tuple[object, ...], make: Callable[[], Any]) -> Any:
        if key not in kept:
            kept[key] = make()
        return kept[key]

    def settled(loaded: Any, curves: Any, *others: Any) -> Any:
        key = (curves.digest, json.dumps(loaded.resolved, sort_keys=True))
        return once(("setting", *key), lambda: settle(loaded, curves, *others))

    def documented(setting: Any, spend: Any, found: Any) -> Any:
        key = (setting.curves.digest, str(setting.scenario), spend.to_numpy().tobytes(), str(found))
        return copy.deepcopy(once(key, lambda: document(setting, spend, found)))

    def proved(setting: Any, spend: Any, *, time_limit: float) -> Any:
        problem = pose(setting)
        rules = (problem.limits, str(problem.rows), problem.minima)
        key = (problem.budget, str(problem.terms), *rules, spend.sum(axis=1).tobytes())
        return once(key, lambda: prove(setting, spend, time_limit=time_limit))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subject, "load", lambda path: load(Path(path)))
        patch.setattr(subject, "settle", settled)
        patch.setattr(subject, "document", documented)
        patch.setattr(subject, "prove_plan", proved)
        yield


@pytest.fixture
def plan(made: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(made.read_text(encoding="utf-8"))
    return document


def _seal(document: dict[str, Any]) -> str:
    return json.dumps({**document, "digest": digest_of(document)}, ensure_ascii=False)


def _judged(made: Path, document: dict[str, Any]) -> Verdict | None:
    """What verify says of the document, sealed again; None where it is no plan at all."""
    path = made.with_name("tampered.json")
    path.write_text(_seal(document), encoding="utf-8")
    try:
        return verify(path)
    except InputError:
        return None


def _fails(made: Path, document: dict[str, Any]) -> bool:
    verdict = _judged(made, document)
    return verdict is None or verdict.differences != ()


def _leaves(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _leaves(item, (*path, place))
    else:
        yield path, value


def _with(document: dict[str, Any], path: Path_, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    here: Any = changed
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = value
    return changed


def _at(document: Any, path: Path_) -> Any:
    for part in path:
        document = document[part]
    return document


def test_a_plan_agrees_and_says_how_much_was_compared(made: Path) -> None:
    verdict = verify(made)
    assert verdict.differences == ()
    assert verdict.compared > 500
    document = json.loads(made.read_text(encoding="utf-8"))
    assert any(entry["binding"] for entry in document["constraints"])
    assert document["recommendation"] == "change"


def test_curves_that_have_moved(made: Path, tmp_path: Path) -> None:
    moved = tmp_path / "plan.json"
    moved.write_bytes(made.read_bytes())
    with pytest.raises(InputError, match="no such file"):
        verify(moved)
    assert verify(moved, curves_file=made.parent / "curves.nc").differences == ()


def test_other_curves_are_not_these(made: Path, tmp_path: Path) -> None:
    from mmm.curves import save

    other = save(curve_case.parametric(9), tmp_path / "other.nc")
    (difference,) = verify(made, curves_file=other).differences
    assert difference.path == "curves.digest"


@pytest.mark.usefixtures("quick")
class TestTampering:
    """Every change is sealed again, so that the digest says nothing."""

    def test_without_the_seal(self, made: Path, plan: dict[str, Any]) -> None:
        path = made.with_name("unsealed.json")
        path.write_text(json.dumps({**plan, "digest": "0" * 64}))
        assert [d.path for d in verify(path).differences] == ["digest"]

    def test_one_cent_between_two_lines(self, made: Path, plan: dict[str, Any]) -> None:
        for key in ("total", "spend"):
            changed = copy.deepcopy(plan)
            for line, cent in ((changed["lines"][0], 0.01), (changed["lines"][2], -0.01)):
                if key == "total":
                    line["total"] = round(line["total"] + cent, 2)
                else:
                    line["spend"][1] = round(line["spend"][1] + cent, 2)
            assert _fails(made, changed)

    def test_one_cent_between_two_weeks_of_a_line(self, made: Path, plan: dict[str, Any]) -> None:
        spend = plan["lines"][1]["spend"]
        spend[0], spend[3] = round(spend[0] + 0.01, 2), round(spend[3] - 0.01, 2)
        verdict = _judged(made, plan)
        assert verdict is not None
        assert any(d.path == "lines.search/brand.spend" for d in verdict.differences)

    def test_one_cent_everywhere_it_shows(self, made: Path, plan: dict[str, Any]) -> None:
        """A careful hand: totals, channel and budget row follow; the outcome does not."""
        for line, cent in ((plan["lines"][0], 0.01), (plan["lines"][3], -0.01)):
            line["total"] = round(line["total"] + cent, 2)
            line["spend"][0] = round(line["spend"][0] + cent, 2)
        for channel, cent in ((plan["channels"][0], 0.01), (plan["channels"][-1], -0.01)):
            channel["spend"] = round(channel["spend"] + cent, 2)
        assert _fails(made, plan)

    def test_any_single_leaf(self, made: Path, plan: dict[str, Any], full: bool) -> None:
        kinds: dict[tuple[str, ...], list[Path_]] = {}
        for path, _ in _leaves(plan):
            if path[0] not in NOT_RECOMPUTED and path != ("health", "accepted"):
                kind = tuple(str(part) for part in path if isinstance(part, str))
                kinds.setdefault(kind, []).append(path)
        rng = np.random.default_rng(1)
        each, most = (1000, 1000) if full else (1, 150)
        missed = []
        chosen = [list(kinds.values())[place] for place in rng.permutation(len(kinds))[:most]]
        for paths in chosen:
            for place in rng.permutation(len(paths))[:each]:
                path = paths[place]
                value = _other(_at(plan, path), rng)
                if not _fails(made, _with(plan, path, value)):
                    missed.append((path, _at(plan, path), value))
        assert missed == []
        assert len(kinds) >= 150

    def test_numbers_a_little_off_with_another_sign_and_swapped(
        self, made: Path, plan: dict[str, Any], full: bool
    ) -> None:
        numbers = [
            (path, value)
            for path, value in _leaves(plan)
            if isinstance(value, float) and abs(value) > 0 and path[0] not in NOT_RECOMPUTED
        ]
        rng = np.random.default_rng(2)
        missed = []
        for _ in range(2000 if full else 60):
            path, value = numbers[rng.integers(len(numbers))]
            changed = _with(plan, path, value * rng.choice([0.99, 1.01, -1.0, 1 + 1e-7]))
            if not _fails(made, changed):
                missed.append((path, value))
        for _ in range(500 if full else 30):
            one, two = rng.permutation(len(plan["lines"]))[:2]
            changed = copy.deepcopy(plan)
            first, second = changed["lines"][one], changed["lines"][two]
            key = str(rng.choice([key for key in first if first[key] != second[key]]))
            first[key], second[key] = second[key], first[key]
            if not _fails(made, changed):
                missed.append(("lines", one, two, key))
        assert missed == []

    def test_any_key_gone_or_one_too_many(self, made: Path, plan: dict[str, Any]) -> None:
        places: dict[tuple[str, ...], Path_] = {}
        for path, _ in _leaves(plan):
            for depth in range(1, len(path) + 1):
                if isinstance(path[depth - 1], str):
                    kind = tuple(str(part) for part in path[:depth] if isinstance(part, str))
                    places.setdefault(kind, path[:depth])
        rng = np.random.default_rng(3)
        known = list(places.values())
        for place in rng.permutation(len(known))[:60]:
            path = known[place]
            if path[0] in ("solver", "versions") and len(path) > 1:
                continue
            if path == ("digest",):
                continue
            changed = copy.deepcopy(plan)
            del _at(changed, path[:-1])[path[-1]]
            assert _fails(made, changed), path
            inside = _with(plan, (*path[:-1], "surplus"), 1.0)
            assert path[0] in ("solver", "versions") or _fails(made, inside), path

    def test_rows_gone_doubled_or_in_another_order(self, made: Path, plan: dict[str, Any]) -> None:
        for key in ("lines", "channels", "constraints", "warnings"):
            rows = plan[key]
            for other in (rows[1:], [*rows, rows[0]], rows[::-1]):
                if other != rows:
                    assert _fails(made, {**plan, key: other}), key

    def test_a_looser_bound_must_say_that_it_is(self, made: Path, plan: dict[str, Any]) -> None:
        proof = plan["certificate"]
        for bound in (proof["bound"] * 1.05, proof["value"], proof["value"] * 0.999):
            gap = bound - proof["value"]
            ratio = gap / proof["gap"]
            changed = copy.deepcopy(plan)
            changed["certificate"] |= {
                "bound": bound,
                "gap": gap,
                "gap_of_outcome": proof["gap_of_outcome"] * ratio,
                "gap_of_gain": proof["gap_of_gain"] * ratio,
            }
            if bound > proof["bound"]:
                changed["certificate"]["status"] = "best found"
            elif gap == 0:
                continue  # the value is a bound to within the certificate's own accuracy
            assert _fails(made, changed)

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda plan: plan["lines"][0].update(total="12"),
            lambda plan: plan["certificate"].update(bound="12"),
            lambda plan: plan["certificate"].update(value=True),
            lambda plan: plan["lines"][0].update(spend=[-1.0, 1.0, 1.0, 1.0]),
            lambda plan: plan["lines"][0].update(spend=[1e300] * 4),
            lambda plan: plan["lines"][0].update(spend=[0.001, 1.0, 1.0, 1.0]),
            lambda plan: plan["lines"][0].update(spend=[500_000.004, 1.0, 1.0, 1.0]),
            lambda plan: plan["lines"][0].update(line="radio"),
            lambda plan: plan.update(lines=[]),
            lambda plan: plan.update(scenario=None),
            lambda plan: plan["scenario"].update(resolved={}),
            lambda plan: plan["scenario"]["resolved"].update(budget={"exactly": "a lot"}),
            lambda plan: plan["scenario"]["resolved"]["budget"].update(exactly=1e11),
            lambda plan: plan["scenario"]["resolved"]["period"].update(start="2020-W01"),
            lambda plan: plan["scenario"]["resolved"]["constraints"][0].update(each=["radio"]),
            lambda plan: plan["curves"].update(path=""),
            lambda plan: plan["curves"].update(path="\0"),
            lambda plan: plan["health"].update(checks=[{"name": "r_hat"}]),
            lambda plan: plan.update(seed=10**30),
        ],
    )
    def test_values_that_cannot_be(
        self, made: Path, plan: dict[str, Any], spoil: Callable[[dict[str, Any]], None]
    ) -> None:
        spoil(plan)
        assert _fails(made, plan)


def _other(value: Any, rng: np.random.Generator) -> Any:
    """The smallest lie about a value."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * rng.choice([0.99, 1.01]) if value else 1.0
    return "x" if value is None else value + "x"


def test_an_unhealthy_fit_without_a_reason(tmp_path: Path) -> None:
    card = HealthCard((Check("r_hat", Health.FAIL, 1.2, "≤ 1.01", "The chains disagree."),))
    curves = curve_case.parametric(8, curve_case.Market(draws=3, lags=2, card=card))
    loaded = curve_case.project(tmp_path, curves, CHANGES)
    answer = conductor.plan(loaded, curves, folder=loaded.curves_file.parent, accepted="a drill")
    assert answer.plan is not None
    document = answer.plan.model_dump(mode="json")
    path = loaded.curves_file.parent / "plan.json"
    for reason, paths in (("a drill", []), (None, ["health.accepted"]), ("", ["health.accepted"])):
        document["health"]["accepted"] = reason
        path.write_text(_seal(document), encoding="utf-8")
        assert [d.path for d in verify(path).differences] == paths


BROKEN = {
    "empty": "",
    "no json": "Dear planner,",
    "cut": None,
    "a list": "[]",
    "null": "null",
    "another version": '{"schema_version": 2}',
    "nothing in it": '{"schema_version": 1}',
    "not a number": '{"schema_version": 1, "seed": NaN}',
    "infinite": '{"schema_version": 1, "seed": 1e999}',
    "a huge integer": '{"schema_version": 1, "seed": ' + "9" * 400 + "}",
    "a longer one": '{"schema_version": 1, "seed": ' + "9" * 5000 + "}",
    "deep": '{"schema_version": 1, "seed": ' + "[" * 950 + "]" * 950 + "}",
    "deeper": '{"schema_version": 1, "seed": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "half a character": '{"schema_version": 1, "currency": "\\ud800"}',
    "a key twice": '{"schema_version": 1, "seed": 1, "seed": 2}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_plan_is_told_so_on_the_command_line(
    name: str, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made.with_name("broken.json")
    text = BROKEN[name]
    path.write_text(made.read_text()[:5000] if text is None else text, encoding="utf-8")
    code = run(app, ["verify", str(path)])
    err = capsys.readouterr().err
    assert code in (2, 6)
    assert "broken.json" in err
    assert "Traceback" not in err


def test_what_is_no_text_is_told_so(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made.with_name("broken.json")
    path.write_bytes(b"\x89HDF\r\n\x1a\n\xff\xfe")
    assert run(app, ["verify", str(path)]) == 2
    assert run(app, ["verify", str(path.parent)]) == 2
    assert run(app, ["verify", str(path.with_name("nowhere.json"))]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_infinite_amounts_in_a_real_plan(made: Path) -> None:
    text = made.read_text(encoding="utf-8")
    number = json.loads(text)["lines"][0]["spend"][0]
    path = made.with_name("broken.json")
    for word in ("Infinity", "NaN", "1e400", "-1e400"):
        path.write_text(text.replace(repr(number), word, 1), encoding="utf-8")
        with pytest.raises(InputError):
            verify(path)
