"""``allocator compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.options import Json, Quiet, XlsxToo

if TYPE_CHECKING:
    from allocator.findings.comparison import Comparison

EPILOG = (
    "Examples: allocator compare out/base out/growth; "
    "allocator compare out/base out/growth/plan.json --out out/compared --xlsx; "
    "allocator compare out/de out/us --rate USD=0.92@2026-11-20:ECB"
)


def compare(
    plans: Annotated[
        list[Path], typer.Argument(metavar="A B [C…]", help="plan.json, or folders with one.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for comparison.json, .csv and compare.html."),
    ] = None,
    xlsx: XlsxToo = False,
    rate: Annotated[
        list[str] | None,
        typer.Option(metavar="CUR=RATE@DAY:SOURCE", help="Converts amounts of a currency."),
    ] = None,
    align: Annotated[
        bool, typer.Option("--align", help="Lay as many weeks of other dates side by side.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Put plans side by side: what differs, how surely, what explains it, and what each would lose.

    The first plan is what the others are compared with. Differences are paired by draw; plans on
    different models are read on each of them, never mixed. Exits with 0, or 2 for bad input.
    """
    from allocator.compare.conduct import compare as put  # below: NumPy and xarray, a second
    from allocator.compare.contender import contenders
    from allocator.compare.exchange import rates_of
    from allocator.compare.table import tidy
    from allocator.plan.file import write
    from allocator.reports.compare import compare_page
    from mmm.errors import Fault, InputError
    from mmm.files import refuse_existing
    from mmm.terminal import steps

    if xlsx and out is None:
        raise InputError([Fault("--xlsx", 0, 0, "", "no --out", "a folder for it: --out DIR")])
    names = ("comparison.json", "comparison.csv", "compare.html", *["compare.xlsx"] * xlsx)
    outputs = tuple(out / name for name in names) if out is not None else ()
    rates = rates_of(rate or ())
    refuse_existing(outputs, force=force)
    with steps(quiet or as_json) as step:
        step("reading")
        found = put(contenders(plans), rates=rates, align=align, step=step)
    if outputs:
        written: list[str | bytes] = [found.to_json(), tidy(found), compare_page(found)]
        if xlsx:
            written.append(_book(found))
        for path, content in zip(outputs, written, strict=True):
            write(path, content, force=force)
    if as_json:
        typer.echo(found.to_json(), nl=False)
    elif not quiet:
        from allocator.reports.compare_text import compare_tables
        from allocator.show import console

        console().print(compare_tables(found))
        if outputs:
            typer.echo(f"\nThe page: {outputs[2].resolve().as_uri()}")


def _book(found: Comparison) -> bytes:
    """The workbook, made today."""
    import datetime as dt

    from allocator.reports.workbook.compared import compared_book

    return compared_book(found, made_on=str(dt.date.today()))
