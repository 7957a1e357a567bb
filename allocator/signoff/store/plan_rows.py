"""Plans in the database: their state, who has to sign, and who has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, insert, or_, select, update

from allocator.signoff.authority import Requirement, Step
from allocator.signoff.states import Role, State
from allocator.signoff.store.tables import documents, events, plans, signatures

BATCH = 500


@dataclass(frozen=True)
class PlanRow:
    """A plan and where it stands; see ``tables.plans``."""

    digest: str
    blob: str
    title: str
    market: str
    scenario: str
    scenario_digest: str
    curves_digest: str
    currency: str
    cents: int
    starts: str
    ends: str
    author: str
    replaces: str | None
    state: State
    version: int
    facts: dict[str, Any]
    required: Requirement
    authority: str | None
    reviewer: str | None
    created_at: str
    changed_at: str

    @property
    def cursor(self) -> str:
        """Its place in a list by the latest change: two may have changed at one time."""
        return f"{self.changed_at}/{self.digest}"

    @property
    def spend(self) -> str:
        """What the whole plan spends, ``2000000.00``: in the plan's currency, to the cent."""
        return f"{self.cents // 100}.{self.cents % 100:02d}"


@dataclass(frozen=True)
class Signed:
    """A signature; see ``tables.signatures``."""

    plan: str
    person: str
    actor: str
    place: int
    role: Role
    reason: str
    conditions: tuple[dict[str, Any], ...]
    seen: dict[str, Any]
    rules: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class DocumentRow:
    """A document of a plan."""

    plan: str
    kind: str
    blob: str
    name: str
    at: str
    by: str


def add(connection: Connection, row: PlanRow) -> None:
    """Keep a new plan."""
    connection.execute(insert(plans).values(_values(row)))


def get(connection: Connection, digest: str, *, lock: bool = False) -> PlanRow | None:
    """The plan of a digest; with ``lock`` nobody else changes it until the transaction ends."""
    query = select(plans).where(plans.c.digest == digest)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return None if row is None else _row(row)


def move(connection: Connection, row: PlanRow, state: State, at: str, **also: Any) -> PlanRow:
    """The plan in its new state, one version on. The row must be as it was read."""
    values = {"state": str(state), "version": row.version + 1, "changed_at": at, **also}
    done = connection.execute(
        update(plans)
        .where(plans.c.digest == row.digest, plans.c.version == row.version)
        .values(values)
    )
    if done.rowcount != 1:
        raise AssertionError("a locked plan moved")
    found = get(connection, row.digest)
    assert found is not None
    return found


def where(connection: Connection, *conditions: Any, limit: int = 200) -> tuple[PlanRow, ...]:
    """Plans that keep all conditions on ``tables.plans``, the latest change first."""
    query = select(plans).where(*conditions)
    query = query.order_by(plans.c.changed_at.desc(), plans.c.digest).limit(limit)
    return tuple(_row(row) for row in connection.execute(query).mappings())


def follows(cursor: str) -> Any:
    """The condition that a plan stands in a list, the latest change first, after this place."""
    at, _, digest = cursor.partition("/")
    earlier = plans.c.changed_at < at
    same = and_(plans.c.changed_at == at, plans.c.digest > digest)
    return or_(earlier, same) if digest else earlier


def latest(connection: Connection, *conditions: Any, actions: Sequence[str]) -> PlanRow | None:
    """Of the plans that keep all conditions, the one to which one of the actions was done last."""
    query = select(plans).join(events, events.c.subject == plans.c.digest)
    query = query.where(*conditions, events.c.action.in_(actions))
    row = connection.execute(query.order_by(events.c.number.desc()).limit(1)).mappings().first()
    return None if row is None else _row(row)


def sign(connection: Connection, one: Signed) -> None:
    """Keep a signature."""
    values = {
        field.name: _written(getattr(one, field.name)) for field in fields(one)
    }  # tuples and maps become JSON
    connection.execute(insert(signatures).values(values))


def signatures_of(connection: Connection, plan: str) -> tuple[Signed, ...]:
    """Of a plan, in their order."""
    query = select(signatures).where(signatures.c.plan == plan).order_by(signatures.c.place)
    return tuple(_signed(row) for row in connection.execute(query).mappings())


def signatures_of_many(
    connection: Connection, digests: Sequence[str]
) -> dict[str, tuple[Signed, ...]]:
    """Plan -> its signatures in their order; plans without one are left out."""
    found: dict[str, tuple[Signed, ...]] = {}
    for some in _batches(digests):
        query = select(signatures).where(signatures.c.plan.in_(some)).order_by(signatures.c.place)
        for row in connection.execute(query).mappings():
            found[row["plan"]] = (*found.get(row["plan"], ()), _signed(row))
    return found


def replaced(connection: Connection, digests: Sequence[str]) -> frozenset[str]:
    """Those plans that another one replaces."""
    found: set[str] = set()
    for some in _batches(digests):
        query = select(plans.c.replaces).where(plans.c.replaces.in_(some))
        found.update(str(one) for one in connection.execute(query).scalars())
    return frozenset(found)


def titles(connection: Connection, digests: Sequence[str]) -> dict[str, str]:
    """Digest -> title; what is no plan's digest is left out."""
    found: dict[str, str] = {}
    for some in _batches(digests):
        query = select(plans.c.digest, plans.c.title).where(plans.c.digest.in_(some))
        found.update({str(digest): str(title) for digest, title in connection.execute(query)})
    return found


def _batches(digests: Sequence[str]) -> Iterator[Sequence[str]]:
    """So many at a time: a statement takes no more than a database has names for."""
    return (digests[start : start + BATCH] for start in range(0, len(digests), BATCH))


def _signed(row: RowMapping) -> Signed:
    return Signed(**{
        **row, "role": Role(row["role"]), "conditions": tuple(json.loads(row["conditions"])),
        "seen": json.loads(row["seen"]), "rules": tuple(json.loads(row["rules"])),
    })  # fmt: skip


def attach(connection: Connection, one: DocumentRow) -> None:
    """Keep a document of a plan; the same bytes twice are one."""
    same = (
        (documents.c.plan == one.plan)
        & (documents.c.kind == one.kind)
        & (documents.c.blob == one.blob)
    )
    if connection.execute(select(documents.c.blob).where(same)).first() is None:
        values = {field.name: getattr(one, field.name) for field in fields(one)}
        connection.execute(insert(documents).values(values))


def documents_of(connection: Connection, plan: str) -> tuple[DocumentRow, ...]:
    """Of a plan, as they were attached, the oldest first: of a kind the last one counts.

    The table keeps the same bytes once; the chain says when each was attached, also when an older
    one was attached again. What somebody attaches twice in a row is there once.
    """
    query = select(documents).where(documents.c.plan == plan)
    rows = (DocumentRow(**row) for row in connection.execute(query).mappings())
    kept = {(row.kind, row.blob): row for row in rows}
    found: list[DocumentRow] = []
    last: dict[str, tuple[str, str]] = {}
    for kind, blob, name, at, by in _attached(connection, plan):
        row = kept.get((kind, blob))
        if row is not None and last.get(kind) != (blob, by):
            last[kind] = blob, by
            found.append(replace(row, name=name or row.name, at=at, by=by))
    return tuple(found)


def _attached(connection: Connection, plan: str) -> Iterator[tuple[str, str, str, str, str]]:
    """(kind, blob, name, time, person) of every time that a paper came in; no name: as it is."""
    query = select(events.c.action, events.c.at, events.c.actor, events.c.details)
    query = query.where(events.c.subject == plan, events.c.action.in_(("create", "attach")))
    for action, at, actor, text in connection.execute(query.order_by(events.c.number)):
        details = json.loads(text)
        if action == "attach":
            yield details["kind"], details["blob"], details["name"], at, actor
        else:
            for kind, blob in details["documents"].items():
                yield kind, blob, "", at, actor


def as_json(value: Any) -> str:
    """Plain values as they stand in a column."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)


def _written(value: Any) -> Any:
    if isinstance(value, dict | tuple):
        return as_json(value)
    return str(value) if isinstance(value, Role | State) else value


def _values(row: PlanRow) -> dict[str, Any]:
    values = {field.name: _written(getattr(row, field.name)) for field in fields(row)}
    values["required"] = as_json(required_form(row.required))
    return values


def required_form(required: Requirement) -> list[dict[str, Any]]:
    """Signatures that are needed, as plain JSON values."""
    return [
        {
            "roles": [str(role) for role in step.roles],
            "people": step.people,
            "rules": list(step.rules),
        }
        for step in required.steps
    ]


def _row(row: RowMapping | Mapping[str, Any]) -> PlanRow:
    steps = tuple(
        Step(tuple(Role(role) for role in one["roles"]), one["people"], tuple(one["rules"]))
        for one in json.loads(row["required"])
    )
    return PlanRow(**{
        **row, "state": State(row["state"]), "facts": json.loads(row["facts"]),
        "required": Requirement(steps),
    })  # fmt: skip
