"""The whole story by REST on both databases, and every way that is forbidden."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from desk import Desk, csrf_in
from office import Office, plan
from program import BETTER, HEAD, LARGE, SMALL, Program, refused, state_of

from allocator.signoff.audit.verify import verify
from allocator.signoff.receipt import read_receipt
from allocator.signoff.service.users import disable
from allocator.signoff.store import events


def last_event(desk: Desk) -> int:
    with desk.store.reading() as connection:
        head = events.last(connection)
    return 0 if head is None else head.number


def test_the_whole_story(desk: Desk, tmp_path: Path) -> None:
    paula, fiona, dora, david, aude = (
        Program(desk, name) for name in ("paula", "fiona", "dora", "david", "aude")
    )
    first, other = paula.submitted(SMALL), paula.submitted(LARGE)
    waits = fiona.get("/inbox")
    assert [(one["todo"], one["plan"]["digest"]) for one in waits] == [
        ("review", first), ("review", other)
    ]  # fmt: skip
    both = [fiona.get(f"/plans/{digest}/plan.json") for digest in (first, other)]
    assert both[1]["totals"]["plan"]["spend"] > both[0]["totals"]["plan"]["spend"]
    said = fiona.call("POST", f"/plans/{first}/comments", json={"text": "tv?", "about": "line:tv"})
    assert said.status_code == 201
    assert state_of(fiona.act("review", first)) == "in review"
    assert state_of(fiona.decide("reject", first, "tv is booked")) == "rejected"
    assert [one["todo"] for one in paula.get("/inbox")] == ["change"]
    again = paula.submitted(BETTER, replaces=first)
    assert state_of(fiona.act("review", again)) == "in review"
    assert state_of(dora.decide("approve", again)) == "approved"
    assert state_of(fiona.act("release", again)) == "released"

    assert state_of(fiona.act("review", other)) == "in review"
    assert state_of(dora.decide("approve", other)) == "in review"  # above the limit: two
    assert fiona.get(f"/plans/{other}")["due"] == {
        "roles": ["director"], "people": 2, "rules": ["usual", "large"]
    }  # fmt: skip
    assert state_of(david.decide("approve", other)) == "approved"
    assert state_of(fiona.act("release", other)) == "released"
    assert fiona.get(f"/plans/{again}")["state"] == "superseded"

    receipt = fiona.get(f"/plans/{other}/receipt")
    assert [one["name"] for one in receipt["signers"]] == ["Dora", "David"]
    (tmp_path / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")
    words = read_receipt(tmp_path / "receipt.json").words
    assert words.startswith("released; signed by Dora (director) on 2026-11-22 and David")
    trail = aude.get("/log", params={"limit": 200})
    assert trail["next"] is None
    assert (trail["events"][0]["number"], trail["events"][0]["hash"]) == (
        receipt["number"], receipt["hash"]
    )  # fmt: skip
    assert [one["action"] for one in fiona.get(f"/plans/{other}/log")["events"]] == [
        "release", "approve", "sign", "review", "submit", "create"
    ]  # fmt: skip
    audit = verify(desk.store)
    assert audit.wrong == ()
    assert audit.head == receipt["hash"]


def test_the_forbidden_ways(desk: Desk) -> None:
    """None of them leaves an event."""
    paula, fiona, dora, both = (Program(desk, name) for name in ("paula", "fiona", "dora", "both"))
    digest = paula.submitted(LARGE)
    fiona.act("review", digest)
    seen = dora.get(f"/plans/{digest}")["seen"]
    before = last_event(desk)
    refused(paula.decide("approve", digest), 403, "needs a director")  # the author
    refused(fiona.decide("approve", digest), 403, "needs a director")  # the reviewer
    refused(both.act("review", digest), 403, "nobody may review")
    for figure, value in (("spend", "1.00"), ("digest", "0" * 64), ("curves", "0" * 64)):
        changed = {**seen, figure: value}
        refused(dora.decide("approve", digest, seen=changed), 403, "needs a new approval")
    refused(dora.decide("approve", digest, seen={}), 403, "needs a new approval")
    refused(dora.decide("approve", digest, reason=" "), 422, "reason")
    refused(dora.decide("approve", digest, version=1), 409, "has moved")
    refused(dora.call("POST", f"/plans/{digest}/approve", json={"seen": seen, "reason": "x"}), 428)
    refused(dora.act("release", digest), 403, "nobody may release")
    assert last_event(desk) == before
    assert state_of(dora.decide("approve", digest)) == "in review"
    before = last_event(desk)
    refused(dora.decide("approve", digest), 403, "has signed it")  # the same director twice
    refused(Program(desk, "frank").act("release", digest, version=4), 404)  # another market
    assert last_event(desk) == before + 1  # frank's token


def test_nobody_signs_what_no_worker_has_made_again(strict: Desk) -> None:
    paula, fiona, dora = (Program(strict, name) for name in ("paula", "fiona", "dora"))
    digest = paula.submitted(SMALL)
    fiona.act("review", digest)
    check = dora.get(f"/plans/{digest}")["check"]
    assert (check["needed"], check["agrees"], check["differences"]) == (True, None, [])
    job = paula.get(f"/jobs/{check['job']}")
    assert (job["kind"], job["state"], job["request"]) == ("verify", "waiting", {"plan": digest})
    before = last_event(strict)
    refused(dora.decide("approve", digest), 403, "have not been recomputed yet")
    again = paula.call("POST", "/jobs/verify", json={"plan": digest})
    assert (again.status_code, again.json()["id"]) == (202, job["id"])  # it is under way
    refused(dora.call("POST", "/jobs/verify", json={"plan": "ab" * 32}), 404)
    assert last_event(strict) == before
    office = Office(strict.store)
    office.checked(SMALL, "lines.tv.total: says 1, recomputed 2")
    check = fiona.get(f"/plans/{digest}")["check"]
    assert (check["agrees"], check["differences"]) == (
        False,
        ["lines.tv.total: says 1, recomputed 2"],
    )
    refused(dora.decide("approve", digest), 403, "do not agree (lines.tv.total: says 1")
    office.checked(SMALL)
    assert fiona.get(f"/plans/{digest}")["check"]["agrees"] is True
    assert state_of(dora.decide("approve", digest)) == "approved"
    assert state_of(fiona.act("release", digest)) == "released"
    assert verify(strict.store).wrong == ()


def test_a_second_role_and_a_delegation_open_no_way(desk: Desk) -> None:
    both, fiona, carla = (Program(desk, name) for name in ("both", "fiona", "carla"))
    own = both.submitted(SMALL)
    refused(both.act("review", own), 403, "no other part")
    fiona.act("review", own)
    refused(both.decide("approve", own), 403, "no other part")
    deputy = {"taker": "both", "role": "director", "market": "DE", "starts": "2026-11-01",
              "ends": "2026-12-01", "reason": "holiday"}  # fmt: skip
    dora = Program(desk, "dora")
    made = dora.call("POST", "/delegations", json=deputy)
    assert made.status_code == 201
    refused(both.decide("approve", own), 403, "no other part")
    refused(carla.call("POST", "/delegations", json=deputy), 403, "no director")
    ended = dora.call("POST", f"/delegations/{made.json()['id']}/end")
    assert ended.json()["revoked_at"] is not None
    assert len(both.get("/delegations")) == 1


def test_one_byte_changed_is_no_plan(desk: Desk) -> None:
    paula = Program(desk, "paula")
    text = SMALL.to_json().replace('"small"', '"smaIl"', 1)
    answer = paula.call(
        "POST", "/plans", params={"market": "DE"}, content=text, headers=HEAD
    )  # fmt: skip
    refused(answer, 422, "digest")
    assert paula.get("/plans")["plans"] == []


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_is_handed_in_twice_is_there_once(desk: Desk) -> None:
    paula, peter = Program(desk, "paula"), Program(desk, "peter")
    first = paula.hand_in(SMALL)
    assert first.headers["location"] == f"/api/v1/plans/{SMALL.digest}"
    again = paula.hand_in(SMALL)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    refused(peter.hand_in(SMALL), 409, "here already")
    submitted = [paula.call("POST", f"/plans/{SMALL.digest}/submit") for _ in range(2)]
    assert [one.json()["version"] for one in submitted] == [2, 2]
    refused(peter.call("POST", f"/plans/{SMALL.digest}/submit"), 403)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_tokens_are_good_for_their_scope_while_their_person_is(desk: Desk) -> None:
    refused(desk.browser().get("/api/v1/plans"), 401)
    wrong = desk.browser(authorization="Bearer allocator_wrong")
    refused(wrong.get("/api/v1/me"), 401, "unknown, over or revoked")
    reads, submits = Program(desk, "paula", "read"), Program(desk, "paula", "submit")
    assert reads.get("/me")["scope"] == "read"
    refused(reads.hand_in(SMALL), 403, "good for read")
    digest = submits.submitted(SMALL)
    dora = Program(desk, "dora", "submit")
    refused(dora.act("review", digest, version=2), 403, "needs all")
    refused(dora.act("withdraw", digest, version=2, reason="x"), 403, "needs all")
    assert state_of(submits.act("withdraw", digest, reason="a mistake")) == "withdrawn"
    disable(desk.store, "adam", "paula", at=desk.at)
    refused(reads.call("GET", "/me"), 401)
    desk.later(days=31)
    refused(Program(desk, "fiona").call("GET", "/log"), 403, "auditors")
    refused(dora.call("GET", "/me"), 401)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_session_needs_its_token_in_a_header_and_a_fresh_password(desk: Desk) -> None:
    digest = Program(desk, "paula").submitted(SMALL)
    Program(desk, "fiona").act("review", digest)
    seen = Program(desk, "dora").get(f"/plans/{digest}")["seen"]
    browser, path = desk.as_("dora"), f"/api/v1/plans/{digest}/approve"
    page = browser.get("/account").text
    head = {"if-match": '"3"', "x-csrf-token": csrf_in(page)}
    body = {"seen": seen, "reason": "fits"}
    refused(browser.post(path, json=body, headers={"if-match": '"3"'}), 403, "form")
    elsewhere = {**head, "origin": "https://evil.example"}
    refused(browser.post(path, json=body, headers=elsewhere), 403, "another site")
    desk.later(minutes=6)
    refused(browser.post(path, json=body, headers=head), 403, "password again")
    desk.later(minutes=-6)
    assert state_of(browser.post(path, json=body, headers=head)) == "approved"
    deputy = {"taker": "both", "role": "director", "market": "DE", "starts": "2026-11-01",
              "ends": "2026-12-01", "reason": "holiday"}  # fmt: skip
    back, head = f"/api/v1/plans/{digest}/withdraw", {**head, "if-match": '"4"'}
    desk.later(minutes=6)
    given = browser.post("/api/v1/delegations", json=deputy, headers=head)
    refused(given, 403, "password again")
    refused(browser.post(back, json={"reason": "no"}, headers=head), 403, "password again")
    desk.later(minutes=-6)
    given = browser.post("/api/v1/delegations", json=deputy, headers=head)
    assert given.status_code == 201
    assert state_of(browser.post(back, json={"reason": "no"}, headers=head)) == "withdrawn"


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_papers_and_pages_of_lists(desk: Desk) -> None:
    paula, fiona = Program(desk, "paula"), Program(desk, "fiona")
    digest = paula.submitted(SMALL)
    at = f"/plans/{digest}/documents"
    put = fiona.call("PUT", f"{at}/purchase order", params={"name": "p/o.pdf"}, content=b"%PDF")
    assert put.status_code == 201
    paper = fiona.call("GET", f"{at}/purchase order")
    assert paper.content == b"%PDF"
    assert paper.headers["content-disposition"] == "attachment; filename*=UTF-8''p%2Fo.pdf"
    assert paper.headers["content-security-policy"].startswith("sandbox")
    refused(paula.call("PUT", f"{at}/page", params={"name": "x.html"}, content=b"<p>"), 403,
            "what was handed in")  # fmt: skip
    refused(fiona.call("GET", f"{at}/page"), 404)
    for one in (LARGE, BETTER):
        paula.hand_in(one)
    first = paula.get("/plans", params={"limit": 2})
    rest = paula.get("/plans", params={"limit": 2, "before": first["next"]})
    assert [len(first["plans"]), len(rest["plans"]), rest["next"]] == [2, 1, None]
    digests = {one["digest"] for one in (*first["plans"], *rest["plans"])}
    assert digests == {SMALL.digest, LARGE.digest, BETTER.digest}
    assert paula.get("/plans", params={"state": "submitted"})["plans"][0]["digest"] == digest


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_jobs_are_asked_for_and_cancelled(desk: Desk) -> None:
    paula, fiona = Program(desk, "paula"), Program(desk, "fiona")
    asked = paula.call("POST", "/jobs/solve", json={"market": "DE", "text": "id: q1\n"})
    assert asked.status_code == 202
    job = asked.json()["id"]
    assert asked.headers["location"] == f"/api/v1/jobs/{job}"
    assert paula.get(f"/jobs/{job}")["state"] == "waiting"
    refused(fiona.call("GET", f"/jobs/{job}"), 404)
    refused(fiona.call("POST", f"/jobs/{job}/cancel"), 404)
    assert paula.call("POST", f"/jobs/{job}/cancel").json()["state"] == "cancelled"
    refused(paula.call("POST", f"/jobs/{job}/cancel"), 409)
    refused(fiona.call("POST", "/jobs/solve", json={"market": "DE"}), 403)
    refused(paula.call("POST", "/jobs/solve", json={"market": "DE", "file": "../x"}), 422)
    for _ in range(20):
        paula.call("POST", "/jobs/sweep", json={"market": "DE"})
    busy = paula.call("POST", "/jobs/sweep", json={"market": "DE"})
    refused(busy, 429, "not ended")
    assert busy.headers["retry-after"]
    page = paula.get("/jobs", params={"limit": 15})
    rest = paula.get("/jobs", params={"limit": 15, "before": page["next"]})
    assert (len(page["jobs"]), len(rest["jobs"]), rest["next"]) == (15, 6, None)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_databases_do_not_keep_is_put_right_first(desk: Desk) -> None:
    paula = Program(desk, "paula")
    digest = paula.submitted(SMALL)
    for text in ("nul \0", "half \ud800"):
        said = json.dumps({"text": text}).encode()
        refused(paula.call("POST", f"/plans/{digest}/comments", headers=HEAD, content=said), 422)
        title = json.loads(SMALL.to_json())
        title["scenario"]["title"] = text
        handed = json.dumps(title).encode()
        refused(paula.call("POST", "/plans?market=DE", headers=HEAD, content=handed), 422)
    nul = plan("nul \0")
    refused(paula.hand_in(nul), 422, "NUL")
    refused(paula.call("GET", "/plans", params={"text": "\0"}), 422)


def test_health_needs_nobody(desk: Desk) -> None:
    assert desk.browser().get("/api/v1/health").json() == {"status": "ok"}
