"""Logging in and out; a password that somebody else gave; passwords that others guess."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from desk import PASSWORD, Desk, csrf_in, settings_for
from httpx import Response

from allocator.signoff.service import identity, users
from allocator.signoff.service.guessed import is_guessed, refuse_leaked
from allocator.signoff.service.passwords import random_password, refuse_weak
from allocator.web.settings import leaked_of
from mmm.errors import InputError

OWN = "a wholly other sentence"


def test_a_login_leads_to_the_first_page(desk: Desk) -> None:
    page = desk.login("dora").get("/")
    assert page.status_code == 200
    assert "Dora" in page.text


def given(desk: Desk) -> str:
    """A password that an admin gave Dora."""
    password = random_password()
    users.set_password(desk.store, "adam", "dora", password, at=desk.at)
    return password


def choice(page: str, new: str, repeated: str | None = None) -> dict[str, str]:
    """The form of the first login, filled in."""
    proof = page.partition('name="proof" value="')[2].partition('"')[0]
    return {
        "csrf": csrf_in(page), "proof": proof, "new": new, "repeated": repeated or new,
        "next": "/account",
    }  # fmt: skip


def first_login(desk: Desk, password: str) -> tuple[object, Response]:
    browser = desk.browser()
    csrf = csrf_in(browser.get("/login").text)
    form = {"mail": "dora@example.org", "password": password, "csrf": csrf}
    return browser, browser.post("/login", data=form)


def test_a_password_that_was_given_opens_nothing_but_its_own_replacement(desk: Desk) -> None:
    password = given(desk)
    browser, page = first_login(desk, password)
    assert page.status_code == 200
    assert "__Host-session" not in browser.cookies
    assert browser.get("/account").status_code == 303
    for wrong in (choice(page.text, OWN, "another"), choice(page.text, "short"),
                  choice(page.text, "password1234"), choice(page.text, password)):  # fmt: skip
        assert browser.post("/login/choose", data=wrong).status_code == 422
    assert browser.get("/account").status_code == 303
    form = choice(page.text, OWN)
    for forged in ({"csrf": "x"}, {"proof": form["proof"][:-1] + "x"}, {"proof": "x"}):
        assert browser.post("/login/choose", data=form | forged).status_code == 403
    answer = browser.post("/login/choose", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert browser.get("/account").status_code == 200
    again = desk.browser()
    csrf = csrf_in(again.get("/login").text)
    assert again.post("/login/choose", data=form | {"csrf": csrf}).status_code == 403
    assert first_login(desk, password)[1].status_code == 403
    assert desk.login("dora", OWN).get("/account").status_code == 200


def test_the_choice_waits_ten_minutes_and_the_password_seven_days(desk: Desk) -> None:
    password = given(desk)
    browser, page = first_login(desk, password)
    desk.later(minutes=11)
    assert browser.post("/login/choose", data=choice(page.text, OWN)).status_code == 403
    desk.later(days=7)
    late = first_login(desk, password)[1]
    assert late.status_code == 403
    assert "ask an admin" in late.text


def test_who_gave_a_password_is_known_from_the_chain(desk: Desk) -> None:
    assert identity.given_at(desk.store, "dora") is None
    given(desk)
    assert identity.given_at(desk.store, "dora") == desk.at
    users.set_password(desk.store, "dora", "dora", OWN, at=desk.at)
    assert identity.given_at(desk.store, "dora") is None
    newcomer = users.Newcomer("New", "new@example.org", password=random_password())
    one = users.add(desk.store, "adam", newcomer, at=desk.at)
    assert identity.given_at(desk.store, one.id) == desk.at


@pytest.mark.parametrize(
    "password",
    ["password1234", "qwertyuiop123", "Summer2026!!", "111111111111", "Welcome12345!",
     "abcabcabcabc", "1q2w3e4r5t6y", "allocator-budget", "Director2026!", "passwordpassword",
     "iloveyou1234", "123456789012", "FinanceManager1"],
)  # fmt: skip
def test_what_everybody_uses_is_refused(password: str) -> None:
    with pytest.raises(InputError):
        refuse_weak(password, "Dora", "dora")


@pytest.mark.parametrize(
    "password",
    [PASSWORD, OWN, "zwölf Boxkämpfer jagen", "nine lilac tractors", "        x   y z w  v ",
     "Tr0ub4dor&3 xkcd", "q" * 3 + "ö漢字🙂 and so on and on", "a" * 30 + "bcdefghijklmnop" * 2],
)  # fmt: skip
def test_any_signs_may_stand_in_a_password(password: str) -> None:
    refuse_weak(password, "Dora", "dora")


def test_random_passwords_pass() -> None:
    for _ in range(200):
        refuse_weak(random_password(), "Dora", "dora")
    assert not is_guessed("plain sentences are left alone")


def leaked(folder: Path, *passwords: str) -> Path:
    """A file as Have I Been Pwned hands them out."""
    hashes = sorted(hashlib.sha1(one.encode()).hexdigest().upper() for one in passwords)
    file = folder / "leaked.txt"
    file.write_text("".join(f"{one}:{7}\r\n" for one in hashes), encoding="ascii")
    return file


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_leaked_passwords_are_found_by_halves(tmp_path: Path, count: int) -> None:
    names = [f"leaked number {n}" for n in range(count)]
    file = leaked(tmp_path, *names)
    for one in names:
        with pytest.raises(InputError, match="leaked elsewhere"):
            refuse_leaked(one, file)
    for n in range(50):
        refuse_leaked(f"never seen {n}", file)
    refuse_leaked(names[0], None)


def test_a_leaked_password_is_not_taken(folder: Path) -> None:
    file = leaked(folder, OWN, "something else")
    with Desk(settings_for(folder, leaked_passwords=file), hire=False) as there:
        browser = there.as_("dora")
        csrf = csrf_in(browser.get("/account").text)
        form = {"csrf": csrf, "password": PASSWORD, "new": OWN, "repeated": OWN}
        answer = browser.post("/account/password", data=form)
        assert answer.status_code == 422
        assert "leaked elsewhere" in answer.text


def test_the_file_of_leaked_passwords_must_be_there(tmp_path: Path) -> None:
    assert leaked_of({}) is None
    file = leaked(tmp_path, "x")
    assert leaked_of({"ALLOCATOR_LEAKED_PASSWORDS": str(file)}) == file
    with pytest.raises(InputError, match="LEAKED"):
        leaked_of({"ALLOCATOR_LEAKED_PASSWORDS": str(tmp_path / "none")})
    (tmp_path / "empty").touch()
    refuse_leaked("x", tmp_path / "empty")
