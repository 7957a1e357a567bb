"""One section for each object of a file: a heading, a sentence, a table, an example."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import SkipJsonSchema

from .words import Aliases, default_words, prose, table, type_words


@dataclass(frozen=True)
class Book:
    """How one file's objects are called and shown.

    entries: model -> (title of its section, example of one such object, in ``language``)
    choices: (model, field) -> the words that a registry allows there
    """

    entries: Mapping[type[BaseModel], tuple[str, str]]
    language: str = "yaml"
    aliases: Aliases = ()
    context: object = None
    required: bool = True
    choices: Mapping[tuple[type[BaseModel], str], Sequence[str]] = field(default_factory=dict)
    titles: Mapping[type, str] = field(init=False)

    def __post_init__(self) -> None:
        titles = {model: title for model, (title, _) in self.entries.items()}
        object.__setattr__(self, "titles", titles)


ANY_KEY = "NAME"


def hints(model: type[BaseModel]) -> dict[str, Any]:
    """Field -> its whole type, without those that no person writes."""
    known = get_type_hints(model, include_extras=True)
    free = get_args(known.get("__pydantic_extra__"))  # keys of a person's own: names of KPIs
    if model.model_config.get("extra") == "allow" and free:
        return {ANY_KEY: free[1]}
    return {
        name: known[name]
        for name, info in model.model_fields.items()
        if not any(type(item).__name__ == SkipJsonSchema.__name__ for item in info.metadata)
    }


def objects(root: type[BaseModel]) -> tuple[type[BaseModel], ...]:
    """The root and all models below it, nearest first."""
    found = [root]
    for model in found:  # grows while it is read
        for hint in hints(model).values():
            found += [part for part in _models_in(hint) if part not in found]
    return tuple(found)


def _models_in(hint: Any) -> list[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [hint]
    return [model for part in getattr(hint, "__args__", ()) for model in _models_in(part)]


def section(model: type[BaseModel], book: Book, *, level: int = 2) -> str:
    """Heading, sentence, table of keys, example."""
    title, example = book.entries[model]
    return (
        f"\n{'#' * level} {title}\n\n{prose(inspect.getdoc(model))}\n\n"
        f"{keys(model, book)}\n```{book.language}\n{example.strip()}\n```\n"
    )


def keys(model: type[BaseModel], book: Book) -> str:
    """The table of an object's keys."""
    head = ("key", "type", "default", "meaning") if book.required else ("key", "type", "meaning")
    rows = []
    for name, hint in hints(model).items():
        info = model.model_fields.get(name, FieldInfo())
        row = [
            f"`{info.alias or name}`",
            _kind(model, name, hint, book),
            default_words(info, hint, book.context),
            _meaning(model, name, hint),
        ]
        rows.append(row if book.required else [row[0], row[1], row[3]])
    return table(head, rows)


def _kind(model: type[BaseModel], name: str, hint: Any, book: Book) -> str:
    known = book.choices.get((model, name))
    if known is not None:
        return " or ".join(f"`{word}`" for word in known)
    return type_words(hint, book.titles, book.aliases)


def _meaning(model: type[BaseModel], name: str, hint: Any) -> str:
    """The field's docstring, or else the first sentence of the object that stands there."""
    said = model.model_fields[name].description if name in model.model_fields else None
    if said:
        return prose(said)
    inner = _models_in(hint)
    if not inner:
        raise ValueError(f"{model.__name__}.{name} has no docstring")
    return prose(inspect.getdoc(inner[0])).split("\n")[0]
