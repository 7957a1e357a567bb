"""The page of a ladder: what more or less risk, and more or less money, would bring."""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib import resources

import jinja2
from markupsafe import Markup

from allocator.findings.rungs import Ladder, Rung, Step
from allocator.reports._base import numbers
from allocator.reports._base.frontier import Chart, Mark, chart
from allocator.reports._base.names import clean, spoken

SIDE = {"bold": "left", "balanced": "below"}


def ladder_page(ladder: Ladder) -> bytes:
    """The page as UTF-8 HTML: no script, no network."""
    css = resources.files("allocator.reports").joinpath("planner.css").read_text(encoding="utf-8")
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("allocator.reports", "."),
        autoescape=True,
        finalize=lambda v: clean(v) if isinstance(v, str) and not isinstance(v, Markup) else v,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "amount": functools.partial(amount, ladder),
        "chance": numbers.chance,
        "percent": numbers.percent,
        "rate": lambda value: numbers.estimate(value),
        "started": lambda text: text[:1].upper() + text[1:],
        "whole": numbers.whole,
    }
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    text = made.get_template("ladder.html").render(
        ladder=ladder,
        css=Markup(css),
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'",
        risk_words=risk_words(ladder),
        money_words=money_words(ladder),
        risk=chart(_risk(ladder), risk_words(ladder)),
        money=chart(_money(ladder), money_words(ladder)),
        what=spoken(ladder.objective),
        tail=f"{ladder.tail:.0%}",
    )
    return text.encode("utf-8")


def amount(ladder: Ladder, value: float) -> str:
    """An amount of the objective in prose."""
    return numbers.quantity(value, ladder.unit, ladder.currency)


def risk_words(ladder: Ladder) -> str:
    """The finding about risk: ``Careful instead of bold costs EUR 12k …``."""
    bold = max(ladder.rungs, key=lambda rung: rung.mean)
    careful = _called(ladder, "careful") or max(ladder.rungs, key=lambda rung: rung.worst)
    what = spoken(ladder.objective)
    cost, saved = bold.mean - careful.mean, careful.worst - bold.worst
    if saved <= 0 or (cost <= 0 and saved <= 1e-9 * abs(bold.mean)):
        return f"Caution changes nothing here: the bold plan is the careful one ({what})."
    cost_words, saved_words = amount(ladder, max(cost, 0.0)), amount(ladder, saved)
    return (
        f"Careful instead of bold gives up {cost_words} of expected gain in {what} and makes the "
        f"worst fifth of outcomes {saved_words} better."
    )


def money_words(ladder: Ladder) -> str:
    """The finding about money: what the next and the last euros bring."""
    known = [step for step in ladder.steps if step.mean is not None]
    own = ladder.own
    above = next((step for step in known if step.share > own.share), None)
    what = spoken(ladder.objective)
    if own.mean is None or above is None or above.next_unit is None:
        return f"No plan keeps the rules at this budget and above ({what})."
    more = above.next_unit * (above.budget - own.budget)
    money = numbers.money(above.budget - own.budget, ladder.currency)
    verb, each = ("bring", "brings") if more >= 0 else ("cost", "loses")
    return (
        f"{money} more would {verb} {amount(ladder, abs(more))} of {what}: each further "
        f"{ladder.currency} {each} {numbers.estimate(abs(above.next_unit))}."
    )


def _called(ladder: Ladder, name: str) -> Rung | None:
    return next((rung for rung in ladder.rungs if rung.name == name), None)


def _risk(ladder: Ladder) -> Chart:
    """Mean of the gain over the mean of its worst draws; the reference gains nothing."""
    marks = [Mark((0.0, 0.0), "reference", "reference")]
    for rung in ladder.rungs:
        named = rung.name in ("bold", "balanced", "careful")
        word = rung.name if named else ""
        if rung.current:
            word = f"{word}, as asked" if named else "as asked"
        look = "planned" if rung.current else "rung"
        side = SIDE.get(rung.name, "right")
        marks.append(Mark((rung.worst, rung.mean), word, look, side))
    return Chart(
        line=[(rung.worst, rung.mean) for rung in ladder.rungs],
        band=(),
        marks=marks,
        across=f"gain in the worst {ladder.tail:.0%} of outcomes",
        up="expected gain",
    )


def _money(ladder: Ladder) -> Chart:
    """The objective over budgets, with its 80 % band; the reference beneath the line."""
    known = [step for step in ladder.steps if step.mean is not None]
    own: Step = ladder.own
    marks = [Mark(ladder.reference, "reference", "reference")]
    if own.mean is not None:
        marks.append(Mark((own.budget, own.mean), "this budget", "planned"))
    return Chart(
        line=[(step.budget, step.mean or 0.0) for step in known],
        band=[(step.budget, step.p10 or 0.0, step.p90 or 0.0) for step in known],
        marks=marks,
        across=f"budget, {ladder.currency}",
        up=f"{spoken(ladder.objective)}, 80 % sure",
    )
