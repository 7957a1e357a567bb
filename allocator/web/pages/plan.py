"""A plan: the decision on the left, evidence and discussion on the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from allocator.reports.decision import Brief
from allocator.signoff.conditions import Condition
from allocator.signoff.facts import Flag
from allocator.signoff.service.opened import Opened
from allocator.signoff.service.talk import Remark, comment
from allocator.signoff.states import AGREED, FINAL, UNDECIDED, State
from allocator.signoff.store.jobs import OPEN
from allocator.signoff.store.plan_rows import Signed
from allocator.signoff.store.talk import Comment
from allocator.web import state
from allocator.web.briefs import brief_of
from allocator.web.caller import Caller, Poster, Reader
from allocator.web.looked_at import looked_at
from allocator.web.page import render
from allocator.web.pages.next_step import next_step

router = APIRouter(include_in_schema=False)
VIEWS = (
    ("", "Decision"), ("/planner", "Planner"), ("/finance", "Finance"), ("/director", "Director"),
    ("/health", "Health"), ("/trail", "Trail"),
)  # fmt: skip
DONE = {
    "submit": "The plan was submitted. Nothing of it changes from now on.",
    "create": "The plan is kept as a draft. Submit it when it is ready for signatures.",
    "review": "You review this plan now. Somebody else signs it.",
    "approve": "Your signature is kept.",
    "reject": "The plan was sent back to its author.",
    "withdraw": "The plan was withdrawn.",
    "release": "The money is released.",
    "attach": "The paper is attached.",
}
"""What a page says after an act: sentences of ours, chosen by the address."""
EXCEPTIONAL = {
    Flag.NEW_CHANNEL: "Money goes to a channel that had none before.",
    Flag.NEW_CAMPAIGN: "Money goes to a campaign that had none before.",
    Flag.NEW_CONCEPT: "Money goes to a creative concept that was not shown before.",
    Flag.EXTRAPOLATION: "A line goes beyond 1.2 times what was ever spent on it.",
}
"""What the authority matrix calls exceptional and the plan itself does not say."""


@dataclass(frozen=True)
class Thread:
    """What was said about one thing, answers under what they answer."""

    about: str
    comments: tuple[Comment, ...]


@dataclass(frozen=True)
class SignedStep:
    """A step of the authority matrix, with the signatures given for it."""

    words: str
    rules: tuple[str, ...]
    signed: tuple[Given, ...]
    waits: str


@dataclass(frozen=True)
class Given:
    """A signature, as a page shows it."""

    person: str
    actor: str
    at: str
    reason: str
    conditions: tuple[str, ...]


def plan_page(
    request: Request, who: Caller, opened: Opened, name: str, here: str, **values: Any
) -> HTMLResponse:
    """One of the views of a plan; ``here`` is its address after the plan's."""
    known = {
        "opened": opened, "row": opened.row, "brief": brief_of(opened), "views": VIEWS,
        "here": here, "done": DONE.get(request.query_params.get("done", ""), ""),
    }  # fmt: skip
    return render(request, who, name, **{**known, **values})


@router.get("/plans/{digest}", response_class=HTMLResponse)
def plan(
    request: Request,
    who: Reader,
    digest: str,
    about: Annotated[str, Query(max_length=200)] = "plan",
    answers: Annotated[str, Query(max_length=32)] = "",
) -> HTMLResponse:
    """Sentence, money, gain, certainty, warnings, buttons; then the evidence."""
    opened = looked_at(request, who, digest)
    said = brief_of(opened)
    return plan_page(
        request, who, opened, "plan.html", "", next=next_step(opened, who.person),
        exceptional=exceptional(opened), steps=_steps(opened), before=opened.before,
        documents=opened.documents, threads=_threads(opened.comments), subjects=_subjects(said),
        about=about, talks=opened.talks, recomputes=recomputes(opened),
        makes=makes(opened),
        answered=next((one for one in opened.comments if one.id == answers), None),
    )  # fmt: skip


@router.post("/plans/{digest}/comments")
def say(
    request: Request,
    who: Poster,
    digest: str,
    text: Annotated[str, Form(max_length=10_000)],
    about: Annotated[str, Form(max_length=200)] = "plan",
    answers: Annotated[str, Form(max_length=32)] = "",
) -> Response:
    """Say something about the plan, a line of it, or a rule."""
    looked_at(request, who, digest)
    remark = Remark(digest, text, about, answers or None)
    comment(state.store(request), who.person.id, remark, at=state.now(request))
    return RedirectResponse(f"/plans/{quote(digest)}#talk", 303)


def recomputes(opened: Opened) -> bool:
    """Whether there is a reason to have the figures made again, and nobody is at it."""
    check = opened.check
    under_way = check.job is not None and check.job.state in OPEN
    agrees = check.found is not None and check.found.agrees
    return opened.row.state not in FINAL and not under_way and not agrees


def makes(opened: Opened) -> bool:
    """Whether documents may still be asked for, and were not handed in."""
    there = any(one.kind == "dossier" for one in opened.documents)
    return opened.talks and opened.row.state in (*UNDECIDED, *AGREED) and not there


def exceptional(opened: Opened) -> tuple[str, ...]:
    """Why the plan needs more signatures than usual, beyond what its own warnings say."""
    return tuple(EXCEPTIONAL[flag] for flag in opened.flags if flag in EXCEPTIONAL)


def words_of(conditions: tuple[dict[str, Any], ...]) -> tuple[str, ...]:
    """Conditions as a person says them."""
    return tuple(Condition.model_validate(one).words for one in conditions)


def _steps(opened: Opened) -> tuple[SignedStep, ...]:
    left = list(opened.signatures)
    found = []
    for step in opened.row.required.steps:
        given: list[Signed] = []
        while left and len(given) < step.people and left[0].role in step.roles:
            given.append(left.pop(0))
        waits = opened.row.state is State.IN_REVIEW and opened.due == step
        missing = step.people - len(given)
        more = " or ".join(step.roles) if missing == 1 else f"{missing} × {' or '.join(step.roles)}"
        shown = tuple(
            Given(one.person, one.actor, one.at, one.reason, words_of(one.conditions))
            for one in given
        )
        found.append(SignedStep(step.words, step.rules, shown, more if waits else ""))
    return tuple(found)


def _threads(comments: tuple[Comment, ...]) -> tuple[Thread, ...]:
    """The oldest thread first; an answer stands after what it answers."""
    answers: dict[str, list[Comment]] = {}
    for one in comments:
        if one.answers is not None:
            answers.setdefault(one.answers, []).append(one)

    def with_answers(one: Comment) -> list[Comment]:
        below = [said for each in answers.get(one.id, ()) for said in with_answers(each)]
        return [one, *below]

    found: dict[str, list[Comment]] = {}
    for one in comments:
        if one.answers is None:
            found.setdefault(one.about, []).extend(with_answers(one))
    return tuple(Thread(called(about), tuple(said)) for about, said in found.items())


def called(about: str) -> str:
    """What a thread is about: ``plan``, ``line:search/brand``, ``rule:tv-commit``."""
    kind, _, name = about.partition(":")
    if kind in ("line", "rule") and name:
        return f"{kind.title()} {name}"
    return "The plan" if about == "plan" else about


def _subjects(said: Brief) -> tuple[tuple[str, str], ...]:
    """What can be talked about: value and words."""
    rules = dict.fromkeys(one.rule for one in said.limits)
    return (
        ("plan", "The plan"),
        *((f"line:{row.line}", f"Line {row.line}") for row in said.rows),
        *((f"rule:{name}", f"Rule {name}") for name in rules),
    )
