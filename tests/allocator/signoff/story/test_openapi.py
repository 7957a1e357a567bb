"""The API does what its OpenAPI document says, whatever it is sent: schemathesis, on a fixed seed.

A short form: a few requests an operation. ``python -m schemathesis.cli run`` against a server of
one's own goes on for as long as one likes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from desk import Desk
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from program import SMALL, Program
from schemathesis.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from allocator.signoff.audit.verify import verify
from allocator.web.api import ROUTERS

EXAMPLES = 6  # requests an operation
SOUND = settings(
    max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
    phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip
LEFT_OUT = [positive_data_acceptance, negative_data_rejection, ignored_auth]
"""What no form says decides as well (is it a plan? whose turn?); who needs a token: below."""


def test_every_operation_keeps_its_word(desk: Desk) -> None:
    author, everybody = Program(desk, "paula"), Program(desk, "both")
    digest = author.submitted(SMALL)
    desk.app.state.acts._most = 10**9  # the clock stands still: all of it is one minute
    named = {"host": "plans.example.org"}
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", desk.app, headers=named)
    seen, broken = 0, list[str]()
    for result in schema.get_all_operations():
        operation = result.ok()

        @seed(20261122)
        @SOUND
        @given(case=operation.as_strategy())
        def keeps(case: Any) -> None:
            nonlocal seen
            seen += 1
            if "digest" in (case.path_parameters or {}) and seen % 2:
                case.path_parameters["digest"] = digest
            case.call_and_validate(
                base_url="https://plans.example.org",
                headers={"authorization": f"Bearer {everybody.secret}"},
                excluded_checks=LEFT_OUT,
            )

        try:
            keeps()
        except BaseExceptionGroup as error:  # several at once; the rest is tried all the same
            broken.append(f"{operation.label}: {error.exceptions}")
        except Exception as error:
            broken.append(f"{operation.label}: {error}")
    assert not broken, "\n\n".join(broken)
    assert seen > 26 * EXAMPLES / 2
    assert verify(desk.store).wrong == ()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_every_operation_but_health_needs_somebody(desk: Desk) -> None:
    digest = Program(desk, "paula").submitted(SMALL)
    document = desk.app.openapi()
    asked = 0
    for path, operations in document["paths"].items():
        named = path.replace("{digest}", digest).replace("{id}", digest[:32])
        for method, operation in operations.items():
            for token in ({}, {"authorization": "Bearer allocator_guessed"}):
                answer = desk.browser(**token).request(method, named.replace("{kind}", "page"))
                if path.endswith("/health"):
                    assert (answer.status_code, "security" in operation) == (200, False)
                else:
                    assert (answer.status_code, "security" in operation) == (401, True), path
                asked += 1
    assert asked >= 2 * 28


def test_the_page_names_every_operation() -> None:
    page = (Path(__file__).parents[4] / "docs" / "rest.md").read_text(encoding="utf-8")
    app = FastAPI()
    for router in ROUTERS:
        app.include_router(router)
    for address in app.openapi()["paths"]:
        path = address.removeprefix("/api/v1")
        last = path.rpartition("/")[2]
        assert f"`{path}`" in page or f"`/{last}`" in page or f"`/jobs/{last}`" in page, path
