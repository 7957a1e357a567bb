"""An office with plans in every state, their documents, and what people said: for pages."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "signoff"))
from dossier_case import dossier_of
from office import AUTHORITY, matrix
from plan_cases import case_plan

from allocator.papers import book, dossier_text, page, screen
from allocator.plan import Plan, sealed
from allocator.signoff.conditions import Condition
from allocator.signoff.seen import seen_of
from allocator.signoff.service.decision import Decision, reject, review, sign
from allocator.signoff.service.release import release, withdraw
from allocator.signoff.service.submission import Submission, create, submit
from allocator.signoff.service.talk import Remark, comment
from allocator.signoff.store.connect import Store
from allocator.signoff.times import later

MARKET = "DE"
CAP = Condition.model_validate({"document": "purchase order"})


def titled(case: str, title: str) -> Plan:
    """A plan of ``plan_cases`` under another title, which makes it another plan."""
    document = case_plan(case)[0].model_dump(mode="json")
    document["scenario"]["title"] = title
    return sealed(document)


def papers_of(plan: Plan, *, all_: bool = False) -> dict[str, tuple[str, bytes]]:
    """Documents of a plan, as ``allocator documents`` makes them."""
    dossier = dossier_of(plan)
    made = {
        "dossier": ("dossier.json", dossier_text(plan, dossier)),
        "page": ("plan.html", page(plan, dossier)),
        "screen": ("onepager.html", screen(plan, dossier)),
    }
    made["workbook"] = ("plan.xlsx", book(plan, dossier) if all_ else b"PK: a workbook")
    return made


@dataclass
class World:
    """Plans by their state: digests. ``at`` is the time after all of it."""

    store: Store
    at: str
    plans: dict[str, Plan]

    def __getitem__(self, name: str) -> str:
        """A plan's digest."""
        return self.plans[name].digest

    def tick(self) -> str:
        """A minute later."""
        self.at = later(self.at, minutes=1)
        return self.at

    def hand_in(
        self, name: str, plan: Plan, *, papers: Mapping[str, tuple[str, bytes]] | None = None,
        replaces: str | None = None, author: str = "paula",
    ) -> str:  # fmt: skip
        """Keep it as a draft."""
        self.plans[name] = plan
        handed = Submission(plan, MARKET, papers or {}, replaces)
        create(self.store, author, handed, at=self.tick())
        return plan.digest

    def asked(self, name: str, plan: Plan, **also: object) -> str:
        """Hand it in and submit it."""
        digest = self.hand_in(name, plan, **also)  # type: ignore[arg-type]
        submit(self.store, "paula", digest, matrix(), at=self.tick())
        return digest

    def reviewed(self, name: str, plan: Plan, **also: object) -> str:
        """In review, by finance."""
        digest = self.asked(name, plan, **also)
        review(self.store, "fiona", digest, at=self.tick())
        return digest

    def signed(self, name: str, plan: Plan, *, by: str = "dora", **also: object) -> str:
        """With a director's signature."""
        digest = self.reviewed(name, plan)
        said = Decision(digest, seen_of(plan), 3, "It fits the year's plan.", **also)  # type: ignore[arg-type]
        sign(self.store, by, said, at=self.tick())
        return digest


def world(store: Store, at: str, *, all_: bool = False) -> World:
    """One plan in every state; the one in review has documents, and people talk about it.

    all_: with a real workbook, which takes a second
    """
    made = World(store, at, {})
    made.signed("released", titled("two", "Online and print, winter"))
    release(store, "fiona", made["released"], at=made.tick())
    made.signed("conditional", titled("cut", "Q1 with ten percent less"), conditions=(CAP,))
    made.signed("approved", titled("keep", "Q1 as last year"))
    digest = made.reviewed("rejected", titled("not proven", "Q1 at the first try"))
    said = Decision(digest, seen_of(made.plans["rejected"]), 3, "TV is booked until March.")
    reject(store, "dora", said, at=made.tick())
    made.hand_in("withdrawn", titled("base", "Q1, mistaken"))
    withdraw(store, "paula", made["withdrawn"], "The wrong file.", at=made.tick())
    made.reviewed("large", titled("count", "Q1 growth, with a cap on cost"))
    plan = titled("base", "Q1 2027 base case")
    made.reviewed("review", plan, papers=papers_of(plan, all_=all_), replaces=digest)
    talk(made, plan)
    made.asked("submitted", titled("unhealthy", "Q1 pilot"))
    made.hand_in("draft", titled("cut", "Q2, first sketch"))
    return made


def talk(made: World, plan: Plan) -> None:
    """Finance asks about a line and a rule, the planner answers."""
    line, rule = plan.lines[0].line, plan.constraints[0].id
    asked = comment(
        made.store, "fiona",
        Remark(plan.digest, "Can this still be cancelled after January?", f"line:{line}"),
        at=made.tick(),
    )  # fmt: skip
    said = Remark(plan.digest, "Yes, until 15 January.\nAfter that half is lost.", f"line:{line}",
                  asked.id)  # fmt: skip
    comment(made.store, "paula", said, at=made.tick())
    comment(
        made.store, "carla", Remark(plan.digest, "This one ends in March.", f"rule:{rule}"),
        at=made.tick(),
    )  # fmt: skip


def authority_file(folder: Path) -> Path:
    """The office's matrix, as a server reads it."""
    path = folder / "authority.yaml"
    path.write_text(AUTHORITY, encoding="utf-8")
    return path
