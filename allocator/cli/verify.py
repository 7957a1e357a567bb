"""``allocator verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.options import Json, Quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from allocator.findings.differences import Difference

EPILOG = (
    "Examples: allocator verify out/q1/plan.json; "
    "allocator verify plan.json --curves data/sample/curves.nc; "
    "allocator verify out/q1/onepager.pdf; "
    "allocator verify --code 'allocator:plan:…' --plan out/q1/plan.json"
)


def verify(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The plan, or a document of it.")
    ] = None,
    curves: Annotated[
        Path | None, typer.Option(help="Where the curves are, if not where the plan says.")
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(metavar="PLAN.json", help="The document's plan, if not beside it."),
    ] = None,
    code: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What the code on a one-pager says.")
    ] = None,
    receipt: Annotated[
        Path | None,
        typer.Option(metavar="RECEIPT.json", help="Who signed it, if not receipt.json beside it."),
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Recompute a plan from its scenario and curves, without the solver that made it.

    Of a document (dossier.json, plan.html, plan.xlsx, onepager.html, onepager.pdf): make it again
    from the plan.json and dossier.json beside it, and compare. Exits with 0 if every figure
    agrees, 6 with the list of what does not.
    """
    from allocator.attest import attest, attest_code, is_document
    from allocator.verify import verify as recompute

    if code is not None or file is None:
        text, against = _one(file, code, plan)
        attested = attest_code(text, against)
        said = f"This is the code of {against}."
        _end(attested.differences, attested.compared, "the code", said, (quiet, as_json))
    elif is_document(file):
        attested = attest(file, plan_file=plan)
        said = f"{file} is {attested.words} of plan {attested.plan[:12]}…"
        said += _signed(file, receipt, attested.plan)
        wrong = f"{file} is not what plan {attested.plan[:12]}… gives"
        _end(attested.differences, attested.compared, wrong, said, (quiet, as_json))
    else:
        verdict = recompute(file, curves_file=curves)
        said = f"{file} agrees: {verdict.compared:,} figures recomputed, the bound among them."
        said += _signed(file, receipt, None)
        _end(verdict.differences, verdict.compared, str(file), said, (quiet, as_json))


def _signed(file: Path, receipt: Path | None, digest: str | None) -> str:
    """What a receipt says of the plan; nothing without one. Raises InputError for another plan's.

    digest: of the plan; None where the file is the plan
    """
    from allocator.plan.file import read
    from allocator.signoff.receipt import read_receipt
    from mmm.errors import Fault, InputError

    named = receipt or file.parent / "receipt.json"
    if receipt is None and not named.exists():
        return ""
    found = read_receipt(named)
    plan = digest or read(file).digest
    if found.plan != plan:
        expected = f"the receipt of {plan[:12]}…"
        fault = Fault(str(named), 0, 0, "plan", f"{found.plan[:12]}…", expected)
        raise InputError([fault])
    return f"\nIts receipt says: {found.words}; as of event {found.number}, {found.hash[:12]}…"


def _one(file: Path | None, code: str | None, plan: Path | None) -> tuple[str, Path]:
    """(code, plan). Raises InputError unless there is one thing to verify, and its plan."""
    from mmm.errors import Fault, InputError

    faults = []
    if code is None:
        faults.append(Fault("verify", 0, 0, "", "nothing to verify", "FILE, or --code TEXT"))
    elif file is not None:
        faults.append(Fault("--code", 0, 0, "", f"{file} beside it", "a file or a code"))
    elif plan is None:
        faults.append(Fault("--code", 0, 0, "", "no plan", "--plan PLAN.json beside it"))
    if faults or code is None or plan is None:
        raise InputError(faults)
    return code, plan


def _end(
    differences: Sequence[Difference],
    compared: int,
    name: str,
    said: str,
    how: tuple[bool, bool],
) -> None:
    """Tell what was found; how: (quiet, as JSON). Raises VerificationFailed for differences."""
    import json

    from allocator.errors import VerificationFailed

    quiet, as_json = how
    if as_json:
        wrong = [
            {"path": d.path, "stated": d.stated, "recomputed": d.recomputed} for d in differences
        ]
        typer.echo(
            json.dumps(
                {"agrees": not wrong, "compared": compared, "differences": wrong},
                default=str,
                ensure_ascii=False,
                indent=2,
            )
        )
    if differences:
        listed = "\n".join(f"  {difference}" for difference in differences)
        count = len(differences)
        raise VerificationFailed(
            f"{name}: {count} figure{'s' if count > 1 else ''} "
            f"{'do' if count > 1 else 'does'} not agree:\n{listed}"
        )
    if not (quiet or as_json):
        typer.echo(said)
