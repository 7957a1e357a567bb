"""An office to test in: people, an authority file, plans of any size, and a clock."""

from __future__ import annotations

import itertools
import sys
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from allocator.plan import Plan, sealed
from allocator.signoff.authority import Authority
from allocator.signoff.facts import Flag
from allocator.signoff.seen import seen_of
from allocator.signoff.service.checks import DATA, Checked, recorded
from allocator.signoff.service.decision import Decision
from allocator.signoff.service.submission import Matrix, Submission, create, submit
from allocator.signoff.service.users import enroll
from allocator.signoff.states import Role
from allocator.signoff.store.checks import CheckRow
from allocator.signoff.store.connect import Store
from allocator.signoff.store.people import Person
from mmm.typed import validate
from mmm.yamlfile import parse

sys.path.insert(0, str(Path(__file__).parents[1] / "reports"))
from plan_cases import case_plan

AUTHORITY = """
schema_version: 1
currency: EUR
rules:
  - {id: usual, sign: [{role: director}]}
  - {id: large, when: {amount: {from: 2.2M}}, sign: [{role: director, people: 2}]}
expires_after_days: 14
verified: not_required
"""
"""Plans of the office are drawn, not solved: no worker could make their figures again."""
STRICT = AUTHORITY.replace("verified: not_required\n", "")
"""As it is where nothing is said: a worker makes the figures again before anybody approves."""
STAFF = {
    "paula": {(Role.PLANNER, "DE")},
    "peter": {(Role.PLANNER, "DE")},
    "carla": {(Role.CAMPAIGN_MANAGER, "DE")},
    "fiona": {(Role.FINANCE, "all")},
    "frank": {(Role.FINANCE, "FR")},
    "dora": {(Role.DIRECTOR, "DE")},
    "david": {(Role.DIRECTOR, "all")},
    "both": {(Role.PLANNER, "DE"), (Role.DIRECTOR, "DE"), (Role.FINANCE, "DE")},
    "adam": {(Role.ADMIN, "all")},
    "aude": {(Role.AUDITOR, "all")},
}


def matrix(text: str = AUTHORITY) -> Matrix:
    """An authority file."""
    return Matrix(validate(parse(text, "authority.yaml"), Authority), text.encode())


@cache
def plan(title: str = "Q1", factor: float = 1.0) -> Plan:
    """A plan of about 2 million, times ``factor``; another title is another plan."""
    document = case_plan("base")[0].model_dump(mode="json")
    document["scenario"]["title"] = title
    whole, lines = document["totals"]["plan"], document["lines"]
    whole["spend"] = round(whole["spend"] * factor, 2)
    for line in lines:
        line |= {"total": round(line["total"] * factor, 2), "prior_driven": False}
    lines[0]["total"] = round(whole["spend"] - sum(line["total"] for line in lines[1:]), 2)
    for line in lines:
        weeks = [round(week * factor, 2) for week in line["spend"][1:]]
        line["spend"] = [round(line["total"] - sum(weeks), 2), *weeks]
    for channel in document["channels"]:
        own = [line["total"] for line in lines if line["channel"] == channel["channel"]]
        channel["spend"] = round(sum(own), 2)
    return sealed(document)


@dataclass
class Office:
    """People at work on one store."""

    store: Store
    seconds: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def now(self, day: str = "2026-11-22") -> str:
        """A time, each a second later."""
        passed = next(self.seconds)
        return f"{day}T{9 + passed // 3600:02d}:{passed // 60 % 60:02d}:{passed % 60:02d}.000000Z"

    def hire(self) -> Office:
        """Everybody of ``STAFF``, by their name."""

        def act(connection: object) -> None:
            for name, held in STAFF.items():
                one = Person(name, name.title(), f"{name}@example.org", False, frozenset(held))
                enroll(connection, one, None, None, self.now())  # type: ignore[arg-type]

        self.store.writing(act)
        return self

    def submitted(self, one: Plan, author: str = "paula", **also: str) -> str:
        """A plan handed in and submitted; its digest."""
        handed = replace(Submission(one, "DE"), **also)
        create(self.store, author, handed, at=self.now())
        submit(self.store, author, one.digest, matrix(), at=self.now())
        return one.digest

    def checked(self, one: Plan, *differences: str, flags: tuple[Flag, ...] = ()) -> CheckRow:
        """What a worker would say of a plan's figures."""
        found = Checked("0.1.0", 700, differences, tuple(sorted(map(str, flags))), DATA)
        return self.store.writing(lambda c: recorded(c, one.digest, found, self.now()))

    def says(self, one: Plan, version: int, reason: str = "fits", **also: object) -> Decision:
        """A decision on what was seen."""
        return replace(Decision(one.digest, seen_of(one), version, reason), **also)
