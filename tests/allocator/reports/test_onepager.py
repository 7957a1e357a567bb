"""The director's page: one page of whatever size the plan, and the figures of plan and dossier."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import typst
from browser_case import browser_of
from dossier_case import Around, dossier_of
from plan_cases import CASES, case_plan
from plans import Case, plan_of, rule

from allocator.findings.dossier import Dossier
from allocator.plan import Plan
from allocator.reports._base import numbers
from allocator.reports._base.fit import BREAK, breakable, cut, width
from allocator.reports._base.qr import FORM
from allocator.reports.onepager import covered, onepager_html, onepager_pdf, typst_data

THREE = Case(
    rows=(("tv", None, 600_000, 480_000, 1.9), ("search", None, 400_000, 520_000, 6.2),
          ("social", None, 200_000, 200_000, 3.2)),
    title="Three channels", budget=("exactly", 1.2e6),
)  # fmt: skip
MANY = Case(
    rows=tuple(
        (f"channel {p // 25 + 1:02d}", f"campaign {p % 25 + 1}", 20_000.0 + 40 * p,
         20_000.0 + 40 * p + (6_000 if p % 3 == 2 else -3_000), 1.5 + p % 3)
        for p in range(300)
    ),
    title="Three hundred campaigns", budget=("exactly", 11_994_000.0), constraints=(),
)  # fmt: skip
LONG = "Ünïcode Überlänge/" * 12
WORST = replace(
    CASES["hostile"],
    title=LONG,
    rows=tuple((f"{LONG}{p}", f"{'広告' * 60}{p}", 1e9, 1e9 + (-1) ** p * 9e8, 2.0)
               for p in range(12)),
    constraints=tuple(
        rule(f"{LONG}{p}", LONG, "min", LONG, 9e3, 9e3, 0.0, reason=LONG, owner="ओ̂̂̂̂̂̂" * 90)
        for p in range(40)
    ),
)  # fmt: skip
SIZES = {"three": THREE, "many": MANY, "worst": WORST}
NAMES = ("three", "base", "many", "count", "keep", "two", "hostile", "worst")


@cache
def both(name: str) -> tuple[Plan, Dossier]:
    plan = plan_of(SIZES[name]) if name in SIZES else case_plan(name)[0]
    return plan, dossier_of(plan)


class Parts(HTMLParser):
    """Which elements and attributes there are."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def words(text: str) -> str:
    """What stands on the page, without places to break at."""
    body = text[text.index("<body>") :]
    return html.unescape(re.sub(r"<[^>]+>", " ", body)).replace(BREAK, "")


@pytest.mark.parametrize("name", NAMES)
def test_it_is_one_page_on_paper_and_nothing_is_cut(name: str) -> None:
    plan, dossier = both(name)
    source = resources.files("allocator.reports").joinpath("onepager.typ").read_bytes()
    data = {"page": typst_data(plan, dossier)}
    fit = json.loads(typst.query(source, "<fit>", field="value", one=True, sys_inputs=data))
    assert fit["fits"]
    assert fit["size"] >= (8 if name not in ("worst", "hostile") else 5.6)
    one = typst.compile(source, format="png", ppi=20, sys_inputs=data)
    assert isinstance(one, bytes)  # of several pages it would be a list


@pytest.mark.parametrize("name", ["base", "many", "count"])
def test_figures_are_those_of_plan_and_dossier(name: str) -> None:
    plan, dossier = both(name)
    page, paper = words(onepager_html(plan, dossier).decode()), typst_data(plan, dossier)
    paper = paper.replace(BREAK, "")
    reference, gain = plan.totals.difference.reference, dossier.risk.gain
    kpi = next(iter(plan.units))
    expected = [
        numbers.whole(plan.totals.plan.spend),
        numbers.whole(plan.totals.reference.spend),
        numbers.estimate(plan.totals.plan.kpis[kpi].mean),
        numbers.estimate(reference.kpis[kpi].mean, signed=True),
        f"{numbers.estimate(reference.kpis[kpi].p10, signed=True)} to "
        f"{numbers.estimate(reference.kpis[kpi].p90, signed=True)}",
        numbers.quantity(gain.mean, plan.certificate.unit, plan.currency),
        numbers.quantity(gain.p10, plan.certificate.unit, plan.currency),
        numbers.chance(dossier.risk.better),
        numbers.quantity(dossier.waiting.cost.mean, plan.certificate.unit, plan.currency),  # type: ignore[union-attr]
        numbers.percent(0.062),
        "Jana Weber",
        "22\u00a0November\u00a02026",
        plan.digest,
        dossier.digest,
        f"allocator:plan:{plan.digest}:{dossier.digest[:16]}",
    ]
    biggest = max(plan.channels, key=lambda c: abs(c.spend - c.reference))
    if name != "many":
        expected.append(numbers.compact(biggest.spend - biggest.reference, signed=True))
    for other in dossier.alternatives[:2]:
        size = numbers.quantity(abs(other.short.mean), plan.certificate.unit, plan.currency)
        expected.append(size)
    for said in expected:
        assert said in paper, said
        assert said in page or said.startswith("allocator:"), said


@pytest.mark.parametrize("name", ["base", "hostile"])
def test_the_same_bytes_every_time(name: str) -> None:
    plan, dossier = both(name)
    assert onepager_html(plan, dossier) == onepager_html(plan, dossier)
    first = onepager_pdf(plan, dossier)
    assert first == onepager_pdf(plan, dossier)
    assert b"2026" in first
    assert first.startswith(b"%PDF-")


def test_names_are_text_and_nothing_else() -> None:
    plan, dossier = both("hostile")
    page = onepager_html(plan, dossier).decode()
    parts = Parts()
    parts.feed(page)
    assert {"script", "img", "iframe", "link", "form", "base", "a"} & parts.tags == set()
    assert [name for name in parts.attributes if name.startswith("on") or name == "style"] == []
    assert "default-src &#39;none&#39;" in page
    assert {"src", "href", "action", "srcset", "xlink:href"} & parts.attributes == set()
    for steering in ("\x1b", "\u202e", "\x00"):
        assert steering not in page
        assert steering not in typst_data(plan, dossier)


def test_markup_in_names_stays_words_on_paper() -> None:
    """`#read`, `*bold*` and `$x$` are what Typst would act on, were it to read them."""
    case = replace(THREE, title='#read("/etc/passwd") *b* $x^2$ @ref <l> #panic("no")')
    plan = plan_of(case)
    assert onepager_pdf(plan, dossier_of(plan)).startswith(b"%PDF-")


def test_what_is_not_known_is_said() -> None:
    plan, _ = both("base")
    bare = dossier_of(plan, around=Around(back_test=False, promise=False, made_by=""))
    page = words(onepager_html(plan, bare).decode())
    assert "Back-test: none was made" in page
    assert "No earlier plan was named" in page
    assert "proposed by" not in page
    stale = dossier_of(plan, around=Around(stale=("the data have grown",)))
    assert "No longer current: the data have grown." in words(onepager_html(plan, stale).decode())


def test_rest_is_counted() -> None:
    plan, dossier = both("worst")
    page = words(onepager_html(plan, dossier).decode())
    assert "and 36 more rules" in page
    assert "5 more channels change" in page


def test_the_code_names_plan_and_dossier() -> None:
    plan, dossier = both("base")
    match = FORM.match(json.loads(typst_data(plan, dossier))["code"].replace(BREAK, ""))
    assert match is not None
    assert match.groups() == (plan.digest, dossier.digest[:16])


def test_letters_that_the_fonts_have() -> None:
    assert covered("Köln – Łódź Ж Ω → − €")
    assert not covered("広告")


def test_cutting_counts_what_is_seen() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("abcd", 4) == "abcd"
    assert width(cut("広告" * 9, 8)) <= 8
    assert cut("e" + "\u0301" * 40, 3) == "e\u0301\u0301"
    assert breakable("a" * 20 + " b") == "a" * 16 + BREAK + "a" * 4 + " b"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browser_of()


def test_it_is_one_page_in_a_browser_and_nothing_is_cut(browser: Any, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 900, "height": 1200})
    for name in NAMES:
        file = tmp_path / f"{name}.html"
        file.write_bytes(onepager_html(*both(name)))
        page.goto(file.as_uri())
        page.emulate_media(media="print")
        size = page.evaluate(
            "() => { const m = document.querySelector('main');"
            " return [m.scrollHeight - m.clientHeight, m.scrollWidth - m.clientWidth]; }"
        )
        assert size == [0, 0], name
        paper = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1, name
    page.close()
