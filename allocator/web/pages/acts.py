"""Acts that decide: each shows the figures it is bound to, and sends them back with the form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from allocator.errors import NotAllowed
from allocator.signoff.service import decision, identity
from allocator.signoff.service import release as releasing
from allocator.signoff.service import submission as submitting
from allocator.signoff.service.decision import Decision
from allocator.signoff.service.opened import Opened
from allocator.signoff.service.standing import Conflict
from allocator.signoff.states import SIGNED, State
from allocator.web import state
from allocator.web.briefs import brief_of
from allocator.web.caller import Caller, Poster, Reader, confirmed
from allocator.web.faults import status_of
from allocator.web.looked_at import looked_at
from allocator.web.matrix import matrix
from allocator.web.page import render
from allocator.web.pages.plan import exceptional, words_of
from allocator.web.pages.sent import Sending, Sent, conditions
from allocator.web.shown import cents
from mmm.errors import InputError

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Act:
    """An act with a page of its own.

    needs: what ``possible`` calls it; bound: the title above the figures it is bound to
    password: states of the plan in which it is asked again
    """

    name: str
    needs: str
    title: str
    question: str
    bound: str
    button: str
    do: Callable[[Request, Caller, Opened, Sent], None]
    reason: bool = True
    password: tuple[State, ...] = ()
    danger: bool = False


def _approve(request: Request, who: Caller, opened: Opened, sent: Sent) -> None:
    said = _decision(opened, sent)
    decision.sign(state.store(request), who.person.id, said, at=state.now(request))


def _reject(request: Request, who: Caller, opened: Opened, sent: Sent) -> None:
    said = _decision(opened, sent)
    decision.reject(state.store(request), who.person.id, said, at=state.now(request))


def _withdraw(request: Request, who: Caller, opened: Opened, sent: Sent) -> None:
    _refuse_unseen(opened, sent)
    releasing.withdraw(
        state.store(request), who.person.id, opened.row.digest, sent["reason"],
        version=sent.version, at=state.now(request),
    )  # fmt: skip


def _release(request: Request, who: Caller, opened: Opened, sent: Sent) -> None:
    _refuse_unseen(opened, sent)
    releasing.release(
        state.store(request), who.person.id, opened.row.digest, version=sent.version,
        scenario=sent["scenario"].strip() or None, curves=sent["curves"].strip() or None,
        at=state.now(request),
    )  # fmt: skip


ACTS = {
    one.name: one
    for one in (
        Act("approve", "sign", "Approve", "Do you approve this plan?", "What you sign",
            "Sign and approve {}", _approve, password=tuple(State)),
        Act("reject", "reject", "Send back", "Do you send this plan back?", "What you send back",
            "Send it back", _reject, danger=True),
        Act("withdraw", "withdraw", "Withdraw", "Do you withdraw this plan?",
            "What you withdraw", "Withdraw {}", _withdraw, danger=True, password=SIGNED),
        Act("release", "release", "Release", "Do you release the money of this plan?",
            "What you release", "Release {}", _release, reason=False,
            password=tuple(State)),
    )
}  # fmt: skip


@router.post("/plans/{digest}/submit")
def submit(request: Request, who: Poster, digest: str) -> Response:
    """Ask for signatures."""
    looked_at(request, who, digest)
    submitting.submit(
        state.store(request), who.person.id, digest, matrix(request), at=state.now(request)
    )
    return _back(digest, "submit")


@router.post("/plans/{digest}/review")
def review(request: Request, who: Poster, digest: str, sent: Sending) -> Response:
    """Take it into review."""
    looked_at(request, who, digest)
    decision.review(
        state.store(request), who.person.id, digest, version=sent.version, at=state.now(request)
    )
    return _back(digest, "review")


def ask(request: Request, who: Reader, digest: str) -> Response:
    """The page that asks. Whoever may not is told so before anything is written."""
    act, opened = _act(request), looked_at(request, who, digest)
    _refuse_now(opened, act)
    return _page(request, who, opened, act)


def act(request: Request, who: Poster, digest: str, sent: Sending) -> Response:
    """Do it. What is only badly filled in comes back with the form; all else is a fault."""
    asked, opened = _act(request), looked_at(request, who, digest)
    _refuse_now(opened, asked, sent)
    if opened.row.state in asked.password:
        try:
            who = confirmed(request, who, sent["password"])
        except NotAllowed as error:
            status = status_of(error)
            return _page(request, who, opened, asked, sent=sent, words=str(error), status=status)
    try:
        asked.do(request, who, opened, sent)
    except InputError as error:
        faults = tuple(str(one) for one in error.faults)
        return _page(request, who, opened, asked, sent=sent, faults=faults, status=422)
    return _back(digest, asked.name)


for _name in ACTS:
    _path = f"/plans/{{digest}}/{_name}"
    router.add_api_route(_path, ask, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route(_path, act, methods=["POST"], response_class=HTMLResponse)


def _act(request: Request) -> Act:
    found = ACTS.get(request.url.path.rpartition("/")[2])
    if found is None:
        raise HTTPException(404)
    return found


def _refuse_now(opened: Opened, asked: Act, sent: Sent | None = None) -> None:
    """Before a password is asked: Conflict for a plan that has moved, NotAllowed for who may not.

    The act itself checks both again, within its transaction.
    """
    row = opened.row
    if sent is not None and sent.version != row.version:
        newer = opened.newer is not None and opened.newer.state is not State.DRAFT
        why = "a newer version was submitted" if newer else f"it is {row.state} now"
        raise Conflict(f"the plan has moved since you opened it: {why}; nothing was done")
    if asked.needs not in opened.possible:
        raise NotAllowed(f"“{asked.title}” is not open to you: the plan is {row.state}")


def _back(digest: str, done: str) -> Response:
    return RedirectResponse(f"/plans/{quote(digest)}?done={done}", 303)


def _decision(opened: Opened, sent: Sent) -> Decision:
    return Decision(opened.row.digest, sent.seen, sent.version, sent["reason"], conditions(sent))


def _refuse_unseen(opened: Opened, sent: Sent) -> None:
    """Raise Conflict for a page whose figures are not the plan's."""
    if sent.seen != opened.seen:
        raise Conflict("the page showed other figures than the plan has; nothing was done")


def _page(
    request: Request, who: Caller, opened: Opened, asked: Act, *, sent: Sent | None = None,
    words: str = "", faults: tuple[str, ...] = (), status: int = 200,
) -> HTMLResponse:  # fmt: skip
    said, row = brief_of(opened), opened.row
    money = cents(row.cents, row.currency)
    agreed = tuple(words_of(one.conditions) for one in opened.signatures)
    return render(
        request, who, "decide.html", status=status, act=asked, row=row, opened=opened, brief=said,
        exceptional=exceptional(opened), seen=opened.seen, version=row.version,
        shown=_shown(opened, money), due=opened.due if asked.name == "approve" else None,
        conditions=[each for one in agreed for each in one] if asked.name == "release" else (),
        limited=_limited(opened), kept=_kept(sent), words=words, faults=faults,
        button=asked.button.format(money),
        again=row.state in asked.password,
        has_password=identity.has_password(state.store(request), who.person.id),
    )  # fmt: skip


def _shown(opened: Opened, money: str) -> tuple[tuple[str, str], ...]:
    """Everything that a signature is bound to, in the words of the page."""
    seen, row = opened.seen, opened.row
    certificate = opened.plan.certificate
    unit = f"{row.currency}\u00a0" if certificate.unit == "currency" else ""
    return (
        ("Spend", money),
        ("Expected, of what is maximised", f"{unit}{float(seen['objective']):,.2f}"),
        ("Gain over the reference at this budget", f"{unit}{float(seen['gain']):,.2f}"),
        ("Distance to the best there is", f"at most {100 * float(seen['gap']):.4f}\u202f%"),
        ("Digest", seen["digest"]), ("Scenario", seen["scenario"]), ("Curves", seen["curves"]),
        ("Version", str(row.version)),
    )  # fmt: skip


def _limited(opened: Opened) -> tuple[str, ...]:
    """What a condition can limit: channels and lines."""
    channels = (one.channel for one in opened.plan.channels)
    return tuple(dict.fromkeys((*channels, *(one.line for one in opened.plan.lines))))


def _kept(sent: Sent | None) -> dict[str, Any]:
    """What stood in the form, but the password."""
    names = ("reason", "not_before", "document", "most_amount", "most_line", "current")
    found: dict[str, Any] = {name: "" if sent is None else sent[name] for name in names}
    return {**found, "any": any(found[name] for name in names[1:4]) or bool(found["current"])}
