"""Requests that others make in a person's browser, and addresses that lead elsewhere."""

from __future__ import annotations

import pytest
from desk import ORIGIN, PASSWORD, Desk, csrf_in
from fastapi.routing import APIRoute

from allocator.web.app import ROUTERS
from allocator.web.caller import bearing, posting
from allocator.web.origin import local


@pytest.mark.parametrize("csrf", ["", "wrong", None])
def test_a_form_without_the_token_of_its_session_is_refused(desk: Desk, csrf: str | None) -> None:
    browser = desk.as_("dora")
    answer = browser.post("/logout", data={} if csrf is None else {"csrf": csrf})
    assert answer.status_code == 403
    assert browser.get("/account").status_code == 200


def test_the_token_of_another_session_is_refused(desk: Desk) -> None:
    browser, other = desk.as_("dora"), desk.as_("fiona")
    csrf = csrf_in(other.get("/account").text)
    assert browser.post("/logout", data={"csrf": csrf}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ORIGIN.replace("https", "http")},
        {"origin": f"{ORIGIN}.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_a_form_from_another_site_is_refused_even_with_the_token(
    desk: Desk, headers: dict[str, str]
) -> None:
    browser = desk.as_("dora")
    form = {"csrf": csrf_in(browser.get("/account").text)}
    assert browser.post("/logout", data=form, headers=headers).status_code == 403
    ours = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
    assert browser.post("/logout", data=form, headers=ours).status_code == 303


def test_the_token_may_come_as_a_header(desk: Desk) -> None:
    browser = desk.as_("dora")
    csrf = csrf_in(browser.get("/account").text)
    assert browser.post("/logout", headers={"x-csrf-token": csrf}).status_code == 303


def test_a_token_in_the_address_is_none(desk: Desk) -> None:
    browser = desk.as_("dora")
    csrf = csrf_in(browser.get("/account").text)
    assert browser.post(f"/logout?csrf={csrf}").status_code == 403
    assert browser.post(f"/logout?csrf={csrf}", data={"csrf": "wrong"}).status_code == 403
    stranger = desk.browser()
    secret = browser.cookies["__Host-session"]
    assert stranger.get(f"/account?__Host-session={secret}").status_code == 303


def test_nobody_is_logged_in_by_a_form_of_somebody_else(desk: Desk) -> None:
    form = {"mail": "dora@example.org", "password": PASSWORD}
    browser = desk.browser()
    assert browser.post("/login", data=form).status_code == 403
    csrf = csrf_in(browser.get("/login").text)
    assert desk.browser().post("/login", data=form | {"csrf": csrf}).status_code == 403
    elsewhere = {"origin": "https://evil.example"}
    answer = browser.post("/login", data=form | {"csrf": csrf}, headers=elsewhere)
    assert answer.status_code == 403


def routes() -> list[APIRoute]:
    return [one for router in ROUTERS for one in router.routes if isinstance(one, APIRoute)]


def calls(route: APIRoute) -> set[str]:
    """Names of everything a route depends on."""
    found, left = set(), [route.dependant]
    while left:
        one = left.pop()
        found.add(getattr(one.call, "__qualname__", ""))
        left += one.dependencies
    return found


def test_every_route_that_changes_anything_checks_where_it_was_asked() -> None:
    """But the login, which has its own token and check, as tested elsewhere."""
    checked = {posting.__qualname__, bearing("all").__qualname__}
    unsafe = [one for one in routes() if not one.methods <= {"GET", "HEAD", "OPTIONS"}]
    assert len(unsafe) >= 7
    open_ = {one.path for one in unsafe if not calls(one) & checked}
    assert open_ == {"/login", "/login/choose"}


def test_every_page_needs_somebody_but_those_that_let_in(desk: Desk) -> None:
    stranger, found = desk.browser(), {}
    for route in routes():
        if "GET" in route.methods:
            answer = stranger.get(route.path.replace("{", "").replace("}", ""))
            found[route.path] = answer.status_code
    open_ = {path: code for path, code in found.items() if code not in (303, 401)}
    assert open_ == {
        "/login": 200, "/healthz": 200, "/static/house.css": 200, "/api/v1/health": 200,
        "/oidc/login": 404, "/oidc/callback": 403,
    }  # fmt: skip
    assert {code for path, code in found.items() if path.startswith("/api/")} == {200, 401}


@pytest.mark.parametrize(
    "path",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil",
     "/\t/evil.example", "/\n/evil.example", "javascript:alert(1)", "", "///evil.example",
     "http:evil.example", "/ok\\..\\x"],
)  # fmt: skip
def test_no_address_leads_elsewhere(path: str) -> None:
    assert local(path) == "/"


def test_no_login_leads_elsewhere(desk: Desk) -> None:
    browser = desk.browser()
    form = {
        "mail": "dora@example.org", "password": PASSWORD, "next": "//evil.example",
        "csrf": csrf_in(browser.get("/login").text),
    }  # fmt: skip
    assert browser.post("/login", data=form).headers["location"] == "/"
    answer = browser.get("/login", params={"next": "https://evil.example"})
    assert answer.headers["location"] == "/"
    page = browser.get("/again", params={"next": "https://evil.example"})
    assert "evil" not in page.text


@pytest.mark.parametrize("path", ["/", "/plans/12?tab=finance#x", "/a:b"])
def test_an_address_of_ours_is_kept(path: str) -> None:
    assert local(path) == path
