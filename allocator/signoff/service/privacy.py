"""What is kept of a person: handed out, and taken away without breaking the chain.

Events hold ids only. A person who is forgotten keeps the id: what was signed stays signed, by
somebody whose name and mail are nowhere any more.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, or_, select

from allocator.errors import NotAllowed
from allocator.signoff.service.acts import note
from allocator.signoff.service.standing import Standing, as_self, present
from allocator.signoff.service.users import refuse_last_admin
from allocator.signoff.states import Role
from allocator.signoff.store import people, sessions, tokens
from allocator.signoff.store.connect import Store
from allocator.signoff.store.people import EVERY, Person
from allocator.signoff.store.tables import comments, documents, events, signatures, users
from mmm.errors import Fault, InputError


def personal_data(store: Store, actor: str, id: str, *, at: str) -> dict[str, Any]:
    """Everything that is kept of a person, as plain JSON values; no password and no token.

    Raises NotAllowed unless they or an admin ask. That it was asked for is an event.
    """

    def act(connection: Connection) -> dict[str, Any]:
        who, one = _about(connection, actor, id)
        found = _collected(connection, one)
        note(connection, id, "export user", who, at)
        return found

    return store.writing(act)


def forget(store: Store, actor: str, id: str, *, at: str) -> Person:
    """Take away name, mail, password, roles, sessions, failed logins and names of tokens.

    Raises NotAllowed unless an admin does, and for the last admin.
    """

    def act(connection: Connection) -> Person:
        who, one = _about(connection, actor, id)
        if who.role is not Role.ADMIN:
            raise NotAllowed("this needs an admin")
        refuse_last_admin(connection, one)
        sessions.forget_failures(connection, name=one.mail)
        sessions.end_all(connection, id)
        tokens.forget(connection, id, at)
        for role, market in one.grants:
            people.revoke(connection, id, role, market)
        people.change(
            connection, id, name=f"former person {id[:6]}", mail=f"{id}@removed.invalid",
            password=None, disabled=True,
        )  # fmt: skip
        note(connection, id, "forget user", who, at)
        gone = people.person(connection, id=id)
        assert gone is not None
        return gone

    return store.writing(act)


def _about(connection: Connection, actor: str, id: str) -> tuple[Standing, Person]:
    who, one = present(connection, actor), people.person(connection, id=id)
    if one is None:
        raise InputError([Fault("user", 0, 0, "", repr(id), "somebody who is here")])
    if who.has(Role.ADMIN, EVERY):
        return Standing(who, Role.ADMIN), one
    if who.id != id:
        raise NotAllowed("this needs the person themselves, or an admin")
    return as_self(who), one


def _collected(connection: Connection, one: Person) -> dict[str, Any]:
    def rows(table: Any, *names: str, where: Any) -> list[dict[str, Any]]:
        query = select(*(table.c[name] for name in names)).where(where)
        return [dict(row) for row in connection.execute(query).mappings()]

    made = rows(users, "created_at", where=users.c.id == one.id)
    held = tokens.of(connection, one.id)
    return {
        "id": one.id, "name": one.name, "mail": one.mail, "disabled": one.disabled,
        "created_at": made[0]["created_at"],
        "roles": sorted([str(role), market] for role, market in one.grants),
        "delegations": [asdict(each) for each in people.delegations_of(connection, one.id)],
        "sessions": [
            {"created_at": each.created_at, "seen_at": each.seen_at}
            for each in sessions.of(connection, one.id)
        ],
        "tokens": [
            {"name": each.name, "scope": each.scope, "created_at": each.created_at,
             "ends_at": each.ends_at, "revoked_at": each.revoked_at}
            for each in held
        ],
        "signatures": rows(
            signatures, "plan", "role", "reason", "at",
            where=or_(signatures.c.person == one.id, signatures.c.actor == one.id),
        ),
        "comments": rows(
            comments, "plan", "about", "text", "at", where=comments.c.person == one.id
        ),
        "documents": rows(documents, "plan", "kind", "name", "at", where=documents.c.by == one.id),
        "events": rows(
            events, "number", "at", "role", "action", "subject",
            where=or_(
                events.c.actor == one.id, events.c.behalf == one.id, events.c.subject == one.id
            ),
        ),
    }  # fmt: skip
