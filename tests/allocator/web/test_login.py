"""Logging in and out."""

from __future__ import annotations

from desk import Desk


def test_a_login_leads_to_the_first_page_and_a_logout_out(desk: Desk) -> None:
    browser = desk.login("dora")
    page = browser.get("/")
    assert page.status_code == 200
    assert "Dora" in page.text
