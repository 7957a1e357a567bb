"""What a scenario extends: order, files named from where they are written, limits, places."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from file_case import BASE, OWN, refused, write

from allocator.scenario import load
from allocator.scenario.files import shelf
from allocator.scenario.files.extends import MOST


def test_merged_is_the_same_scenario_as_written_out(tmp_path: Path) -> None:
    own = OWN + "constraints:\n  - {id: floor, spend: {min: 200k}}\n  - !unset {id: cap}\n"
    path = write(tmp_path, {"base.yaml": BASE, "q1.yaml": own})
    flat = BASE.replace("240k", "200k").replace(BASE.splitlines()[-1] + "\n", "")
    path.with_name("flat.yaml").write_text("id: q1\ntitle: Q1\n" + flat, encoding="utf-8")
    assert load(path).digest == load(path.with_name("flat.yaml")).digest
    assert "extends" not in load(path).resolved


ORDERS = {
    "the later parent wins": ("[base.yaml, a.yaml, b.yaml]", "", "", 2),
    "in the order of the list": ("[base.yaml, b.yaml, a.yaml]", "", "", 1),
    "a parent's parents come before it": ("[base.yaml, a.yaml]", "extends: [b.yaml]\n", "", 1),
    "a file reached twice counts where it is reached first": (
        "[base.yaml, b.yaml, a.yaml]", "extends: [base.yaml]\n", "extends: [base.yaml]\n", 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDERS)
def test_the_order_of_parents(name: str, tmp_path: Path) -> None:
    listed, of_a, of_b, seed = ORDERS[name]
    files = {
        "q1.yaml": f"id: q1\ntitle: Q1\nextends: {listed}\n",
        "base.yaml": BASE + "run: {seed: 9}\n",
        "a.yaml": of_a + "run: {seed: 1}\n",
        "b.yaml": of_b + "run: {seed: 2}\n",
    }
    path = write(tmp_path, files)
    assert load(path).scenario.run.seed == seed
    path.write_text(path.read_text() + "run: {seed: 7}\n", encoding="utf-8")
    assert load(path).scenario.run.seed == 7


def test_files_are_named_from_the_file_they_are_written_in(tmp_path: Path) -> None:
    deep = (
        BASE.replace("curves.nc", "../curves/de.nc@sha256:" + "0" * 64)
        .replace("{actuals: {start: 2026-W01, weeks: 13}}", "{table: last.csv}")
    ) + "alternatives: [other.nc]\npolicy: rules.yaml\n"  # fmt: skip
    files = {
        "q1.yaml": OWN.replace("base.yaml", "base/2027.yaml"),
        "base/2027.yaml": deep,
        "base/last.csv": "line,spend\ntv,1000\n",
        "base/rules.yaml": "schema_version: 1\nconstraints:\n"
        "  - {id: spread, each: all, share: {max: 50%}}\n",
    }
    path = write(tmp_path, files)
    loaded = load(path)
    folder = path.parent.resolve()
    assert loaded.curves_file == folder / "curves/de.nc"
    assert loaded.scenario.curves == "curves/de.nc@sha256:" + "0" * 64
    assert loaded.scenario.curves_digest == "0" * 64
    assert loaded.alternative_files == (folder / "base/other.nc",)
    assert loaded.scenario.reference.table == "base/last.csv"
    assert [row.line for row in loaded.scenario.reference.rows or ()] == ["tv"]
    assert [rule.source for rule in loaded.scenario.constraints[2:]] == ["base/rules.yaml"]
    words = deep.replace("flighting", "") + "flighting: {profile: flat}\n"
    (folder / "base/2027.yaml").write_text(words, encoding="utf-8")
    assert load(path).scenario.flighting.profile == "flat"  # a word, no file


def test_a_fault_stands_where_the_value_is_written(tmp_path: Path) -> None:
    """File, line, column and path of the parent, whatever place the value has after merging."""
    own = OWN + "constraints:\n  - {id: floor, owner: media}\n  - {id: own, each: [tv]}\n"
    broken = BASE.replace("max: 70%", "max: 700%").replace("currency: EUR", "currency: E")
    path = write(tmp_path, {"base.yaml": "# first line\n" + broken, "q1.yaml": own})
    places = [fault.partition(": found")[0] for fault in refused(path)]
    assert places == [
        "base.yaml:5:1: currency",
        f"base.yaml:11:{broken.splitlines()[9].index('max') + 1}: constraints.1.share.max",
        "q1.yaml:6:5: constraints.1",
    ]


def test_what_the_curves_refuse_stands_in_the_parent(tmp_path: Path) -> None:
    path = write(tmp_path, {"base.yaml": BASE, "q1.yaml": OWN + "run: {seed: 1}\n"})
    loaded = load(path)
    assert loaded.place(("constraints", 1, "share", "max")) == (
        str(path.with_name("base.yaml")),
        10,
    )
    assert loaded.place(("run", "seed")) == (str(path), 4)


@pytest.mark.parametrize("link", ["base.yaml", "curves.nc", "policy.yaml", "last.csv", "sub"])
def test_no_link_leads_out_of_the_project(link: str, tmp_path: Path) -> None:
    """A link in place of a parent, of curves, of a found policy, of a table, of a folder."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / link).write_text(BASE, encoding="utf-8")
    text = BASE.replace("{actuals: {start: 2026-W01, weeks: 13}}", "{table: last.csv}")
    files = {"base.yaml": text, "q1.yaml": OWN, "last.csv": "line,spend\ntv,1000\n"}
    if link == "sub":
        files["q1.yaml"] = OWN.replace("base.yaml", "sub/sub")
    path = write(tmp_path / "project", files)
    path.with_name(link).unlink(missing_ok=True)
    target = outside if link == "sub" else outside / link
    os.symlink(target, path.with_name(link))
    (fault,) = refused(path)
    assert "which is outside the project, expected a file inside the project folder" in fault
    place, column = {
        "base.yaml": ("q1.yaml:3", 11), "sub": ("q1.yaml:3", 11), "curves.nc": ("base.yaml:2", 1),
        "last.csv": ("base.yaml:5", 13), "policy.yaml": ("q1.yaml:1", 1),
    }[link]  # fmt: skip
    assert fault.startswith(f"{place}:{column}: ")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("x" * 300, f"found {'x' * 300} (file name too long), expected a file"),
        ("x/" * 600, "found a name of 1,200 characters, expected a path"),
        ("loop.yaml", "found loop.yaml (links in a circle), expected a file"),
    ],
    ids=["long", "longer", "circle"],
)
def test_names_that_are_no_files(written: str, said: str, tmp_path: Path) -> None:
    path = write(tmp_path, {"q1.yaml": OWN.replace("base.yaml", written)})
    os.symlink(path.with_name("loop.yaml"), path.with_name("loop.yaml"))
    assert refused(path) == [f"q1.yaml:3:11: extends.0: {said}"]


def test_a_link_within_the_project_is_followed(tmp_path: Path) -> None:
    path = write(tmp_path, {"real/2027.yaml": BASE, "q1.yaml": OWN})
    os.symlink(path.parent / "real/2027.yaml", path.with_name("base.yaml"))
    assert load(path).curves_file == path.parent.resolve() / "curves.nc"


def test_at_most_twenty_parents(tmp_path: Path) -> None:
    names = [f"p{number}.yaml" for number in range(MOST + 3)]
    files = dict.fromkeys(names, "carry_out: zero\n") | {"base.yaml": BASE}
    own = OWN.replace("[base.yaml]", f"[base.yaml, {', '.join(names[: MOST - 1])}]")
    path = write(tmp_path, {**files, "q1.yaml": own})
    assert load(path).scenario.carry_out == "zero"
    path.write_text(OWN.replace("base.yaml", ", ".join(names)), encoding="utf-8")
    column = path.read_text().splitlines()[2].index(names[MOST]) + 1
    assert refused(path) == [
        f"q1.yaml:3:{column}: extends.20: found more than 20 files to extend, expected fewer"
    ]


def test_at_most_so_much_in_all_files_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (shelf.MAX_BYTES, shelf.MAX_VALUES) == (2_000_000, 20_000)
    monkeypatch.setattr(shelf, "MAX_BYTES", 20_000)
    monkeypatch.setattr(shelf, "MAX_VALUES", 200)
    long = "title: " + "x" * 8_000 + "\n"
    files = {"base.yaml": BASE, "a.yaml": long, "b.yaml": long, "c.yaml": long}
    own = OWN.replace("base.yaml", "base.yaml, a.yaml, b.yaml, c.yaml")
    assert refused(write(tmp_path / "a", {**files, "q1.yaml": own})) == [
        f"c.yaml:1:1: found {len(own) + len(BASE) + 3 * len(long):,} bytes with the files before, "
        "expected at most 20,000 in all files of a scenario together"
    ]
    many = "title: x\nalternatives: [" + "a, " * 200 + "a]\n"
    (fault,) = refused(write(tmp_path / "b", {"base.yaml": many, "q1.yaml": OWN}))
    assert fault.startswith("base.yaml:2:")
    assert "found more than 200 keys and values" in fault
    half = "title: x\nalternatives: [" + "a, " * 100 + "a]\n"
    own = OWN.replace("base.yaml", "a.yaml, b.yaml")
    (fault,) = refused(write(tmp_path / "c", {"a.yaml": half, "b.yaml": half, "q1.yaml": own}))
    assert fault.startswith("b.yaml:1:1: found 2")
    assert "values with the files before" in fault


def test_depth_is_that_of_one_file(tmp_path: Path) -> None:
    deep = "title: " + "[" * 21 + "]" * 21 + "\n"
    assert refused(write(tmp_path, {"base.yaml": deep, "q1.yaml": OWN})) == [
        "base.yaml:1:27: found nesting deeper than 20, expected a flatter file"
    ]


@pytest.mark.parametrize("table", ["q1.yaml", "base.yaml"])
def test_a_file_named_as_two_kinds_of_thing_is_read_as_each(tmp_path: Path, table: str) -> None:
    base = BASE.replace("{actuals: {start: 2026-W01, weeks: 13}}", f"{{table: {table}}}")
    (fault,) = refused(write(tmp_path, {"base.yaml": base, "q1.yaml": OWN}))
    assert fault.startswith(f"{table}:1: found the columns ")
