"""One progress bar per KPI while a fit runs, on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mmm.fit.sampling import Progress
from mmm.runner import Watch


@contextmanager
def fit_bars(quiet: bool) -> Iterator[Watch]:
    """Yields what ``fit`` calls with a KPI's name and its Progress; the bars go when it is done.

    Nothing is drawn when ``quiet``, or when stderr is not a terminal.
    """
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[step]}"),
        TimeElapsedColumn(),
    )
    off = quiet or not console.is_terminal
    with Bars(*columns, console=console, transient=True, disable=off) as bars:
        tasks: dict[str, TaskID] = {}
        first = bars.add_task("starting", total=None, step="")

        def watch(name: str, report: object) -> None:
            if not isinstance(report, Progress):
                return
            bars.update(first, visible=False)
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=None, step="")
            bars.update(
                tasks[name],
                completed=report.done,
                total=report.total if report.done else None,
                step=_step(report),
            )

        yield watch


def _step(report: Progress) -> str:
    if not report.done:
        return report.step
    lost = f", {report.divergences} lost their way" if report.divergences else ""
    return f"{report.done:,} of {report.total:,} draws{lost}"
