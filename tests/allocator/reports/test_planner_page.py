"""The planner's page as text: what it says, what it may load, and what no name can do to it."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from html.parser import HTMLParser

import pytest
from dossier_case import dossier_of
from plan_cases import CASES, HOSTILE, case_plan
from plans import Case, made

from allocator.plan import Plan
from allocator.reports._base import numbers
from allocator.reports._base.names import clean
from allocator.reports.planner import planner_page

VOID = {"meta", "link", "br", "col", "img", "input", "base", "hr"}
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "section"),
    *("h1", "h2", "h3", "p", "span", "small", "br", "pre", "code", "dl", "div", "dt", "dd"),
    *("ul", "li", "details", "summary", "figure", "figcaption"),
    *("table", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("svg", "rect", "line", "path", "circle", "text"),
    "script",  # one, ours: see test_nothing_is_loaded_and_style_and_script_are_hashed
}


class Read(HTMLParser):
    """Tags, attributes and text of a page; every tag must close in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.texts.append(" ".join(data.split(" ")).strip())

    def first(self, tag: str) -> dict[str, str | None]:
        return next(attributes for name, attributes in self.tags if name == tag)


def without_script(html: str) -> str:
    return re.sub(r"<script>.*?</script>", "", html, count=1, flags=re.DOTALL)


@cache
def page(name: str) -> tuple[Plan, str]:
    plan, curves = case_plan(name)
    return plan, planner_page(plan, curves, dossier_of(plan, curves)).decode("utf-8")


@cache
def read(name: str) -> Read:
    return Read(page(name)[1])


def text(name: str) -> str:
    return re.sub(r"[ \n]+", " ", " ".join(read(name).texts))


@pytest.mark.parametrize("name", CASES)
def test_only_plain_elements_all_closed_and_no_handler(name: str) -> None:
    found = read(name)
    assert found.open == []
    assert {tag for tag, _ in found.tags} <= ALLOWED
    for _, attributes in found.tags:
        assert not [key for key in attributes if key.startswith("on") or key in ("style", "href")]
        assert "src" not in attributes


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_loaded_and_style_and_script_are_hashed(name: str) -> None:
    _, html = page(name)
    policy = next(
        str(attributes["content"])
        for tag, attributes in read(name).tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    looks, acts = (
        base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        for part in (style, script)
    )
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{looks}'; script-src 'sha256-{acts}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert script == page("two")[1].split("<script>")[1].split("</script>")[0]  # no name in it
    assert not re.search(r"innerHTML|eval|Function|fetch|import|XMLHttp|insertAdj|write", script)
    assert not re.search(r"url\(|@import|@font-face", style)
    if name != "hostile":
        assert "//" not in html.replace("<!doctype", "")
        assert "http" not in html.replace("http-equiv", "")


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_name_is_shown_and_does_nothing(payload: str) -> None:
    found = read("hostile")
    assert clean(payload) in found.texts  # as a row's name, whole
    titles = [str(attributes.get("aria-label")) for tag, attributes in found.tags if tag == "svg"]
    assert any(clean(payload) in title for title in titles)


def test_control_and_turning_characters_are_gone() -> None:
    html = without_script(page("hostile")[1])
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", html)
    assert not re.search("<(script|img|iframe|a|form|link|base|b)[ >/]", html)  # in svg titles too
    assert "49" not in "".join(part for part in read("hostile").texts if part.startswith("{{"))


def test_the_same_plan_gives_the_same_bytes() -> None:
    for name in ("base", "two"):
        plan, curves = made(CASES[name])
        again = planner_page(plan, curves, dossier_of(plan, curves))
        assert again == page(name)[1].encode("utf-8")


@pytest.mark.parametrize("name", [name for name in CASES if name != "hostile"])
def test_figures_are_those_of_the_plan(name: str) -> None:
    plan, _ = page(name)
    said = text(name)
    expected = plan.totals.plan.objective
    unit = plan.units.get(plan.objective, "currency")
    assert numbers.money(plan.totals.plan.spend, plan.currency) in said
    for value in (expected.mean, expected.p10, expected.p90):
        assert numbers.quantity(value, unit, plan.currency) in said
    for channel in plan.channels:
        assert f"{channel.spend:,.0f}" in said
        assert f"{channel.reference:,.0f}" in said
        for kpi in plan.units:
            assert numbers.estimate(channel.kpis[kpi].mean) in said
            assert numbers.estimate(channel.difference[kpi].mean, signed=True) in said
    for line in plan.lines:
        assert f"{line.total:,.0f}" in said
        for week in line.spend:
            assert f"{week:,.2f}" in said
    assert plan.digest in said
    assert plan.scenario.digest in said
    assert plan.curves.digest in said


@pytest.mark.parametrize("name", CASES)
def test_every_drawing_says_its_finding(name: str) -> None:
    drawings = [attributes for tag, attributes in read(name).tags if tag == "svg"]
    assert drawings
    for attributes in drawings:
        assert attributes["role"] == "img"
        assert re.search(r"\d", str(attributes["aria-label"]))


def test_channels_stand_in_the_same_order_everywhere() -> None:
    plan, html = page("base")
    order = [c.channel for c in sorted(plan.channels, key=lambda c: -c.spend)]
    names = "|".join(order)
    rows = re.findall(rf'<th scope="row">({names})</th>', html)
    assert rows == order * 4  # revenue, new customers, plans side by side, weeks
    shelves = re.findall(rf"<h3>({names})</h3>", html)
    assert shelves == order * 2


def test_bars_and_dots_are_drawn_to_scale() -> None:
    plan, html = page("two")
    bars = re.findall(r'class="(reference|planned)" x="0" y="\d+" width="([\d.]+)"', html)
    widths = [float(width) for _, width in bars]
    largest = max(line.total for line in plan.lines)
    ordered = sorted(plan.lines, key=lambda line: -line.total)
    drawn = [amount for line in ordered for amount in (line.reference, line.total)]
    assert widths == pytest.approx([200 * amount / largest for amount in drawn], abs=0.01)


def test_what_is_doubtful_is_tagged_beside_its_line() -> None:
    _, html = page("base")
    assert re.search(r'content <span class="tag">beyond observed range</span>', html)
    assert re.search(r'sponsoring <span class="tag">prior-driven</span>', html)
    assert "median beyond" in html
    assert "observed" not in "".join(re.findall(r'<rect class="(\w+)"', page("two")[1]))


def test_without_curves_the_page_says_so() -> None:
    plan, _ = made(CASES["two"])
    assert "The curves were not at hand" in planner_page(plan, ()).decode("utf-8")


def test_sixty_lines_are_folded_and_a_few_are_not() -> None:
    assert page("sixty")[1].count('<details class="group" open>') == 2  # one for each KPI
    assert page("base")[1].count('<details class="group" open>') == 12
    assert len(page("sixty")[1]) < 1_000_000


def test_many_warnings_are_folded() -> None:
    warnings = tuple(f"warning number {place}" for place in range(12))
    plan, curves = made(Case(rows=CASES["two"].rows, warnings=warnings))
    html = planner_page(plan, curves).decode("utf-8")
    assert "7 more to know" in html
    assert all(warning in html for warning in warnings)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_contrast_is_wcag_aa(theme: int) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", page("base")[1], re.DOTALL)
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[theme]
    colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))

    def contrast(one: str, other: str) -> float:
        low, high = sorted(luminance(colour[name]) for name in (one, other))
        return (high + 0.05) / (low + 0.05)

    for ink, ground in (
        ("ink", "page"), ("quiet", "page"), ("accent", "page"), ("ink", "warning-wash"),
        ("quiet", "wash"), ("ink", "wash"),
    ):  # fmt: skip
        assert contrast(ink, ground) >= 4.5, (ink, ground)
    for mark in ("planned", "reference"):
        assert contrast(mark, "page") >= 3.0, mark
