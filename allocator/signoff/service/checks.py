"""Checks: a worker makes a plan's figures again; what it found is kept, and decides with others.

A plan comes in as its author's word. Its flags, its proof and every figure are believed only when
somebody else's program has made them again from the scenario in the plan and the curves that it
names, and found the same.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection

from allocator.errors import NotAllowed
from allocator.plan import Plan
from allocator.signoff.authority import REQUIRED
from allocator.signoff.facts import STATED, Flag, PlanFacts, facts_of
from allocator.signoff.service.acts import rules_of
from allocator.signoff.states import Role
from allocator.signoff.store import blobs, checks, events, jobs
from allocator.signoff.store.checks import CheckRow
from allocator.signoff.store.events import Act
from allocator.signoff.store.jobs import Job
from allocator.signoff.store.plan_rows import PlanRow
from allocator.signoff.store.tables import jobs as table
from allocator.signoff.work import VERIFY

ACTION = "check"
MOST, LONGEST = 100, 500
"""Differences that are kept, and characters of each."""
DATA, HANDED = "the data folder", "what was handed in with it"
"""Where the curves were found: put there by whoever runs the worker, or by the plan's author."""


@dataclass(frozen=True)
class Checked:
    """What a worker found.

    engine:      version of the program that computed
    compared:    how many figures; differences: each that does not agree, in words
    flags:       what makes the plan exceptional by the figures as they were made again
    curves:      ``DATA`` or ``HANDED``
    """

    engine: str
    compared: int
    differences: tuple[str, ...]
    flags: tuple[str, ...]
    curves: str

    @property
    def handed(self) -> bool:
        """Whether curves came from the plan's author, not from whoever runs the worker."""
        return self.curves == HANDED

    @property
    def agrees(self) -> bool:
        """Whether every figure is as the plan says."""
        return not self.differences


@dataclass(frozen=True)
class Check:
    """The last check of a plan, or why there is none yet.

    row, found: what was found; None where no worker has done it
    job:        the last one that was asked to, if any
    needed:     whether the plan's authority file lets nobody approve without
    """

    row: CheckRow | None
    found: Checked | None
    job: Job | None
    needed: bool

    @property
    def words(self) -> str:
        """``agree``, ``disagree`` or ``not yet``."""
        if self.found is None:
            return "not yet"
        return "agree" if self.found.agrees else "disagree"

    @property
    def stands(self) -> bool:
        """Whether the plan may be approved, as far as its figures go."""
        return not self.needed or (self.row is not None and self.row.agrees)


def recorded(connection: Connection, plan: str, found: Checked, at: str) -> CheckRow:
    """Keep what a worker found, with its event, within a transaction of the caller's."""
    told = replace(found, differences=tuple(one[:LONGEST] for one in found.differences[:MOST]))
    form = {"plan": plan, "agrees": found.agrees, "wrong": len(found.differences), **asdict(told)}
    text = json.dumps(form, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    blob = blobs.put(connection, text.encode("utf-8", "backslashreplace"))
    said = {"agrees": found.agrees, "engine": found.engine, "result": blob}
    act = Act(at, "system", str(Role.SYSTEM), ACTION, plan, said)
    row = CheckRow(
        events.append(connection, act).number, plan, found.agrees, found.engine, blob, at
    )
    checks.add(connection, row)
    return row


def check_of(connection: Connection, row: PlanRow) -> Check:
    """The last check of a plan, and whether it is needed."""
    last = checks.last(connection, row.digest)
    found = None if last is None else _checked(connection, last)
    return Check(last, found, asked(connection, row.digest), needed(connection, row))


def needed(connection: Connection, row: PlanRow) -> bool:
    """Whether nobody approves without a check: the word of the file in force at submission."""
    return row.authority is not None and (rules_of(connection, row.authority).verified == REQUIRED)


def refuse_unchecked(connection: Connection, row: PlanRow) -> None:
    """Raise NotAllowed unless the plan's figures were made again and agree, where that is asked."""
    if not needed(connection, row):
        return
    last = checks.last(connection, row.digest)
    if last is None:
        raise NotAllowed(
            "the plan's figures have not been recomputed yet, and the authority file asks for it; "
            "a worker does it"
        )
    if not last.agrees:
        first = checks.found(connection, last)["differences"][0]
        raise NotAllowed(
            f"the plan's figures were recomputed and do not agree ({first}): plan again"
        )


def judged(connection: Connection, row: PlanRow, plan: Plan, before: Plan | None) -> PlanFacts:
    """The facts of a plan; its flags as they were recomputed, where that was done."""
    facts = facts_of(plan, row.market, before)
    last = checks.last(connection, row.digest)
    if last is None:
        return facts
    again = frozenset(Flag(one) for one in checks.found(connection, last)["flags"])
    return replace(facts, flags=(facts.flags - STATED) | again)


def ask(connection: Connection, actor: str, plan: str, at: str) -> str:
    """Have a worker check the plan, in a transaction of the caller's; id of the job."""
    one = Job.fresh(VERIFY, {"plan": plan}, actor, at)
    jobs.add(connection, one)
    return one.id


def asked(connection: Connection, plan: str) -> Job | None:
    """The job that was last asked to check a plan, if any."""
    named = table.c.request.contains(f'"plan": "{plan}"', autoescape=True)
    found = jobs.where(connection, table.c.kind == VERIFY, named, limit=1)
    return found[0] if found else None


def _checked(connection: Connection, row: CheckRow) -> Checked:
    form = checks.found(connection, row)
    return Checked(
        form["engine"], form["compared"], tuple(form["differences"]), tuple(form["flags"]),
        form["curves"],
    )  # fmt: skip
