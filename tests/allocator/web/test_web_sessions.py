"""Sessions: the cookie, its rotation and its end; passwords asked again; people shut out."""

from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from desk import PASSWORD, Desk, csrf_in, settings_for
from fastapi.testclient import TestClient

from allocator.signoff.service import identity, users
from allocator.signoff.store import sessions
from mmm.errors import InputError

COOKIE = "__Host-session"
NEW = "a wholly other sentence"


def secret_of(browser: TestClient) -> str:
    found = browser.cookies.get(COOKIE)
    assert found
    return found


def test_the_cookie_is_for_this_host_https_and_no_script(desk: Desk) -> None:
    browser = desk.browser()
    csrf = csrf_in(browser.get("/login").text)
    form = {"mail": "dora@example.org", "password": PASSWORD, "csrf": csrf}
    answer = browser.post("/login", data=form)
    sent = [one for one in answer.headers.get_list("set-cookie") if one.startswith(COOKIE)]
    assert len(sent) == 1
    cookie = SimpleCookie(sent[0])[COOKIE]
    assert (cookie["path"], cookie["samesite"], cookie["domain"]) == ("/", "Lax", "")
    assert cookie["secure"] and cookie["httponly"]  # noqa: PT018
    assert cookie["max-age"] == ""  # ends with the browser
    assert len(cookie.value) >= 43  # 256 bits


def test_plain_http_on_this_machine_has_a_bare_name(folder: Path) -> None:
    local = settings_for(folder, public_url="http://localhost:8080", insecure_localhost=True)
    with Desk(local, hire=False) as there:
        headers = there.browser().get("/login").headers
    assert headers["set-cookie"].startswith("login=")
    assert "Secure" not in headers["set-cookie"]
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize(
    "url", ["http://plans.example.org", "http://localhost:8080", "ftp://x", "https://", "",
            "https://plans.example.org/below"],
)  # fmt: skip
def test_a_server_that_others_could_listen_to_does_not_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match="public-url"):
        Desk(settings_for(tmp_path, public_url=url), hire=False)


def test_what_the_store_keeps_opens_no_session(desk: Desk) -> None:
    secret = secret_of(desk.as_("dora"))
    with desk.store.reading() as connection:
        kept = sessions.of(connection, "dora")[0].token
    assert kept != secret
    stranger = desk.browser()
    stranger.cookies.set(COOKIE, kept)
    assert stranger.get("/").status_code == 303


def test_a_login_ends_the_session_before_it(desk: Desk) -> None:
    browser = desk.login("dora")
    first = secret_of(browser)
    page = browser.get("/again")
    answer = browser.post(
        "/again", data={"csrf": csrf_in(page.text), "password": PASSWORD, "next": "/account"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    second = secret_of(browser)
    assert second != first
    assert browser.get("/account").status_code == 200
    browser.cookies.clear()
    browser.cookies.set(COOKIE, first)
    assert browser.get("/account").status_code == 303


def test_a_cookie_somebody_planted_is_not_taken_over(desk: Desk) -> None:
    browser = desk.browser()
    browser.cookies.set(COOKIE, "planted")
    csrf = csrf_in(browser.get("/login").text)
    browser.post("/login", data={"mail": "dora@example.org", "password": PASSWORD, "csrf": csrf})
    assert [one.value for one in browser.cookies.jar if one.name == COOKIE] != ["planted"]


def test_thirty_minutes_unused_end_it(desk: Desk) -> None:
    browser = desk.as_("dora")
    for _ in range(3):
        desk.later(minutes=29)
        assert browser.get("/account").status_code == 200
    desk.later(minutes=31)
    assert browser.get("/account").headers["location"] == "/login?next=%2Faccount"


def test_twelve_hours_end_it_however_busy(desk: Desk) -> None:
    browser = desk.as_("dora")
    for _ in range(25):
        desk.later(minutes=28)
        assert browser.get("/account").status_code == 200  # 11 h 40
    desk.later(minutes=21)
    assert browser.get("/account").status_code == 303


def test_a_logout_ends_it_in_the_store(desk: Desk) -> None:
    browser = desk.as_("dora")
    secret, csrf = secret_of(browser), csrf_in(browser.get("/account").text)
    answer = browser.post("/logout", data={"csrf": csrf})
    assert answer.headers["location"] == "/login"
    assert "storage" in answer.headers["clear-site-data"]
    assert COOKIE not in browser.cookies
    browser.cookies.set(COOKIE, secret)
    assert browser.get("/account").status_code == 303


def test_who_is_disabled_is_out_at_once(desk: Desk) -> None:
    browser = desk.as_("dora")
    _, token = identity.add_token(desk.store, "dora", "ci", "read", days=9, at=desk.at)
    assert browser.get("/account").status_code == 200
    users.disable(desk.store, "adam", "dora", at=desk.at)
    assert browser.get("/account").status_code == 303
    csrf = csrf_in(browser.get("/login").text)
    form = {"mail": "dora@example.org", "password": PASSWORD, "csrf": csrf}
    assert browser.post("/login", data=form).status_code == 403
    with pytest.raises(identity.NotAllowed):
        identity.bearer(desk.store, token, "read", at=desk.at)


def test_a_new_password_needs_the_old_one_and_ends_the_others(desk: Desk) -> None:
    here, elsewhere = desk.as_("dora"), desk.as_("dora")
    csrf = csrf_in(here.get("/account").text)
    form = {"csrf": csrf, "password": "wrong", "new": NEW, "repeated": NEW}
    assert here.post("/account/password", data=form).status_code == 403
    form["password"] = PASSWORD
    assert here.post("/account/password", data=form | {"repeated": "x"}).status_code == 422
    assert here.post("/account/password", data=form).status_code == 303
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert desk.login("dora", NEW).get("/account").status_code == 200


def test_a_weak_password_is_not_taken(desk: Desk) -> None:
    browser = desk.as_("dora")
    csrf = csrf_in(browser.get("/account").text)
    form = {"csrf": csrf, "password": PASSWORD, "new": "x" * 14, "repeated": "x" * 14}
    answer = browser.post("/account/password", data=form)
    assert answer.status_code == 422
    assert "again and again" in answer.text
    assert browser.get("/account").status_code == 200  # its session goes on, under a new cookie


def test_other_sessions_are_seen_and_ended(desk: Desk) -> None:
    here, elsewhere = desk.as_("dora"), desk.as_("dora")
    page = here.get("/account").text
    assert page.count(">elsewhere<") == 1
    assert "Since (UTC)" not in page  # a script shows times in the reader's zone
    assert page.count("UTC</time>") == 4
    form = {"csrf": csrf_in(page), "password": "wrong"}
    assert here.post("/account/sessions/end", data=form).status_code == 403
    assert elsewhere.get("/account").status_code == 200
    form["password"] = PASSWORD
    assert here.post("/account/sessions/end", data=form).status_code == 303
    assert elsewhere.get("/account").status_code == 303
    assert ">elsewhere<" not in here.get("/account").text


def test_a_token_is_shown_once_and_ends_when_told(desk: Desk) -> None:
    browser = desk.as_("dora")
    csrf = csrf_in(browser.get("/account").text)
    form = {"csrf": csrf, "name": "ci", "scope": "read", "days": "7", "password": PASSWORD}
    assert browser.post("/account/tokens", data=form | {"password": "no"}).status_code == 403
    page = browser.post("/account/tokens", data=form).text
    secret = page.partition("<code>")[2].partition("</code>")[0]
    assert identity.bearer(desk.store, secret, "read", at=desk.at).id == "dora"
    page = browser.get("/account").text
    assert secret not in page
    token = page.partition('name="token" value="')[2].partition('"')[0]
    end = {"csrf": csrf_in(page), "token": token}
    assert browser.post("/account/tokens/revoke", data=end).status_code == 303
    with pytest.raises(identity.NotAllowed, match="revoked"):
        identity.bearer(desk.store, secret, "read", at=desk.at)


def test_all_that_is_kept_of_a_person_is_handed_out_without_secrets(desk: Desk) -> None:
    browser = desk.as_("dora")
    answer = browser.post("/account/data", data={"csrf": csrf_in(browser.get("/account").text)})
    assert answer.json()["mail"] == "dora@example.org"
    assert "argon2" not in answer.text
    assert secret_of(browser) not in answer.text
    assert "attachment" in answer.headers["content-disposition"]
