"""Names and sentences that other people wrote, made fit to be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_SHOWN = 40  # characters of a name within a sentence; the table has all of it
_JOINERS = "\u200c\u200d"  # letters of Persian and Hindi, and families of emoji, need them

_BREAKS = re.compile("[ \t\n\r\f\v\x85\u2028\u2029]+")  # not the blanks that never break


def clean(text: str) -> str:
    """The text on one line, without anything that steers a terminal or turns text around.

    Control characters, lone surrogates and invisible formatting (bidirectional overrides) become
    the replacement character; runs of blanks and line ends become one blank.
    """
    return _without_steering(_BREAKS.sub(" ", text).strip(" "))


def clean_lines(text: str) -> str:
    """The same for a text of several lines, which keeps its line ends and indents."""
    return "\n".join(map(_without_steering, text.split("\n")))


def _without_steering(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text  # most names by far: no letter needs to be looked up
    return "".join("\ufffd" if _steers(c) else c for c in text)


def _steers(character: str) -> bool:
    category = unicodedata.category(character)
    return category in ("Cc", "Cs") or (category == "Cf" and character not in _JOINERS)


def short(name: str, length: int = _SHOWN) -> str:
    """A clean name, cut to a length with an ellipsis."""
    text = clean(name)
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def spoken(kpi: str) -> str:
    """A KPI's name in a sentence: ``new_customers`` is new customers."""
    return short(kpi.replace("_", " "))


def listed(names: Sequence[str], most: int = 2) -> str:
    """``tv``, ``tv and ooh``, ``tv, ooh and 3 others``: at most ``most`` + 1 names, by order.

    ``none`` where there are none.
    """
    if not names:
        return "none"
    shown = [short(name) for name in names]
    if len(shown) > most + 1:
        shown = [*shown[:most], f"{len(shown) - most} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
