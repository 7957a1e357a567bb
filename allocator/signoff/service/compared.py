"""What a plan is compared with: at its submission, and whether that still asks for no more."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection

from allocator.errors import NotAllowed
from allocator.signoff.authority import requirement
from allocator.signoff.facts import facts_of
from allocator.signoff.service.acts import plan_of, rules_of
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

    Another plan may have been approved since it was submitted: what it changes is then more, or
    something else, than what its signers were chosen for. The matrix is the one of its submission.
    """
    before, then = last_agreed(connection, row.market, row.digest), compared_with(connection, row)
    if row.authority is None or (before and before.digest) == (then and then.digest):
        return
    facts = facts_of(
        plan_of(connection, row), row.market, plan_of(connection, before) if before else None
    )
    required = requirement(rules_of(connection, row.authority), facts)
    if required.met(tuple(one.role for one in given)):
        return
    against = f"{before.digest[:12]}… is the plan approved last" if before else "none is approved"
    asks = "; ".join(f"{one.words} ({', '.join(one.rules)})" for one in required.steps)
    raise NotAllowed(
        f"since this plan was submitted others were decided: in {row.market} {against}, and "
        f"against that it takes {asks or 'what no rule allows'}: needs a new approval"
    )
