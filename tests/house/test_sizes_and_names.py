"""Small files, small functions, names that say what a thing is."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
import sources

LONGEST_FILE = 400
LONGEST_BODY = 50  # with its signature and docstring a screen; what is longer does two things
MOST_POSITIONAL = 5  # options are keyword-only
EMPTY_WORDS = re.compile(r"(^|_)(utils?|helpers?|managers?|handlers?|misc|common)(_|$)", re.I)
COMMAND_LINES = ("mmm/cli/", "allocator/cli", "allocator/web/pages/", "allocator/web/api/")
"""There a parameter is an option, or a field of a form or an address."""
KNOWN: set[str] = set()
"""Functions that take one more; not to grow."""


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    found = ast.walk(sources.tree(path))
    return [node for node in found if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    last = node.end_lineno or node.lineno
    return last - body[0].lineno + 1 if body else 0


def test_no_two_files_of_tests_have_one_name() -> None:
    """pytest imports them by their name alone: of two it would refuse one."""
    every = (path.name for path in sources.python_files("tests"))
    files = [name for name in every if name.startswith("test_")]
    assert [name for name, count in Counter(files).items() if count > 1] == []


@pytest.mark.parametrize("path", sources.python_files(), ids=sources.shown)
def test_a_file_is_one_idea(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{lines} lines; split it"


@pytest.mark.parametrize("path", sources.python_files(), ids=sources.shown)
def test_a_function_fits_a_screen(path: Path) -> None:
    long = [
        f"{node.name}, line {node.lineno}: {length(node)} lines"
        for node in functions(path)
        if length(node) > LONGEST_BODY
    ]
    assert not long


def test_few_parameters_go_by_position() -> None:
    many = set()
    for path in sources.python_files():
        if sources.shown(path).startswith(COMMAND_LINES):
            continue
        for node in functions(path):
            by_position = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
            if len([arg for arg in by_position if arg not in ("self", "cls")]) > MOST_POSITIONAL:
                many.add(f"{sources.shown(path)}:{node.name}")
    assert many <= KNOWN, "pass options by keyword, or an object"
    assert many >= KNOWN, "mended: take it off the list"


def test_no_name_says_nothing() -> None:
    empty = []
    for path in sources.python_files("mmm", "allocator", "tests"):
        if EMPTY_WORDS.search(path.stem) or EMPTY_WORDS.search(path.parent.name):
            empty.append(sources.shown(path))
        for node in ast.walk(sources.tree(path)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                if node.name.startswith("test_"):
                    continue  # a sentence, not a name
                words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name)
                if EMPTY_WORDS.search(words):
                    empty.append(f"{sources.shown(path)}: {node.name}")
    assert not empty


def test_nothing_is_left_for_later() -> None:
    """No stub: a function of the product has a body, and no comment promises one."""
    promise = re.compile(r"#.*\b(TO" + r"DO|FIX" + r"ME|XXX)\b")
    found = []
    for path in sources.python_files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if promise.search(line) or re.search(r"raise NotImplemented", line):
                found.append(f"{sources.shown(path)}:{number}")
    assert not found
