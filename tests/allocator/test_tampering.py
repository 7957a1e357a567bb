"""A plan that says anything that is not so is found out, however small the lie."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import verify_case

from allocator import verify as subject
from allocator.engine.pose import pose
from allocator.verify import Verdict, verify
from mmm.errors import InputError

Path_ = tuple[str | int, ...]
NOT_RECOMPUTED = ("solver", "versions", "digest")  # how it was made, and the seal, set again here


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A verified plan.json beside its curves."""
    return verify_case.made(tmp_path_factory.mktemp("plan"))


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


def _judged(made: Path, document: dict[str, Any]) -> Verdict | None:
    """What verify says of the document, sealed again; None where it is no plan at all."""
    path = made.with_name("tampered.json")
    path.write_text(verify_case.sealed(document), encoding="utf-8")
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
            changed["certificate"] |= {"cut_short": True}
            allowed = bound > proof["bound"] and ratio * proof["gap_of_outcome"] <= proof["asked"]
            assert allowed or _fails(made, changed)

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
