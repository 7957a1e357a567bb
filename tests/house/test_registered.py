"""What lies in a registry's folder is registered once, exported, tested and documented."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
import sources
from reference import FOLDER as PAGES

from allocator.scenario import Constraint
from allocator.scenario.jsonschema import FILE as SCHEMA
from mmm.spec import AdstockSpec, ReachCurveSpec, SaturationSpec


@dataclass(frozen=True)
class Registry:
    """package and tuple; how an entry is called in a file; the page that documents it."""

    package: str
    entries: str
    name: str
    page: str


REGISTRIES = (
    Registry("mmm.adstock", "ADSTOCKS", "name", "model.md"),
    Registry("mmm.saturation", "SATURATIONS", "name", "model.md"),
    Registry("mmm.reach.families", "REACH_FAMILIES", "name", "model.md"),
    Registry("allocator.constraints", "RULES", "key", "scenario.md"),
    Registry("allocator.objectives", "OBJECTIVES", "name", "scenario.md"),
    Registry("mmm.simulate.presets", "PRESETS", "name", "../worlds.md"),
)
BY_TUPLE = {registry.entries: registry for registry in REGISTRIES}


def entries(registry: Registry) -> tuple[type, ...]:
    """The registered classes, whether the tuple holds them or one of each."""
    held = getattr(importlib.import_module(registry.package), registry.entries)
    return tuple(entry if inspect.isclass(entry) else type(entry) for entry in held)


def files(registry: Registry) -> list[str]:
    folder = sources.ROOT.joinpath(*registry.package.split("."))
    return sorted(
        path.stem
        for path in sources.python_files()
        if path.parent == folder and not path.stem.startswith("_")
    )


def called(entry: type, registry: Registry) -> str:
    return str(getattr(entry, registry.name))


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.package)
def test_every_file_is_registered_once(registry: Registry) -> None:
    made_in = sorted(entry.__module__.rpartition(".")[2] for entry in entries(registry))
    assert made_in == files(registry)
    names = [called(entry, registry) for entry in entries(registry)]
    assert len(set(names)) == len(names)
    assert names == [entry.__module__.rpartition(".")[2] for entry in entries(registry)], (
        "a file is named by the word that a person writes"
    )


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.package)
def test_every_entry_is_exported(registry: Registry) -> None:
    offered = importlib.import_module(registry.package).__all__
    assert {entry.__name__ for entry in entries(registry)} < set(offered)


def words_of(path: Path) -> set[str]:
    """Names and texts that a test file uses."""
    words: set[str] = set()
    for node in ast.walk(sources.tree(path)):
        if isinstance(node, ast.Name):
            words.add(node.id)
        elif isinstance(node, ast.Attribute):
            words.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words.add(node.value)
    return words


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.package)
def test_every_entry_is_tested(registry: Registry) -> None:
    """A test names the class, or the word a person writes and the registry."""
    used: set[str] = set()
    for path in sources.python_files("tests"):
        if path.name.startswith("test_") and "house" not in path.parts:
            used |= words_of(path)
    untested = [
        entry.__name__
        for entry in entries(registry)
        if not {entry.__name__, called(entry, registry)} & used
    ]
    assert not untested


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.package)
def test_every_entry_is_documented(registry: Registry) -> None:
    page = (PAGES / registry.page).read_text(encoding="utf-8")
    for entry in entries(registry):
        meaning = inspect.getdoc(entry)
        assert meaning, f"{entry.__name__} has no docstring"
        assert entry.__doc__ is not None, f"{entry.__name__} has its parent's docstring"
        first = meaning.replace("``", "`").split("\n")[0]
        assert first in page


def test_the_scenario_has_one_key_for_each_rule() -> None:
    rules = {entry.key: entry for entry in entries(BY_TUPLE["RULES"])}  # type: ignore[attr-defined]
    fields = {
        name: [part for part in get_args(field.annotation) if inspect.isclass(part)]
        for name, field in Constraint.model_fields.items()
        if get_args(field.annotation)
    }
    written = {name: kinds[0] for name, kinds in fields.items() if kinds[0] in rules.values()}
    assert written == rules
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    keys = set(schema["$defs"]["Constraint"]["properties"])
    assert set(rules) == keys - {"id", "each", "together", "audience", "soft", "reason", "owner"}
    with pytest.raises(ValueError, match=f"one limit: {', '.join(rules)}"):
        Constraint.model_validate({"id": "none", "together": ["tv"]})


KINDS = (
    (AdstockSpec, BY_TUPLE["ADSTOCKS"]),
    (SaturationSpec, BY_TUPLE["SATURATIONS"]),
    (ReachCurveSpec, BY_TUPLE["REACH_FAMILIES"]),
)
FIXED = {"chances": 8}
"""What some kinds of a form need beside beliefs."""


@pytest.mark.parametrize(("spec", "registry"), KINDS, ids=["adstock", "saturation", "reach"])
def test_the_model_file_takes_each_registered_kind(spec: Any, registry: Registry) -> None:
    names = [called(entry, registry) for entry in entries(registry)]
    for entry in entries(registry):
        fixed = FIXED if getattr(entry, "needs_chances", False) else {}
        name = called(entry, registry)
        assert spec(kind=name, **fixed).kind == name
    with pytest.raises(ValueError, match="one of " + ", ".join(names)):
        spec(kind="no such kind")
    said = spec.model_fields["kind"].description
    assert [name for name in names if name not in said] == [], "its docstring lists the kinds"


@pytest.mark.parametrize(("spec", "registry"), KINDS, ids=["adstock", "saturation", "reach"])
def test_every_form_has_a_belief_about_each_parameter(spec: Any, registry: Registry) -> None:
    families = {entry.name: entry.parameters for entry in entries(registry)}  # type: ignore[attr-defined]
    assert {name: tuple(priors) for name, priors in spec.forms.items()} == families
    words_for_one = {"half_life", "half_effect"}
    keys = set(spec.model_fields) - {"kind", "window", *words_for_one, *FIXED}
    assert keys == {parameter for parameters in families.values() for parameter in parameters}
