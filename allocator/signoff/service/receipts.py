"""The receipt of a plan, from the store."""

from __future__ import annotations

from allocator.signoff.conditions import Condition
from allocator.signoff.receipt import Receipt, Signer
from allocator.signoff.service.acts import locked
from allocator.signoff.store import events, people, plan_rows
from allocator.signoff.store.connect import Store
from allocator.signoff.store.plan_rows import Signed


def receipt(store: Store, digest: str) -> Receipt:
    """What the store says of a plan now. Raises InputError for a plan that is not here."""
    with store.reading() as connection:
        row = locked(connection, digest, reads=True)
        names = people.names(connection)
        head = events.last(connection)
        assert head is not None  # the plan's creation is an event
        released = [e.at for e in events.about(connection, digest) if e.action == "release"]
        return Receipt(
            plan=row.digest, title=row.title, scenario=row.scenario_digest,
            curves=row.curves_digest, market=row.market, currency=row.currency,
            spend=row.spend, state=str(row.state),
            authority=row.authority or "",
            signers=tuple(
                _signer(one, names) for one in plan_rows.signatures_of(connection, digest)
            ),
            released_at=released[-1] if released else "", number=head.number, hash=head.hash,
        )  # fmt: skip


def _signer(one: Signed, names: dict[str, str]) -> Signer:
    return Signer(
        name=names[one.person], by="" if one.actor == one.person else names[one.actor],
        role=str(one.role), at=one.at, rules=one.rules,
        conditions=tuple(Condition.model_validate(each).words for each in one.conditions),
        seen=one.seen,
    )  # fmt: skip
