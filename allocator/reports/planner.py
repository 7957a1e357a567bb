"""The planner's page: one self-contained file that answers before it is read.

No network, no clock: the same plan, curves and dossier give the same bytes. Its one script, named
by its hash, moves along a curve over a table that stands on the page without it.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from allocator.findings.curve_series import CurveSeries
from allocator.findings.dossier import Dossier, Price
from allocator.plan import Interval, Plan
from allocator.reports._base import numbers, titles
from allocator.reports._base.assumptions import assumptions, basis, period, provenance, resolved
from allocator.reports._base.bars import pair, weeks
from allocator.reports._base.beside import beside
from allocator.reports._base.binding import binding, measured
from allocator.reports._base.cautions import Caution, cautions, checked, proof
from allocator.reports._base.climb import budgets, rungs
from allocator.reports._base.explore import next_head
from allocator.reports._base.folds import by_channel, by_region
from allocator.reports._base.gain import gains
from allocator.reports._base.headline import compared, headline, odds
from allocator.reports._base.names import clean, spoken
from allocator.reports._base.order import groups, kpis
from allocator.reports._base.paper_facts import late, promised, risked, sure, worth
from allocator.reports._base.risk import risk_sentences
from allocator.reports._base.shelves import shelves
from allocator.reports._base.sought import shown

LEAST = 0.01  # objective units: less is nothing
SHOWN = 5  # warnings on the first screen; with more of them the rest are folded


def planner_page(
    plan: Plan, curves: tuple[CurveSeries, ...], dossier: Dossier | None = None
) -> bytes:
    """The page as UTF-8 HTML. ``curves`` may be empty: the page then says so.

    Without a dossier it says what the plan says: nothing of plans that were not chosen, of what
    rules and waiting cost, or of more and less money.
    """
    css, script = _file("planner.css"), _file("planner.js")
    names, readable = kpis(plan), any(series.mean for series in curves)
    text = _environment(plan).get_template("planner.html").render(
        plan=plan,
        css=Markup(css),
        policy=_policy(css, script if readable else None),
        script=Markup(script),
        readable=readable,
        **_around(plan, dossier),
        groups=groups(plan),
        channels=by_channel(plan),
        regions=by_region(plan),
        kpis=names,
        titles=titles,
        headline=headline(plan),
        odds=odds(plan),
        risk=risk_sentences(plan),
        shown=shown(plan),
        notes=_notes(plan),
        cautions=(*_stale(dossier), *cautions(plan)),
        first=SHOWN,
        period=period(plan),
        basis=basis(plan),
        binding=binding(plan),
        gains=gains(plan),
        free=any(series.unconstrained is not None for series in curves),
        ladder=_ladder(plan),
        drawn=[kpi for kpi in names if any(series.kpi == kpi for series in curves)],
        history=any(series.observed is not None for series in curves),
        shelves=lambda kpi: shelves(plan, curves, kpi),
        phasing=_phasing(plan),
        assumptions=assumptions(plan),
        resolved=Markup.escape(resolved(plan)),
        next_head=next_head,
        provenance=(*provenance(plan), *_made(dossier)),
        proof=proof(plan),
    )  # fmt: skip
    return text.encode("utf-8")


def _file(name: str) -> str:
    return resources.files("allocator.reports").joinpath(name).read_text(encoding="utf-8")


@dataclass(frozen=True)
class _Priced:
    """What a rule costs, and what easing it would bring."""

    cost: str
    words: str


def _around(plan: Plan, dossier: Dossier | None) -> dict[str, Any]:
    """What only the dossier knows; nothing of it where there is none."""
    if dossier is None:
        nothing: dict[str, Any] = dict.fromkeys(("beside", "rungs", "budgets"))
        return nothing | dict.fromkeys(("priced", "certain", "told"), ())
    certain = [*sure(plan, dossier), risked(plan, dossier), late(plan, dossier)]
    if dossier.promise is not None:
        certain.append(f"What the last plan promised: {promised(plan, dossier)}")
    return {
        "beside": beside(plan, dossier),
        "rungs": rungs(plan, dossier),
        "budgets": budgets(plan, dossier),
        "priced": {price.rule: _priced(plan, price) for price in dossier.prices},
        "certain": certain,
        "told": dossier.assumptions,
    }


def _priced(plan: Plan, price: Price) -> _Priced:
    if abs(price.cost) < LEAST:
        return _Priced("nothing", price.words)
    return _Priced(worth(plan, price.cost), price.words)


def _stale(dossier: Dossier | None) -> tuple[Caution, ...]:
    """Why the plan no longer answers today's question."""
    found = dossier.stale if dossier is not None else ()
    return tuple(Caution("no longer current", f"{why[:1].upper()}{why[1:]}.") for why in found)


def _made(dossier: Dossier | None) -> tuple[tuple[str, str], ...]:
    """The dossier's own name, who made it, and when."""
    if dossier is None:
        return ()
    by = f" by {dossier.made_by}" if dossier.made_by.strip() else ""
    rows = [("Dossier", dossier.digest), ("Made", f"{dossier.made_on}{by}")]
    return tuple(rows)


def _environment(plan: Plan) -> jinja2.Environment:
    """Everything is escaped, and cleaned of what steers; a name that is missing is a fault."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("allocator.reports", "."),
        autoescape=True,
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    largest = max(max(c.spend, c.reference) for c in (*plan.channels, *plan.geos))
    made.filters |= {
        "cents": "{:,.2f}".format,
        "compact": numbers.compact,
        "change": numbers.change,
        "checked": checked,
        "estimate": numbers.estimate,
        "measured": measured,
        "money": functools.partial(numbers.money, currency=plan.currency),
        "outcome": lambda value: numbers.quantity(value, shown(plan).unit, plan.currency),
        "spoken": spoken,
        "started": lambda text: text[:1].upper() + text[1:],
        "whole": numbers.whole,
    }
    made.globals["pair"] = lambda reference, spend, name: pair(
        reference,
        spend,
        largest,
        f"{name}: {numbers.whole(reference)} {plan.currency} in the reference, "
        f"{numbers.whole(spend)} recommended, {numbers.change(spend, reference)}",
    )
    return made


def _shown(value: object) -> object:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _policy(css: str, script: str | None) -> str:
    """Nothing may be loaded; one style sheet and one script, these, may apply."""
    parts = ["default-src 'none'", f"style-src 'sha256-{_hashed(css)}'"]
    parts += [f"script-src 'sha256-{_hashed(script)}'"] if script is not None else []
    return "; ".join((*parts, "base-uri 'none'", "form-action 'none'"))


def _hashed(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@dataclass(frozen=True)
class _Notes:
    """What stands beneath the three figures."""

    spend: tuple[str, ...]
    outcome: tuple[str, ...]


def _notes(plan: Plan) -> _Notes:
    totals, currency = plan.totals, plan.currency
    budget = plan.scenario.resolved.get("budget")
    most = budget.get("at_most") if isinstance(budget, dict) else None
    spend = [f"reference: {numbers.money(totals.reference.spend, currency)}"]
    if isinstance(most, int | float) and most - totals.plan.spend >= 0.01:
        left = numbers.money(most - totals.plan.spend, currency)
        spend.append(f"{left} of {numbers.money(most, currency)} is left")
    what = shown(plan)
    outcome = [f"{numbers.SURE}: {_range(plan, what.of(totals.plan), what.unit)}"]
    for kpi in kpis(plan):
        if kpi != what.key:
            found = totals.plan.kpis[kpi]
            mean = numbers.quantity(found.mean, plan.units[kpi], currency)
            outcome.append(f"{spoken(kpi)}: {mean} ({_range(plan, found, plan.units[kpi])})")
    return _Notes(tuple(spend), tuple(outcome))


def _range(plan: Plan, found: Interval, unit: str) -> str:
    low, high = (numbers.quantity(end, unit, plan.currency) for end in (found.p10, found.p90))
    return f"{low} to {high}"


def _ladder(plan: Plan) -> tuple[tuple[str, Interval, bool], ...]:
    """Name, quantiles, and whether they are differences."""
    what = shown(plan)
    rows = [("with the plan", what.of(plan.totals.plan), False)]
    rows += [(f"gain on {name}", what.gain(other), True) for name, other in compared(plan)]
    return tuple(rows)


@dataclass(frozen=True)
class _Phasing:
    """A channel week by week."""

    name: str
    drawing: Markup
    lowest: float
    highest: float


def _phasing(plan: Plan) -> tuple[_Phasing, ...]:
    """Channels that spend anything, each week as a share of the channel's total."""
    rows = {
        group.channel.channel: [
            sum(week) for week in zip(*(line.spend for line in group.lines), strict=True)
        ]
        for group in groups(plan)
        if group.channel.spend > 0
    }
    shares = {name: [week / sum(spend) for week in spend] for name, spend in rows.items()}
    top = max((max(row) for row in shares.values()), default=0.0)
    return tuple(
        _Phasing(name, weeks(shares[name], top, _weekly(plan, name, spend)), min(spend), max(spend))
        for name, spend in rows.items()
    )


def _weekly(plan: Plan, name: str, spend: list[float]) -> str:
    low, high = numbers.money(min(spend), plan.currency), numbers.money(max(spend), plan.currency)
    peak = plan.period.weeks[spend.index(max(spend))]
    return f"{name}: {low} to {high} a week, most in {peak}"
