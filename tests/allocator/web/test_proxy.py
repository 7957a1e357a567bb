"""A proxy in front: who is believed, and what."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import PASSWORD, Desk, csrf_in, settings_for
from httpx import Response

from allocator.signoff.service import users
from allocator.signoff.service.passwords import random_password
from allocator.signoff.store import sessions
from allocator.web.settings import Oidc, Proxy, oidc_of, proxy_of
from mmm.errors import InputError

HEADER = "x-forwarded-email"
SECRET = "s" * 40
DORA = {HEADER: "dora@example.org"}


def office(folder: Path, proxy: Proxy | None) -> Desk:
    return Desk(settings_for(folder, proxy=proxy), hire=False)


def test_a_proxy_of_ours_names_who_is_there(folder: Path) -> None:
    with office(folder, Proxy(("10.0.0.0/8",), HEADER)) as there:
        browser = there.browser(client=("10.1.2.3", 1), **DORA)
        page = browser.get("/account")
        assert page.status_code == 200
        assert "Dora" in page.text
        answer = browser.post("/account/data", data={"csrf": csrf_in(page.text)})
        assert answer.status_code == 200


def test_the_same_header_from_elsewhere_is_nothing(folder: Path) -> None:
    with office(folder, Proxy(("10.0.0.0/8",), HEADER)) as there:
        for peer in (("11.1.2.3", 1), ("testclient", 1)):
            assert there.browser(client=peer, **DORA).get("/account").status_code == 303
        browser = there.as_("dora")  # a session alone is not enough either
        assert browser.get("/account").status_code == 303
    with office(folder, None) as there:
        assert there.browser(client=("10.1.2.3", 1), **DORA).get("/account").status_code == 303


@pytest.mark.parametrize("peers", [(), ("10.0.0.0/8",)])
def test_the_secret_must_be_there_as_well(folder: Path, peers: tuple[str, ...]) -> None:
    peer = ("10.1.2.3", 1)
    with office(folder, Proxy(peers, HEADER, SECRET)) as there:
        right = there.browser(client=peer, **DORA, **{"x-proxy-secret": SECRET})
        assert right.get("/account").status_code == 200
        wrong = there.browser(client=peer, **DORA, **{"x-proxy-secret": SECRET[:-1]})
        assert wrong.get("/account").status_code == 303
        assert there.browser(client=peer, **DORA).get("/account").status_code == 303


def test_a_session_follows_the_person_that_the_proxy_names(folder: Path) -> None:
    with office(folder, Proxy(("10.0.0.0/8",), HEADER)) as there:
        browser = there.browser(client=("10.1.2.3", 1))
        csrf = csrf_in(browser.get("/account", headers=DORA).text)
        fiona = {HEADER: "fiona@example.org"}
        assert "Fiona" in browser.get("/account", headers=fiona).text
        answer = browser.post("/logout", data={"csrf": csrf}, headers=fiona)
        assert answer.status_code == 403  # a form of Dora's
        assert browser.get("/account").status_code == 303  # the proxy names nobody any more
        nobody = {HEADER: "nobody@example.org"}
        assert browser.get("/account", headers=nobody).status_code == 303
        assert "gateway" in browser.get("/login", headers=nobody).text


def test_a_proxys_word_is_no_password(folder: Path) -> None:
    with office(folder, Proxy(("10.0.0.0/8",), HEADER)) as there:
        browser = there.browser(client=("10.1.2.3", 1), **DORA)
        csrf = csrf_in(browser.get("/account").text)
        form = {"csrf": csrf, "name": "ci", "scope": "all", "days": "9"}
        assert browser.post("/account/tokens", data=form).status_code == 403
        answer = browser.post("/account/tokens", data=form | {"password": PASSWORD})
        assert answer.status_code == 200


def test_a_password_that_was_given_signs_nothing_until_it_is_replaced(folder: Path) -> None:
    with office(folder, Proxy(("10.0.0.0/8",), HEADER)) as there:
        given, own = random_password(), "a wholly other sentence"
        users.set_password(there.store, "adam", "dora", given, at=there.at)
        browser = there.browser(client=("10.1.2.3", 1), **DORA)

        def sent(address: str, **form: str) -> Response:
            return browser.post(
                address, data={"csrf": csrf_in(browser.get("/account").text), **form}
            )

        token = {"name": "ci", "scope": "all", "days": "9"}
        answer = sent("/account/tokens", **token, password=given)
        assert answer.status_code == 403
        assert "somebody else gave you this password" in answer.text
        assert sent("/again", password=given, next="/").status_code == 403
        weak = sent("/account/password", password=given, new="short", repeated="short")
        assert weak.status_code == 422
        assert sent("/account/tokens", **token).status_code == 403  # nor did that prove anything
        assert sent("/account/password", password=given, new=own, repeated=own).status_code == 303
        assert sent("/account/tokens", **token, password=given).status_code == 403
        assert sent("/account/tokens", **token, password=own).status_code == 200


def shut(there: Desk, *, peer: str, forwarded: str) -> bool:
    """Whether this address has failed too often."""
    browser = there.browser(client=(peer, 1), **{"x-forwarded-for": forwarded})
    csrf = csrf_in(browser.get("/login").text)
    form = {"mail": "nobody@example.org", "password": "x", "csrf": csrf}
    return browser.post("/login", data=form).status_code == 429


def test_an_address_is_what_a_known_proxy_says_and_nobody_else(folder: Path) -> None:
    with office(folder, Proxy(("10.0.0.0/8",))) as there:
        with there.store.engine.begin() as connection:
            for number in range(50):
                sessions.failed(connection, f"name{number}", "203.0.113.9", there.at)
        assert shut(there, peer="10.1.1.1", forwarded="203.0.113.9")
        assert shut(there, peer="10.1.1.1", forwarded="1.2.3.4, 203.0.113.9, 10.0.0.7")
        assert not shut(there, peer="10.1.1.1", forwarded="203.0.113.9, 1.2.3.4")
        assert not shut(there, peer="1.2.3.4", forwarded="203.0.113.9")
        assert shut(there, peer="203.0.113.9", forwarded="1.2.3.4")


def test_what_the_environment_says() -> None:
    assert proxy_of({}) is None
    said = {"ALLOCATOR_PROXY_PEERS": "127.0.0.1, 10.0.0.0/8", "ALLOCATOR_PROXY_HEADER": "X-Mail"}
    assert proxy_of(said) == Proxy(("127.0.0.1", "10.0.0.0/8"), "x-mail")
    names = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")
    given = dict(zip([f"ALLOCATOR_OIDC_{one}" for one in names], ["https://id/", "c", "s"],
                     strict=True))  # fmt: skip
    assert oidc_of({}) is None
    assert oidc_of(given) == Oidc("https://id/", "c", "s")


@pytest.mark.parametrize(
    ("environment", "match"),
    [
        ({"ALLOCATOR_PROXY_HEADER": "x-mail"}, "anybody could send"),
        ({"ALLOCATOR_PROXY_PEERS": "the gateway"}, "networks"),
        ({"ALLOCATOR_PROXY_HEADER": "x-mail", "ALLOCATOR_PROXY_SECRET": "short"}, "5 characters"),
    ],
)
def test_a_header_that_anybody_could_send_is_refused(
    environment: dict[str, str], match: str
) -> None:
    with pytest.raises(InputError, match=match):
        proxy_of(environment)


@pytest.mark.parametrize(
    ("issuer", "match"), [("", "all three"), ("http://id.example", "https"), ("id", "https")]
)
def test_a_provider_that_others_could_read_is_refused(issuer: str, match: str) -> None:
    with pytest.raises(InputError, match=match):
        oidc_of({
            "ALLOCATOR_OIDC_ISSUER": issuer, "ALLOCATOR_OIDC_CLIENT_ID": "c",
            "ALLOCATOR_OIDC_CLIENT_SECRET": "s",
        })  # fmt: skip
