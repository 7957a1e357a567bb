"""Plans to look at: built from made curves, sealed like any other, without an engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from allocator.canonical import resolved_digest
from allocator.findings.curve_series import CurveSeries
from allocator.plan import Plan, sealed

DRAWS = 400
UNITS = {"revenue": "currency", "new_customers": "count"}
START = date(2027, 1, 4)

BASE = (  # channel, campaign, reference, recommended, return at the reference
    ("tv", "brand", 310_000, 217_000, 1.9),
    ("tv", "product", 240_000, 181_000, 2.2),
    ("tv", "sponsoring", 70_000, 49_000, 1.4),
    ("search", "generic", 210_000, 273_000, 6.2),
    ("search", "shopping", 180_000, 234_000, 6.8),
    ("search", "brand", 90_000, 97_799.45, 4.1),
    ("search", "competitor", 25_000, 32_500, 5.0),
    ("social", "prospecting", 160_000, 172_300, 3.9),
    ("social", "retargeting", 75_000, 52_500, 2.3),
    ("social", "tiktok", 60_000, 78_000, 4.8),
    ("social", "pinterest", 30_000, 21_000, 2.0),
    ("video", "youtube_instream", 190_000, 208_600, 3.8),
    ("video", "connected_tv", 110_000, 142_300.55, 4.4),
    ("video", "shorts", 40_000, 52_000, 4.6),
    ("ooh", "city_light", 95_000, 66_500, 1.6),
    ("ooh", "station_screens", 45_000, 31_500, 1.5),
    ("affiliate", "cashback", 50_000, 65_000, 4.9),
    ("affiliate", "content", 20_000, 26_000, 5.6),
)


@dataclass(frozen=True)
class Case:
    """What a plan is made of."""

    rows: tuple[tuple[str, str | None, float, float, float], ...] = BASE
    units: dict[str, str] = field(default_factory=lambda: dict(UNITS))
    objective: str = "profit"
    margin: float = 0.35
    weeks: int = 13
    budget: tuple[str, float] = ("exactly", 2_000_000.0)
    recommendation: str = "change"
    status: str = "proven within gap"
    gap: float = 0.0004
    verdict: str = "PASS"
    accepted: str | None = None
    history: bool = True
    title: str = "Q1 2027 base case"
    constraints: tuple[dict[str, Any], ...] | None = None
    warnings: tuple[str, ...] = ()
    spread: float = 0.18
    beyond: tuple[str, ...] = ()
    prior: tuple[str, ...] = ()


def name(channel: str, campaign: str | None) -> str:
    return channel if campaign is None else f"{channel}/{campaign}"


def made(case: Case) -> tuple[Plan, tuple[CurveSeries, ...]]:
    """The plan of a case and its curves."""
    world = _World(case)
    return sealed(world.document()), world.curves()


def plan_of(case: Case) -> Plan:
    """The plan alone: curves of hundreds of lines take seconds."""
    return sealed(_World(case).document())


class _World:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.draws = np.random.default_rng(7)
        self.names = [name(row[0], row[1]) for row in case.rows]
        self.reference = {n: row[2] for n, row in zip(self.names, case.rows, strict=True)}
        self.planned = {n: row[3] for n, row in zip(self.names, case.rows, strict=True)}
        spent, before = sum(self.planned.values()), sum(self.reference.values())
        whole = case.budget[1] if case.budget[0] == "at_most" else spent
        self.scaled = {n: v * whole / before for n, v in self.reference.items()}
        self.shape = {}
        for n, (_, _, ref, rec, back) in zip(self.names, case.rows, strict=True):
            half = 1.5 * max(ref, rec, 1.0)
            effect = np.exp(case.spread * self.draws.standard_normal(DRAWS))
            bend = np.exp(0.3 * self.draws.standard_normal(DRAWS))
            self.shape[n] = (back * 2.5 * effect * half / 1.5, half * bend)

    def response(self, kpi: str, line: str, total: float) -> np.ndarray:
        top, half = self.shape[line]
        value = top * total / (half + total)
        return value if self.case.units[kpi] == "currency" else value / 190.0

    def outcome(self, kpi: str, spend: dict[str, float]) -> np.ndarray:
        return np.sum([self.response(kpi, n, spend[n]) for n in spend], axis=0)

    def objective(self, spend: dict[str, float]) -> np.ndarray:
        if self.case.objective == "profit":
            return self.case.margin * self.outcome("revenue", spend) - sum(spend.values())
        return self.outcome(self.case.objective, spend)

    def money(self, spend: dict[str, float]) -> dict[str, Any]:
        total = sum(spend.values())
        outcome = {kpi: self.outcome(kpi, spend) for kpi in self.case.units}
        return {
            "spend": round(total, 2),
            "kpis": {kpi: interval(values) for kpi, values in outcome.items()},
            "roas": self.ratios(outcome, total, "currency"),
            "cac": self.ratios(outcome, total, "count"),
        }

    def ratios(self, outcome: dict[str, np.ndarray], total: float, unit: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for kpi, values in outcome.items():
            if self.case.units[kpi] != unit:
                continue
            if total == 0:
                found[kpi] = None
            elif unit == "currency":
                found[kpi] = interval(values / total) | {"mean": float(values.mean()) / total}
            else:
                found[kpi] = interval(total / values) | {"mean": total / float(values.mean())}
        return found

    def difference(self, other: dict[str, float]) -> dict[str, Any]:
        gain = self.objective(self.planned) - self.objective(other)
        return {
            "spend": round(sum(self.planned.values()) - sum(other.values()), 2),
            "kpis": {
                kpi: interval(self.outcome(kpi, self.planned) - self.outcome(kpi, other))
                for kpi in self.case.units
            },
            "objective": interval(gain),
            "probability_better": float(np.mean(gain > 0)),
        }

    def total(self, spend: dict[str, float]) -> dict[str, Any]:
        return {**self.money(spend), "objective": interval(self.objective(spend))}

    def line(self, place: int) -> dict[str, Any]:
        case, line = self.case, self.names[place]
        channel, campaign, *_ = case.rows[place]
        money = self.money({line: self.planned[line]})
        weeks = weekly(self.planned[line], case.weeks, place)
        top, half = self.shape[line]
        slope = float(np.mean(top * half / (half + self.planned[line]) ** 2))
        binding = [c["id"] for c in self.constraints() if c["binding"] and c["part"] == line]
        return {
            "line": line, "channel": channel, "campaign": campaign,
            "total": self.planned[line], "spend": weeks,
            "reference": self.reference[line], "reference_scaled": round(self.scaled[line], 2),
            "kpis": money["kpis"], "roas": money["roas"], "cac": money["cac"],
            "difference": self.gain([line]),
            "marginal_roas": {k: slope for k, u in case.units.items() if u == "currency"},
            "binding": binding,
            "beyond_observed": line in case.beyond, "prior_driven": line in case.prior,
        }  # fmt: skip

    def gain(self, lines: list[str]) -> dict[str, Any]:
        plan = {n: self.planned[n] for n in lines}
        other = {n: self.scaled[n] for n in lines}
        return {
            kpi: interval(self.outcome(kpi, plan) - self.outcome(kpi, other))
            for kpi in self.case.units
        }

    def channel(self, channel: str) -> dict[str, Any]:
        lines = [n for n, row in zip(self.names, self.case.rows, strict=True) if row[0] == channel]
        return {
            **self.money({n: self.planned[n] for n in lines}),
            "channel": channel,
            "reference": round(sum(self.reference[n] for n in lines), 2),
            "reference_scaled": round(sum(self.scaled[n] for n in lines), 2),
            "difference": self.gain(lines),
        }

    def constraints(self) -> list[dict[str, Any]]:
        if self.case.constraints is not None:
            return list(self.case.constraints)
        return [limit for line in self.names for limit in self.moves(line)]

    def moves(self, line: str) -> list[dict[str, Any]]:
        found = []
        for side, factor, sign in (("min", 0.7, 1), ("max", 1.3, -1)):
            limit = factor * self.reference[line]
            slack = sign * (self.planned[line] - limit)
            found.append(
                rule("moves", line, side, "-30% to +30% against the reference", limit,
                     self.planned[line], slack,
                     reason="teams and contracts cannot follow larger moves within a quarter",
                     owner="media")
            )  # fmt: skip
        return found

    def proof(self) -> dict[str, Any]:
        value = float(np.mean(self.objective(self.planned)))
        first = next(k for k in self.case.units)
        kpi = self.case.objective if self.case.objective in self.case.units else first
        gap = self.case.gap * float(np.mean(self.outcome(kpi, self.planned)))
        gain = value - float(np.mean(self.objective(self.scaled)))
        return {
            "value": value, "bound": value + gap, "gap": gap, "gap_of_outcome": self.case.gap,
            "gap_of_gain": gap / gain if gain > 0 else None, "asked": 0.001,
            "worst_violation": 3e-9, "status": self.case.status,
            "unit": self.case.units.get(self.case.objective, "currency"),
        }  # fmt: skip

    def document(self) -> dict[str, Any]:
        case = self.case
        last = START + timedelta(days=7 * case.weeks - 1)
        return {
            "schema_version": 1,
            "scenario": {"id": "2027-q1-base", "title": case.title,
                         "digest": resolved_digest(self.resolved()), "resolved": self.resolved()},
            "curves": {"path": "../data/sample/curves.nc", "digest": "a7" * 32,
                       "kind": "parametric"},
            "health": {"verdict": case.verdict, "checks": checks(case.verdict),
                       "accepted": case.accepted},
            "currency": "EUR",
            "period": {"start": START.isoformat(), "end": last.isoformat(),
                       "weeks": [week(place) for place in range(case.weeks)]},
            "objective": case.objective, "units": case.units,
            "recommendation": case.recommendation,
            "lines": [self.line(place) for place in range(len(self.names))],
            "channels": [self.channel(c) for c in dict.fromkeys(row[0] for row in case.rows)],
            "totals": {
                "plan": self.total(self.planned), "reference": self.total(self.reference),
                "reference_scaled": self.total(self.scaled),
                "difference": {"reference": self.difference(self.reference),
                               "reference_scaled": self.difference(self.scaled)},
            },
            "constraints": self.constraints(), "certificate": self.proof(),
            "warnings": list(case.warnings), "solver": {"name": "highs", "version": "1.15.0"},
            "versions": {"allocator": "0.1.0", "numpy": "2.4.0"}, "seed": 20270104,
        }  # fmt: skip

    def resolved(self) -> dict[str, Any]:
        case = self.case
        economics = {"economics": {"margin": case.margin}} if case.objective == "profit" else {}
        return {
            "schema_version": 1, "id": "2027-q1-base", "title": case.title,
            "curves": "../data/sample/curves.nc", "currency": "EUR",
            "period": {"start": "2027-W01", "weeks": case.weeks},
            "reference": {"actuals": {"start": "2026-W01", "weeks": case.weeks},
                          "scale_to": 2_000_000.0},
            "until_start": "same_weeks_last_year", "carry_out": "reference",
            "budget": {case.budget[0]: case.budget[1], "basis": "net_media"},
            "objective": {"maximise": case.objective}, "flighting": "steady",
            "constraints": [], "run": {"seed": 20270104, "gap": 0.001, "time_limit": 60.0},
            **economics,
        }  # fmt: skip

    def curves(self) -> tuple[CurveSeries, ...]:
        return tuple(
            self.series(place, kpi) for place in range(len(self.names)) for kpi in self.case.units
        )

    def series(self, place: int, kpi: str) -> CurveSeries:
        line, channel = self.names[place], self.case.rows[place][0]
        widest = max(self.planned[line], self.scaled[line], self.reference[line], 1000.0)
        beyond = line in self.case.beyond
        observed = (0.85 * self.planned[line] if beyond else 1.2 * widest) or None
        totals = np.linspace(0, 2.2 * widest, 101)
        table = np.array([self.response(kpi, line, float(total)) for total in totals])
        p10, p50, p90 = np.quantile(table, (0.1, 0.5, 0.9), axis=1)
        return CurveSeries(
            line, channel, kpi, self.case.units[kpi],
            tuple(map(float, totals)), tuple(map(float, p10)), tuple(map(float, p50)),
            tuple(map(float, p90)), self.scaled[line], self.planned[line],
            observed if self.case.history else None,
            tuple(map(float, table.mean(axis=1))), self.slopes(kpi, line, totals),
        )  # fmt: skip

    def slopes(self, kpi: str, line: str, totals: np.ndarray) -> tuple[float, ...]:
        top, half = self.shape[line]
        found = [float(np.mean(top * half / (half + total) ** 2)) for total in totals]
        return tuple(one / (1 if self.case.units[kpi] == "currency" else 190.0) for one in found)


def week(place: int) -> str:
    year, number, _ = (START + timedelta(days=7 * place)).isocalendar()
    return f"{year}-W{number:02d}"


def weekly(total: float, weeks: int, place: int) -> list[float]:
    shape = 1 + 0.35 * np.sin(np.arange(weeks) * 2 * np.pi / 13 + place)
    cents = np.floor(shape / shape.sum() * total * 100).astype(int)
    cents[0] += round(total * 100) - int(cents.sum())
    return [int(c) / 100 for c in cents]


def interval(values: np.ndarray) -> dict[str, float]:
    p05, p10, p50, p90, p95 = map(float, np.quantile(values, (0.05, 0.1, 0.5, 0.9, 0.95)))
    mean = float(np.mean(values))
    return {"mean": mean, "p05": p05, "p10": p10, "p50": p50, "p90": p90, "p95": p95}


def rule(
    id: str, part: str, side: str, words: str, limit: float, value: float, slack: float, *,
    unit: str = "currency", reason: str | None = None, owner: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": id, "part": part, "side": side, "words": words, "limit": limit, "value": value,
        "slack": slack, "unit": unit, "binding": abs(slack) < 1e-6 * max(1.0, limit),
        "reason": reason, "owner": owner,
    }  # fmt: skip


def checks(verdict: str) -> list[dict[str, Any]]:
    if verdict == "NOT FITTED":
        return []
    return [
        {"name": "chains agree (R-hat)", "verdict": "PASS", "value": 1.004, "limit": "at most 1.01",
         "sentence": "The chains tell the same story."},
        {"name": "effective draws", "verdict": verdict, "value": 180.0 if verdict == "FAIL" else
         640.0, "limit": "at least 400",
         "sentence": "Fewer independent draws than intervals need." if verdict != "PASS" else
         "Enough independent draws for every interval."},
    ]  # fmt: skip
