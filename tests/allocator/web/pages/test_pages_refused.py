"""Acts on the pages: those that are done, and every way that is forbidden."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from desk import PASSWORD, Desk, csrf_in
from fastapi.testclient import TestClient
from signoff_world import World, papers_of, titled

from allocator.signoff.service.decision import review
from allocator.signoff.service.opened import open_plan
from allocator.signoff.service.reading import log
from allocator.signoff.service.reading import plan as look
from allocator.signoff.service.submission import Submission, create
from allocator.signoff.service.users import grant
from allocator.signoff.states import Role, State

Busy = tuple[Desk, World]
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def form_of(browser: TestClient, address: str, **also: str) -> dict[str, str]:
    """What the form of a page would send, with what a person fills in."""
    page = browser.get(address)
    assert page.status_code == 200, page.text
    form = page.text.split(f'action="{address}"')[1].split("</form>")[0]
    return {**{name: html.unescape(value) for name, value in HIDDEN.findall(form)}, **also}


def state_of(desk: Desk, digest: str) -> State:
    found = look(desk.store, "david", digest, at=desk.at)
    assert found is not None
    return found.state


def token(browser: TestClient) -> dict[str, str]:
    return {"csrf": csrf_in(browser.get("/").text)}


def test_a_director_approves_what_was_seen(busy: Busy) -> None:
    desk, world = busy
    browser, at = desk.as_("dora"), f"/plans/{world['review']}/approve"
    page = browser.get(at).text
    for words in ("EUR\u00a02,000,000", world["review"], "prior-driven", "+63,000", "usual"):
        assert words in page
    sent = form_of(browser, at, reason="It fits.", password=PASSWORD)
    answer = browser.post(at, data=sent)
    assert answer.status_code == 303
    assert "Your signature is kept." in browser.get(answer.headers["location"]).text
    assert state_of(desk, world["review"]) is State.APPROVED
    found = open_plan(desk.store, "dora", world["review"], at=desk.at)
    assert found is not None
    assert found.signatures[0].seen == {
        name.removeprefix("seen_"): value for name, value in sent.items() if "seen_" in name
    }


def test_conditions_of_an_approval_are_checked_at_the_release(busy: Busy) -> None:
    desk, world = busy
    browser, digest = desk.as_("dora"), world["review"]
    at = f"/plans/{digest}/approve"
    wrong = form_of(browser, at, reason="ok", password=PASSWORD, not_before="soon")
    assert browser.post(at, data=wrong).status_code == 422
    sent = form_of(browser, at, reason="ok", password=PASSWORD, document="purchase order",
                   most_amount="3M", most_line="all")  # fmt: skip
    assert browser.post(at, data=sent).status_code == 303
    assert state_of(desk, digest) is State.CONDITIONAL
    payer, out = desk.as_("fiona"), f"/plans/{digest}/release"
    assert "With the document “purchase order”" in payer.get(out).text
    refused = payer.post(out, data=form_of(payer, out, password=PASSWORD))
    assert refused.status_code == 403
    assert "nobody but its author attached" in refused.text
    papers = payer.post(
        f"/plans/{digest}/papers", data={**token(payer), "kind": "purchase order"},
        files={"file": ("../../PO 17.pdf", b"%PDF-1.7")},
    )  # fmt: skip
    assert papers.status_code == 303
    assert "PO 17.pdf" in payer.get(f"/plans/{digest}/finance").text
    assert payer.post(out, data=form_of(payer, out, password=PASSWORD)).status_code == 303
    assert state_of(desk, digest) is State.RELEASED


def test_a_paper_comes_back_as_a_file_under_a_safe_name(busy: Busy) -> None:
    desk, world = busy
    browser, at = desk.as_("fiona"), f"/plans/{world['review']}"
    sent = {**token(browser), "kind": "order/17 ä?"}
    good = {"file": ("Größe.html", b"<script>1</script>")}
    assert browser.post(f"{at}/papers", data=sent, files=good).status_code == 303
    link = re.search(r'href="([^"]+order/17[^"]+)"', browser.get(f"{at}/finance").text)
    assert link is not None
    answer = browser.get(html.unescape(link[1]))
    assert answer.content == b"<script>1</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Gr__e.html\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.html"
    )
    assert (
        browser.post(f"{at}/papers", data={**sent, "kind": "page"}, files=good).status_code == 403
    )


def test_rejecting_and_withdrawing_need_a_reason(busy: Busy) -> None:
    desk, world = busy
    for who, name, act, after in (
        ("dora", "review", "reject", State.REJECTED), ("paula", "draft", "withdraw",
                                                       State.WITHDRAWN),
    ):  # fmt: skip
        browser, at = desk.as_(who), f"/plans/{world[name]}/{act}"
        empty = browser.post(at, data=form_of(browser, at, reason=" "))
        assert empty.status_code == 422
        assert 'role="alert"' in empty.text
        assert browser.post(at, data=form_of(browser, at, reason="no")).status_code == 303
        assert state_of(desk, world[name]) is after


def test_a_wrong_password_signs_nothing_and_keeps_what_was_typed(busy: Busy) -> None:
    desk, world = busy
    browser, at = desk.as_("dora"), f"/plans/{world['review']}/approve"
    sent = form_of(browser, at, reason="It fits <b>.\nSecond line", password="wrong")
    answer = browser.post(at, data=sent)
    assert answer.status_code == 403
    assert "It fits &lt;b&gt;.\nSecond line</textarea>" in answer.text
    assert "wrong" not in answer.text.split("<main")[1].split("password", 1)[1][:200]
    assert state_of(desk, world["review"]) is State.IN_REVIEW


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [("seen_spend", "1.00", 403), ("seen_gain", "", 403), ("seen_digest", "0" * 64, 403),
     ("seen_more", "1", 403), ("version", "2", 409), ("version", "x", 409), ("csrf", "x", 403)],
)  # fmt: skip
@pytest.mark.parametrize("act", ["approve", "reject", "withdraw"])
def test_other_figures_than_the_plan_has(
    busy: Busy, act: str, field: str, value: str, status: int
) -> None:
    desk, world = busy
    who, name = ("paula", "review") if act == "withdraw" else ("dora", "review")
    browser, at = desk.as_(who), f"/plans/{world[name]}/{act}"
    sent = form_of(browser, at, reason="fits", password=PASSWORD)
    answer = browser.post(at, data={**sent, field: value})
    assert answer.status_code == (409 if act == "withdraw" and "seen" in field else status)
    assert state_of(desk, world[name]) is State.IN_REVIEW


ACTS = ("submit", "review", "approve", "reject", "withdraw", "release")
ALLOWED = {
    ("paula", "draft"): {"submit", "withdraw"}, ("paula", "submitted"): {"withdraw"},
    ("paula", "review"): {"withdraw"}, ("paula", "large"): {"withdraw"},
    ("peter", "draft"): {"submit"}, ("carla", "draft"): {"submit"},  # authors of the market
    ("carla", "submitted"): {"review"}, ("fiona", "submitted"): {"review"},
    ("dora", "submitted"): {"review"}, ("carla", "review"): {"reject"},
    ("fiona", "review"): {"reject"}, ("dora", "review"): {"approve", "reject"},
    ("fiona", "approved"): {"release"}, ("dora", "approved"): {"release", "withdraw"},
    ("dora", "released"): {"withdraw"},
}  # fmt: skip
WHO = ("paula", "peter", "carla", "fiona", "dora", "aude", "frank")
NAMES = ("draft", "submitted", "review", "approved", "rejected", "released")


@pytest.mark.parametrize("name", NAMES)
def test_every_forbidden_act_is_refused(busy: Busy, name: str) -> None:
    """With the right figures, and a form of one's own session: only who may is missing."""
    desk, world = busy
    digest = world[name]
    row = look(desk.store, "david", digest, at=desk.at)
    assert row is not None
    from allocator.signoff.seen import seen_of

    seen = {f"seen_{key}": value for key, value in seen_of(world.plans[name]).items()}
    before = len(log(desk.store, digest))
    for who in WHO:
        browser = desk.as_(who)
        own = token(browser)
        for act in ACTS:
            if act in ALLOWED.get((who, name), set()):
                continue
            sent = {**own, **seen, "version": str(row.version), "reason": "fits"}
            if act in ("approve", "release"):
                sent["password"] = "wrong"  # refused before it is even asked
            answer = browser.post(f"/plans/{digest}/{act}", data=sent)
            expected = {404} if who == "frank" else {403, 409}
            assert answer.status_code in expected, (who, act, answer.text)
    assert len(log(desk.store, digest)) == before
    assert state_of(desk, digest) is row.state


def test_the_page_of_an_act_is_only_for_who_may(busy: Busy) -> None:
    desk, world = busy
    for who, name, act in (
        ("paula", "review", "approve"), ("fiona", "review", "approve"), ("dora", "draft",
        "approve"), ("carla", "approved", "release"), ("adam", "review", "reject"),
        ("peter", "draft", "withdraw"), ("dora", "rejected", "withdraw"),
    ):  # fmt: skip
        answer = desk.as_(who).get(f"/plans/{world[name]}/{act}")
        assert answer.status_code == 403, (who, name, act)
    assert desk.as_("dora").get(f"/plans/{world['review']}/nonsense").status_code == 404
    assert desk.as_("dora").get(f"/plans/{'0' * 64}").status_code == 404


def test_a_newer_version_stops_the_signature(busy: Busy) -> None:
    desk, world = busy
    browser, at = desk.as_("dora"), f"/plans/{world['large']}/approve"
    sent = form_of(browser, at, reason="fits", password=PASSWORD)
    newer = world.asked("newer", titled("count", "Q1 growth, again"), replaces=world["large"])
    answer = browser.post(at, data=sent)
    assert answer.status_code == 409
    assert "newer version" in answer.text
    page = browser.get(f"/plans/{world['large']}").text
    assert f'href="/plans/{newer}"' in page


def test_handing_in(busy: Busy) -> None:
    desk, _ = busy
    browser, plan = desk.as_("paula"), titled("base", "Handed in by a page")
    papers = papers_of(plan)
    files: list[Any] = [("files", ("q1/plan.json", plan.to_json().encode()))]
    files += [("files", one) for one in papers.values()]
    sent = {**token(browser), "market": "DE"}
    kept = browser.post("/hand-in", data={**sent, "draft": "yes"}, files=files)
    assert kept.headers["location"] == f"/plans/{plan.digest}?done=create"
    assert state_of(desk, plan.digest) is State.DRAFT
    done = browser.post(f"/plans/{plan.digest}/submit", data=token(browser))
    assert done.status_code == 303
    assert state_of(desk, plan.digest) is State.SUBMITTED
    page = browser.get(f"/plans/{plan.digest}/documents/page")
    assert page.content == papers["page"][1]
    other = titled("base", "Another")
    again = browser.post("/hand-in", data={**sent, "replaces": plan.digest}, files=[
        ("files", ("plan.json", other.to_json().encode()))])  # fmt: skip
    assert again.status_code == 303
    assert state_of(desk, plan.digest) is State.WITHDRAWN


def test_what_is_replaced_is_a_plan_that_one_may_see(busy: Busy) -> None:
    desk, _ = busy
    browser, french = desk.as_("paula"), titled("base", "Of another market")
    grant(desk.store, "adam", "peter", (Role.PLANNER, "FR"), at=desk.at)
    create(desk.store, "peter", Submission(french, "FR"), at=desk.at)
    mine = [("files", ("plan.json", titled("base", "Of ours").to_json().encode()))]
    for digest in (french.digest, "0" * 64):
        sent = {**token(browser), "market": "DE", "replaces": digest}
        answer = browser.post("/hand-in", data=sent, files=mine)
        assert answer.status_code == 404
        assert "FR" not in answer.text


def test_what_is_no_plan_is_refused_with_its_place(busy: Busy) -> None:
    desk, world = busy
    browser, good = desk.as_("paula"), titled("base", "Good")
    sent = {**token(browser), "market": "DE"}
    dear = good.to_json().replace('"digest": "', '"digest": "0', 1).encode()
    other = papers_of(world.plans["review"])["dossier"]
    for files, words in (
        ([("readme.txt", b"x")], "a plan.json among them"),
        ([("plan.json", b"{")], "plan.json"),
        ([("plan.json", b'{"schema_version": 1}')], "Field required"),
        ([("plan.json", dear)], "digest"),
        ([("plan.json", good.to_json().encode()), ("run.exe", b"MZ")], "run.exe"),
        ([("plan.json", good.to_json().encode()), other], "the dossier of this plan"),
    ):
        answer = browser.post("/hand-in", data=sent, files=[("files", one) for one in files])
        assert answer.status_code == 422, words
        assert words in html.unescape(answer.text)
    wrong = browser.post("/hand-in", data={**sent, "market": "FR"}, files=[
        ("files", ("plan.json", good.to_json().encode()))])  # fmt: skip
    assert wrong.status_code == 403
    there = browser.post("/hand-in", data=sent, files=[
        ("files", ("plan.json", world.plans["review"].to_json().encode()))])  # fmt: skip
    assert there.status_code == 409


def test_talk(busy: Busy) -> None:
    desk, world = busy
    browser, at = desk.as_("fiona"), f"/plans/{world['review']}/comments"
    good = {**token(browser), "about": "rule:moves", "text": "Until when?"}
    assert browser.post(at, data=good).headers["location"].endswith("#talk")
    browser.post(at, data={**good, "text": "One\r\ntwo\tthree"})
    page = browser.get(f"/plans/{world['review']}?about=rule:moves").text
    assert "One<br>two three" in page
    assert "Until when?" in page
    assert '<option value="rule:moves" selected>' in page
    for form, status in (
        ({**good, "text": " "}, 422),
        ({**good, "answers": "0" * 32}, 422),
        ({**good, "about": "\x1b[2J"}, 422),
        ({**good, "csrf": ""}, 403),
    ):
        assert browser.post(at, data=form).status_code == status
    silent = desk.as_("aude")
    assert silent.post(at, data={**good, **token(silent)}).status_code == 403
    assert 'id="say"' not in silent.get(f"/plans/{world['review']}").text


def test_what_was_approved_is_withdrawn_with_the_password(busy: Busy) -> None:
    desk, world = busy
    for name in ("approved", "released"):
        browser, at = desk.as_("dora"), f"/plans/{world[name]}/withdraw"
        before = state_of(desk, world[name])
        for wrong in ({}, {"password": "wrong"}):
            sent = form_of(browser, at, reason="no money", **wrong)
            assert browser.post(at, data=sent).status_code == 403
            assert state_of(desk, world[name]) is before
        sent = form_of(browser, at, reason="no money", password=PASSWORD)
        assert browser.post(at, data=sent).status_code == 303
        assert state_of(desk, world[name]) is State.WITHDRAWN
    author = desk.as_("paula")
    assert 'name="password"' not in author.get(f"/plans/{world['draft']}/withdraw").text


def test_stand_ins(busy: Busy) -> None:
    desk, world = busy
    browser = desk.as_("dora")
    good = {"taker": "carla", "role": "director:DE", "starts": "2026-11-22", "ends": "2026-12-24",
            "reason": "On leave", "password": PASSWORD}  # fmt: skip
    for form, status in (
        ({**good, "role": "planner:DE"}, 422),
        ({**good, "role": "director:FR"}, 403),
        ({**good, "ends": "2026-11-01"}, 422),
        ({**good, "taker": "dora"}, 422),
        ({**good, "reason": ""}, 422),
        ({**good, "password": ""}, 403),
        ({**good, "password": "wrong"}, 403),
    ):
        answer = browser.post("/stand-ins", data={**form, **token(browser)})
        assert answer.status_code == status
    assert "Your password, again" in answer.text
    assert "On leave" not in browser.get("/stand-ins").text
    assert browser.post("/stand-ins", data={**good, **token(browser)}).status_code == 303
    page = browser.get("/stand-ins").text
    assert "On leave" in page
    taker = desk.as_("carla")
    assert "Approve…" in taker.get(f"/plans/{world['review']}").text
    ending = re.search(r'action="(/stand-ins/[0-9a-f]+/end)"', page)
    assert ending is not None
    assert taker.post(ending[1], data=token(taker)).status_code == 403
    assert browser.post(ending[1], data=token(browser)).status_code == 303
    assert "Approve…" not in taker.get(f"/plans/{world['review']}").text


def test_what_strangers_wrote_is_only_words(busy: Busy) -> None:
    desk, world = busy
    plan = world.plans["review"].model_dump(mode="json")
    plan["scenario"]["title"] = "<script>alert(1)</script>\u202e"
    from allocator.plan import sealed

    hostile = sealed(plan)
    world.asked("hostile", hostile)
    review(world.store, "fiona", hostile.digest, at=world.tick())
    browser = desk.as_("dora")
    for address in ("/", "/plans", "/stand-ins", f"/plans/{hostile.digest}",
                    f"/plans/{hostile.digest}/approve", f"/plans/{hostile.digest}/trail",
                    f"/compare?plan={hostile.digest}&plan={world['review']}"):  # fmt: skip
        text = browser.get(address).text
        assert "<script>alert" not in text
        assert "\u202e" not in text
    reflected = browser.get("/plans", params={"text": '"><script>alert(2)</script>'}).text
    assert "<script>alert" not in reflected

    assert browser.get(f"/plans/{hostile.digest}", params={"done": "<b>"}).status_code == 200
