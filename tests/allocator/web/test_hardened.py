"""Headers, the name of the host, sizes, rates, paths, and what is said when something fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import PASSWORD, Desk, csrf_in, settings_for
from sqlalchemy.exc import IntegrityError, OperationalError

from allocator.signoff.store import jobs, sessions
from allocator.signoff.store.connect import Unavailable
from allocator.signoff.store.jobs import Job
from allocator.signoff.times import later
from allocator.web.headers import DOCUMENT_POLICY
from allocator.web.limits import BodyLimit
from allocator.web.page import TEMPLATES

PAGES = ("/", "/login", "/account", "/nothing", "/static/app.css", "/healthz")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_headers(desk: Desk, path: str) -> None:
    headers = desk.as_("dora").get(path).headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    kept = "public, max-age=86400" if path.startswith("/static/") else "no-store"
    assert headers["cache-control"] == kept
    assert "server" not in headers


def test_stored_documents_have_no_origin_and_run_nothing() -> None:
    policy = DOCUMENT_POLICY.split("; ")
    assert policy[0] == "sandbox"  # without allow-scripts and allow-same-origin
    assert {"default-src 'none'", "frame-ancestors 'none'"} <= set(policy)


def test_no_template_holds_script_or_style_or_another_host() -> None:
    for file in TEMPLATES.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        for bad in (" style=", "<style", "onclick", "onload", "javascript:", "|safe", "http://"):
            assert bad not in text, f"{file.name}: {bad}"
        for line in text.splitlines():
            assert "<script" not in line or 'src="/static/' in line, f"{file.name}: {line}"
        assert "autoescape false" not in text


@pytest.mark.parametrize("host", ["evil.example", "plans.example.org.evil", "localhost", ""])
def test_another_host_is_refused(desk: Desk, host: str) -> None:
    answer = desk.browser().get("/login", headers={"host": host})
    assert answer.status_code == 421
    assert host == "" or host not in answer.text
    assert "content-security-policy" in answer.headers


def pieces(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"x" * 100_000


@pytest.mark.parametrize("said", [True, False], ids=["with its length", "in pieces"])
def test_more_than_ten_megabytes_are_refused(desk: Desk, said: bool) -> None:
    browser = desk.as_("dora")
    kind = {"content-type": "application/x-www-form-urlencoded"}
    content = b"x" * 10_000_001 if said else pieces(101)
    answer = browser.post("/logout", content=content, headers=kind)
    assert answer.status_code == 413
    assert "10 MB" in answer.text
    assert browser.get("/account").status_code == 200


def test_a_length_that_is_no_number_is_refused(desk: Desk) -> None:
    answer = desk.browser().post("/login", content=b"x", headers={"content-length": "1e9"})
    assert answer.status_code in (400, 413)


def test_the_rest_of_a_body_is_not_read() -> None:
    """The limit stops asking for more: a sender without end is not listened to."""
    asked = 0

    async def receive() -> dict[str, object]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    async def reader(_scope: object, receive: object, _send: object) -> None:
        while True:
            await receive()  # type: ignore[operator]

    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "headers": []}
    asyncio.run(BodyLimit(reader, most=5_000)(scope, receive, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 413
    assert asked == 6


@pytest.mark.parametrize(
    "path",
    ["/static/../settings.py", "/static/..%2fsettings.py", "/static/%2e%2e/app.py",
     "/static//etc/passwd", "/static/..\\settings.py", "/static/", "/static/app.css%00.html"],
)  # fmt: skip
def test_no_path_leads_out_of_the_folder(desk: Desk, path: str) -> None:
    answer = desk.browser().get(path)
    assert answer.status_code in (400, 404)
    assert "Settings" not in answer.text
    assert "root:" not in answer.text


def test_ten_wrong_passwords_shut_a_name_for_a_while(desk: Desk) -> None:
    browser = desk.browser()
    csrf = csrf_in(browser.get("/login").text)
    form = {"mail": "dora@example.org", "password": "wrong", "csrf": csrf}
    assert browser.post("/login", data=form).status_code == 403
    with desk.store.engine.begin() as connection:
        for _ in range(9):
            sessions.failed(connection, "dora@example.org", "elsewhere", desk.at)
    right = form | {"password": PASSWORD}
    answer = browser.post("/login", data=right)
    assert answer.status_code == 429
    assert "15 minutes" in answer.text
    assert answer.headers["retry-after"] == "900"
    desk.later(minutes=16)
    assert browser.post("/login", data=right).status_code == 303


def test_fifty_wrong_names_shut_an_address_but_no_other(desk: Desk) -> None:
    with desk.store.engine.begin() as connection:
        for number in range(50):
            sessions.failed(connection, f"name{number}", "testclient", desk.at)
    browser = desk.browser()
    form = {
        "mail": "dora@example.org", "password": PASSWORD,
        "csrf": csrf_in(browser.get("/login").text),
    }  # fmt: skip
    assert browser.post("/login", data=form).status_code == 429


def test_a_wrong_name_and_a_wrong_password_look_alike(desk: Desk) -> None:
    browser = desk.browser()
    csrf = csrf_in(browser.get("/login").text)
    pages = []
    for mail in ("dora@example.org", "nobody@example.org"):
        form = {"mail": mail, "password": "wrong", "csrf": csrf}
        answer = browser.post("/login", data=form)
        pages.append((answer.status_code, answer.text.replace(mail, "")))
    assert pages[0] == pages[1]


def test_a_person_who_does_too_much_is_told_to_wait(folder: Path) -> None:
    with Desk(settings_for(folder, acts_a_minute=3), hire=False) as slow:
        browser = slow.as_("dora")
        csrf = csrf_in(browser.get("/account").text)
        answers = [browser.post("/account/data", data={"csrf": csrf}).status_code for _ in range(4)]
        assert answers == [200, 200, 200, 429]
        slow.later(minutes=1)
        answer = browser.post("/account/data", data={"csrf": csrf})
        assert answer.status_code == 200


def away(*_: object, **__: object) -> object:
    raise OperationalError("SELECT password FROM users", {}, Exception("connection refused\nx"))


def test_a_database_that_is_away_is_503_and_nobody_is_let_in(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = desk.as_("dora")
    csrf = csrf_in(browser.get("/account").text)
    with monkeypatch.context() as patch:
        patch.setattr(desk.store.engine, "connect", away)
        patch.setattr(desk.store.engine, "begin", away)
        for answer in (
            browser.get("/account"), browser.get("/healthz"), browser.get("/login"),
            browser.post("/logout", data={"csrf": csrf}),
        ):  # fmt: skip
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "5"
            assert "SELECT" not in answer.text
            assert "refused" not in answer.text
    assert browser.get("/account").status_code == 200  # by itself
    assert browser.get("/healthz").text == "ok\n"


@pytest.mark.parametrize("error", [
    RuntimeError("hunter2"), IntegrityError("INSERT", {"name": "hunter2"}, Exception("hunter2")),
    Unavailable("hunter2"),
])  # fmt: skip
def test_a_fault_of_ours_is_one_sentence_and_no_secret_is_logged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    browser = desk.as_("dora")

    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("allocator.web.pages.account.render", broken)
    with caplog.at_level(logging.DEBUG, logger="allocator.web"):
        answer = browser.get("/account")
    assert answer.status_code == (503 if isinstance(error, Unavailable) else 500)
    assert "content-security-policy" in answer.headers
    for text in (answer.text, caplog.text):
        assert "hunter2" not in text
        assert "Traceback" not in text
    if answer.status_code == 500:
        assert f"{type(error).__name__} at test_hardened.py" in caplog.text
        assert caplog.text.split("allocator.web:watch.py:")[1].split()[1] in answer.text


def test_the_log_holds_no_password_cookie_query_or_token(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        browser = desk.login("dora")
        browser.get("/account?code=hunter2")
        browser.get("/forged%0aline")
        page = browser.get("/account").text
    lines = [one.getMessage() for one in caplog.records if one.name == "allocator.web"]
    assert any("login of dora by password from testclient" in line for line in lines)
    assert any(" dora GET /account 200 " in line for line in lines)
    for secret in (PASSWORD, browser.cookies["__Host-session"], csrf_in(page), "hunter2"):
        assert not any(secret in line for line in lines)
    assert not any("\n" in line for line in lines)


def test_a_page_of_a_list_is_as_long_as_was_asked(desk: Desk) -> None:
    rows = [Job.fresh("solve", {}, "dora", later(desk.at, seconds=-one)) for one in range(201)]
    desk.store.writing(lambda connection: [jobs.add(connection, row) for row in rows])
    page = desk.as_("dora").get("/api/v1/jobs?limit=200").json()
    assert [one["id"] for one in page["jobs"]] == [row.id for row in rows[:200]]
    rest = desk.as_("dora").get(f"/api/v1/jobs?limit=200&before={page['next']}").json()
    assert ([one["id"] for one in rest["jobs"]], rest["next"]) == ([rows[200].id], None)


def test_programs_get_problems_and_people_pages(desk: Desk) -> None:
    browser = desk.as_("dora")
    page, problem = browser.get("/nothing"), browser.get("/api/v1/nothing")
    assert page.headers["content-type"].startswith("text/html")
    assert (page.status_code, problem.status_code) == (404, 404)
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json() == {
        "type": "about:blank", "title": "Not Found", "status": 404,
        "detail": "There is nothing here.",
    }  # fmt: skip
    assert browser.put("/login").status_code == 405


def test_a_field_that_is_missing_is_named_without_what_was_said(desk: Desk) -> None:
    answer = desk.browser().post("/login", data={"password": "hunter2" * 200})
    assert answer.status_code == 422
    assert "mail: " in answer.text
    assert "hunter2" not in answer.text


def test_refusals_are_logged_with_the_person(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="allocator.web"):
        browser = desk.as_("dora")
        csrf = csrf_in(browser.get("/account").text)
        browser.post("/account/sessions/end", data={"csrf": csrf, "password": "wrong"})
        browser.post("/logout", data={"csrf": "wrong"})
        browser.get("/nothing")
        desk.browser().get("/api/v1/plans")
    lines = [one.getMessage() for one in caplog.records if one.name == "allocator.web"]
    for said in (" dora POST /account/sessions/end 403 ", " dora POST /logout 403 ",
                 " - GET /nothing 404 ", " - GET /api/v1/plans 401 "):  # fmt: skip
        assert any(said in line for line in lines), said
