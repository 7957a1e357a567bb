"""Commands as the command line reads them, without running one."""

from __future__ import annotations

from functools import cache
from typing import Any

from typer.main import get_command

from allocator.cli import app as allocator_app
from mmm.cli import app as mmm_app

APPS = {"mmm": mmm_app, "allocator": allocator_app}


@cache
def commands(program: str) -> Any:
    """All of a program, built once: a Typer builds them again whenever it is asked."""
    return get_command(APPS[program])


def found(line: list[str]) -> tuple[Any, list[str]]:
    """The command that a line names, and what follows. Raises KeyError for one there is not."""
    command, rest = commands(line[0]), line[1:]
    while hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]
    return command, rest


def parses(line: list[str]) -> None:
    """Every option is known and every argument there. Raises what the command line would."""
    command, rest = found(line)
    command.make_context(line[0], rest)
