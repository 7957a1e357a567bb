"""The same server on PostgreSQL, and what it does when that goes away under it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from databases import database
from desk import Desk, csrf_in, settings_for
from sqlalchemy.engine import make_url


@pytest.fixture(scope="module")
def there(
    postgresql: str, postgresql_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("web-postgresql")
    with database(postgresql, postgresql_template) as url:
        settings = replace(settings_for(folder), database_url=url)
        with Desk(settings) as made:
            yield made


def test_a_login_and_a_logout(there: Desk) -> None:
    browser = there.login("dora")
    page = browser.get("/account")
    assert "Dora" in page.text
    assert browser.post("/logout", data={"csrf": "wrong"}).status_code == 403
    assert browser.post("/logout", data={"csrf": csrf_in(page.text)}).status_code == 303
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize("path", ["/plans/%00", "/jobs?before=%00"])
def test_text_that_the_database_does_not_keep_is_no_failure_of_it(there: Desk, path: str) -> None:
    answer = there.as_("dora").get(path)
    assert answer.status_code == 422
    assert "no database keeps" in answer.text


def test_a_database_that_goes_away_is_503_until_it_is_back(there: Desk, postgresql: str) -> None:
    browser = there.as_("dora")
    assert browser.get("/account").status_code == 200
    name = make_url(there.settings.database_url).database
    with psycopg.connect(postgresql, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        for path in ("/account", "/healthz", "/login"):
            answer = browser.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert str(name) not in answer.text
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert browser.get("/account").status_code == 200  # by itself


def test_a_connection_that_breaks_between_two_requests_is_not_noticed(
    there: Desk, postgresql: str
) -> None:
    browser = there.as_("dora")
    assert browser.get("/account").status_code == 200
    name = make_url(there.settings.database_url).database
    with psycopg.connect(postgresql, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
    assert browser.get("/account").status_code == 200
