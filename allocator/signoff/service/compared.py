"""What a plan is compared with: at its submission, and whether that still asks for no more."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection

from allocator.errors import NotAllowed
from allocator.signoff.authority import requirement
from allocator.signoff.service.acts import plan_of, rules_of
from allocator.signoff.service.checks import judged
from allocator.signoff.service.submission import last_agreed
from allocator.signoff.states import Action
from allocator.signoff.store import events, plan_rows
from allocator.signoff.store.plan_rows import PlanRow, Signed


def compared_with(connection: Connection, row: PlanRow) -> PlanRow | None:
    """The plan that was approved last when this one was submitted; of a draft, that of today."""
    asked = events.last_about(connection, row.digest, str(Action.SUBMIT))
    if asked is None:
        return last_agreed(connection, row.market, row.digest)
    against = json.loads(asked.details)["against"]
    return None if against is None else plan_rows.get(connection, against)


def refuse_outgrown(connection: Connection, row: PlanRow, given: Sequence[Signed]) -> None:
    """Raise NotAllowed where a plan needs more today than the signatures that it has.

    Another plan may have been approved since it was submitted, or its flags are others by the
    figures as they were made again: then it is more, or something else, than what its signers were
    chosen for. The matrix is the one of its submission.
    """
    if row.authority is None:
        return
    before, then = last_agreed(connection, row.market, row.digest), compared_with(connection, row)
    plan = plan_of(connection, row)
    facts = judged(connection, row, plan, plan_of(connection, before) if before else None)
    same = (before and before.digest) == (then and then.digest)
    if same and sorted(facts.flags) == row.facts.get("flags"):
        return
    required = requirement(rules_of(connection, row.authority), facts)
    if required.met(tuple(one.role for one in given)):
        return
    asks = "; ".join(f"{one.words} ({', '.join(one.rules)})" for one in required.steps)
    asks = asks or "what no rule allows"
    if same:
        flags = ", ".join(sorted(facts.flags)) or "nothing exceptional"
        raise NotAllowed(
            f"by its figures as they were recomputed the plan has {flags}, and takes {asks}: "
            "needs a new approval"
        )
    against = f"{before.digest[:12]}… is the plan approved last" if before else "none is approved"
    raise NotAllowed(
        f"since this plan was submitted others were decided: in {row.market} {against}, and "
        f"against that it takes {asks}: needs a new approval"
    )
