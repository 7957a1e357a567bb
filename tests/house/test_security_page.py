"""docs/security.md covers every requirement once, names tests that exist, and says what holds."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import sources

from allocator.signoff.service import guessed, identity, jobs, passwords
from allocator.web.settings import Settings

PAGE = (sources.ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TESTS = sources.ROOT / "tests" / "allocator"
ROW = re.compile(r"^\| (\d[\d.,–\s]*) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w./]+\.py)::(\w+)`")
WORDS = ("**not here**", "**yours**", "**in part**")
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 5, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5,
    "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4,
    "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2,
    "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1,
    "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
"""ASVS 5.0.0: section -> how many of its requirements are of level 1 or 2 (they come first), and
2.3.5."""


def numbers(cell: str) -> list[str]:
    """``6.5.1–6.5.3, 6.6.1`` as single numbers."""
    found = []
    for part in cell.replace(" ", "").split(","):
        first, _, last = part.partition("–")
        section, _, low = first.rpartition(".")
        high = last.rpartition(".")[2] if last else low
        assert not last or last.rpartition(".")[0] == section, part
        found += [f"{section}.{number}" for number in range(int(low), int(high) + 1)]
    return found


ROWS = [match.groups() for match in ROW.finditer(PAGE)]


def test_every_requirement_stands_there_once() -> None:
    wanted = [f"{section}.{n}" for section, most in SECTIONS.items() for n in range(1, most + 1)]
    assert len(wanted) == 253 + 1
    found = [one for row in ROWS for one in numbers(row[0])]
    assert sorted(set(found) - set(wanted)) == []
    assert sorted(set(wanted) - set(found)) == []
    assert len(found) == len(set(found))


@cache
def functions_in(file: Path) -> frozenset[str]:
    """Names of the test functions in a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_names_tests_that_exist_or_says_why_not(row: tuple[str, ...]) -> None:
    shown = row[3]
    named = NAMED.findall(shown)
    words = [word for word in WORDS if word in shown]
    assert named or words, "neither a test nor a reason"
    for file, name in named:
        path = (TESTS / file).resolve()
        assert path.is_relative_to(sources.ROOT / "tests"), file
        assert path.exists(), file
        assert name in functions_in(path), f"{file}::{name}"
    left = NAMED.sub("", shown)
    for word in WORDS:
        left = left.replace(word, "")
    assert set(left) <= set(", ;"), left
    assert len(row[2]) >= 3, "how is not said"


def test_limits_on_the_page_are_those_of_the_code() -> None:
    settings = Settings("", Path(), "", Path())
    words = {10: "Ten", 50: "fifty", 15: "a quarter of an hour", 5: "the last five minutes",
             7: "seven days"}  # fmt: skip
    for sentence in (
        f"{identity.IDLE} minutes unused and after {identity.ABSOLUTE // 60} hours",
        f"{words[identity.PER_NAME]} failures under a name, or {words[identity.PER_ADDRESS]} from",
        words[identity.WINDOW], words[identity.FRESH], words[identity.GIVEN],
        f"{passwords.SHORTEST} to {passwords.LONGEST} signs",
        f"without these must be {guessed.LEFT}",
        f"{settings.acts_a_minute} changes a minute", f"{jobs.MOST_OPEN} open jobs",
    ):  # fmt: skip
        assert sentence in PAGE, sentence


def test_password_fields_are_plain_password_fields() -> None:
    templates = sources.ROOT / "allocator" / "web" / "templates"
    fields = [
        field
        for file in templates.glob("*.html")
        for field in re.findall(r"<input[^>]+>", file.read_text(encoding="utf-8"))
        if re.search(r'name="(\w*password|new|repeated)"', field)
    ]
    assert len(fields) >= 6
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field), field
        assert "onpaste" not in field


def test_the_inventory_of_cryptography_is_complete() -> None:
    """Files that sign-off and pages compute anything secret in, and the hashes they name."""
    inventory = PAGE.partition("## Cryptography")[2].partition("## Sessions")[0]
    names = set()
    for room in ("signoff", "web"):
        for path in (sources.ROOT / "allocator" / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            names |= set(re.findall(r"hashlib\.(\w+)", text))
            if re.search(r"^\s*(from|import) (argon2|cryptography|joserfc|hmac)\b", text, re.M):
                known = path.name in inventory or "compare_digest" in text
                assert known, f"{sources.shown(path)} is not in the inventory"
    assert names == {"sha256", "sha1"}
    assert "random" not in {
        name
        for room in ("signoff", "web")
        for path in (sources.ROOT / "allocator" / room).rglob("*.py")
        for name in re.findall(r"^import (\w+)", path.read_text(encoding="utf-8"), re.M)
    }


def test_no_script_keeps_anything_in_the_browser() -> None:
    scripts = (sources.ROOT / "allocator" / "web" / "static").glob("*.js")
    own = [file for file in scripts if not file.name.startswith("htmx")]
    assert own
    for file in own:
        text = file.read_text(encoding="utf-8")
        for word in ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "eval(",
                     "innerHTML", "postMessage", "__proto__"):  # fmt: skip
            assert word not in text, f"{file.name}: {word}"
