"""``--set``: values over those of all files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from file_case import BASE, OWN, refused, write

from allocator.scenario import load

MORE = "alternatives: [a.nc, b.nc]\neconomics: {margin: 35%}\n"

TABLE: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "a value": ({"budget.exactly": "1.8M"}, {"budget": {"exactly": 1.8e6, "basis": "net_media"}}),
    "a value where there was none": ({"run.seed": "7"}, {"run.seed": 7}),
    "a value of a new map": (
        {"economics.value_of.new_customers": "180"},
        {"economics": {"margin": 0.35, "value_of": {"new_customers": 180.0}}},
    ),
    "a value of a rule, by its id": (
        {"constraints.floor.spend.min": "100k"}, {"constraints.0.spend.min": 100e3},
    ),
    "a map": ({"economics": "{margin: 40%}"}, {"economics": {"margin": 0.4}}),
    "a list": ({"constraints.cap.together": "[search]"}, {"constraints.1.together": ["search"]}),
    "a place in a list": ({"alternatives.1": "c.nc"}, {"alternatives": ["a.nc", "c.nc"]}),
    "a key deleted": ({"economics": "!unset"}, {"economics": None}),
    "a rule deleted": ({"constraints.floor": "!unset"}, {"constraints.0.id": "cap"}),
    "another form of budget": (
        {"budget.exactly": "!unset", "budget.at_most": "1.9M"},
        {"budget": {"at_most": 1.9e6, "basis": "net_media"}},
    ),
    "text in quotes": ({"title": '"A: B"'}, {"title": "A: B"}),
}  # fmt: skip


def at(data: Any, path: str) -> Any:
    for part in path.split("."):
        data = data[int(part)] if isinstance(data, list) else data.get(part)
    return data


@pytest.mark.parametrize("name", TABLE)
def test_an_override(name: str, tmp_path: Path) -> None:
    sets, expected = TABLE[name]
    path = write(tmp_path, {"base.yaml": BASE + MORE, "q1.yaml": OWN})
    loaded = load(path, sets=sets)
    plain, found = load(path).resolved, loaded.resolved
    for place, value in expected.items():
        assert at(found, place) == value
    kept = {key.split(".")[0] for key in expected}
    assert {k: v for k, v in found.items() if k not in kept} == {
        k: v for k, v in plain.items() if k not in kept
    }
    noted = [one for one in loaded.origins() if one.note == "--set"]
    assert all((one.file, one.line, one.column) == ("--set", 0, 0) for one in noted)
    assert bool(noted) == any(value != "!unset" for value in sets.values())


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("run.seed", "1\ncurrency: USD", "found '1\\ncurrency: USD', expected a value as in the"),
        ("title", "x" * 10_001, "found 10,001 characters, expected at most 10,000"),
        ("title", "&a x", "found '&a x', expected a value as in the file"),
        ("title", "[" * 30, "expected a value as in the file"),
        ("title", "!!python/name:os.system", "expected a value as in the file"),
        ("constraints.floor", "7", "found a value for an item of a list, expected a key of it"),
        ("alternatives.5", "c.nc", "found no '5' in the list, expected one of it; known: 0, 1"),
        ("constraints", "[]", "found an empty list over items that merge by id"),
        ("variants.money.low", "{}", "found no axis 'money.low', expected variants.AXIS=OPTION"),
        ("curves", "/etc/passwd", "expected a path relative to the scenario file"),
        ("policy", "../../../p.yaml", "which is outside the project"),
        ("economics.margin.x", "3", "economics.margin.x: found {x}, expected a percentage"),
    ],
)
def test_a_wrong_override(key: str, value: str, said: str, tmp_path: Path) -> None:
    path = write(tmp_path, {"base.yaml": BASE + MORE, "q1.yaml": OWN})
    (fault,) = refused(path, sets={key: value})
    assert fault.startswith(f"--set: {key}")
    assert said in fault
