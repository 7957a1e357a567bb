"""Pages in a real browser: readable by all, at any width, in the dark; and strangers' texts stay
texts, whatever field they came through."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from browser_case import browser_of
from desk import Desk, csrf_in
from hostile_pages import plan_with
from office import Office
from open_house import context_of, open_house
from payloads import PAYLOADS
from plans import Case, plan_of, rule
from signoff_world import World, authority_file, talk, titled

from allocator.plan import sealed
from allocator.reports._base.names import clean, clean_lines
from allocator.signoff.seen import seen_of
from allocator.signoff.service import jobs
from allocator.signoff.service.decision import Decision, reject
from allocator.signoff.service.delegation import Deputy, delegate
from allocator.signoff.service.submission import Submission, create
from allocator.signoff.service.talk import Paper, Remark, attach, comment
from allocator.signoff.states import Role
from allocator.signoff.store import people
from allocator.signoff.work import Solve

SAID = tuple(text.replace("\x00", "") for text in PAYLOADS)  # with it they are refused
PATIENCE = 180_000.0  # ms: machines that test are busy
FAULTS = """async (dark) => {
  const only = {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']};
  const rules = dark ? {type: 'rule', values: ['color-contrast']} : only;
  const found = await axe.run(document, {runOnly: rules, resultTypes: ['violations'],
                                         iframes: false});
  return found.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html).join(' | '));
}"""
WIDE = "() => document.documentElement.scrollWidth - window.innerWidth"
SMALL = """() => [...document.querySelectorAll('button, .button, .tabs a, .top nav a, select')]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 24).length"""
POKE = """() => {
  document.addEventListener('click', e => e.preventDefault(), true);
  document.addEventListener('submit', e => e.preventDefault(), true);
  document.querySelectorAll('details').forEach(d => { d.open = true; });
  for (const e of document.querySelectorAll('main *')) {
    for (const kind of ['mouseover', 'click', 'toggle']) e.dispatchEvent(new Event(kind));
    if (e.matches('[autofocus], [onfocus]')) e.focus();
  }
}"""
FOUND = """() => {
  const every = [...document.querySelectorAll('*')];
  const of = name => every.map(e => e.getAttribute(name)).filter(v => v !== null);
  return {
    tags: [...new Set(every.map(e => e.localName))],
    handlers: every.flatMap(e => [...e.attributes].map(a => a.name))
      .filter(a => a.startsWith('on') || a === 'style' || a === 'srcdoc' || a === 'formaction'),
    leads: [...of('href'), ...of('src'), ...of('action')].filter(v => !/^[/#?](?![/\\\\])/.test(v)),
    ran: window.__pwned === undefined ? null : window.__pwned,
    text: document.body.textContent,
  };
}"""
NEVER = {
    *("img", "iframe", "frame", "object", "embed", "base", "video", "audio", "source", "template"),
    *("slot", "marquee", "math", "animate", "use", "xss", "foreignobject", "style", "area", "b"),
}


FEW = Case(
    rows=(("tv", "brand", 600_000, 480_000, 1.9), ("search", None, 400_000, 520_000, 6.2)),
    title="Two channels", budget=("exactly", 1e6), weeks=4, units={"revenue": "currency"},
    beyond=("search",), prior=("tv/brand",),
    constraints=(rule("tv-floor", "tv", "min", "at least 480,000 EUR", 480_000, 480_000, 0.0),),
)  # fmt: skip
"""All that a page can say of a plan, in few rows: axe looks at every cell."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browser_of()


@contextmanager
def open_world(seeded: tuple[Path, World], folder: Path) -> Iterator[tuple[Desk, World]]:
    """The server with plans in every state, at a real socket, on a copy in a folder."""
    file, found = seeded
    shutil.copy(file, folder / "allocator.db")
    authority_file(folder)
    with open_house(folder) as desk:
        yield desk, World(desk.store, found.at, dict(found.plans))


@pytest.fixture(scope="module")
def house(
    seeded: tuple[Path, World], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Desk, World]]:
    with open_world(seeded, tmp_path_factory.mktemp("house")) as (desk, made):
        made.reviewed("small", sealed(plan_of(FEW).model_dump(mode="json")))
        talk(made, made.plans["small"])
        yield desk, made


def test_every_page_is_for_everybody(browser: Any, house: tuple[Desk, World]) -> None:
    """WCAG A and AA as far as axe-core can tell; wide and light, then narrow and dark."""
    script = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(
        encoding="utf-8"
    )
    desk, world = house
    plan, filed = f"/plans/{world['small']}", f"/plans/{world['review']}"
    pages = {
        "dora": ["/", "/plans", plan, f"{plan}/approve", f"{filed}/director", f"{filed}/health",
                 f"/compare?plan={world['small']}&plan={world['released']}", "/stand-ins",
                 "/account"],
        "paula": ["/hand-in", "/jobs", f"/jobs/{waiting(desk)}"],
        "fiona": [f"{plan}/finance", f"/plans/{world['conditional']}/release"],
        "aude": ["/trail"],
    }  # fmt: skip
    dark = {"/", plan, f"{plan}/approve", "/hand-in", "/jobs", f"{filed}/health"}
    for who, addresses in pages.items():
        context = context_of(browser, desk, who)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        for address in addresses:
            page.set_viewport_size({"width": 1280, "height": 900})
            page.emulate_media(color_scheme="light")
            page.goto(address)
            if address == plan:
                page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            page.evaluate(script)
            assert page.evaluate(FAULTS, False) == [], address
            page.set_viewport_size({"width": 375, "height": 800})
            page.emulate_media(color_scheme="dark")
            if address in dark:
                assert page.evaluate(FAULTS, True) == [], f"{address}, in the dark"
            assert page.evaluate(WIDE) <= 0, address
            assert page.evaluate(SMALL) == 0, address
        assert [one for one in said if not one.startswith("[DOM]")] == []
        context.close()


def waiting(desk: Desk) -> str:
    """A job of paula's that nobody has taken."""
    return jobs.ask(desk.store, "paula", Solve(market="DE", sets={"a": "1"}), at=desk.at).id


def test_a_decision_by_keyboard_and_without_scripts(
    browser: Any, house: tuple[Desk, World]
) -> None:
    desk, world = house
    context = context_of(browser, desk, "dora", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"/plans/{world['large']}")
    page.locator("#said").fill("Is the cap agreed?")
    page.get_by_role("button", name="Comment").press("Enter")
    assert "Is the cap agreed?" in page.locator("#talk").inner_text()
    page.get_by_role("link", name="Approve…").press("Enter")
    assert "What you sign" in page.content()
    page.get_by_label("Why").fill("The growth is worth it.")
    page.get_by_label("Your password, again").fill("correct horse battery")
    page.get_by_label("Your password, again").press("Enter")
    page.wait_for_url("**done=approve")
    assert "Your signature is kept." in page.content()
    context.close()


def test_htmx_only_saves_a_page(browser: Any, house: tuple[Desk, World]) -> None:
    """With scripts a comment and a search change the part of the page that they are about."""
    desk, world = house
    context = context_of(browser, desk, "carla")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"/plans/{world['review']}")
    page.evaluate("window.__same = true")
    page.locator("#said").fill("Noted <b>.")
    page.get_by_role("button", name="Comment").click()
    page.get_by_text("Noted <b>.").first.wait_for()
    assert page.evaluate("window.__same") is True
    page.goto("/plans")
    page.evaluate("window.__same = true")
    page.locator("#text").fill("zebra")
    page.get_by_text("No plan fits").wait_for()
    assert page.evaluate("window.__same") is True
    context.close()


class Shape(HTMLParser):
    """Tags and names of attributes, in their order: what a page is, besides its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, ...]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, *(name for name, _ in attrs)))


def test_what_is_sent_back_changes_no_shape(busy: tuple[Desk, World]) -> None:
    """Fields that a page repeats: search and market, a reason, conditions, a market, a day."""
    desk, world = busy
    browser = desk.as_("dora")
    plain = Shape(browser.get("/plans", params={"text": "zebra", "market": "zz"}).text).found
    at = f"/plans/{world['review']}/approve"
    token = csrf_in(browser.get(at).text)
    form = {"csrf": token, "version": "3", "password": "x", "not_before": "soon"}
    form |= {f"seen_{key}": value for key, value in seen_of(world.plans["review"]).items()}
    for text in PAYLOADS:
        page = browser.get("/plans", params={"text": text[:200], "market": text[:80]})
        assert Shape(page.text).found == plain, text
    author = desk.as_("paula")
    token = csrf_in(author.get("/jobs").text)
    forms = [{"csrf": token, "market": text[:80]} for text in ("zz", *SAID[::4]) if text.strip()]
    first, *others = (Shape(author.post("/jobs", data=form).text).found for form in forms)
    assert [form for form, one in zip(forms[1:], others, strict=True) if one != first] == []
    odd = " ".join(PAYLOADS[:40])[:3_000]
    for fields in ({"reason": odd}, {"document": odd[:40]}, {"most_amount": odd[:20]}):
        answer = browser.post(at, data={**form, **fields})
        assert answer.status_code == 403  # the password is not right
        shape = Shape(answer.text).found
        assert [one for one in shape if one[0] in NEVER or one[0] == "script"] == [
            one for one in shape if one[0] == "script" and one[1:] == ("src", "defer")
        ]


@pytest.fixture(scope="module")
def hostile(
    seeded: tuple[Path, World], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Desk, World]]:
    """Every payload as a line, a rule, a comment, and in all else that people write."""
    with open_world(seeded, tmp_path_factory.mktemp("hostile-web")) as (desk, made):
        digest = made.reviewed("hostile", sealed(plan_with(PAYLOADS).model_dump(mode="json")))
        for text in SAID:
            comment(desk.store, "carla", Remark(digest, text, about_of(text)), at=made.tick())
        for place, texts in enumerate(chunks(3_900)):
            plan = titled("two", f"{texts} {place}")
            made.reviewed(f"sent back {place}", plan)
            said = Decision(plan.digest, seen_of(plan), 3, texts)
            reject(desk.store, "dora", said, at=made.tick())
            lent = Deputy("peter", Role.DIRECTOR, "DE", "2026-11-21", "2026-12-01", texts)
            delegate(desk.store, "dora", lent, at=made.tick())
        for place, text in enumerate(one for one in SAID if one.isprintable()):
            if place % 8 == 0:
                paper = Paper(text[:30] + f" {place}", text[:190], b"x")
                attach(desk.store, "fiona", digest, paper, at=made.tick())
        Office(desk.store).checked(made.plans["hostile"], *SAID)
        page = b"<style>p{}</style><script>parent.__pwned=1</script><img src=x onerror=alert(1)>"
        handed = Submission(titled("two", "A bad page"), "DE", {"page": ("a.html", page)})
        create(desk.store, "paula", handed, at=made.tick())
        made.plans["bad page"] = handed.plan
        desk.store.writing(lambda connection: rename(connection))
        long_work(desk)
        yield desk, made


def long_work(desk: Desk) -> None:
    """Jobs that ask for every payload; one failed with them, one has them in its table."""
    for first in range(0, len(SAID), 40):
        some = SAID[first : first + 40]
        file = next(one for one in some if one.isprintable() and "/" not in one and "\\" not in one)
        asked = Solve(market="DE", file=file[:900], sets={one: one[:1_000] for one in some})
        jobs.ask(desk.store, "paula", asked, at=desk.at)
    failed, done = (jobs.take(desk.store, at=desk.at) for _ in range(2))
    assert failed is not None
    assert done is not None
    jobs.failed(desk.store, failed, "\n".join(SAID)[: jobs.LONGEST_MESSAGE], at=desk.at)
    rows = [{"cell": one, "status": one, "currency": one, "budget": one} for one in SAID]
    jobs.done(desk.store, done, lambda _: {"rows": rows}, at=desk.at)


def about_of(text: str) -> str:
    return f"line:{text[:150]}" if text.isprintable() and text.strip() else "plan"


def chunks(size: int) -> Iterator[str]:
    """All payloads, in as few texts as fit."""
    held = ""
    for text in SAID:
        if len(held) + len(text) + 1 > size:
            yield held
            held = ""
        held += f"{text} "
    yield held


def rename(connection: Any) -> None:
    """Two people whose names are payloads."""
    people.change(connection, "carla", name=PAYLOADS[20][:200])
    people.change(connection, "paula", name='"><img src=x onerror=alert(window.__pwned=1)>')


@pytest.mark.parametrize("guarded", [True, False], ids=["as it is", "without its policy"])
def test_nothing_that_was_written_runs(
    browser: Any, hostile: tuple[Desk, World], guarded: bool
) -> None:
    """Without its policy too: escaping alone must do, the policy is the second wall."""
    desk, world = hostile
    plan = f"/plans/{world['hostile']}"
    who = {"dora": ("/", "/plans", plan, f"{plan}/approve", f"{plan}/finance", "/stand-ins",
                    f"{plan}/trail", f"/plans/{world['sent back 0']}",
                    f"/compare?plan={world['hostile']}&plan={world['sent back 1']}"),
           "paula": ("/hand-in", "/jobs", *asked_of(desk)), "aude": ("/trail",)}  # fmt: skip
    for name, addresses in who.items():
        context = context_of(browser, desk, name, bypass_csp=not guarded)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.on("dialog", lambda one, said=said: (said.append(one.message), one.dismiss()))
        page.on("request", lambda one, said=said: _told(desk, one.url, said))
        for address in addresses:
            page.goto(address, wait_until="domcontentloaded")
            page.evaluate(POKE)
            found = page.evaluate(FOUND)
            assert found["ran"] is None, address
            assert found["handlers"] == [], address
            assert found["leads"] == [], address
            assert NEVER & set(found["tags"]) == set(), address
            assert page.url == desk.settings.public_url + address, address
            if address == plan:
                text = re.sub(r"\s+", "", found["text"])
                shown = (re.sub(r"\s+", "", clean_lines(one.expandtabs())) for one in SAID)
                assert [one for one in shown if one not in text] == []
        assert [one for one in said if not one.startswith("[DOM]")] == [], name
        context.close()


def asked_of(desk: Desk) -> list[str]:
    """Pages of the jobs."""
    return [f"/jobs/{one.id}" for one in jobs.listed(desk.store, "paula")]


def test_a_form_for_long_work_that_is_sent_back(browser: Any, hostile: tuple[Desk, World]) -> None:
    """What was typed stands in its fields again, and the faults repeat it: as words."""
    desk, _ = hostile
    context = context_of(browser, desk, "paula", bypass_csp=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    for some, sets in ((SAID[::2], "\n".join(SAID)), (SAID[1::2], "")):
        page.goto("/jobs")
        page.locator("#file").fill("/" + " ".join(some)[:900])
        page.locator("#text").fill("\n".join(some))
        page.locator("#sets").fill(sets)
        with page.expect_response("**/jobs") as answer:
            page.get_by_role("button", name="Find the best plan").click()
        assert answer.value.status == 422
        page.evaluate(POKE)
        found = page.evaluate(FOUND)
        assert (found["ran"], found["handlers"], found["leads"]) == (None, [], [])
        assert NEVER & set(found["tags"]) == set()
        assert clean(some[0])[:60].strip() in page.locator("#text").input_value()
    context.close()


def _told(desk: Desk, url: str, said: list[str]) -> None:
    if not url.startswith(desk.settings.public_url):
        said.append(url)


def test_a_bad_document_runs_nothing(browser: Any, hostile: tuple[Desk, World]) -> None:
    desk, world = hostile
    context = context_of(browser, desk, "dora")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    asked: list[str] = []
    page.on("requestfinished", lambda one: asked.append(one.url))
    page.on("dialog", lambda one: (asked.append(one.message), one.dismiss()))
    page.goto(f"/plans/{world['bad page']}/planner")
    page.wait_for_load_state("load")
    assert page.evaluate("window.__pwned === undefined")
    assert [one for one in asked if one.endswith("/x") or "evil" in one or one == "1"] == []
    page.goto(f"/plans/{world['bad page']}/documents/page")
    assert page.evaluate("window.__pwned === undefined && document.querySelector('p') === null")
    assert clean(page.title()) == ""
    context.close()
