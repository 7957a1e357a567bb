"""Types and defaults as a person would say them."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Iterable, Mapping
from enum import EnumType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

Aliases = Iterable[tuple[Any, str]]
"""(an Annotated type, what it is called)"""

PLAIN = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    dt.date: "date",
    type(None): "",
    Any: "anything",
}


def type_words(hint: Any, titles: Mapping[type, str], aliases: Aliases = ()) -> str:
    """``tuple[Money, ...]`` is ``list of money``; a model is a link to its section."""
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return f"[{titles[hint].replace('`', '')}](#{anchor(titles[hint])})"
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(hint, titles, aliases)
    if origin is Literal:
        return " or ".join(f"`{_written(value)}`" for value in inner)
    said = [type_words(part, titles, aliases) for part in inner if part is not Ellipsis]
    if origin in (Union, types.UnionType):
        return " or ".join(filter(None, said))
    if origin is tuple:
        return f"list of {said[0]}" if Ellipsis in inner else f"pair of {said[0]}"
    if origin is dict:
        return f"map: name to {said[1]}"
    if isinstance(hint, EnumType):
        return " or ".join(f"`{member.value}`" for member in hint)
    raise TypeError(f"no words for {hint!r}")


def _annotated(hint: Any, titles: Mapping[type, str], aliases: Aliases) -> str:
    best = max(
        ((len(get_args(alias)), name) for alias, name in aliases if _begins_with(hint, alias)),
        default=None,
    )
    if best is not None:
        return best[1]
    base, *metadata = get_args(hint)
    limits = [
        limit
        for item in metadata
        for limit in (item.metadata if isinstance(item, FieldInfo) else [item])
    ]
    ends = ", ".join(filter(None, (_limit(limit) for limit in limits)))
    return ", ".join(filter(None, (type_words(base, titles, aliases), ends)))


def _begins_with(hint: Any, alias: Any) -> bool:
    ours, theirs = get_args(hint), get_args(alias)
    return len(ours) >= len(theirs) and all(a is b for a, b in zip(ours, theirs, strict=False))


def _limit(limit: object) -> str:
    match limit:
        case annotated_types.Ge(ge=low):
            return f"at least {low}"
        case annotated_types.Gt(gt=low):
            return f"above {low}"
        case annotated_types.Le(le=high):
            return f"at most {high}"
        case annotated_types.Lt(lt=high):
            return f"below {high:,}"
    return ""


def default_words(field: FieldInfo, hint: Any, context: object = None) -> str:
    """The default as it would be written, ``**required**``, or nothing."""
    if field.is_required():
        return "**required**"
    value = field.get_default(call_default_factory=True)
    if value is None or value is PydanticUndefined or value in ((), {}):
        return ""
    if isinstance(value, BaseModel) and value == type(value).model_construct():
        return "its own defaults"
    dumped = TypeAdapter(hint).dump_python(value, mode="json", context=context, exclude_none=True)
    return f"`{_written(dumped)}`"


def _written(value: object) -> str:
    """A value in YAML flow style."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_written(part)}" for key, part in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return "\\t" if value == "\t" else str(value)


def anchor(title: str) -> str:
    """The address that GitHub gives a heading."""
    kept = "".join(c for c in title.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def prose(docstring: str | None) -> str:
    """A docstring as Markdown: paragraphs and items on one line each, one backtick a side."""
    paragraphs = (docstring or "").replace("``", "`").strip().split("\n\n")
    return "\n\n".join(_joined(part) for part in paragraphs)


def _joined(paragraph: str) -> str:
    lines: list[str] = []
    for line in map(str.strip, paragraph.splitlines()):
        if lines and not line.startswith("- "):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "".join(
        "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in line) + " |\n"
        for line in lines
    )
