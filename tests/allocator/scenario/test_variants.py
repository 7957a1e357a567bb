"""Variants: the cells of a cross product, their names, and what they lay over the file."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest
from file_case import BASE, OWN, refused, write

from allocator.scenario import Cell, LoadedScenario, cells, from_resolved, load, written_form
from mmm.errors import InputError
from mmm.yamlfile import to_text

VARIANTS = """\
variants:
  money: {base: {}, low: {budget: {exactly: 1.8M}}, high: {budget: {exactly: 2.2M}}}
  floor:
    base:
    strict: {constraints: [{id: floor, spend: {min: 300k}}]}
    none: {constraints: [!unset {id: floor}], run: {seed: 3}}
"""


def path_of(tmp_path: Path, variants: str = VARIANTS) -> Path:
    return write(tmp_path, {"base.yaml": BASE, "q1.yaml": OWN + variants})


def by_name(path: Path, **asked: dict[str, str]) -> dict[str, Cell]:
    return {cell.name: cell for cell in cells(path, **asked)}


def test_every_cell_of_the_product_and_the_base_first(tmp_path: Path) -> None:
    found = cells(path_of(tmp_path))
    product = itertools.product(("base", "low", "high"), ("base", "strict", "none"))
    assert [(one.choices["money"], one.choices["floor"]) for one in found] == list(product)
    assert [one.name for one in found] == [
        "base", "strict", "none", "low", "low.strict", "low.none",
        "high", "high.strict", "high.none",
    ]  # fmt: skip
    budgets = {"base": 2.0e6, "low": 1.8e6, "high": 2.2e6}
    floors = {"base": 240e3, "strict": 300e3}
    for one in found:
        scenario = one.loaded.scenario
        rules = {rule.id: rule for rule in scenario.constraints}
        assert scenario.budget.exactly == budgets[one.choices["money"]]
        assert ("floor" in rules) == (one.choices["floor"] != "none")
        if "floor" in rules:
            assert rules["floor"].rule.min == floors[one.choices["floor"]]
            assert (rules["floor"].each, rules["floor"].reason) == (("tv",), "contract")
        assert scenario.run.seed == (3 if one.choices["floor"] == "none" else 0)
        assert one.loaded.cell == one.name
        suffix = "" if one.name == "base" else f".{one.name}"
        assert scenario.id == f"q1{suffix}"
        assert scenario.title == "Q1" + suffix.replace(".", " · ")


def test_a_cell_alone_is_that_of_all(tmp_path: Path) -> None:
    path = path_of(tmp_path)
    for one in cells(path):
        assert load(path, cell=one.name) == one.loaded
    assert load(path) == cells(path)[0].loaded
    assert len({one.loaded.digest for one in cells(path)}) == 9


def test_a_cell_written_out_is_a_scenario_without_variants(tmp_path: Path) -> None:
    path = path_of(tmp_path)
    loaded = load(path, cell="low.strict")
    again = path.with_name("again.yaml")
    again.write_text(to_text(written_form(loaded.scenario)), encoding="utf-8")
    assert load(again).digest == loaded.digest
    assert from_resolved(loaded.resolved) == loaded.scenario
    assert "variants" not in loaded.resolved


def test_axes_without_a_base_have_no_cell_without_them(tmp_path: Path) -> None:
    text = "variants: {a: {x: {run: {seed: 1}}, y: {}}, b: {base: {}, z: {run: {gap: 1%}}}}\n"
    found = by_name(path_of(tmp_path, text))
    assert list(found) == ["base", "x", "x.z", "y", "y.z"]
    assert found["base"].loaded.scenario.run.seed == 0
    assert refused(path_of(tmp_path / "b", text), cell="z") == [
        "--cell: found 'z', expected a cell of q1.yaml; known: base, x, x.z, y, y.z"
    ]


def test_a_file_without_variants_has_one_cell(tmp_path: Path) -> None:
    (one,) = cells(path_of(tmp_path, ""))
    assert (one.name, one.choices, one.loaded.scenario.id) == ("base", {}, "q1")


def test_variants_of_parents_merge_by_name(tmp_path: Path) -> None:
    parent = BASE + "variants: {money: {base: {}, low: {budget: {exactly: 1.8M}}, mid: {}}}\n"
    own = OWN + "variants: {money: {low: {run: {seed: 4}}, mid: !unset, high: {}}}\n"
    path = write(tmp_path, {"base.yaml": parent, "q1.yaml": own})
    found = by_name(path)
    assert list(found) == ["base", "low", "high"]
    low = found["low"].loaded.scenario
    assert (low.run.seed, low.budget.exactly) == (4, 2.0e6)  # taken whole from the later file


def test_files_of_a_variant_are_named_from_the_file_it_is_written_in(tmp_path: Path) -> None:
    parent = "variants: {model: {base: {}, other: {curves: de/other.nc}}}\n"
    own = OWN.replace("base.yaml", "base.yaml, sub/v.yaml")
    path = write(tmp_path, {"base.yaml": BASE, "sub/v.yaml": parent, "q1.yaml": own})
    loaded = load(path, cell="other")
    assert loaded.scenario.curves == "sub/de/other.nc"
    assert loaded.curves_file == path.parent.resolve() / "sub/de/other.nc"


def test_an_option_narrows_the_cells(tmp_path: Path) -> None:
    path = path_of(tmp_path)
    found = cells(path, sets={"variants.money": "low", "variants.floor": "[base, none]"})
    assert [one.name for one in found] == ["base", "low", "low.none"]
    assert found[0].loaded == load(path)


def test_overrides_hold_in_every_cell(tmp_path: Path) -> None:
    for one in cells(path_of(tmp_path), sets={"budget.exactly": "1.5M"}):
        assert one.loaded.scenario.budget.exactly == 1.5e6


def axis(name: str, options: int) -> str:
    parts = ", ".join(f"{name}{number}: {{run: {{seed: {number}}}}}" for number in range(options))
    return f"  {name}: {{{parts}}}\n"


def test_more_cells_than_anyone_reads_are_refused_unless_narrowed(tmp_path: Path) -> None:
    text = "variants:\n" + "".join(axis(name, 22) for name in "abc")
    path = path_of(tmp_path, text)
    with pytest.raises(InputError, match=r"10,649 cells, expected at most 10,000; choose options"):
        cells(path)
    assert len(cells(path, sets={"variants.a": "a1", "variants.b": "b2"})) == 1 + 22
    assert load(path, cell="a1.b2.c3").scenario.run.seed == 3
    many = "variants:\n" + axis("a", 1_001)
    assert (
        "found 1,001 options, expected at most 1,000" in refused(path_of(tmp_path / "m", many))[0]
    )


def test_cells_are_quick(tmp_path: Path) -> None:
    """The files are read once: a cell more costs a merge and a validation, no reading."""
    path = path_of(tmp_path, "variants:\n" + axis("a", 12) + axis("b", 12))
    load(path)
    start = time.process_time()
    count = len(cells(path))
    assert count == 145
    assert time.process_time() - start < 145 * 0.03


def test_a_variant_is_named_as_the_source_of_its_values(tmp_path: Path) -> None:
    loaded = load(path_of(tmp_path), cell="low.strict")
    noted = {one.path: (one.note, one.line) for one in loaded.origins()}
    assert noted["budget.exactly"] == ("variant low", 5)
    assert noted["constraints.floor.spend.min"] == ("variant strict", 8)
    assert noted["constraints.floor.id"] == ("file", 9)
    assert noted["run.gap"] == ("default", 0)
    assert isinstance(loaded, LoadedScenario)
