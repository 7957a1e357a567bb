"""A plan on the terminal: it fits, it survives a pipe, and nothing in a name steers it."""

from __future__ import annotations

import io
import re

import pytest
from plan_cases import CASES, case_plan
from plans import BASE, Case, made
from rich.cells import cell_len
from rich.console import Console

from allocator.plan import Plan
from allocator.reports.terminal import plan_tables


def printed(plan: Plan, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    Console(file=file, width=100, highlight=False).print(plan_tables(plan))
    file.flush()
    return raw.getvalue().decode(encoding)


def printed_case(name: str, encoding: str = "utf-8") -> str:
    return printed(case_plan(name)[0], encoding)


@pytest.mark.parametrize("name", CASES)
def test_it_fits_a_hundred_columns(name: str) -> None:
    lines = printed_case(name).splitlines()
    assert max(cell_len(line) for line in lines) <= 100


@pytest.mark.parametrize(
    ("factor", "total"),
    [(1e-3, "2,000"), (20, "40,000,000"), (40, "80,000"), (1e5, "200,000,000")],
)
def test_it_fits_whatever_the_money(factor: float, total: str) -> None:
    rows = tuple((c, k, a * factor, b * factor, back) for c, k, a, b, back in BASE)
    text = printed(made(Case(rows=rows))[0])
    assert max(map(cell_len, text.splitlines())) <= 100
    assert re.search(rf"^total +{total} +{total} ", text, re.MULTILINE)
    assert text.count("EUR k ") == (factor >= 40)  # from there on, in thousands


def test_the_sentence_is_first_and_the_proof_last() -> None:
    text = printed_case("base")
    assert text.startswith("Moving EUR ")
    assert re.search(r"Best for this model, within 0\.040 %\.\nNo split", text)
    order = [text.index(part) for part in ("search  ", "1 rule holds", "Warnings", "Best for")]
    assert order == sorted(order)


def test_rows_are_those_of_the_plan() -> None:
    plan, _ = case_plan("base")
    lines = printed_case("base").splitlines()
    for line in plan.lines:
        assert any(
            row.startswith(f"  {line.campaign} ")
            and f" {line.reference:,.0f} " in row
            and f" {line.total:,.0f} " in row
            for row in lines
        ), line.line


@pytest.mark.parametrize("name", [name for name in CASES if name != "hostile"])
def test_a_pipe_that_knows_only_ascii_is_enough(name: str) -> None:
    assert printed_case(name, "ascii").isascii()


def test_a_name_steers_nothing() -> None:
    text = printed_case("hostile")
    assert "\x1b" not in text
    assert "[bold red]tv[/]" in text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f]", text)
