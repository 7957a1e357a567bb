"""``allocator verify``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.options import Json, Quiet

EPILOG = (
    "Examples: allocator verify out/q1/plan.json; "
    "allocator verify plan.json --curves data/sample/curves.nc"
)


def verify(
    file: Annotated[Path, typer.Argument(metavar="PLAN.json", help="The plan to check.")],
    curves: Annotated[
        Path | None, typer.Option(help="Where the curves are, if not where the plan says.")
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Recompute a plan from its scenario and curves, without the solver that made it.

    Exits with 0 if every figure agrees, 6 with the list of what does not.
    """
    import json

    from allocator.errors import VerificationFailed
    from allocator.verify import verify as recompute

    verdict = recompute(file, curves_file=curves)
    if as_json:
        wrong = [
            {"path": d.path, "stated": d.stated, "recomputed": d.recomputed}
            for d in verdict.differences
        ]
        typer.echo(
            json.dumps(
                {"agrees": not wrong, "compared": verdict.compared, "differences": wrong},
                default=str,
                ensure_ascii=False,
                indent=2,
            )
        )
    if verdict.differences:
        listed = "\n".join(f"  {difference}" for difference in verdict.differences)
        count = len(verdict.differences)
        raise VerificationFailed(
            f"{file}: {count} figure{'s' if count > 1 else ''} "
            f"{'do' if count > 1 else 'does'} not agree:\n{listed}"
        )
    if not (quiet or as_json):
        typer.echo(f"{file} agrees: {verdict.compared:,} figures recomputed, the bound among them.")
