"""What lies where: the top level, pinned versions, and nothing of any one machine."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
import sources
from packaging.requirements import Requirement
from packaging.version import Version

ALLOWED = {
    "pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
    "constraints.txt", ".ci", ".gitignore", "mmm", "allocator", "scenarios", "data", "tests",
    "docs",
}  # fmt: skip
PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;#]+)")
TEXT = {".py", ".md", ".toml", ".txt", ".yaml", ".json", ".csv", ".html", ".css", "", ".cfg"}

MACHINE = [
    re.compile(pattern)
    for pattern in (
        # each with a gap, so that this file is not found by itself
        r"(?<![\w.~}-])/(?:work|opt|home|root|Users|mnt|srv)" + "/",
        r"\bpy" + r"pi\.(?:org|python)|files\.python" + r"hosted|test\.py" + "pi",
        r"--(?:extra-)?index" + r"-url|--find" + "-links|--trusted" + "-host",
        r"registry\.npm" + r"js|conda\.ana" + "conda|ghcr" + r"\.io|docker" + r"\.io",
        r"[A-Za-z]:\\Use" + "rs",
    )
]


def project() -> dict[str, object]:
    text = (sources.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text)["project"])


def pins() -> list[str]:
    lines = (sources.ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_top_level_holds_what_it_may() -> None:
    found = {path.relative_to(sources.ROOT).parts[0] for path in sources.committed()}
    assert found == ALLOWED


@pytest.mark.parametrize("folder", ["data", "scenarios", "docs"])
def test_no_python_among_data_scenarios_and_pages(folder: str) -> None:
    assert not sources.python_files(folder)


def test_pins_are_plain() -> None:
    assert pins()
    assert [line for line in pins() if not PIN.fullmatch(line)] == []
    names = [plain(line.partition("==")[0]) for line in pins()]
    assert len(set(names)) == len(names)


def declared() -> list[str]:
    stated = project()
    extras = stated["optional-dependencies"]
    assert isinstance(extras, dict)
    lists = [stated["dependencies"], *extras.values()]
    return [text for listed in lists for text in listed]


@pytest.mark.parametrize("text", declared())
def test_what_is_declared_is_pinned_inside_its_range(text: str) -> None:
    wanted = Requirement(text)
    pinned = {plain(name): version for name, _, version in (p.partition("==") for p in pins())}
    assert plain(wanted.name) in pinned
    assert wanted.specifier.contains(Version(pinned[plain(wanted.name)]))


def test_what_is_imported_is_declared() -> None:
    """A library that the product imports is one of those it declares, not a chance neighbour."""
    import sys

    names = {plain(Requirement(text).name) for text in project()["dependencies"]}  # type: ignore[attr-defined]
    names |= {"ruamel"} if "ruamel-yaml" in names else set()
    with_others = {
        "pytensor": "pymc",  # PyMC pins the PyTensor it works with
        "markupsafe": "jinja2",  # Jinja's own escaping
        "argon2": "argon2-cffi",  # the name it is imported by
        "starlette": "fastapi",  # what FastAPI stands on and hands through
    }
    found = set()
    for path in sources.python_files():
        for node in ast.walk(sources.tree(path)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                found |= _imported(node)
    outside = found - set(sys.stdlib_module_names) - set(sources.PACKAGES)
    unknown = {name for name in outside if plain(with_others.get(name, name)) not in names}
    extras = {
        plain(Requirement(text).name)
        for extra, needs in project()["optional-dependencies"].items()  # type: ignore[attr-defined]
        if extra != "dev"
        for text in needs
    }
    assert unknown <= extras
    first = [  # what an extra brings is loaded where it is used, never with the module
        f"{sources.shown(path)}: {ast.unparse(node)}"
        for path in sources.python_files()
        for node in sources.tree(path).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        if {plain(name) for name in _imported(node)} & extras
    ]
    assert not first


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    return set() if node.level else {(node.module or "").partition(".")[0]}


def texts() -> list[Path]:
    return [path for path in sources.committed() if path.suffix in TEXT]


def test_no_address_of_a_registry_and_no_path_of_a_machine() -> None:
    found = []
    for path in texts():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if any(pattern.search(line) for pattern in MACHINE):
                found.append(f"{sources.shown(path)}:{number}: {line.strip()[:80]}")
    assert not found


def test_the_patterns_find_what_they_look_for() -> None:
    bad = [
        "open('/wo" + "rk/main/x.csv')",
        "see /op" + "t/v/venv",
        "https://py" + "pi.org/simple",
        "pip install --index" + "-url x",
    ]
    for line in bad:
        assert any(pattern.search(line) for pattern in MACHINE), line
    for line in ("https://example.com/work" + "/x", "../shared/datasets", "a/home" + "/b"):
        assert not any(pattern.search(line) for pattern in MACHINE), line
