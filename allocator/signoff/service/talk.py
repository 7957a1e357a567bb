"""Comments on a plan, on a line or a rule of it; and papers that are attached to it later."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection

from allocator.errors import NotAllowed
from allocator.signoff.kinds import MADE
from allocator.signoff.service.acts import locked, note, refuse_empty
from allocator.signoff.service.standing import Standing, first_role
from allocator.signoff.service.submission import MOST
from allocator.signoff.states import FINAL, TALKERS, State
from allocator.signoff.store import blobs, plan_rows, talk
from allocator.signoff.store.connect import Store
from allocator.signoff.store.plan_rows import DocumentRow
from allocator.signoff.store.talk import Comment
from mmm.errors import Fault, InputError


@dataclass(frozen=True)
class Remark:
    """What somebody says.

    about:   ``plan``, ``line:search/brand`` or ``rule:tv-commit``
    answers: id of the comment that it answers
    """

    plan: str
    text: str
    about: str = "plan"
    answers: str | None = None


@dataclass(frozen=True)
class Paper:
    """A document for a plan that is here already, such as a purchase order."""

    kind: str
    name: str
    content: bytes


def comment(store: Store, actor: str, said: Remark, *, at: str) -> Comment:
    """Say something. The event holds the text's digest: what was said cannot be changed later.

    Raises NotAllowed for people without a role in the market, InputError for no text.
    """
    refuse_empty("comment", said.text)
    _refuse_odd_name("about", said.about, 200)
    id_ = secrets.token_hex(16)

    def act(connection: Connection) -> Comment:
        who, _ = _present(connection, actor, said.plan, at)
        answered = {one.id for one in talk.of(connection, said.plan)}
        if said.answers is not None and said.answers not in answered:
            fault = Fault("answers", 0, 0, "", repr(said.answers), "a comment on the same plan")
            raise InputError([fault])
        one = Comment(id_, said.plan, said.about, said.answers, who.actor.id, said.text, at)
        talk.add(connection, one)
        note(connection, said.plan, "comment", who, at, details=comment_form(one))
        return one

    return store.writing(act)


def comments(store: Store, plan: str) -> tuple[Comment, ...]:
    """Of a plan, the oldest first."""
    with store.reading() as connection:
        return talk.of(connection, plan)


def comment_form(one: Comment) -> dict[str, str | None]:
    """What the event says of a comment."""
    text = hashlib.sha256(one.text.encode()).hexdigest()
    return {"comment": one.id, "about": one.about, "answers": one.answers, "text": text}


def attach(store: Store, actor: str, plan: str, paper: Paper, *, at: str) -> DocumentRow:
    """Attach a document; it can be looked at, and conditions can ask for its kind.

    Raises NotAllowed for people without a role in the market and for plans that are over,
    InputError for nothing, more than 10 MB, or no name.
    """

    def act(connection: Connection) -> DocumentRow:
        row = locked(connection, plan, reads=True)
        if paper.kind in MADE and row.state is not State.DRAFT:
            raise NotAllowed(
                f"the {paper.kind} of a plan that is {row.state} is what was handed in with it; "
                "attach a paper of another kind"
            )
        return attached(connection, actor, plan, paper, at=at)

    return store.writing(act)


def attached(
    connection: Connection, actor: str, plan: str, paper: Paper, *, at: str
) -> DocumentRow:
    """The same within a transaction of the caller's, for documents that we made from the plan."""
    _refuse_odd_name("kind", paper.kind, 40)
    _refuse_odd_name("file name", paper.name, 200)
    if not 0 < len(paper.content) <= MOST:
        found = f"{len(paper.content):,} bytes"
        raise InputError([Fault(paper.name, 0, 0, "", found, "1 byte to 10 MB")])
    who, state = _present(connection, actor, plan, at)
    if state in FINAL:
        raise NotAllowed(f"the plan is {state}: nothing is attached to it any more")
    blob = blobs.put(connection, paper.content)
    row = DocumentRow(plan, paper.kind, blob, paper.name, at, who.actor.id)
    plan_rows.attach(connection, row)
    details = {"kind": paper.kind, "name": paper.name, "blob": blob}
    note(connection, plan, "attach", who, at, details=details)
    return row


def documents(store: Store, plan: str) -> tuple[DocumentRow, ...]:
    """Of a plan, the oldest first."""
    with store.reading() as connection:
        return plan_rows.documents_of(connection, plan)


def document(store: Store, plan: str, kind: str) -> tuple[DocumentRow, bytes] | None:
    """The latest document of a kind, with its content; None where a plan has none."""
    with store.reading() as connection:
        found = [one for one in plan_rows.documents_of(connection, plan) if one.kind == kind]
        content = blobs.get(connection, found[-1].blob) if found else None
        return None if content is None else (found[-1], content)


def _present(connection: Connection, actor: str, plan: str, at: str) -> tuple[Standing, str]:
    row = locked(connection, plan)
    return first_role(connection, actor, row.market, at, TALKERS), row.state


def _refuse_odd_name(name: str, text: str, most: int) -> None:
    if not text.strip() or len(text) > most or not text.isprintable():
        fault = Fault(name, 0, 0, "", repr(text[:50]), f"a name of 1 to {most} characters")
        raise InputError([fault])
