"""The documents of a plan by name: what each is made from, and how it is made again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from allocator.findings.curve_series import CurveSeries
from allocator.findings.dossier import SCHEMA_VERSION, Dossier
from allocator.plan import Plan
from mmm.errors import Fault, InputError, on_disk

DOSSIER = "dossier.json"


def dossier_text(plan: Plan, dossier: Dossier) -> bytes:
    """The dossier itself, in its one form."""
    return dossier.to_json().encode()


def page(plan: Plan, dossier: Dossier) -> bytes:
    """The planner's page."""
    from allocator.reports.planner import planner_page

    return planner_page(plan, curves_of(dossier), dossier)


def book(plan: Plan, dossier: Dossier) -> bytes:
    """The finance workbook."""
    from allocator.reports.workbook import workbook

    return workbook(plan, dossier)


def screen(plan: Plan, dossier: Dossier) -> bytes:
    """The director's page for the screen."""
    from allocator.reports.onepager import onepager_html

    return onepager_html(plan, dossier)


def paper(plan: Plan, dossier: Dossier) -> bytes:
    """The director's page on paper."""
    from allocator.reports.onepager import onepager_pdf

    return onepager_pdf(plan, dossier)


@dataclass(frozen=True)
class Document:
    """A document beside ``plan.json``.

    file: its name; words: what a person calls it
    """

    file: str
    words: str
    made: Callable[[Plan, Dossier], bytes]


DOCUMENTS: tuple[Document, ...] = (
    Document(DOSSIER, "the dossier", dossier_text),
    Document("plan.html", "the planner's page", page),
    Document("plan.xlsx", "the finance workbook", book),
    Document("onepager.html", "the one-pager", screen),
    Document("onepager.pdf", "the one-pager", paper),
)
"""Every document that is made from a plan and its dossier."""


def curves_of(dossier: Dossier) -> tuple[CurveSeries, ...]:
    """The response curves that the dossier holds, as pages draw them."""
    return tuple(
        CurveSeries(
            line=one.line, channel=one.channel, kpi=one.kpi, unit=one.unit, totals=one.totals,
            p10=one.p10, p50=one.p50, p90=one.p90, reference=one.reference, planned=one.planned,
            observed=one.observed, mean=one.mean, next_unit=one.next_unit,
            unconstrained=one.unconstrained,
        )
        for one in dossier.curves
    )  # fmt: skip


def read_dossier(path: Path) -> Dossier:
    """A dossier.json. Raises InputError with every place that is not a dossier's."""
    name = str(path)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(document, dict) or document.get("schema_version") != SCHEMA_VERSION:
            raise ValueError("no dossier of this version")
        return Dossier.model_validate(document)
    except OSError as error:
        raise InputError([Fault(name, 0, 0, "", on_disk(error), "a dossier.json")]) from None
    except ValidationError as error:
        raise InputError(
            Fault(
                name, 0, 0, ".".join(map(str, entry["loc"])), repr(entry["input"])[:80],
                entry["msg"],
            )
            for entry in error.errors()
        ) from None  # fmt: skip
    except (ValueError, RecursionError) as error:
        fix = "make it again: allocator documents PLAN.json"
        raise InputError([Fault(name, 0, 0, "", str(error), "a dossier.json", fix)]) from None
