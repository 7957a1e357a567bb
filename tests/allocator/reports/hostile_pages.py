"""Every page with every payload as a name, and a third of them in all else that people write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dossier_case import dossier_of
from payloads import PAYLOADS
from plan_cases import BASE_CASE
from plans import name, plan_of, rule

from allocator.findings.assessment import sealed_assessment
from allocator.findings.comparison import Comparison, sealed_comparison
from allocator.findings.curve_series import CurveSeries
from allocator.findings.dossier import Dossier, sealed_dossier
from allocator.findings.rungs import Ladder, Rung, Step
from allocator.plan import Plan
from allocator.reports.assess import assess_page
from allocator.reports.compare import compare_page
from allocator.reports.ladder import ladder_page
from allocator.reports.onepager import onepager_html
from allocator.reports.planner import planner_page

TOTALS = (0.0, 5_000.0, 10_000.0, 15_000.0)
BESIDE = 14  # payloads on one director's page


def plan_with(texts: tuple[str, ...]) -> Plan:
    """Each text a channel, every third with itself as its campaign, and all that people write."""
    rows = tuple(
        (text, text if place % 3 == 0 else None, 10_000.0, 10_000.0 + (-1) ** place * 1_000, 2.0)
        for place, text in enumerate(texts)
    )
    limits = tuple(
        rule(text, text, "min", text, 9_000, 9_000, 0.0, reason=text, owner=text)
        for text in texts[::3]
    )
    lines = tuple(name(row[0], row[1]) for row in rows)
    return plan_of(
        replace(
            BASE_CASE, rows=rows, title=" ".join(texts[:6]), warnings=texts[1::3],
            constraints=limits, verdict="FAIL", accepted=" ".join(texts[:6]), beyond=lines[::4],
            prior=lines[1::4], units={"revenue": "currency"}, weeks=1,
        )
    )  # fmt: skip


def dossier_with(plan: Plan, texts: tuple[str, ...], curves: tuple[CurveSeries, ...]) -> Dossier:
    document = dossier_of(plan, curves).model_dump(mode="json")
    document["phasing"] = []
    document["made_by"] = texts[0]
    document["stale"] = list(texts[2::3])
    document["prices"] = [{**_PRICE, "rule": text, "words": text} for text in texts[::3]]
    for place, other in enumerate(document["alternatives"]):
        other["words"] = texts[place % len(texts)]
    document["assumptions"] = [
        {"path": text, "value": text, "file": text, "line": 3, "note": text, "source": text}
        for text in texts[1::3]
    ]
    document["promise"]["title"] = texts[2 % len(texts)]
    return sealed_dossier(document)


_PRICE = {"cost": 12_000.0, "each": 0.31, "unit": "currency", "valid_for": 2e4, "confirmed": True}


def curves_with(plan: Plan) -> tuple[CurveSeries, ...]:
    """A plain curve for every line."""
    values = tuple(total**0.5 for total in TOTALS)
    more = tuple(2 * value for value in values)
    return tuple(
        CurveSeries(
            line.line, line.channel, "revenue", "currency", TOTALS, values, values, more,
            line.reference, line.total, 12_000.0, values, (None, 0.3, 0.2, 0.1),
        )
        for line in plan.lines
    )  # fmt: skip


def compared_with(texts: tuple[str, ...]) -> bytes:
    return compare_page(comparison_with(texts))


def comparison_with(texts: tuple[str, ...]) -> Comparison:
    interval = dict.fromkeys(("mean", "p05", "p10", "p50", "p90", "p95"), 1.0)
    reading, money = {"mean": 9.0, "p10": 8.0, "p90": 10.0}, {"mean": 9.0, "p10": None, "p90": None}
    change = {"mean": 1.0, "p10": 0.5, "p50": 1.0, "p90": 1.5, "above": 0.9}
    sure = {**dict.fromkeys(("p10", "p50", "p90", "above")), "mean": 1.0}
    names = texts[0], texts[1 % len(texts)]

    def row(level: str, line: str, channel: str, metric: str) -> dict[str, Any]:
        values, moved = (money, sure) if metric == "spend" else (reading, change)
        return {
            "model": names[0], "level": level, "line": line, "channel": channel, "calendar": "all",
            "period": "all", "metric": metric, "unit": "currency", "values": [values, values],
            "changes": [None, moved],
        }  # fmt: skip

    places = [("plan", "all", "all")]
    places += [("channel", text, text) for text in texts]
    places += [("line", f"{text}/{text}", text) for text in texts[::3]]
    steps = [
        {"name": step, "words": texts[place % len(texts)], "amount": interval}
        for place, step in enumerate(("volume", "price", "mix", "efficiency", "interaction"))
    ]
    plans = [
        {
            "name": one, "file": one, "digest": "0" * 64, "scenario": one, "title": one,
            "curves": "1" * 64, "model": names[0], "status": one, "gap": 0.0, "objective": "profit",
            "unit": "currency", "currency": "EUR", "exchange": one, "start": "2027-01-04",
            "end": "2027-04-04", "spend": 9.0, "breaks": list(texts[::3]),
        }
        for one in names
    ]  # fmt: skip
    judged = {"judge": names[0], "plan": names[1], "value": interval, "regret": 0.0,
              "hindsight": 0.0, "best": 1.0, "breaks": list(texts[::3]), "why": ""}  # fmt: skip
    bridge = {"metric": "objective", "unit": "currency", "a": names[0], "b": names[1],
              "start": interval, "steps": steps, "end": interval}  # fmt: skip
    cause = {"a": names[0], "b": names[1], "kind": "constraint"}
    return sealed_comparison(
        {
            "schema_version": 1, "currency": "EUR", "aligned": False,
            "units": {"revenue": "currency"}, "plans": plans,
            "figures": [
                row(level, line, channel, metric)
                for metric in ("spend", "objective", "revenue")
                for level, line, channel in (places if metric != "objective" else places[:1])
            ],
            "judges": [{"name": names[0], "curves": "1" * 64, "objective": names[0],
                        "unit": "currency"}],
            "judged": [judged], "bridges": [bridge],
            "causes": [{**cause, "path": text, "words": text} for text in texts[1::3]],
            "notes": list(texts[2::3]),
        }
    )  # fmt: skip


def ladder_with(texts: tuple[str, ...]) -> bytes:
    rungs = tuple(
        Rung(text, text, 10.0 + place, 5.0 - place, 1.0, 20.0, 0.9, 100.0, 1e-3, place == 1, {})
        for place, text in enumerate(texts)
    )
    steps = tuple(Step(100.0 * n, n / 2, 10.0 * n, 5.0, 90.0, 0.1) for n in (1, 2, 3))
    return ladder_page(
        Ladder(texts[0], " ".join(texts[:6]), texts[0], "currency", "EUR", 0.2, rungs, steps,
               (90.0, 9.0), ("a" * 64, "b" * 64))
    )  # fmt: skip


def assessed_with(texts: tuple[str, ...]) -> bytes:
    interval = dict.fromkeys(("mean", "p05", "p10", "p50", "p90", "p95"), 1.0)
    each = {"kpis": {"revenue": interval}, "roas": {"revenue": interval}, "cac": {}}
    states = ("room", "beyond", "climb", "off", "unknown")
    lines = [
        {
            "line": text, "channel": text, "spend": 9.0, **each, "marginal": {"revenue": interval},
            "next": 1.0, "state": states[place % 5], "beyond": 1.0, "headroom": None,
            "at_least": False, "guess": place % 2 == 0, "prior_driven": place % 2 == 1,
        }
        for place, text in enumerate(texts)
    ]  # fmt: skip
    reported = [
        {"line": text, "kpi": "revenue", "reported": 9.0, "reported_ratio": 3.0,
         "incremental": interval, "factor": interval, "source": text}
        for text in texts[::3]
    ]  # fmt: skip
    return assess_page(
        sealed_assessment(
            {
                "schema_version": 1, "curves": "1" * 64, "currency": "EUR",
                "units": {"revenue": "currency"}, "basis": texts[0], "start": "2027-01-04",
                "weeks": 13, "objective": texts[1 % len(texts)], "unit": "currency", "hurdle": 1.0,
                "hurdle_words": texts[2 % len(texts)], "spend": 9.0, **each, "beyond": 1.0,
                "lines": lines, "frontier": None, "reported": reported,
                "notes": list(texts[1::3]),
            }
        )
    )  # fmt: skip


def hostile_pages() -> Iterator[tuple[str, bytes, tuple[str, ...]]]:
    """Name, page, and the payloads that stand on it whole."""
    plan = plan_with(PAYLOADS)
    curves = curves_with(plan)
    yield "plan", planner_page(plan, curves, dossier_with(plan, PAYLOADS, curves)), PAYLOADS
    yield "compare", compared_with(PAYLOADS), PAYLOADS
    yield "assess", assessed_with(PAYLOADS), PAYLOADS
    yield "ladder", ladder_with(PAYLOADS), PAYLOADS
    for start in range(0, len(PAYLOADS), BESIDE):
        texts = PAYLOADS[start : start + BESIDE]
        few = plan_with(texts)
        yield f"onepager-{start}", onepager_html(few, dossier_with(few, texts, ())), ()
