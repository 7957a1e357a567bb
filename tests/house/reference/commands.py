"""docs/reference/commands.md"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import typer

from allocator import errors as allocator_errors
from allocator.cli import app as allocator_app
from mmm.cli import app as mmm_app
from mmm.errors import EngineError

from .words import prose, table

APPS = {"mmm": mmm_app, "allocator": allocator_app}
ERROR = re.compile(r"^class \w+\((EngineError|AllocatorError|NotAllowed)\):", re.MULTILINE)

HEAD = """# Commands

Two commands, `mmm` (from data to response curves) and `allocator` (from curves to a plan).
`--help` behind any of them says what stands here; `--install-completion` teaches your shell.
Results go to standard output; progress, faults and questions to standard error.
"""


def commands(app: typer.Typer, name: str) -> Iterator[tuple[str, Any]]:
    """(``allocator curves import``, its command), for every command that does something."""
    yield from _below(typer.main.get_command(app), name)


def _below(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for word, part in inner.items():
        yield from _below(part, f"{name} {word}")


def examples(command: Any) -> list[str]:
    """The command lines in a command's epilog: ``Example: …`` or ``Examples: …; …``."""
    _, _, text = (command.epilog or "").partition(":")
    return [line.strip() for line in re.split(r";\s|\s·\s", text) if line.strip()]


def exit_codes() -> dict[int, list[str]]:
    """Code -> what it means, from the error trees."""
    _met()
    found: dict[int, list[str]] = {0: ["Done."]}
    for error in sorted(_errors(EngineError), key=lambda error: (error.__module__, error.__name__)):
        found.setdefault(error.exit_code, []).append(_first_sentence(error))
    found[EngineError.exit_code] = ["A fault of ours: one line, and the path of a log."]
    found[2].insert(0, "A command or option that does not exist.")
    return dict(sorted(found.items()))


def _first_sentence(error: type[EngineError]) -> str:
    return prose(error.__doc__).partition(". ")[0].rstrip(".") + "."


def _met() -> None:
    """Import every file that defines an error: only what is imported is in the tree."""
    root = Path(allocator_errors.__file__).parent
    for file in sorted(root.rglob("*.py")):
        if ERROR.search(file.read_text(encoding="utf-8")):
            import_module(".".join(file.relative_to(root.parent).with_suffix("").parts))


def _errors(root: type[EngineError]) -> Iterator[type[EngineError]]:
    for error in root.__subclasses__():
        if error is not allocator_errors.AllocatorError:
            yield error
        yield from _errors(error)


def commands_page() -> str:
    """The page."""
    meanings = [[f"{code}", " ".join(said)] for code, said in exit_codes().items()]
    return (
        prose(HEAD)
        + "\n"
        + "".join(_section(*found) for name, app in APPS.items() for found in commands(app, name))
        + f"\n## Exit codes\n\n{table(('code', 'meaning'), meanings)}"
        + "\nA file that is there already is kept, unless `--force` is given.\n"
    )


def _section(name: str, command: Any) -> str:
    arguments = [part for part in command.params if part.param_type_name == "argument"]
    options = [part for part in command.params if part.param_type_name == "option"]
    hints = get_type_hints(inspect.unwrap(command.callback))
    rows = [_option(part, hints[part.name]) for part in options]
    usage = " ".join([name, *(_metavar(part) for part in arguments), "[OPTIONS]"])
    shown = "\n".join(examples(command))
    listed = table(("option", "default", "meaning"), rows)
    return (
        f"\n## `{name}`\n\n{prose(command.help)}\n\n```\n{usage}\n```\n\n"
        f"{table(('argument', 'meaning'), [[f'`{_metavar(a)}`', a.help] for a in arguments])}\n"
        f"{listed}\n```sh\n{shown}\n```\n"
    )


def _metavar(argument: Any) -> str:
    return argument.metavar or argument.name.upper()


def _option(option: Any, hint: Any) -> list[str]:
    value = "" if option.is_flag else f" {option.metavar or _kind(hint)}"
    again = ", may be repeated" if option.multiple else ""
    if option.required:
        default = "**required**"
    elif option.is_flag or option.default in (None, (), []):
        default = ""
    else:
        default = f"`{option.default}`"
    return [f"`{', '.join(reversed(option.opts))}{value}`{again}", default, option.help or ""]


def _kind(hint: Any) -> str:
    for kind in _types(hint):
        if get_origin(kind) is Literal:
            return "|".join(map(str, get_args(kind)))
        if isinstance(kind, type) and issubclass(kind, Enum):
            return "|".join(str(member.value) for member in kind)
    names = {int: "N", float: "X", Path: "FILE", str: "TEXT"}
    return next(names[kind] for kind in _types(hint) if kind in names)


def _types(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        yield from _types(part)
