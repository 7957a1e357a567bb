"""``allocator documents``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.options import Curves, Json, PlanFile, Quiet, money_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from allocator.findings.dossier import Dossier
    from allocator.plan import Plan
    from allocator.prepare import Told
    from allocator.sensitivity.opened import Opened

EPILOG = (
    "Examples: allocator documents out/q1/plan.json; "
    "allocator documents out/q1/plan.json --onepager --by 'Jana Weber'; "
    "allocator documents out/q1/plan.json --xlsx --lines data/sample/lines.csv --ledger 41.2M"
)

Xlsx = Annotated[bool, typer.Option("--xlsx", help="The finance workbook, plan.xlsx.")]
OnePager = Annotated[
    bool, typer.Option("--onepager", help="The director's page, onepager.html and onepager.pdf.")
]
Csv = Annotated[bool, typer.Option("--csv", help="Tidy tables, in the folder csv.")]
Lines = Annotated[
    Path | None, typer.Option(metavar="FILE.csv", help="What finance books each line under.")
]
Promised = Annotated[
    Path | None, typer.Option(metavar="PLAN.json", help="An earlier plan: what it promised.")
]
Ledger = Annotated[
    str | None,
    typer.Option(metavar="MONEY", help="The KPI in the books in the reference's weeks."),
]
FiscalStart = Annotated[
    int, typer.Option(min=1, max=12, metavar="MONTH", help="First month of the fiscal year.")
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who made it.")]
On = Annotated[
    str | None, typer.Option("--on", metavar="DAY", help="The day on it; today if unsaid.")
]


def documents(
    file: PlanFile,
    xlsx: Xlsx = False,
    onepager: OnePager = False,
    csv: Csv = False,
    lines: Lines = None,
    promised: Promised = None,
    ledger: Ledger = None,
    fiscal_start: FiscalStart = 1,
    by: By = "",
    on: On = None,
    scenario: Annotated[
        Path | None, typer.Option(help="The plan's scenario file, for the places of its values.")
    ] = None,
    curves: Curves = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Make the documents of a plan that is there: page, workbook, one-pager, tables.

    The plan itself is not searched for again; plans that are shown beside it are. Writes
    dossier.json, from which all of them are made, and replaces plan.html. Without --xlsx,
    --onepager or --csv it makes all of them. Exits with 0 when written, 2 for bad input.
    """
    import json

    from allocator.sensitivity.opened import opened
    from mmm.terminal import steps

    every = not (xlsx or onepager or csv)
    wish = Wish(xlsx or every, onepager or every, csv or every, lines, promised, ledger,
                fiscal_start, by, on)  # fmt: skip
    wish.refuse(file.parent, force=force)
    source = opened(file, curves_file=curves)
    source, stale = _placed(source, file, scenario)
    with steps(quiet or as_json) as step:
        written = wish.make(source, file.parent, tell=step, stale=stale)
    if as_json:
        typer.echo(json.dumps([str(path) for path in written], indent=1, ensure_ascii=False))
    elif not quiet:
        tell_written(written)


@dataclass(frozen=True)
class Wish:
    """Which documents are asked for, and what is told for them."""

    xlsx: bool
    onepager: bool
    csv: bool
    lines: Path | None
    promised: Path | None
    ledger: str | None
    fiscal_start: int
    by: str
    on: str | None

    @property
    def any(self) -> bool:
        """Something is asked for."""
        return self.xlsx or self.onepager or self.csv

    @property
    def files(self) -> tuple[str, ...]:
        """Names beside the plan, those that may not be there already."""
        found = ["dossier.json"]
        found += ["plan.xlsx"] if self.xlsx else []
        found += ["onepager.html", "onepager.pdf"] if self.onepager else []
        return tuple(found)

    def refuse(self, folder: Path, *, force: bool) -> None:
        """Raise InputError for what is told wrongly, OutputExists for what is there."""
        from allocator.plan.file import read
        from allocator.prepare.accounts import read_accounts
        from mmm.files import refuse_existing

        self.day()
        if self.lines is not None:
            read_accounts(self.lines)
        if self.promised is not None:
            read(self.promised)
        if self.ledger is not None:
            money_of("--ledger", self.ledger)
        refuse_existing([folder / name for name in self.files], force=force)

    def day(self) -> str:
        """The day on the documents. Raises InputError for what is none."""
        import datetime as dt

        from mmm.errors import Fault, InputError

        if self.on is None:
            return str(dt.date.today())
        try:
            return str(dt.date.fromisoformat(self.on))
        except ValueError:
            fault = Fault("--on", 0, 0, "", repr(self.on), "a day such as 2026-11-22")
            raise InputError([fault]) from None

    def told(self, plan: Plan, stale: tuple[str, ...]) -> Told:
        """Everything that only the command line knows."""
        from allocator.plan.file import read
        from allocator.prepare import Told
        from allocator.prepare.accounts import read_accounts

        names = [line.line for line in plan.lines]
        return Told(
            made_on=self.day(),
            made_by=self.by,
            accounts=read_accounts(self.lines, names) if self.lines is not None else {},
            promised=read(self.promised) if self.promised is not None else None,
            ledger=money_of("--ledger", self.ledger) if self.ledger is not None else None,
            fiscal_start=self.fiscal_start,
            stale=stale,
        )

    def make(
        self,
        source: Opened,
        folder: Path,
        *,
        tell: Callable[[str], None],
        stale: tuple[str, ...] = (),
    ) -> tuple[Path, ...]:
        """Prepare the dossier and write every document; what was there is replaced."""
        from allocator.papers import DOCUMENTS
        from allocator.plan.file import write
        from allocator.prepare import prepare

        dossier = prepare(source, self.told(source.plan, stale), tell=tell)
        wanted = {*self.files, "plan.html"}
        written = []
        for document in DOCUMENTS:
            if document.file in wanted:
                tell(f"writing {document.words}")
                made = document.made(source.plan, dossier)
                written.append(write(folder / document.file, made, force=True))
        return (*written, *self._tables(source.plan, dossier, folder))

    def _tables(self, plan: Plan, dossier: Dossier, folder: Path) -> list[Path]:
        from allocator.plan.file import write
        from allocator.reports.tidy import tidy

        tables = tidy(plan, dossier) if self.csv else {}
        return [write(folder / "csv" / name, data, force=True) for name, data in tables.items()]


def tell_written(written: tuple[Path, ...]) -> None:
    """The documents with their places; of tables, their folder."""
    for path in written:
        if path.suffix != ".csv":
            typer.echo(f"{path.name:15} {path.resolve().as_uri()}")
    tables = [path for path in written if path.suffix == ".csv"]
    if tables:
        typer.echo(f"{len(tables)} tables       {tables[0].parent.resolve().as_uri()}")


def _placed(source: Opened, file: Path, scenario: Path | None) -> tuple[Opened, tuple[str, ...]]:
    """The plan with its scenario file, where that still says what the plan answers; by what it is
    stale."""
    from dataclasses import replace

    from allocator.cli.agreed import KeptPlans
    from allocator.status_files import Shelf

    shelf = Shelf([scenario] if scenario is not None else [], KeptPlans())
    stale = shelf.standing_of(file).standing.words
    loaded = shelf.loaded(source.plan.scenario.id)
    if loaded is None and scenario is not None:
        stale += (f"scenario: none in {scenario} has the id {source.plan.scenario.id}",)
    if loaded is None or loaded.digest != source.plan.scenario.digest:
        return source, stale
    return replace(source, loaded=loaded), stale
