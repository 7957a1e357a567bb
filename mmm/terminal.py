"""What every command line of this house has in common: exit codes, messages, progress."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from mmm.errors import EngineError, InputError

WIDTH = 100
"""Characters; tables fit into it, and a pipe gets exactly it."""


def run(app: typer.Typer, arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; no traceback ever reaches the person.

    An EngineError is a message (a list, one fault a line) and its own exit code. Wrong options
    are 2, as typer does. Anything else is an internal fault: one line, the path of a log with the
    traceback, and 1. ``arguments`` are those of the process by default.
    """
    try:
        app(args=None if arguments is None else list(arguments))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except InputError as error:
        count = len(error.faults)
        head = "1 thing to put right:" if count == 1 else f"{count} things to put right:"
        print(head, *error.faults, sep="\n", file=sys.stderr)
        return error.exit_code
    except EngineError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except Exception as error:
        print(f"internal fault: {_first_line(error)}; log at {_logged(error)}", file=sys.stderr)
        return EngineError.exit_code
    return 0


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _logged(error: Exception) -> Path:
    with tempfile.NamedTemporaryFile(
        "w", prefix="budget-engine-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.writelines(traceback.format_exception(error))
    return Path(log.name)


@contextmanager
def progress(
    description: str, total: float | None, quiet: bool = False
) -> Iterator[Callable[[float], None]]:
    """A progress bar on stderr, gone when done; yields ``advance(steps)``.

    ``total`` None shows that something is going on, without an end in sight. Nothing is drawn
    when ``quiet``, or when stderr is not a terminal.
    """
    from rich.console import Console  # a tenth of a second that --help need not wait for
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task(description, total=total)
        yield lambda steps: bar.advance(task, steps)


@contextmanager
def steps(quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """What is going on, in words, with a moving bar and the time, on stderr; gone when done.

    For work whose end cannot be foreseen; yields ``step(description)``.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    hidden = quiet or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("", total=None)
        yield lambda description: bar.update(task, description=description)


@contextmanager
def counted(description: str, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr for pieces that are counted, with the time left; gone when done.

    Yields ``done(there, all)``. The time left is that of the pieces made while the bar is up:
    those that were there at the first call took none.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    )  # fmt: skip
    with Progress(
        *columns,
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
        speed_estimate_period=600,  # seconds; pieces come in bursts
    ) as bar:
        task = bar.add_task(description, total=None)
        yield lambda there, all_: bar.update(task, completed=there, total=all_)
