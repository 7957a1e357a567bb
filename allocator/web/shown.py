"""How values are written on pages: names cleaned, times in UTC, money by the house's numbers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from allocator.reports._base import numbers
from allocator.reports._base.assumptions import day
from allocator.reports._base.names import clean, clean_lines, short
from allocator.signoff.service.trail import reads_all
from allocator.signoff.states import AUTHORS, State
from allocator.signoff.store.people import EVERY, Person
from allocator.signoff.times import parsed

WAITS_FOR = {
    "submit": "Submit it for signatures",
    "review": "Review it",
    "sign": "Approve or reject it",
    "release": "Release its money",
    "change": "It was sent back: change it",
    "decide": "Nobody has decided yet: see that somebody does",
}
"""What an inbox asks for."""
LOOKS = {
    State.DRAFT: "draft", State.SUBMITTED: "submitted", State.IN_REVIEW: "review",
    State.APPROVED: "approved", State.CONDITIONAL: "conditional", State.REJECTED: "rejected",
    State.RELEASED: "released", State.SUPERSEDED: "superseded", State.EXPIRED: "expired",
    State.WITHDRAWN: "withdrawn",
}  # fmt: skip
"""State -> its icon and its colour."""


def when(at: str) -> Markup:
    """``22 Nov 2026, 10:00 UTC``, as a time that programs read too."""
    found = parsed(at).astimezone(dt.UTC)
    words = f"{found.day}\u00a0{found:%b}\u00a0{found:%Y}, {found:%H:%M}\u00a0UTC"
    return Markup('<time datetime="{}">{}</time>').format(at, words)


def cents(amount: int, currency: str) -> str:
    """``EUR 2,000,000``, with cents where there are any."""
    whole, rest = divmod(abs(amount), 100)
    sign = numbers.MINUS if amount < 0 else ""
    return f"{sign}{currency}{numbers.NBSP}{whole:,}" + (f".{rest:02d}" if rest else "")


def lines(text: str) -> Markup:
    """What a person wrote, with its line ends."""
    return Markup("<br>").join(escape(part) for part in _plain(text).split("\n"))


def _plain(text: str) -> str:
    """Clean, with one kind of line end: browsers send two characters."""
    ends = text.replace("\r\n", "\n").replace("\r", "\n")
    return clean_lines(ends.replace("\t", " "))


def finalized(value: Any) -> Any:
    """Every text on a page, without what steers a reader or turns the text around."""
    return _cleaned(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_cleaned = lru_cache(maxsize=4096)(clean)
"""The same words stand on page after page."""


def _indented(text: str) -> Markup:
    """The details of an event, one key a line."""
    form = json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    return escape(clean_lines(form))


FILTERS: dict[str, Callable[..., Any]] = {
    "cents": cents,
    "day": day,
    "indented": _indented,
    "kept": lambda text: escape(_plain(text)),
    "lines": lines,
    "look": lambda state: LOOKS[State(state)],
    "percent": numbers.percent,
    "short": short,
    "started": lambda text: text[:1].upper() + text[1:],
    "waits_for": lambda name: WAITS_FOR[name],
    "when": when,
}


def hands_in(who: Person) -> bool:
    """Whether somebody is an author anywhere."""
    return any(role in AUTHORS for role, _ in who.grants)


def markets_of(who: Person) -> tuple[str, ...]:
    """Markets whose plans somebody may write; empty for an author of every one, who names it."""
    held = sorted({market for role, market in who.grants if role in AUTHORS})
    return () if EVERY in held else tuple(held)


GLOBALS: dict[str, Callable[..., Any]] = {"hands_in": hands_in, "reads_all": reads_all}
"""What every template may ask."""
