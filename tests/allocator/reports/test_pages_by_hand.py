"""Pages used as people do: by keyboard, on a telephone, in the dark, without scripts, on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from browser_case import browser_of
from dossier_case import dossier_of
from hostile_pages import compared_with, ladder_with
from plan_cases import CASES
from plans import Case, made

from allocator.papers import page
from allocator.reports._base.numbers import whole
from allocator.reports.onepager import onepager_html

THREE = Case(
    rows=(("tv", "brand", 600_000, 480_000, 1.9), ("search", None, 400_000, 520_000, 6.2),
          ("social", None, 200_000, 200_000, 3.2)),
    title="Three channels", budget=("exactly", 1.2e6), weeks=4, units={"revenue": "currency"},
    beyond=("search",), prior=("social",),
)  # fmt: skip
FOCUSABLE = """() => [...document.querySelectorAll('summary, input, [tabindex]')]
  .filter(e => e.checkVisibility({contentVisibilityAuto: true})).length"""
FOCUSED = """() => {
  const e = document.activeElement;
  if (e === document.body) return null;
  if (!e.dataset.place) e.dataset.place = String(window.__count = (window.__count || 0) + 1);
  return e.dataset.place;
}"""
WIDE = "() => document.documentElement.scrollWidth - window.innerWidth"
FAULTS = """async () => {
  const only = {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']};
  const found = await axe.run(document, {runOnly: only, resultTypes: ['violations']});
  if (!found.passes.some(p => p.id === 'color-contrast')) return ['contrast was not looked at'];
  return found.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html).join(' | '));
}"""


@cache
def pages() -> dict[str, bytes]:
    plan, curves = made(THREE)
    dossier = dossier_of(plan, curves)
    names = ("tv", "search", "social")
    return {
        "plan": page(plan, dossier), "onepager": onepager_html(plan, dossier),
        "compare": compared_with(names), "ladder": ladder_with(names),
    }  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browser_of()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made_in = tmp_path_factory.mktemp("pages")
    for name, data in pages().items():
        (made_in / f"{name}.html").write_bytes(data)
    return made_in


@pytest.fixture
def opened(browser: Any, folder: Path) -> Iterator[Any]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(120_000.0)
    page.goto((folder / "plan.html").as_uri())
    yield page
    page.close()


def test_the_keyboard_reaches_every_control(opened: Any) -> None:
    wanted = opened.evaluate(FOCUSABLE)
    assert wanted > 15
    reached = set()
    for _ in range(wanted + 1):
        opened.keyboard.press("Tab")
        reached.add(opened.evaluate(FOCUSED))
    assert len(reached - {None}) == wanted


def test_arrows_read_along_a_curve(opened: Any) -> None:
    """Every figure that is read is a row of the table beneath; it begins at the recommended one."""
    figure = opened.locator("figure.of-line").first
    slider = figure.locator("input")
    rows = [re.split(r"\s*\t\s*", one) for one in
            figure.locator("tbody").evaluate(
                "b => [...b.rows].map(r => [...r.cells].map(c => c.textContent.trim()).join('\\t'))"
            )]  # fmt: skip

    def read() -> list[str]:
        said: list[str] = figure.locator("dl.read dd").all_text_contents()
        return said

    def stated(place: int) -> list[str]:
        return [cell or "–" for cell in rows[place]]

    first = int(slider.input_value())
    assert read()[0] == whole(520_000)
    assert "recommended" in read()[-1]
    assert read() == stated(first)
    dot = figure.locator(".probe")
    before = float(dot.get_attribute("cx"))
    slider.focus()
    opened.keyboard.press("ArrowRight")
    assert read() == stated(first + 1)
    assert float(dot.get_attribute("cx")) > before
    assert dot.is_visible()
    opened.keyboard.press("Home")
    assert read() == stated(0)
    assert read()[0] == "0"
    opened.keyboard.press("End")
    assert read() == stated(len(rows) - 1)
    assert slider.get_attribute("aria-label") == "Read search at another spend"
    assert rows[-1][0] in str(slider.get_attribute("aria-valuetext"))


def test_without_scripts_the_table_stands_there(browser: Any, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "plan.html").as_uri())
    assert page.locator("input").count() == 0
    assert page.locator(".probe").first.is_visible() is False
    assert page.locator("figure.of-line .amounts tbody tr").count() > 60
    page.locator(".amounts summary").first.click()
    assert page.locator(".amounts td").first.is_visible()
    context.close()


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_scrolls_sideways(browser: Any, folder: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    for name in pages():
        page.goto((folder / f"{name}.html").as_uri())
        assert page.evaluate(WIDE) <= 0, name
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert page.evaluate(WIDE) <= 0, name
    page.close()


def test_paper_has_no_controls_and_no_page_is_wider_than_it(opened: Any) -> None:
    opened.emulate_media(media="print")
    assert opened.locator("input").first.is_visible() is False
    assert opened.locator("dl.read").first.is_visible() is False
    opened.set_viewport_size({"width": 703, "height": 1000})  # A4 within its margins, 96 dpi
    assert opened.evaluate(WIDE) <= 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_readable_to_all(browser: Any, folder: Path, theme: str) -> None:
    """WCAG 2.1 A and AA as far as axe-core can tell, contrast among it."""
    script = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(
        encoding="utf-8"
    )
    context = browser.new_context(color_scheme=theme, bypass_csp=True)
    page = context.new_page()
    for name in pages():
        page.goto((folder / f"{name}.html").as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        page.evaluate(script)
        assert page.evaluate(FAULTS) == [], name
    context.close()


def test_the_largest_page_is_bounded() -> None:
    """A line of 300 costs less than 10 kB: curve, table, and its rows elsewhere."""
    few, many = (
        len(page(plan, dossier_of(plan, curves)))
        for plan, curves in (made(Case(rows=CASES["sixty"].rows[:n], weeks=13,
                                       units={"revenue": "currency"})) for n in (41, 60))
    )  # fmt: skip
    assert (many - few) / 19 < 10_000
