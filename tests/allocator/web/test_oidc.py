"""OpenID Connect, against a provider of the tests' own that can lie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from desk import START, Desk, csrf_in, settings_for
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey
from provider import CLIENT, SECRET, Provider, shared_key

from allocator.signoff.service import users
from allocator.signoff.times import parsed
from allocator.web.settings import Oidc

NOW = int(parsed(START).timestamp())


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider(now=NOW)
    yield made
    made.close()


@pytest.fixture
def there(folder: Path, provider: Provider) -> Iterator[Desk]:
    oidc = Oidc(provider.issuer, CLIENT, SECRET)
    with Desk(settings_for(folder, oidc=oidc), hire=False) as made:
        yield made


def enter(browser: TestClient, provider: Provider, query: str = "next=/account") -> Any:
    """Go to the provider, log in there, and come back."""
    address = browser.get(f"/oidc/login?{query}").headers["location"]
    return browser.get(f"/oidc/callback?{provider.login(address)}")


def test_a_person_who_is_here_comes_in(there: Desk, provider: Provider) -> None:
    browser = there.browser()
    assert "/oidc/login?next=/account" in browser.get("/login?next=/account").text
    answer = enter(browser, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "Dora" in browser.get("/account").text
    assert provider.asked["scope"] == "openid email"
    assert provider.asked["redirect_uri"] == "https://plans.example.org/oidc/callback"
    assert "prompt" not in provider.asked


def test_state_nonce_and_verifier_are_new_each_time(there: Desk, provider: Provider) -> None:
    asked = []
    for _ in range(2):
        address = there.browser().get("/oidc/login").headers["location"]
        asked.append(dict(parse_qsl(urlsplit(address).query)))
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name]) >= 43  # 256 bits


def test_roles_are_never_the_providers_to_give(there: Desk, provider: Provider) -> None:
    provider.claims = {"roles": ["admin"], "groups": ["admin"], "role": "admin:all"}
    browser = there.browser()
    enter(browser, provider)
    who = users.person(there.store, mail="dora@example.org")
    assert who is not None
    assert {str(role) for role, _ in who.grants} == {"director"}


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "for somebody else": {"aud": "another"},
    "for others as well": {"aud": [CLIENT, "another"], "azp": "another"},
    "over": {"exp": NOW - 61, "iat": NOW - 400},
    "without an end": {"exp": None},
    "of tomorrow": {"iat": NOW + 86_400},
    "another login's": {"nonce": "x"},
    "without a nonce": {"nonce": None},
    "a mail nobody verified": {"email_verified": False},
    "a mail verified in words": {"email_verified": "true"},
    "no word on the mail": {"email_verified": None},
    "no mail": {"email": None},
    "nobody": {"email": "nobody@example.org"},
    "a former person": {"email": "frank@example.org"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_what_does_not_hold_lets_nobody_in(
    there: Desk, provider: Provider, lie: dict[str, Any]
) -> None:
    users.disable(there.store, "adam", "frank", at=there.at)
    provider.claims = lie
    browser = there.browser()
    answer = enter(browser, provider)
    assert answer.status_code == 403
    assert "Traceback" not in answer.text
    assert browser.get("/account").status_code == 303


def test_a_signature_of_another_key_or_of_our_secret_or_none(
    there: Desk, provider: Provider
) -> None:
    browser = there.browser()
    provider.key = ECKey.generate_key("P-256", {"kid": "first"})
    assert enter(browser, provider).status_code == 403
    provider.key, provider.algorithm = shared_key(), "HS256"
    assert enter(browser, provider).status_code == 403
    provider.key, provider.algorithm = shared_key(), "none"
    assert enter(browser, provider).status_code == 403
    assert browser.get("/account").status_code == 303


def test_new_keys_of_the_provider_are_fetched(there: Desk, provider: Provider) -> None:
    browser = there.browser()
    enter(browser, provider)
    provider.key = provider.known = ECKey.generate_key("P-256", {"kid": "second"})
    assert enter(browser, provider).status_code == 303


def test_a_login_begun_elsewhere_or_long_ago_or_twice(there: Desk, provider: Provider) -> None:
    browser = there.browser()
    address = browser.get("/oidc/login").headers["location"]
    query = provider.login(address)
    assert there.browser().get(f"/oidc/callback?{query}").status_code == 403  # another browser
    assert browser.get(f"/oidc/callback?{query}x").status_code == 403
    assert browser.get(f"/oidc/callback?{query}").status_code == 403  # its cookie is used up
    address = browser.get("/oidc/login").headers["location"]
    there.later(minutes=11)
    assert browser.get(f"/oidc/callback?{provider.login(address)}").status_code == 403


def test_the_sealed_cookie_cannot_be_changed(there: Desk, provider: Provider) -> None:
    browser = there.browser()
    address = browser.get("/oidc/login").headers["location"]
    name = "__Host-oidc"
    body, _, mark = browser.cookies[name].partition(".")
    browser.cookies.clear()
    browser.cookies.set(name, f"{body[:-4]}AAAA.{mark}")
    assert browser.get(f"/oidc/callback?{provider.login(address)}").status_code == 403


def test_an_answer_of_another_provider_is_refused(there: Desk, provider: Provider) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    browser = there.browser()
    for extra, status in (("", 403), ("&iss=https://evil.example", 403),
                          (f"&iss={provider.issuer}", 303)):  # fmt: skip
        address = browser.get("/oidc/login").headers["location"]
        answer = browser.get(f"/oidc/callback?{provider.login(address)}{extra}")
        assert answer.status_code == status
    address = browser.get("/oidc/login").headers["location"]
    state = provider.login(address).partition("&")[2]
    refused = browser.get(f"/oidc/callback?error=access_denied&{state}")
    assert refused.status_code == 403


def test_the_mail_may_come_from_userinfo_of_the_same_person(
    there: Desk, provider: Provider
) -> None:
    provider.claims = {"email": None, "email_verified": None}
    provider.metadata = {"userinfo_endpoint": f"{provider.issuer}/userinfo"}
    said = {"email": "dora@example.org", "email_verified": True}
    provider.userinfo = said | {"sub": "2"}
    browser = there.browser()
    assert enter(browser, provider).status_code == 403
    provider.userinfo = said | {"sub": "1"}
    assert enter(browser, provider).status_code == 303


def without_password(there: Desk) -> None:
    from allocator.signoff.store import people

    there.store.writing(lambda connection: people.change(connection, "dora", password=None))


def add_token(browser: TestClient) -> int:
    """An act that needs a proof of a moment ago."""
    csrf = csrf_in(browser.get("/account").text)
    form = {"csrf": csrf, "name": "ci", "scope": "read", "days": "9"}
    return browser.post("/account/tokens", data=form).status_code


def test_a_signature_needs_a_fresh_login_there(there: Desk, provider: Provider) -> None:
    without_password(there)
    browser = there.browser()
    enter(browser, provider)
    assert add_token(browser) == 403
    assert "again=true" in browser.get("/again?next=/account").text
    before = browser.cookies["__Host-session"]
    assert enter(browser, provider, "next=/account&again=true").status_code == 303
    assert (provider.asked["prompt"], provider.asked["max_age"]) == ("login", "0")
    assert browser.cookies["__Host-session"] != before
    assert add_token(browser) == 200
    there.later(minutes=6)
    assert add_token(browser) == 403


def test_a_password_that_an_admin_gave_is_not_asked_beside_the_provider(
    there: Desk, provider: Provider
) -> None:
    """Everybody has one who was added at a terminal; the admin knows it."""
    users.set_password(there.store, "adam", "dora", "nine lilac tractors", at=there.at)
    browser = there.browser()
    enter(browser, provider)
    assert add_token(browser) == 403
    enter(browser, provider, "again=true")
    assert 'for="token-password"' not in browser.get("/account").text
    assert add_token(browser) == 200


@pytest.mark.parametrize(
    "lie", [{"auth_time": NOW - 3600}, {"auth_time": None}, {"auth_time": "now"},
            {"email": "fiona@example.org"}, {"auth_time": NOW + 3600}], ids=str,
)  # fmt: skip
def test_an_old_login_there_or_somebody_elses_is_not_fresh(
    there: Desk, provider: Provider, lie: dict[str, Any]
) -> None:
    without_password(there)
    browser = there.browser()
    enter(browser, provider)
    provider.claims = lie
    assert enter(browser, provider, "again=true").status_code == 403
    assert add_token(browser) == 403


def test_a_provider_that_is_away_is_said_and_comes_back(
    there: Desk, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allocator.web.oidc.PAUSE", 0.0)
    provider.up = False
    browser = there.browser()
    answer = browser.get("/oidc/login")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "login service" in answer.text
    provider.up = True
    assert enter(browser, provider).status_code == 303


@pytest.mark.parametrize(
    "about", [{"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/token"},
              {"jwks_uri": None}], ids=str,
)  # fmt: skip
def test_a_provider_that_says_odd_things_of_itself_is_not_asked(
    there: Desk, provider: Provider, about: dict[str, Any]
) -> None:
    provider.metadata = about
    assert there.browser().get("/oidc/login").status_code == 503


def test_without_settings_there_is_no_such_login(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.get("/oidc/login").status_code == 404
    assert "oidc" not in browser.get("/login").text


def test_another_site_begins_no_login(there: Desk) -> None:
    browser = there.browser()
    for site in ("cross-site", "same-site"):
        answer = browser.get("/oidc/login", headers={"sec-fetch-site": site})
        assert answer.status_code == 403
        assert "__Host-oidc" not in browser.cookies
    ours = browser.get("/oidc/login", headers={"sec-fetch-site": "same-origin"})
    assert ours.status_code == 303


def test_a_provider_that_redirects_is_not_followed(there: Desk, provider: Provider) -> None:
    provider.metadata = {"jwks_uri": f"{provider.issuer}/elsewhere"}
    assert there.browser().get("/oidc/login").status_code == 503
    assert provider.followed == 0
