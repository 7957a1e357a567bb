"""Texts that other people wrote, cut to the room there is for them on a page of fixed size."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from allocator.reports._base.names import clean

BREAK = "\u200b"
"""Where a word may be broken: neither paper nor page breaks a long one by itself."""
LONG = 16  # letters of a word without such a place


def width(text: str) -> int:
    """How wide a text is in letters: those of East Asia count twice, accents put on others not."""
    return sum(_width(c) for c in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    wide = unicodedata.east_asian_width(character) in "WF" or ord(character) > 0xFB4F
    return 2 if wide else 1


def cut(text: str, most: int) -> str:
    """A clean text of at most ``most`` letters in width, with an ellipsis where it was longer.

    Accents put on accents are dropped from the third on: they would climb over the lines above.
    """
    whole = _flat(clean(text))
    if width(whole) <= most:
        return whole
    kept = ""
    for character in whole:
        if width(kept) + _width(character) > most - 1:
            break
        kept += character
    return kept.rstrip() + "…"


def _flat(text: str) -> str:
    kept, stacked = [], 0
    for character in text:
        stacked = stacked + 1 if unicodedata.combining(character) else 0
        if stacked <= 2:
            kept.append(character)
    return "".join(kept)


def breakable(text: str) -> str:
    """The text with places in its long words at which a line may end."""
    words = text.split(" ")
    return " ".join(
        BREAK.join(word[at : at + LONG] for at in range(0, len(word), LONG)) if word else ""
        for word in words
    )


def first(texts: Sequence[str], most: int, what: str) -> tuple[str, ...]:
    """The first so many, and how many more there are: ``and 12 more rules``."""
    if len(texts) <= most:
        return tuple(texts)
    return (*texts[:most], f"and {len(texts) - most} more {what}")
