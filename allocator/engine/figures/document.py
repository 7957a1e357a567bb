"""Every figure of a plan from its weekly spend, the scenario and the curves. No solver.

``verify`` runs exactly this on a stated plan and compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from allocator.constraints import Measure
from allocator.engine.extrapolation import EXTRAPOLATION, beyond
from allocator.engine.figures.check import BUDGET, binds, check, holds, worst_violation
from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.figures.interval import interval as interval
from allocator.engine.figures.ratios import ratios
from allocator.engine.figures.risk import SafeForm, risk_figures, worth
from allocator.engine.figures.soft import paid_for_soft
from allocator.engine.figures.totals import total_warnings
from allocator.engine.figures.worth import evaluate as evaluate
from allocator.engine.figures.worth import goal_figures, goal_name, outcome_value, shares_of_gain
from allocator.engine.figures.worth import objective_draws as objective_draws
from allocator.engine.goal import budget_words
from allocator.engine.setting import Setting
from allocator.engine.setting.planned import planned_warnings
from allocator.plan import SCHEMA_VERSION, Recommendation, Status
from allocator.scenario import resolved_form, scenario_digest
from mmm.card import Verdict


@dataclass(frozen=True)
class Found:
    """What only the run knows: the bound, how the search ended, and words for the record."""

    bound: float
    stopped: bool
    curves_path: str
    accepted: str | None
    solver: Mapping[str, str]
    versions: Mapping[str, str]
    safe: SafeForm | None = None
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Compared:
    """A plan and the references it is compared with."""

    plan: Evaluated
    reference: Evaluated
    scaled: Evaluated


def document(setting: Setting, spend: xr.DataArray, found: Found) -> dict[str, Any]:
    """The whole plan but its digest, as plain JSON values."""
    plan = evaluate(setting, spend)
    reference = evaluate(setting, setting.reference)
    scaled = evaluate(setting, setting.scaled)
    compared = Compared(plan, reference, scaled)
    measures = check(setting, plan.spend, plan.response)
    curves, scenario = setting.curves, setting.scenario
    far = _beyond(setting, plan, scaled)
    bound = tuple(one for one in measures if one.rule != BUDGET and binds(one))
    lines = [_line(setting, compared, bound, line) | far.get(line, {}) for line in curves.lines]
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": _scenario(setting),
        "curves": {"path": found.curves_path, "digest": curves.digest, "kind": curves.kind},
        "health": _health(setting, found),
        "currency": scenario.currency,
        "period": {
            "start": str(setting.weeks.start),
            "end": str(setting.weeks.end),
            "weeks": list(setting.weeks.labels),
        },
        "objective": goal_name(setting),
        "goal": goal_figures(setting, plan),
        "units": curves.units,
        "recommendation": str(_recommendation(setting, spend)),
        "lines": lines,
        **_sums(setting, compared),
        "totals": {
            "plan": _whole(setting, plan),
            "reference": _whole(setting, reference),
            "reference_scaled": _whole(setting, scaled),
            "difference": {
                "reference": _difference(setting, plan, reference),
                "reference_scaled": _difference(setting, plan, scaled),
            },
        },
        "constraints": [_constraint(setting, measure) for measure in measures],
        "certificate": _proof(setting, plan, scaled, measures, found),
        **_risk(setting, plan, found),
        "warnings": _warnings(setting, plan, lines),
        "solver": dict(found.solver),
        "versions": dict(found.versions),
        "seed": scenario.run.seed,
    }  # fmt: skip


def _health(setting: Setting, found: Found) -> dict[str, Any]:
    card = setting.curves.health
    return {
        "verdict": str(card.verdict),
        "checks": [
            {
                "name": check_.name, "verdict": str(check_.verdict), "value": check_.value,
                "limit": check_.limit, "sentence": check_.sentence,
            }
            for check_ in card.checks
        ],
        "accepted": found.accepted,
    }  # fmt: skip


def _risk(setting: Setting, plan: Evaluated, found: Found) -> dict[str, Any]:
    """What looks at draws and at other curves; nothing where means are all that matters."""
    out: dict[str, Any] = {}
    if setting.scenario.risky:
        out["risk"] = risk_figures(setting, plan, found.safe)
    if setting.alternatives:
        out["alternatives"] = [
            {"path": path, "digest": curves.digest, "kind": curves.kind}
            for path, curves in zip(found.alternatives, setting.alternatives, strict=True)
        ]
    return out


def _scenario(setting: Setting) -> dict[str, Any]:
    scenario = setting.scenario
    return {
        "id": scenario.id,
        "title": scenario.title,
        "digest": scenario_digest(scenario),
        "resolved": resolved_form(scenario),
    }


def _gained(
    setting: Setting, plan: Evaluated, other: Evaluated, lines: Sequence[str] | None = None
) -> dict[str, Any]:
    return {
        kpi: interval(plan.draws(kpi, lines) - other.draws(kpi, lines))
        for kpi in setting.curves.kpis
    }


def _line(
    setting: Setting, compared: Compared, bound: tuple[Measure, ...], line: str
) -> dict[str, Any]:
    plan, scaled = compared.plan, compared.scaled
    weekly = plan.weekly(line)
    prior = line in setting.curves.prior_driven
    seen = None if prior else setting.curves.observed_weekly.get(line)
    return {
        "line": line,
        **_called(setting.curves.labels, line),
        "total": plan.money([line]),
        "spend": [float(amount) for amount in weekly],
        "reference": compared.reference.money([line]),
        "reference_scaled": scaled.money([line]),
        **ratios(setting, plan, [line]),
        "difference": _gained(setting, plan, scaled, [line]),
        "marginal_roas": _marginal(setting, plan, line),
        "binding": _binding(setting, bound, line),
        "beyond_observed": seen is not None and float(weekly.max()) > seen + 0.005,
        "prior_driven": prior,
    }


def _beyond(setting: Setting, plan: Evaluated, scaled: Evaluated) -> dict[str, dict[str, Any]]:
    """Line -> how far it goes beyond its history, and its part of the gain, where that is far."""
    weekly = {line: plan.weekly(line) for line in setting.curves.lines}
    far = beyond(setting.curves, weekly)
    shares = shares_of_gain(setting, plan, scaled) if far else {}
    return {
        line: {"extrapolation": {"times": times, "share_of_gain": shares.get(line)}}
        for line, times in far.items()
    }


def _called(labels: Mapping[str, Mapping[str, str]], line: str) -> dict[str, Any]:
    """Channel and campaign; region and other labels where the curves know any."""
    own = dict(labels[line])
    called: dict[str, Any] = {"channel": own.pop("channel"), "campaign": own.pop("campaign", None)}
    every = {name for other in labels.values() for name in other}
    if "geo" in every:
        called["geo"] = own.pop("geo", None)
    if every - {"channel", "campaign", "geo"}:
        called["labels"] = own
    return called


def _marginal(setting: Setting, plan: Evaluated, line: str) -> dict[str, float | None]:
    out: dict[str, float | None] = {}
    weekly = plan.weekly(line)
    total = float(weekly.sum())
    profile = setting.facts.profile[line] if total == 0 else weekly / total
    for kpi, unit in setting.curves.units.items():
        if unit == "currency":
            draws = setting.curves.marginal(
                kpi, line, total, profile=profile, window=setting.window
            )
            slope = float(draws.mean())
            out[kpi] = slope if np.isfinite(slope) else None
    return out


def _binding(setting: Setting, bound: tuple[Measure, ...], line: str) -> list[str]:
    """The rules that hold this line, of those that bind."""
    selected = {rule.id: rule.selection for rule in setting.rules}
    ids = []
    for measure in bound:
        if measure.rule == EXTRAPOLATION:
            ids += [EXTRAPOLATION] if measure.part == line else []
            continue
        selection = selected[measure.rule]
        own = measure.part == line or measure.part.startswith((f"{line}: ", f"{line} in "))
        if line in selection.lines and (selection.together or own):
            ids.append(measure.rule)
    return list(dict.fromkeys(ids))


def _sums(setting: Setting, compared: Compared) -> dict[str, Any]:
    """Channels; in a plan by region campaigns and regions too, each line once in each."""
    labels = setting.curves.labels
    of: dict[str, tuple[str, ...]] = {"channels": ("channel",)}
    if any("geo" in own for own in labels.values()):
        of |= {"campaigns": ("channel", "campaign"), "geos": ("geo",)}
    sums: dict[str, list[dict[str, Any]]] = {}
    for name, keys in of.items():
        members: dict[tuple[str | None, ...], list[str]] = {}
        for line, own in labels.items():
            members.setdefault(tuple(map(own.get, keys)), []).append(line)
        sums[name] = [
            dict(zip(keys, called, strict=True)) | _sum(setting, compared, lines)
            for called, lines in members.items()
            if name != "campaigns" or called[-1] is not None
        ]
    return sums


def _sum(setting: Setting, compared: Compared, lines: list[str]) -> dict[str, Any]:
    return {
        "spend": compared.plan.money(lines),
        **ratios(setting, compared.plan, lines),
        "reference": compared.reference.money(lines),
        "reference_scaled": compared.scaled.money(lines),
        "difference": _gained(setting, compared.plan, compared.scaled, lines),
    }


def _whole(setting: Setting, plan: Evaluated) -> dict[str, Any]:
    whole = {
        "spend": plan.money(),
        **ratios(setting, plan),
        "objective": interval(objective_draws(setting, plan)),
    }
    if known := setting.facts.baseline:
        whole["baseline"] = {k: interval(own.expected.sum(axis=1)) for k, own in known.items()}
        whole["total"] = {
            kpi: interval(own.observed.sum(axis=1) + plan.draws(kpi)) for kpi, own in known.items()
        }
    return whole


def _difference(setting: Setting, plan: Evaluated, other: Evaluated) -> dict[str, Any]:
    gain = objective_draws(setting, plan) - objective_draws(setting, other)
    return {
        "spend": round(plan.money() - other.money(), 2),
        "kpis": _gained(setting, plan, other),
        "objective": interval(gain),
        "probability_better": float((gain > 0).mean()),
    }


def _constraint(setting: Setting, measure: Measure) -> dict[str, Any]:
    currency = setting.scenario.currency
    words = budget_words(setting.scenario.budget, currency, measure.part, setting.money)
    reason = owner = None
    more: dict[str, Any] = {}
    if measure.probability is not None:
        more["probability"] = measure.probability
    if measure.rule == EXTRAPOLATION:
        words = f"at most {measure.limit:,.0f} {currency} in any week"
        reason = "further beyond its history the response is a guess"
    for bound in setting.rules:
        if bound.id == measure.rule:
            words, reason, owner = bound.rule.words(currency), bound.reason, bound.owner
            more |= {} if bound.price is None else {"price": bound.price}
    return {
        "id": measure.rule, "part": measure.part, "side": measure.side, "words": words,
        "limit": measure.limit, "value": measure.value, "slack": measure.slack,
        "unit": measure.unit, "binding": binds(measure), "reason": reason, "owner": owner,
        **more,
    }  # fmt: skip


def _proof(
    setting: Setting,
    plan: Evaluated,
    scaled: Evaluated,
    measures: tuple[Measure, ...],
    found: Found,
) -> dict[str, Any]:
    value = worth(setting, plan)
    bound = max(found.bound, value)
    gap = bound - value
    chance = setting.scenario.objective.probability_of is not None
    outcome = 1.0 if chance else abs(outcome_value(setting, plan))
    gain = value - worth(setting, scaled)
    # where nothing is earned, of the money that need not be spent; where it is sought, of that
    sought = setting.scenario.budget.sought is not None
    size = outcome or abs(setting.terms.spend) * (plan.money() if sought else setting.money)
    share = gap / size if size > 0 else 0.0 if gap == 0 else 1.0
    asked = setting.scenario.run.gap
    kept = all(holds(measure) for measure in measures)
    unproven = Status.STOPPED if found.stopped else Status.BEST_FOUND
    proven = share <= asked and kept
    return {
        "value": value,
        "bound": bound,
        "gap": gap,
        "gap_of_outcome": share,
        "gap_of_gain": gap / gain if gain > 1e-9 * max(abs(value), 1e-9) else None,
        "asked": asked,
        "worst_violation": worst_violation(measures),
        "unit": "share" if chance else setting.terms.unit,
        "status": str(Status.PROVEN if proven else unproven),
        **({"cut_short": True} if proven and found.stopped else {}),
        **({"paid": paid} if (paid := paid_for_soft(setting, plan)) else {}),
    }


def _recommendation(setting: Setting, spend: xr.DataArray) -> Recommendation:
    same = any(
        np.allclose(spend.to_numpy(), other.to_numpy(), rtol=0, atol=0.005)
        for other in (setting.reference, setting.scaled)
    )
    return Recommendation.KEEP if same else Recommendation.CHANGE


def _warnings(setting: Setting, plan: Evaluated, lines: list[dict[str, Any]]) -> list[str]:
    out = []
    seen = setting.curves.observed_weekly
    dearer = dict(zip(setting.curves.lines, setting.curves.price != 1, strict=True))
    for line in lines:
        if line["beyond_observed"]:
            prices = ", at the prices assumed" if dearer[line["line"]] else ""
            most, known = max(line["spend"]), seen[line["line"]]
            far = line.get("extrapolation")
            how = "beyond" if far is None else f"{far['times']:.2g} times"
            part = far["share_of_gain"] if far is not None else None
            out.append(
                f"{line['line']}: up to {most:,.0f} a week, {how} the {known:,.0f} ever observed"
                f"{prices}; its response there is the model's guess"
                + (f", and {part:.0%} of what lines gain comes from it" if part else "")
            )
        if line["prior_driven"] and line["total"] > 0:
            out.append(f"{line['line']}: no data stand behind its response, which is the prior's")
    out += [*planned_warnings(setting.scenario, setting.curves), *total_warnings(setting)]
    verdict = setting.curves.health.verdict
    if verdict is Verdict.NOT_FITTED:
        out.append("the curves were imported, not fitted here: their quality is not known")
    elif verdict is Verdict.FAIL:
        out.append("the fit fails its health card; the plan was made all the same")
    elif verdict is Verdict.REVIEW:
        out.append("the fit's health card asks for review; see its checks")
    return out
