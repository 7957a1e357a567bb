"""What a plan waits for, in one person's eyes; roles are looked up once a market, not a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from allocator.errors import NotAllowed
from allocator.signoff.service.standing import AUTHORING, first_role
from allocator.signoff.states import AGREED, PAYERS, SIGNED, SIGNERS, UNDECIDED, Role, State
from allocator.signoff.store import events, plan_rows
from allocator.signoff.store.plan_rows import PlanRow, Signed


@dataclass(frozen=True)
class Sight:
    """A reader at a time, within one transaction."""

    connection: Connection
    reader: str
    at: str
    _roles: dict[tuple[str, tuple[Role, ...]], frozenset[str]] = field(default_factory=dict)
    _given: dict[str, tuple[Signed, ...]] = field(default_factory=dict)
    _hands: dict[str, dict[str, str]] = field(default_factory=dict)

    def stands(self, market: str, roles: tuple[Role, ...]) -> frozenset[str]:
        """ids of all who stand behind the reader in one of the roles; empty where none is held."""
        key = market, roles
        if key not in self._roles:
            try:
                who = first_role(self.connection, self.reader, market, self.at, roles)
                self._roles[key] = who.both
            except NotAllowed:
                self._roles[key] = frozenset()
        return self._roles[key]

    def note(self, rows: Sequence[PlanRow]) -> None:
        """Read at once who had a hand in many plans, and their signatures."""
        self._hands.update(events.hands(self.connection, [row.digest for row in rows]))
        digests = [row.digest for row in rows if row.state is State.IN_REVIEW]
        self._given.update(dict.fromkeys(digests, ()))
        self._given.update(plan_rows.signatures_of_many(self.connection, digests))

    def todo(self, row: PlanRow) -> str:
        """What the plan waits for from the reader; empty for nothing."""
        if row.author == self.reader:
            return {State.DRAFT: "submit", State.REJECTED: "change"}.get(row.state, "")
        if row.state is State.SUBMITTED:
            return "review" if self.free(row, SIGNERS) else ""
        if row.state is State.IN_REVIEW:
            given = self._signatures(row.digest)
            due = row.required.due(tuple(one.role for one in given))
            return "sign" if due and self.free(row, due.roles) else ""
        if row.state in AGREED:
            both = self.stands(row.market, PAYERS)
            return "release" if both and not both & self.authors(row) else ""
        return ""

    def possible(self, row: PlanRow) -> tuple[str, ...]:
        """What the reader may do with the plan now."""
        todo = self.todo(row)
        found = [todo] if todo in ("submit", "review", "sign", "release") else []
        decides = self.stands(row.market, SIGNERS)
        if row.state is State.IN_REVIEW and decides and not decides & self.authors(row):
            found.append("reject")
        if row.state in UNDECIDED and row.author == self.reader:
            found.append("withdraw")
        if row.state in SIGNED and self.stands(row.market, (Role.DIRECTOR,)):
            found.append("withdraw")
        return tuple(found)

    def _signatures(self, digest: str) -> tuple[Signed, ...]:
        if digest not in self._given:
            self._given[digest] = plan_rows.signatures_of(self.connection, digest)
        return self._given[digest]

    def free(self, row: PlanRow, roles: tuple[Role, ...]) -> bool:
        """Whether the reader holds one of the roles and has no other part in the plan."""
        both = self.stands(row.market, roles)
        given = self._signatures(row.digest) if row.state is State.IN_REVIEW else ()
        signed = {person for one in given for person in (one.person, one.actor)}
        return bool(both) and not both & (self._had(row).keys() | signed)

    def authors(self, row: PlanRow) -> set[str]:
        """ids of whoever wrote or submitted it."""
        return {person for person, did in self._had(row).items() if did in AUTHORING}

    def _had(self, row: PlanRow) -> dict[str, str]:
        if row.digest not in self._hands:
            self._hands.update(events.hands(self.connection, (row.digest,)))
        return self._hands[row.digest]
