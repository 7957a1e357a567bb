"""What the plan waits for, and the buttons of whoever looks; one of them is the primary one."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.signoff.service.opened import Opened
from allocator.signoff.states import FINAL, State
from allocator.signoff.store.people import Person


@dataclass(frozen=True)
class Button:
    """``post`` acts at once, with the version of the page; others lead to a page that asks."""

    act: str
    words: str
    href: str = ""
    post: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class NextStep:
    """A sentence on where the plan stands, and what can be done. The first button is primary."""

    words: str
    note: str
    buttons: tuple[Button, ...]


def next_step(opened: Opened, who: Person) -> NextStep:
    """For this reader; the acts themselves check again."""
    row, may = opened.row, opened.possible
    buttons = [button for act in may if (button := _button(opened, act)) is not None]
    if row.state is State.REJECTED and row.author == who.id and opened.newer is None:
        again = f"/hand-in?replaces={row.digest}"
        buttons.insert(0, Button("change", "Hand in a changed plan", again))
    return NextStep(_words(opened), _note(opened, may), tuple(buttons))


def _button(opened: Opened, act: str) -> Button | None:
    at = f"/plans/{opened.row.digest}/{act}"
    return {
        "submit": Button("submit", "Submit for signatures", post=True),
        "review": Button("review", "Take into review", post=True),
        "sign": Button("approve", "Approve…", f"/plans/{opened.row.digest}/approve"),
        "release": Button("release", "Release the money…", at),
        "reject": Button("reject", "Send back…", at, quiet=True),
        "withdraw": Button("withdraw", "Withdraw…", at, quiet=True),
    }.get(act)


def _words(opened: Opened) -> str:
    row = opened.row
    if row.state is State.IN_REVIEW and opened.due is not None:
        return f"It waits for the signature of {opened.due.words}"
    return {
        State.DRAFT: "It is a draft: nobody is asked to sign it yet",
        State.SUBMITTED: "It waits for a review",
        State.APPROVED: "It is approved, and waits for the release of its money",
        State.CONDITIONAL: "It is approved with conditions, which the release checks",
        State.REJECTED: "It was sent back",
        State.RELEASED: "Its money is released",
        State.SUPERSEDED: "A later plan took its place",
        State.EXPIRED: "It has expired: nothing follows",
        State.WITHDRAWN: "It was withdrawn: nothing follows",
    }.get(row.state, "It is in review")


def _note(opened: Opened, may: tuple[str, ...]) -> str:
    if "review" in may:
        return "Whoever reviews a plan does not sign it."
    if ("sign" in may or "release" in may) and not opened.check.stands:
        return "Not before its figures are recomputed, and agree."
    if "sign" in may:
        return "You see every figure once more before you sign."
    if "release" in may:
        return "Conditions are checked then, and figures shown once more."
    if "submit" in may:
        return "From then on nothing of it changes. Who signs is decided by the authority matrix."
    if may or opened.row.state in FINAL or opened.row.state is State.RELEASED:
        return ""
    return "There is nothing for you to do here but to look and to comment."
