"""What a sweep asks: names, order, values, markets, and what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
import sweep_case

from allocator.sweep.question import question, values_of
from mmm.errors import InputError


def test_variants_values_and_markets_are_crossed(tmp_path: Path) -> None:
    file = sweep_case.written(tmp_path)
    markets = [sweep_case.market(tmp_path / f"{name}.nc", 9e5) for name in ("de", "fr")]
    sets = {"budget.exactly": ("80k", "100k"), "currency": ("EUR",)}
    asked = question([file], sets=sets, markets=markets).asked
    assert [one.name for one in asked] == [
        f"{cell},budget.exactly={budget},market={market}"
        for budget in ("80k", "100k")
        for cell in ("q1", "q1.tight", "q1.absent")
        for market in ("de", "fr")
    ]
    last = asked[-1]
    assert last.choices == {"cap": "absent", "budget.exactly": "100k", "market": "fr"}
    assert last.variant == "absent"
    assert last.loaded.scenario.budget.exactly == 100_000
    assert last.loaded.curves_file == markets[1]


def test_markets_of_one_file_name_go_by_their_folders(tmp_path: Path) -> None:
    file = sweep_case.written(tmp_path, "budget: {exactly: 90k}")
    markets = [sweep_case.market(tmp_path / name / "curves.nc", 9e5) for name in ("de", "fr")]
    assert [one.name for one in question([file], markets=markets).asked] == [
        "q1,market=de", "q1,market=fr",
    ]  # fmt: skip
    with pytest.raises(InputError, match="two markets called de"):
        question([file], markets=[markets[0], markets[0]])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["budget.exactly=1.8M,2.0M"], {"budget.exactly": ("1.8M", "2.0M")}),
        (["a=[x, y],[z]", "b={c: 1, d: 2}"], {"a": ("[x, y]", "[z]"), "b": ("{c: 1, d: 2}",)}),
        (["title=a = b"], {"title": ("a = b",)}),
    ],
)
def test_values_are_parted_at_commas_outside_brackets(
    written: list[str], expected: dict[str, tuple[str, ...]]
) -> None:
    assert values_of(written) == expected


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (["budget"], "--set: found 'budget', expected KEY=VALUE"),
        (["budget="], "expected KEY=VALUE"),
        (["a=1,,2"], "expected KEY=VALUE"),
        (["a=1", "a=2"], "--set: a: found the key again, expected each key once"),
        (["a=1,2,1"], "--set: a: found 1 again, expected each value once"),
    ],
)
def test_other_words_are_refused(written: list[str], told: str) -> None:
    with pytest.raises(InputError) as caught:
        values_of(written)
    assert told in str(caught.value)


def test_two_scenarios_of_one_id_are_refused(tmp_path: Path) -> None:
    files = [sweep_case.written(tmp_path / name, "budget: {exactly: 90k}") for name in "ab"]
    with pytest.raises(InputError, match=r"b/scenarios/q1\.yaml:2: id: found the id q1 again"):
        question(files)


def test_what_cannot_be_read_stops_only_itself(tmp_path: Path) -> None:
    file = sweep_case.written(tmp_path, "budget: {exactly: 90k}")
    sets = {"budget.exactly": ("80k", "80,5k", "eighty")}
    found = question([file], sets=sets)
    assert [one.name for one in found.asked] == ["q1,budget.exactly=80k"]
    assert [one.choices["budget.exactly"] for one in found.unreadable] == ["80,5k", "eighty"]
    assert "--set: budget.exactly" in str(found.unreadable[1].error)
    with pytest.raises(InputError, match="no such file"):
        question([tmp_path / "nowhere.yaml"], sets=sets)
