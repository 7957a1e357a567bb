"""Somebody's program: it speaks to the REST API with a token of theirs."""

from __future__ import annotations

from typing import Any

from desk import Desk
from httpx import Response
from office import plan

from allocator.plan import Plan
from allocator.signoff.service.identity import add_token

SMALL, LARGE, BETTER = plan("small"), plan("large", 1.2), plan("better")
HEAD = {"content-type": "application/json"}


class Program:
    """A token of one person, good for a scope."""

    def __init__(self, desk: Desk, name: str, scope: str = "all") -> None:
        self.desk = desk
        _, self.secret = add_token(desk.store, name, "program", scope, days=30, at=desk.at)
        self.browser = desk.browser(authorization=f"Bearer {self.secret}")

    def call(self, method: str, path: str, **also: Any) -> Response:
        """One request, a second after the one before."""
        self.desk.later(seconds=1)
        return self.browser.request(method, f"/api/v1{path}", **also)

    def get(self, path: str, **also: Any) -> Any:
        """What is there."""
        answer = self.call("GET", path, **also)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def hand_in(self, one: Plan, **params: str) -> Response:
        """A plan, byte for byte."""
        asked = {"market": "DE", **params}
        return self.call("POST", "/plans", params=asked, content=one.to_json(), headers=HEAD)

    def submitted(self, one: Plan, **params: str) -> str:
        """The same, submitted; its digest."""
        assert self.hand_in(one, **params).status_code == 201
        answer = self.call("POST", f"/plans/{one.digest}/submit")
        assert answer.json()["state"] == "submitted"
        return one.digest

    def act(self, name: str, digest: str, *, version: int | None = None, **body: Any) -> Response:
        """An act on the plan as it is now, or as it was at a version."""
        if version is None:
            version = self.get(f"/plans/{digest}")["version"]
        tag = {"if-match": f'"{version}"'}
        return self.call("POST", f"/plans/{digest}/{name}", headers=tag, json=body)

    def decide(self, name: str, digest: str, reason: str = "fits", **body: Any) -> Response:
        """An approval or a rejection of what is seen now."""
        seen = self.get(f"/plans/{digest}")["seen"]
        return self.act(name, digest, **{"seen": seen, "reason": reason, **body})


def state_of(answer: Response) -> str:
    """The plan's state after an act that was done."""
    assert answer.status_code == 200, answer.text
    return str(answer.json()["state"])


def refused(answer: Response, status: int, words: str = "") -> None:
    """A problem, in words."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    form = answer.json()
    assert form["status"] == status
    assert words in form["detail"] + " ".join(form.get("faults", [])), answer.text
