"""How far beyond anything ever spent a plan may go."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    PlainSerializer,
    SerializationInfo,
    ValidationInfo,
    WithJsonSchema,
)

from allocator.quantities import AS_WRITTEN, RESOLVED, plain
from allocator.scenario.schema.constraint import Written
from allocator.selectors import Selectors

USUAL = 2.0
"""Times a line's largest week in the history: the most that any week of a plan spends."""
_TIMES = re.compile(r"([0-9]+(?:\.[0-9]+)?)x\Z")


def _times(value: Any, info: ValidationInfo) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and info.context != RESOLVED:
        raise ValueError(f"a multiple with its x; write {value:g}x")
    match = _TIMES.match(value) if isinstance(value, str) else None
    if not number and match is None:
        raise ValueError("a multiple such as 3x")
    times = float(match.group(1)) if match else float(value)
    if not USUAL < times <= 1000:  # more is no model's business
        raise ValueError(f"a multiple above {USUAL:g}x, which every line has, up to 1000x")
    return times


def _times_out(value: float, info: SerializationInfo) -> float | str:
    return plain(value) + "x" if info.context == AS_WRITTEN else value


Times = Annotated[
    float,
    BeforeValidator(_times),
    PlainSerializer(_times_out),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?x$", "examples": ["3x"]}),
]
"""A multiple: ``3x``."""


class Extrapolation(Written):
    """Lines that may go further beyond their history than the others.

    In no week a line spends more than 2 times its largest week in the history (or than the
    reference, where that is more): further out the curve is a guess. Lines without history have
    no such limit.
    """

    allow: Selectors
    """The lines that may: `[video]`, or `all`."""
    up_to: Times
    """How far: a multiple of the line's largest week in the history, such as `3x`."""
