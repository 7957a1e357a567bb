"""The parts of a dossier that need no search, once more: what a stated one is held against."""

from __future__ import annotations

from typing import Any

from allocator.findings.dossier import Dossier
from allocator.prepare.back_test import back_test
from allocator.prepare.bridges import bridges
from allocator.prepare.checks import checks
from allocator.prepare.drawn import drawn
from allocator.prepare.phasing import phasing
from allocator.prepare.risk import risk
from allocator.prepare.source import Source, Told
from allocator.prepare.statement import statements
from allocator.prepare.waiting import waiting
from allocator.sensitivity.opened import Opened


def again(opened: Opened, stated: Dossier) -> dict[str, Any]:
    """key of the dossier -> its value as plain JSON; what only the edge knows is as stated.

    Not among them: alternatives, prices and frontiers, which other machines may find otherwise,
    assumptions, whose files may be elsewhere, and promises, whose plan is not here.
    """
    ledger = next((row.ledger for row in stated.statements if row.ledger is not None), None)
    told = Told(
        made_on=stated.made_on,
        made_by=stated.made_by,
        accounts={account.line: account for account in stated.accounts},
        ledger=ledger,
        fiscal_start=stated.fiscal_start,
        stale=stated.stale,
    )
    source = Source(opened, told)
    led, phased, booked = bridges(source), phasing(source), statements(source)
    waited, tested = waiting(source), back_test(opened.plan, source.kpi)
    many = {
        "bridges": led,
        "statements": booked,
        "phasing": phased,
        "checks": checks(source, led, booked, phased),
        "curves": drawn(source, stated.alternatives),
    }
    return {
        "risk": risk(source).model_dump(mode="json"),
        "waiting": None if waited is None else waited.model_dump(mode="json"),
        "back_test": None if tested is None else tested.model_dump(mode="json"),
        **{key: [one.model_dump(mode="json") for one in values] for key, values in many.items()},
    }
