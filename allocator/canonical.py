"""The one text of a document: JSON with sorted keys, one space an indent. Ground floor.

The bytes are those of ``json.dumps(document, sort_keys=True, ensure_ascii=False,
allow_nan=False, indent=1)`` and a newline, in half the time: with an indent it leaves its C code,
which here writes all that holds no list or object itself. A sweep writes thousands of plans.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from json import encoder
from types import NoneType
from typing import Any

PLAIN = frozenset((str, int, float, bool, NoneType))


def canonical(document: dict[str, Any]) -> str:
    """One text for one content.

    Raises ValueError for NaN or an infinity, TypeError for what JSON does not have.
    """
    return joined(entries(document)) if document else "{}\n"


def entries(document: dict[str, Any]) -> dict[str, str]:
    """key -> the text of its value within the document. Raises what ``canonical`` raises."""
    return {key: _text(value) for key, value in document.items()}


def _text(value: Any) -> str:
    if not isinstance(value, (dict, list, tuple)):
        return _writer(",")(value)
    parts: list[str] = []
    _put(value, "\n ", parts.append)
    return "".join(parts)


def joined(texts: Mapping[str, str]) -> str:
    """The text of a document, one key or more, from ``entries``."""
    return "{\n " + ",\n ".join(f"{_name(key)}{texts[key]}" for key in sorted(texts)) + "\n}\n"


def resolved_digest(resolved: Mapping[str, Any]) -> str:
    """SHA-256 of a scenario's resolved form as JSON: sorted keys, no blanks, UTF-8.

    Raises ValueError for NaN or an infinity.
    """
    text = json.dumps(
        resolved, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _put(value: Any, margin: str, put: Callable[[str], object]) -> None:
    """margin: a line's end, and as many spaces as the value lies deep."""
    keyed, inner = isinstance(value, dict), margin + " "
    write = _writer("," + inner)
    if not value or PLAIN.issuperset(map(type, value.values() if keyed else value)):
        text = write(value)
        put(f"{text[0]}{inner}{text[1:-1]}{margin}{text[-1]}" if value else text)
        return
    before = ("{" if keyed else "[") + inner
    for one in sorted(value) if keyed else value:
        own = value[one] if keyed else one
        name = _name(one) if keyed else ""
        if isinstance(own, (dict, list, tuple)):
            put(before + name)
            _put(own, inner, put)
        else:
            put(f"{before}{name}{write(own)}")
        before = "," + inner
    put(margin + ("}" if keyed else "]"))


def _name(key: Any) -> str:
    text = key if isinstance(key, str) else _writer(",")({key: 0})[2:-5]  # between the quotes
    return f"{encoder.encode_basestring(text)}: "


@cache
def _writer(separator: str) -> Callable[[Any], str]:
    """Value -> JSON without an indent, its items apart by this."""
    plain = json.JSONEncoder(
        sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(separator, ": ")
    )
    made = getattr(encoder, "c_make_encoder", None)  # ``encode`` makes one at every call
    if made is None:  # a Python without it, such as PyPy
        return plain.encode
    parts = made(
        None, plain.default, encoder.encode_basestring, None, ": ", separator, True, False, False
    )  # fmt: skip
    return lambda value: "".join(parts(value, 0))
