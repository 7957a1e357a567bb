"""Every page, for everybody: what it says, which buttons it has, and of which one is primary."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from desk import Desk
from signoff_world import World

import allocator.signoff.service
from allocator.signoff.states import Action, State
from allocator.web.pages.trail import DID

Busy = tuple[Desk, World]
VIEWS = ("", "/planner", "/finance", "/director", "/health", "/trail")
PRIMARY = re.compile(r'class="(?:button )?primary')
BUTTON = re.compile(r"<(?:button|a class=\"button)[^>]*>([^<]+)<")
MAY = {
    "paula": {"draft": {"Submit for signatures", "Withdraw…"}, "submitted": {"Withdraw…"},
              "large": {"Withdraw…"},
              "review": {"Withdraw…"}, "rejected": set()},
    "peter": {},
    "carla": {"submitted": {"Take into review"}, "review": {"Send back…"},
              "large": {"Send back…"}},
    "fiona": {"submitted": {"Take into review"}, "review": {"Send back…"},
              "large": {"Send back…"}, "approved": {"Release the money…"},
              "conditional": {"Release the money…"}},
    "dora": {"submitted": {"Take into review"}, "review": {"Approve…", "Send back…"},
             "large": {"Approve…", "Send back…"},
             "approved": {"Release the money…", "Withdraw…"},
             "conditional": {"Release the money…", "Withdraw…"}, "released": {"Withdraw…"}},
    "adam": {}, "aude": {},
}  # fmt: skip
"""Who -> plan -> the buttons that decide. What is not said is nothing."""
OTHERS = {"Comment", "Answer", "Log out", "Hand in a changed plan", "Search",
          "Have them made", "Have them recomputed"}  # fmt: skip


@pytest.mark.parametrize("who", MAY)
def test_buttons_are_those_of_who_may(busy: Busy, who: str) -> None:
    desk, world = busy
    browser = desk.as_(who)
    for name, plan in world.plans.items():
        page = browser.get(f"/plans/{plan.digest}")
        assert page.status_code == 200
        found = {one.strip() for one in BUTTON.findall(page.text)} - OTHERS
        assert found == MAY[who].get(name, set()), (who, name)
        assert len(PRIMARY.findall(page.text)) <= 1


@pytest.mark.parametrize("who", MAY)
def test_every_page_opens(busy: Busy, who: str) -> None:
    desk, world = busy
    browser = desk.as_(who)
    pages = ["/", "/plans", "/plans?text=Q1&state=in%20review&market=DE", "/stand-ins", "/account",
             f"/compare?plan={world['review']}&plan={world['large']}", "/compare"]  # fmt: skip
    for address in (*pages, *(f"/plans/{world['review']}{view}" for view in VIEWS)):
        page = browser.get(address)
        assert page.status_code == 200, address
        assert len(PRIMARY.findall(page.text)) <= 1, address
        assert page.text.count("<h1>") == 1, address
    hands_in, reads_all = who in ("paula", "peter", "carla"), who in ("adam", "aude")
    assert browser.get("/hand-in").status_code == (200 if hands_in else 403)
    assert ('href="/hand-in"' in browser.get("/").text) == hands_in
    for address in ("/trail", "/trail.jsonl"):
        assert browser.get(address).status_code == (200 if reads_all else 403)
    assert ('href="/trail"' in browser.get("/").text) == reads_all


def test_other_markets_see_nothing(busy: Busy) -> None:
    desk, world = busy
    browser = desk.as_("frank")
    assert "no plans in your markets" in browser.get("/plans").text
    assert "Nothing waits for you" in browser.get("/").text
    digest = world["review"]
    addresses = [f"/plans/{digest}{view}" for view in VIEWS]
    addresses += [f"/plans/{digest}/{name}" for name in (
        "approve", "reject", "release", "withdraw", "plan.json", "receipt.json", "log.jsonl",
        "documents/page", "documents/workbook",
    )]  # fmt: skip
    for address in addresses:
        assert browser.get(address).status_code == 404, address
    compared = browser.get(f"/compare?plan={digest}&plan={world['large']}")
    assert "Choose two to five" in compared.text
    assert world.plans["review"].scenario.title not in compared.text


def test_the_decision_page_answers_first(busy: Busy) -> None:
    """Sentence, money, gain, certainty, warnings, buttons: in this order."""
    desk, world = busy
    page = desk.as_("dora").get(f"/plans/{world['review']}").text
    order = ["<h1>Moving EUR", "EUR\u00a0125k to EUR\u00a0333k", "EUR\u00a02.00M", "Chance of",
             "beyond observed range", "Approve…", "How sure the gain is"]  # fmt: skip
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "Signatures" in page
    assert "Can this still be cancelled after January?" in page
    assert "Yes, until 15 January.<br>After that half is lost." in page


def test_every_state_has_a_word_and_a_shape(busy: Busy) -> None:
    desk, world = busy
    browser = desk.as_("dora")
    shapes = set()
    for name in ("draft", "submitted", "review", "approved", "conditional", "rejected", "released",
                 "withdrawn"):  # fmt: skip
        page = browser.get(f"/plans/{world[name]}").text
        found = re.search(r'class="state (\w+)"><svg[^>]*><path d="([^"]+)"/></svg>([^<]+)<', page)
        assert found is not None
        assert found[3].lower() in [str(one) for one in State]
        shapes.add(found[2])
    assert len(shapes) == 8


def test_what_waits_comes_first_and_the_longest_wait_on_top(busy: Busy) -> None:
    desk, world = busy
    page = desk.as_("dora").get("/").text
    assert "<h1>5 plans wait for you</h1>" in page
    order = [page.index(world[name]) for name in
             ("conditional", "approved", "large", "review", "submitted")]  # fmt: skip
    assert order == sorted(order)
    assert "Nothing waits for you" in desk.as_("adam").get("/").text


def test_search_filters_and_pages(busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    from allocator.web.pages import plans

    desk, world = busy
    browser = desk.as_("dora")
    assert world["review"] in browser.get(f"/plans?text={world['review'][:10]}").text
    only = browser.get("/plans?state=rejected").text
    assert world["rejected"] in only
    assert world["review"] not in only
    assert "No plan fits" in browser.get("/plans?text=zebra").text
    monkeypatch.setattr(plans, "PAGE", 4)
    address, seen = "/plans", []
    while address:
        page = browser.get(address).text
        seen += re.findall(r'name="plan" value="([0-9a-f]{64})"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert sorted(seen) == sorted(plan.digest for plan in world.plans.values())


def test_plans_side_by_side(busy: Busy) -> None:
    desk, world = busy
    names = ("review", "conditional", "large")
    asked = "&".join(f"plan={world[name]}" for name in names)
    page = desk.as_("fiona").get(f"/compare?{asked}").text
    first, _, third = (world.plans[name] for name in names)
    assert "EUR\u00a0300k more than Q1 2027 base case" in page
    line = first.lines[0]
    other = next(one for one in third.lines if one.line == line.line)
    apart = round(other.total - line.total)
    assert f"{line.total:,.0f}</td>" in page
    assert f"{'+' if apart > 0 else '−'}{abs(apart):,}" in page
    six = "&".join(f"plan={plan.digest}" for plan in list(world.plans.values())[:6])
    assert "Choose two to five" in desk.as_("fiona").get(f"/compare?{six}").text


def test_the_trail_is_paged_from_the_end(busy: Busy) -> None:
    desk, _ = busy
    browser = desk.as_("aude")
    numbers, address = [], "/trail"
    while address:
        page = browser.get(address).text
        numbers += [int(one) for one in re.findall(r'<li value="(\d+)">', page)]
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1] if found else ""
    assert numbers == list(range(numbers[0], 0, -1))
    lines = browser.get("/trail.jsonl").text.splitlines()
    assert len(lines) == numbers[0]


def test_exports(busy: Busy) -> None:
    desk, world = busy
    browser, digest = desk.as_("fiona"), world["review"]
    plan = browser.get(f"/plans/{digest}/plan.json")
    assert plan.text == world.plans["review"].to_json()
    receipt = browser.get(f"/plans/{digest}/receipt.json").json()
    assert receipt["plan"] == digest
    assert receipt["state"] == "in review"
    actions = [one["action"] for one in map(_loaded, browser.get(
        f"/plans/{digest}/log.jsonl").text.splitlines())]  # fmt: skip
    assert actions == ["create", "submit", "review", "comment", "comment", "comment"]
    book = browser.get(f"/plans/{digest}/documents/workbook")
    assert book.content[:2] == b"PK"
    assert book.headers["content-disposition"].startswith('attachment; filename="plan.xlsx"')


def _loaded(line: str) -> dict[str, str]:
    import json

    found: dict[str, str] = json.loads(line)
    return found


def test_stored_pages_are_in_a_sandbox_and_run_nothing_of_others(busy: Busy) -> None:
    desk, world = busy
    browser, digest = desk.as_("dora"), world["review"]
    page = browser.get(f"/plans/{digest}/documents/page")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    assert "unsafe" not in policy
    assert "allow-same-origin" not in policy
    assert re.search(r"style-src 'sha256-[^']+';", policy)
    frame = browser.get(f"/plans/{digest}/planner").text
    assert 'sandbox="allow-scripts"' in frame
    assert browser.get(f"/plans/{digest}/documents/nothing").status_code == 404
    assert "was not handed in" in browser.get(f"/plans/{world['large']}/planner").text


def test_lists_read_no_more_than_they_show(busy: Busy) -> None:
    """The same statements for ten plans as for a hundred, and a page of them at most."""
    from sqlalchemy import event

    desk, world = busy
    asked: list[str] = []
    event.listen(desk.store.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))

    def count(who: str, address: str) -> int:
        asked.clear()
        browser = desk.as_(who)
        browser.get(address)
        asked.clear()
        assert browser.get(address).status_code == 200
        return len(asked)

    pages = [("dora", "/"), ("fiona", "/plans"), ("aude", "/trail"), ("paula", "/")]
    before = [count(*page) for page in pages]
    copies(desk, world, 90)
    assert [count(*page) for page in pages] == before
    inbox = desk.as_("dora").get("/").text
    assert "<h1>95 plans wait for you</h1>" in inbox
    assert inbox.count('<div class="what">') == 50


def copies(desk: Desk, world: World, many: int) -> None:
    """The plan that waits for a review, so many times over, each with an event."""
    from dataclasses import replace
    from hashlib import sha256

    from allocator.signoff.store import events, plan_rows
    from allocator.signoff.store.events import Act

    def act(connection: object) -> None:
        row = plan_rows.get(connection, world["submitted"])  # type: ignore[arg-type]
        assert row is not None
        for number in range(many):
            digest = sha256(str(number).encode()).hexdigest()
            plan_rows.add(connection, replace(row, digest=digest))  # type: ignore[arg-type]
            done = Act(desk.at, "paula", "planner", "submit", digest)
            events.append(connection, done)  # type: ignore[arg-type]

    desk.store.writing(act)


def noted() -> set[str]:
    """What the service calls the acts that it writes down, but those of the table of states."""
    found = set()
    for file in Path(allocator.signoff.service.__path__[0]).glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                said = [one.value for one in call.args if isinstance(one, ast.Constant)]
                if call.func.id in ("note", "_noted", "Act"):
                    found.update(one for one in said if isinstance(one, str))
    return found - {"system"}


def test_every_act_of_the_trail_is_said_in_words() -> None:
    assert {"ask job", "forget user", "set password"} <= noted()
    assert {*map(str, Action), *noted()} - set(DID) == set()
