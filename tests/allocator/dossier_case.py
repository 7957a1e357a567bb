"""Dossiers to look at: plausible figures around any plan, written down without an engine.

``dossier_of(plan)`` gives what every document needs; figures of the plan itself are the plan's,
and everything ties: bridges close, the statement adds up, phasing sums to the cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allocator.findings.curve_series import CurveSeries
from allocator.findings.dossier import Dossier, sealed_dossier
from allocator.plan import Interval, Plan

FEE, TAX, DAYS = 0.05, 0.0, 30
MADE_ON, MADE_BY = "2026-11-22", "Jana Weber"
BASELINE = 30_400_000.0
SPREAD = {"p05": -1.6, "p10": -1.25, "p50": 0.02, "p90": 1.3, "p95": 1.7}


@dataclass(frozen=True)
class Around:
    """What is known besides the plan."""

    ledger: bool = True
    back_test: bool = True
    promise: bool = True
    made_by: str = MADE_BY
    stale: tuple[str, ...] = ()


def dossier_of(
    plan: Plan, curves: Sequence[CurveSeries] = (), around: Around = Around()
) -> Dossier:
    """A sealed dossier of the plan. ``curves``: as ``plans.made`` gives them."""
    phasing, accounts = _phasing(plan), _accounts(plan)
    bridges, statements = _bridges(plan), _statements(plan, phasing, ledger=around.ledger)
    return sealed_dossier(
        {
            "schema_version": 1, "plan": plan.digest, "made_on": MADE_ON,
            "made_by": around.made_by,
            "alternatives": _alternatives(plan), "bridges": bridges, "prices": _prices(plan),
            "frontier": _frontier(plan), "ladder": _ladder(plan),
            "statements": statements, "statement_kpi": _money_kpi(plan),
            "margin": 0.35 if _money_kpi(plan) else None,
            "phasing": phasing, "accounts": accounts, "assumptions": _assumptions(plan),
            "waiting": {"weeks": 4, "cost": _spread(_gain(plan).mean * 4 / 13, 9_000.0)},
            "back_test": _back_test(plan) if around.back_test else None,
            "promise": _promise(plan) if around.promise else None,
            "risk": _risk(plan), "stale": list(around.stale),
            "checks": _checks(plan, bridges, statements, phasing),
            "curves": [_drawn(series) for series in curves],
        }
    )  # fmt: skip


def _money_kpi(plan: Plan) -> str | None:
    return next((kpi for kpi, unit in plan.units.items() if unit == "currency"), None)


def _spread(mean: float, size: float) -> dict[str, float]:
    return {"mean": mean, **{key: mean + far * size for key, far in SPREAD.items()}}


def _gain(plan: Plan) -> Interval:
    return plan.totals.difference.reference_scaled.objective


def _dump(value: Interval) -> dict[str, float]:
    return value.model_dump(mode="json")


def _alternatives(plan: Plan) -> list[dict[str, Any]]:
    """The plan with a part of every move undone, or more of it."""
    words = {
        "unconstrained": "No rule but the budget; it breaks moves.",
        "next_best": "Every rule kept, one channel left as in the reference.",
        "simplest": "Every rule kept, three lines change.",
    }
    found = []
    for (name, said), part, worth in zip(
        words.items(), (1.5, 0.7, 0.5), (1.3, 0.8, 0.9), strict=True
    ):
        spend = {
            line.line: round(line.reference_scaled + part * (line.total - line.reference_scaled), 2)
            for line in plan.lines
        }
        spend = {line: max(0.0, amount) for line, amount in spend.items()}
        gain, size = _gain(plan), abs(_gain(plan).mean) * 0.3 + 1.0
        short = (1 - worth) * gain.mean
        objective = plan.totals.plan.objective
        moved = sum(max(0.0, line.total - spend[line.line]) for line in plan.lines)
        found.append(
            {
                "name": name, "words": said, "spend": spend,
                "money": round(sum(spend.values()), 2),
                "objective": _shifted(objective, -short), "gain": _shifted(gain, -short),
                "short": _spread(short, size), "moved": round(moved, 2), "gap": 4e-4,
            }
        )  # fmt: skip
    return found


def _shifted(value: Interval, by: float) -> dict[str, float]:
    return {key: amount + by for key, amount in _dump(value).items()}


def _bridges(plan: Plan) -> list[dict[str, Any]]:
    """Volume is what the scaled reference adds to the reference, mix what the plan adds to that."""
    totals = plan.totals
    unit = "count" if plan.certificate.unit == "count" else "currency"
    asked = [("objective", unit, totals.reference.objective, totals.reference_scaled.objective,
              totals.plan.objective, _gain(plan))]  # fmt: skip
    for kpi, own in plan.units.items():
        asked.append(
            (kpi, own, totals.reference.kpis[kpi], totals.reference_scaled.kpis[kpi],
             totals.plan.kpis[kpi], totals.difference.reference_scaled.kpis[kpi])
        )  # fmt: skip
    nothing = dict.fromkeys(("mean", *SPREAD), 0.0)
    made = []
    for metric, own, start, middle, end, mix in asked:
        mixed = {**_dump(mix), "mean": end.mean - middle.mean}
        steps = [
            ("volume", "more or less money, split as before",
             _spread(middle.mean - start.mean, 0.05 * abs(middle.mean - start.mean))),
            ("price", "no other prices", nothing),
            ("mix", "the same money on other lines", mixed),
            ("efficiency", "the same curves", nothing),
            ("interaction", "what two of them change together", nothing),
        ]  # fmt: skip
        made.append(
            {
                "metric": metric, "unit": own, "a": "reference", "b": "plan",
                "start": _dump(start),
                "steps": [{"name": n, "words": w, "amount": amount} for n, w, amount in steps],
                "end": _dump(end),
            }
        )  # fmt: skip
    return made


def _prices(plan: Plan) -> list[dict[str, Any]]:
    first = {limit.id: limit for limit in plan.constraints if limit.binding}
    return [
        {
            "rule": name, "words": f"easing {name} by 10,000 EUR would add 3,100 EUR of profit",
            "cost": 12_000.0 / place, "each": 0.31 / place, "unit": limit.unit,
            "valid_for": 80_000.0, "confirmed": True,
        }
        for place, (name, limit) in enumerate(first.items(), 1)
    ]  # fmt: skip


def _frontier(plan: Plan) -> list[dict[str, Any]]:
    whole, best = plan.totals.plan.spend, plan.totals.plan.objective
    made: list[dict[str, Any]] = []
    for share in (0.8, 0.9, 1.0, 1.1, 1.2):
        mean = best.mean + (share - 1) * abs(best.mean) * (0.4 - 0.3 * (share - 1))
        size = (best.p90 - best.p10) / 2
        last = made[-1] if made else None
        made.append(
            {
                "budget": round(whole * share, 2), "mean": mean,
                "p10": mean - size, "p90": mean + size,
                "next_unit": (mean - last["mean"]) / (0.1 * whole) if last else None,
            }
        )  # fmt: skip
    return made


def _ladder(plan: Plan) -> list[dict[str, Any]]:
    gain, better = _gain(plan), plan.totals.difference.reference_scaled.probability_better
    moved = sum(max(0.0, line.total - line.reference_scaled) for line in plan.lines)
    return [
        {
            "name": name, "mean": gain.mean * part, "worst": gain.p10 * (1.5 - 0.5 * part),
            "better": better, "moved": moved * part, "current": name == "bold",
        }
        for name, part in (("bold", 1.0), ("balanced", 0.9), ("careful", 0.7))
    ]  # fmt: skip


def _statements(plan: Plan, phasing: list[dict[str, Any]], *, ledger: bool) -> list[dict[str, Any]]:
    kpi = _money_kpi(plan)
    if kpi is None:
        return []
    sides = [
        _column(plan.totals.reference.kpis[kpi].mean, plan.totals.reference.spend, ledger=ledger),
        _column(plan.totals.plan.kpis[kpi].mean, plan.totals.plan.spend, ledger=ledger),
    ]
    months = [row for row in phasing if row["calendar"] == "month"]
    sides[1]["fees"] = round(sum(row["gross"] - row["accrual"] for row in months), 2)
    rows = []
    for name in sides[0]:
        if name == "contribution":
            for side in sides:
                media = side["media"] + side["fees"] + side["taxes"]  # type: ignore[operator]
                side[name] = side["margin"] - media  # type: ignore[operator]
        rows.append(
            {
                "name": name, "reference": sides[0][name], "plan": sides[1][name],
                "ledger": sides[0]["total"] if ledger and name == "total" else None,
            }
        )  # fmt: skip
    return rows


def _column(incremental: float, media: float, *, ledger: bool) -> dict[str, float | None]:
    total = BASELINE + incremental if ledger else None
    sold = total if total is not None else incremental
    return {
        "baseline": BASELINE if ledger else None, "incremental": incremental, "total": total,
        "cost_of_goods": sold - sold * 0.35, "margin": sold * 0.35, "media": media,
        "fees": round(media * FEE, 2), "taxes": 0.0, "contribution": None,
    }  # fmt: skip


def _days(plan: Plan) -> list[date]:
    first = date.fromisoformat(plan.period.start)
    return [first + timedelta(days=n) for n in range(7 * len(plan.period.weeks))]


def _label(calendar: str, day: date, first: date) -> tuple[str, date]:
    """(period, its first day)"""
    if calendar == "month":
        return f"{day:%Y-%m}", day.replace(day=1)
    if calendar == "quarter":
        quarter = (day.month - 1) // 3
        return f"{day.year}-Q{quarter + 1}", date(day.year, 3 * quarter + 1, 1)
    week, start = (day - first).days // 7, 0
    for number in range(1, 99):
        length = (4, 4, 5)[(number - 1) % 3]
        if week < start + length:
            return f"P{number}", first + timedelta(weeks=start)
        start += length
    raise AssertionError("a day within a few years")


def _phasing(plan: Plan) -> list[dict[str, Any]]:
    """Every day gets a seventh of its week in whole cents, its last day what is left."""
    days = _days(plan)
    rows = []
    for calendar in ("month", "quarter", "445"):
        for line in plan.lines:
            found: dict[str, dict[str, Any]] = {}

            def of(day: date, calendar: str = calendar, found: Any = found) -> dict[str, Any]:
                label, start = _label(calendar, day, days[0])
                empty = {"start": start, "days": [], "accrual": 0, "gross": 0, "cash": 0}
                return found.setdefault(label, empty)

            for place, day in enumerate(days):
                week, number = divmod(place, 7)
                net, fee = _cents(line.spend[week]), _cents(line.spend[week] * FEE)
                here = net // 7 + (net % 7 if number == 6 else 0)
                gross = here + fee // 7 + (fee % 7 if number == 6 else 0)
                own = of(day)
                own["days"].append(day)
                own["accrual"] += here
                own["gross"] += gross
                after = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
                of(after - timedelta(days=1) + timedelta(days=DAYS))["cash"] += gross
            rows += [
                {
                    "calendar": calendar, "period": label,
                    "start": str(min(own["days"], default=own["start"])),
                    "end": str(max(own["days"], default=own["start"])),
                    "line": line.line, "accrual": own["accrual"] / 100,
                    "gross": own["gross"] / 100, "cash": own["cash"] / 100,
                    "committed": own["accrual"] // 4 / 100,
                }
                for label, own in sorted(found.items())
            ]  # fmt: skip
    return rows


def _cents(amount: float) -> int:
    return round(amount * 100)


def _accounts(plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "line": line.line, "cost_centre": f"MK-{place:03d}", "gl_code": "6610",
            "supplier": f"{line.channel} agency", "purchase_order": f"PO-{45000 + place}",
            "fee": FEE, "tax": TAX, "days_to_pay": DAYS, "source": f"data/lines.csv:{place + 2}",
        }
        for place, line in enumerate(plan.lines)
    ]  # fmt: skip


def _assumptions(plan: Plan) -> list[dict[str, Any]]:
    file = "scenarios/2027-q1-base.yaml"
    written = [("budget.exactly", "2.0M", 28), ("economics.margin", "35%", 33),
               ("period.start", "2027-W01", 16)]  # fmt: skip
    stated = [
        {"path": path, "value": value, "file": file, "line": line, "note": "file",
         "source": "controlling, plan 2027" if path == "economics.margin" else None}
        for path, value, line in written
    ]  # fmt: skip
    default = {"path": "carry_out", "value": "reference", "file": "", "line": 0,
               "note": "default", "source": None}  # fmt: skip
    return [*stated, default]


def _back_test(plan: Plan) -> dict[str, Any]:
    kpi = _money_kpi(plan) or next(iter(plan.units))
    return {
        "kpi": kpi, "error": 0.062, "coverage": 0.92,
        "words": "Forecasts of the 13 weeks not shown to it were off by 6.2% on average.",
    }  # fmt: skip


def _promise(plan: Plan) -> dict[str, Any]:
    kpi = _money_kpi(plan) or next(iter(plan.units))
    promised = plan.totals.reference.kpis[kpi].mean * 0.95
    return {
        "plan": "3f" * 32, "title": "Q3 2026 base case", "start": "2026-06-29",
        "end": "2026-09-27", "promised": _spread(promised, 0.08 * promised), "kpi": kpi,
        "came": promised * 0.97, "words": "What came is the latest model's estimate.",
    }  # fmt: skip


def _risk(plan: Plan) -> dict[str, Any]:
    gain = _gain(plan)
    return {
        "gain": _dump(gain), "better": plan.totals.difference.reference_scaled.probability_better,
        "target": None, "at_risk": max(0.0, -gain.p05),
    }  # fmt: skip


def _checks(
    plan: Plan,
    bridges: list[dict[str, Any]],
    statements: list[dict[str, Any]],
    phasing: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    pairs = [
        ("channels sum to the total", sum(c.spend for c in plan.channels), plan.totals.plan.spend),
        *(
            (f"bridge of {bridge['metric']} closes",
             bridge["start"]["mean"] + sum(step["amount"]["mean"] for step in bridge["steps"]),
             bridge["end"]["mean"])
            for bridge in bridges
        ),
        *(
            (f"phasing by {calendar} sums to the total",
             sum(row["accrual"] for row in phasing if row["calendar"] == calendar),
             plan.totals.plan.spend)
            for calendar in ("month", "quarter", "445")
        ),
    ]  # fmt: skip
    if statements:
        said = {row["name"]: row["plan"] for row in statements}
        left = said["margin"] - said["media"] - said["fees"] - said["taxes"]
        pairs.append(("statement adds up", left, said["contribution"]))
    return [
        {"name": name, "left": left, "right": right, "tolerance": 0.005,
         "holds": abs(left - right) <= 0.005}
        for name, left, right in pairs
    ]  # fmt: skip


def _drawn(series: CurveSeries) -> dict[str, Any]:
    more = series.planned + 0.5 * (series.planned - series.reference)
    return {
        "line": series.line, "channel": series.channel, "kpi": series.kpi, "unit": series.unit,
        "totals": list(series.totals), "p10": list(series.p10), "p50": list(series.p50),
        "p90": list(series.p90), "mean": list(series.mean),
        "next_unit": list(series.next_unit), "reference": series.reference,
        "planned": series.planned, "unconstrained": max(0.0, more), "observed": series.observed,
    }  # fmt: skip
