"""``allocator import-book``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.options import Quiet

if TYPE_CHECKING:
    from allocator.form import Edited
    from allocator.scenario import LoadedScenario

EPILOG = (
    "Examples: allocator import-book out/q1/plan.xlsx --scenario scenarios/2027-q1-base.yaml "
    "--out scenarios/2027-q1-edited.yaml"
)


def import_book(
    book: Annotated[Path, typer.Argument(metavar="BOOK.xlsx", help="The finance workbook.")],
    out: Annotated[Path, typer.Option("--out", metavar="OVERRIDE.yaml", help="What is edited.")],
    scenario: Annotated[
        Path | None,
        typer.Option(metavar="SCENARIO.yaml", help="The plan's scenario; else looked for."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Read assumptions edited in a workbook back, as a scenario that extends the plan's own.

    The workbook must be of that scenario as it is now: its digest is compared. Without --scenario
    it is looked for beside --out and among the files that the workbook names. Exits with 0 when
    written, 2 for bad input, with the address of every cell that is not understood. Of a variant
    the new file has what the variant asks too, and no variants of its own.
    """
    import os

    from allocator.cli.agreed import load
    from allocator.form import edited
    from allocator.plan.file import write
    from allocator.scenario.files.over import over
    from allocator.scenario.files.tree import VARIANTS, WRITERS, Unset
    from allocator.scenario.files.variants import BASE
    from mmm.files import refuse_existing
    from mmm.yamlfile import to_text

    refuse_existing([out], force=force)
    found = edited(book)
    loaded = _cell(load(scenario), found) if scenario is not None else _sought(found, out)
    file, cell = Path(loaded.document.file), loaded.cell
    asked = found.asked(loaded, lambda values: load(file, cell=cell, sets=values))
    start = os.path.relpath(file.resolve(), out.resolve().parent)
    name = loaded.scenario.id.replace(".", "-")
    own = {"id": f"{name}-edited", "title": f"{loaded.scenario.title}, edited"}
    part = {**over(load(file).document.data, asked.document.data), **own}
    alone = {} if cell == BASE else {VARIANTS: Unset(None)}  # it is one of them already
    text = to_text({"extends": [start], **own, **part, **alone}, WRITERS)
    load(out, text=text)  # nothing is written, or overwritten, that is no scenario there
    write(out, text, force=force)
    if not quiet:
        typer.echo(f"The override: {out.resolve().as_uri()}")


def _sought(found: Edited, out: Path) -> LoadedScenario:
    """The scenario with the workbook's digest. Raises InputError where there is none."""
    from allocator.cli.agreed import load
    from mmm.errors import Fault, InputError

    tried = [Path(file) for file in found.files if file.endswith(".yaml")]
    tried += sorted(out.absolute().parent.glob("*.yaml"))
    for file in dict.fromkeys(tried):
        try:
            loaded = _cell(load(file), found)
        except InputError:  # another file, which is not asked
            continue
        if loaded.digest == found.digest:
            return loaded
    digest = f"no scenario with the digest {found.digest[:12]}…"
    fix = "name it with --scenario; it must be as it was when the plan was made"
    raise InputError([Fault(found.file, 0, 0, "Cover", digest, "the plan's own", fix)])


def _cell(loaded: LoadedScenario, found: Edited) -> LoadedScenario:
    """The cell of a scenario's variants that the workbook is of; itself where none is."""
    from allocator.cli.agreed import cells

    if loaded.digest == found.digest or not loaded.choices:
        return loaded
    every = cells(loaded.document.file)
    return next((one.loaded for one in every if one.loaded.digest == found.digest), loaded)
