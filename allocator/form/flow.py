"""A value in one line of YAML, as a person writes it into a cell: ``{kpi: revenue, min: 3.0}``."""

from __future__ import annotations

import datetime as dt
import json
import re
from functools import cache
from typing import Any

from allocator.scenario.files.tree import TAGS, Unset
from mmm.errors import InputError
from mmm.yamlfile import parse

_PLAIN = re.compile(r"[\w+\-.%/@][\w+\-.%/@ ]*(?<! )\Z", re.ASCII)
MOST = 1_000
"""Values in one cell."""


def flow(value: Any) -> str:
    """The value in one line, which ``value_of`` reads back."""
    if isinstance(value, Unset):
        return "!unset" if value.value is None else f"!unset {flow(value.value)}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(str(k))}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return _text(value) if isinstance(value, str) else json.dumps(value)


def value_of(text: str) -> Any:
    """The value that a cell holds. Raises ValueError for what is none."""
    try:
        return _parsed(text)
    except InputError:
        raise ValueError("one value, as in a scenario: 2.0M, [tv, search], {max: 40k}") from None


def _parsed(text: str) -> Any:
    data = parse(f"value: {text}", "", tags=TAGS, most=MOST).data
    if set(data) != {"value"}:
        raise InputError([])
    return data["value"]


@cache
def _text(text: str) -> str:
    """Without quotes where it is read as the same text without them."""
    if _PLAIN.match(text):
        try:
            if _parsed(f"[{text}]") == [text] and _parsed(f"{{{text}: 1}}") == {text: 1}:
                return text
        except InputError:
            pass
    return json.dumps(text, ensure_ascii=False)
