"""From a plan in its setting to its dossier: every part by its own file, then sealed."""

from __future__ import annotations

from collections.abc import Callable

from allocator.findings.dossier import SCHEMA_VERSION, Dossier, sealed_dossier
from allocator.prepare.alternatives import alternatives
from allocator.prepare.assumptions import assumptions
from allocator.prepare.back_test import back_test
from allocator.prepare.bridges import bridges
from allocator.prepare.checks import checks
from allocator.prepare.climbs import climbs
from allocator.prepare.drawn import drawn
from allocator.prepare.phasing import phasing
from allocator.prepare.prices import prices
from allocator.prepare.promise import promise
from allocator.prepare.risk import risk
from allocator.prepare.source import Source, Told
from allocator.prepare.statement import margin_of, statement_kpi, statements
from allocator.prepare.waiting import waiting
from allocator.sensitivity.opened import Opened


def prepare(opened: Opened, told: Told, *, tell: Callable[[str], None] = lambda _: None) -> Dossier:
    """The dossier of a plan in its setting. ``tell`` hears what is going on.

    Plans beside the plan are searched for in 20 s each at most, so that a slow machine may find
    other ones; every figure is that of the plan it speaks of.
    """
    source = Source(opened, told)
    others = alternatives(source, tell)
    asked = prices(source, tell)
    frontier, ladder = climbs(source, tell)
    tell("what each month costs and brings")
    led, phased, booked = bridges(source), phasing(source), statements(source)
    kpi = statement_kpi(source)
    parts = {
        "alternatives": others,
        "bridges": led,
        "prices": asked,
        "frontier": frontier,
        "ladder": ladder,
        "statements": booked,
        "phasing": phased,
        "accounts": tuple(told.accounts.values()),
        "assumptions": assumptions(source),
        "checks": checks(source, led, booked, phased),
        "curves": drawn(source, others),
    }
    single = {
        "waiting": waiting(source),
        "back_test": back_test(opened.plan, source.kpi),
        "promise": promise(source),
        "risk": risk(source),
    }
    return sealed_dossier(
        {
            "schema_version": SCHEMA_VERSION,
            "plan": opened.plan.digest,
            "made_on": told.made_on,
            "made_by": told.made_by,
            "statement_kpi": kpi,
            "margin": margin_of(source, kpi) if kpi is not None else None,
            "fiscal_start": told.fiscal_start,
            "stale": list(told.stale),
            **{
                key: None if one is None else one.model_dump(mode="json")
                for key, one in single.items()
            },
            **{key: [one.model_dump(mode="json") for one in many] for key, many in parts.items()},
        }
    )
