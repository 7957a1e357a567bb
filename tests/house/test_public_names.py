"""What a package offers is written down: documented, sorted, complete."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import sources

INITS = [path for path in sources.python_files() if path.name == "__init__.py"]


@pytest.mark.parametrize("path", sources.python_files(), ids=sources.shown)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(sources.tree(path)), "no docstring"


def all_of(path: Path) -> list[str] | None:
    for node in sources.tree(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None


def unfolded(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements, those for type checkers alone among them: they name what is loaded later."""
    for node in body:
        if isinstance(node, ast.If):
            yield from unfolded(node.body)
        else:
            yield node


def defined(path: Path) -> set[str]:
    """Public names that the file itself makes or imports from its own package."""
    names: set[str] = set()
    for node in unfolded(sources.tree(path).body):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {ast.unparse(target) for target in targets}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            sources.module_name(path)
        ):
            names |= {alias.asname or alias.name for alias in node.names}
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize("path", INITS, ids=sources.shown)
def test_all_is_complete_and_sorted(path: Path) -> None:
    """Sorted as ruff does it: constants, then classes, then functions."""
    said, made = all_of(path), defined(path)
    if said is None:
        assert not made, "a package that has names and no __all__"
        return
    kinds = [0 if n.isupper() else 1 if n[0].isupper() else 2 for n in said]
    assert said == [name for _, name in sorted(zip(kinds, said, strict=True))]
    assert set(said) == made
    module = importlib.import_module(sources.module_name(path))
    assert all(hasattr(module, name) for name in said)


def test_what_other_rooms_import_is_in_all() -> None:
    """``from package import name`` across rooms uses the package's __all__, nothing else."""
    offers = {sources.module_name(path): all_of(path) or [] for path in INITS}
    modules = {sources.module_name(path) for path in sources.python_files()}
    missing = []
    for path in sources.python_files("mmm", "allocator", "tests"):
        own = sources.module_name(path)
        for node in ast.walk(sources.tree(path)):
            if not isinstance(node, ast.ImportFrom) or node.module not in offers or node.level:
                continue
            if own.startswith(f"{node.module}.") or own == node.module:
                continue
            for alias in node.names:
                inside = f"{node.module}.{alias.name}" in modules
                if alias.name not in offers[node.module] and not inside:
                    missing.append(f"{own}: from {node.module} import {alias.name}")
    assert not missing


def imports() -> Iterator[tuple[str, str, list[str]]]:
    """(module, what it imports from, names) within the two packages."""
    for path in sources.python_files():
        for node in ast.walk(sources.tree(path)):
            if isinstance(node, ast.ImportFrom) and not node.level:
                module = node.module or ""
                if module.partition(".")[0] in sources.PACKAGES:
                    yield sources.module_name(path), module, [alias.name for alias in node.names]


def test_no_private_name_leaves_its_file() -> None:
    crossed = [
        f"{own}: from {module} import {name}"
        for own, module, names in imports()
        for name in names
        if name.startswith("_") and name != "_base"
    ]
    assert not crossed


def test_what_another_room_takes_from_a_base_is_offered_by_its_package() -> None:
    """``_base`` keeps a registry's files apart; what others need of it is in __all__."""
    offers = {sources.module_name(path): all_of(path) for path in INITS}
    hidden = [
        f"{own}: from {module} import {name}"
        for own, module, names in imports()
        if module.endswith("._base") and not own.startswith(module.removesuffix("._base"))
        for name in names
        if name not in (offers[module.removesuffix("._base")] or names)
    ]
    assert not hidden
