"""``allocator to-excel``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allocator.cli.options import Quiet, ScenarioFile

if TYPE_CHECKING:
    from allocator.scenario import LoadedScenario

EPILOG = "Examples: allocator to-excel scenarios/2027-q1-base.yaml --out out/form.xlsx"


def to_excel(
    scenario: ScenarioFile,
    out: Annotated[Path, typer.Option("--out", metavar="FORM.xlsx", help="The form.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Write a scenario as a spreadsheet to fill in: values, rules, assumptions, variants.

    Every value stands there, defaults filled in and what it extends merged. from-excel reads it
    back. Exits with 0 when written, 2 for bad input.
    """
    from allocator.cli.agreed import load
    from allocator.form import form
    from allocator.plan.file import write
    from mmm.files import refuse_existing

    loaded = load(scenario)
    refuse_existing([out], force=force)
    made = form(loaded, _variants(scenario), _known(loaded), _notes(loaded))
    write(out, made, force=force)
    if not quiet:
        typer.echo(f"The form: {out.resolve().as_uri()}")


def _variants(scenario: Path) -> dict[str, dict[str, Any]]:
    """Axis -> option -> what it lays over the file."""
    from allocator.scenario.files.compose import compose
    from allocator.scenario.files.tree import plain

    return {
        axis.name: {option: plain(part) for option, part in axis.options.items()}
        for axis in compose(scenario, {}).axes
    }


def _known(loaded: LoadedScenario) -> dict[str, tuple[str, ...]]:
    """Names of the curves; none where the file is not there yet."""
    from mmm.curves import load as load_curves

    if not loaded.curves_file.is_file():
        return {}
    curves = load_curves(loaded.curves_file)
    channels = dict.fromkeys(str(name) for name in curves.data["channel"].values)
    return {"line": tuple(curves.lines), "channel": tuple(channels), "kpi": tuple(curves.kpis)}


def _notes(loaded: LoadedScenario) -> tuple[str, ...]:
    """Where the form comes from."""
    files = sorted({origin.file for origin in loaded.origins() if origin.line})
    own = loaded.document.file
    others = [file for file in files if file != own]
    merged = f" What it takes from {', '.join(others)} is merged into it." if others else ""
    return (f"This is {own}, id {loaded.scenario.id}.{merged}", f"Its digest: {loaded.digest}")
