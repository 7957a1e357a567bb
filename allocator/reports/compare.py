"""The page of a comparison: one self-contained file. No script, no network, no clock."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib import resources

import jinja2
from markupsafe import Markup

from allocator.findings.bridge import Bridge
from allocator.findings.comparison import Cause, Change, Compared, Comparison, Figure, Judged
from allocator.reports._base import numbers
from allocator.reports._base.compared import (
    Metric,
    bridges,
    called,
    detail_of,
    explained,
    finding,
    metric_of,
    said,
    side_by_side,
    signed,
    span,
)
from allocator.reports._base.names import clean, short
from allocator.reports._base.waterfall import Bar, Scale, waterfall, whisker

LEAST = 0.0001  # of an outcome: nobody needs to know a smaller distance to a bound


def compare_page(comparison: Comparison) -> bytes:
    """The page as UTF-8 HTML."""
    shelf = resources.files("allocator.reports")
    css = "".join(
        shelf.joinpath(name).read_text(encoding="utf-8") for name in ("planner.css", "compare.css")
    )
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    text = _environment().get_template("compare.html").render(
        c=comparison,
        css=Markup(css),
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'",
        title=finding(comparison),
        more=explained(comparison),
        metric=metric_of(comparison),
        detail=detail_of(comparison),
        sides=_sides(comparison),
        pairs=_pairs(comparison),
        bridges=[_bridge(comparison, one) for one in bridges(comparison)],
        judges=_judges(comparison),
        causes=causes_by_plan(comparison),
    )  # fmt: skip
    return text.encode("utf-8")


def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("allocator.reports", "."),
        autoescape=True,
        finalize=lambda v: clean(v) if isinstance(v, str) and not isinstance(v, Markup) else v,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "chance": numbers.chance,
        "percent": numbers.percent,
        "short": short,
        "started": lambda text: text[:1].upper() + text[1:],
        "whole": numbers.whole,
        "within": lambda gap: f"at most {numbers.percent(max(LEAST, numbers.no_less(gap, 2)))}",
        "more": lambda value: numbers.whole(value, signed=True),
    }
    return made


@dataclass(frozen=True)
class _Cell:
    """A plan's value, its interval, and its change against the first."""

    value: str
    ends: str
    change: str
    sure: str
    look: str


def _sides(comparison: Comparison) -> list[tuple[str, list[_Cell | None]]]:
    rows = []
    for row in side_by_side(comparison):
        cells = [
            None if value is None else _cell(comparison, row, place)
            for place, value in enumerate(row.values)
        ]
        rows.append((called(comparison, row.metric), cells))
    return rows


def _cell(comparison: Comparison, row: Figure, place: int) -> _Cell:
    value, change = row.values[place], row.changes[place]
    assert value is not None  # the caller has asked
    ratio = row.unit == "ratio" or row.metric.startswith("cac ")

    def say(amount: float, plus: bool = False) -> str:
        if row.metric == "spend":
            return numbers.whole(amount, signed=plus)
        if ratio:
            return numbers.compact(amount, signed=plus)
        return signed(comparison, amount, row.unit) if plus else said(comparison, amount, row.unit)

    ends = "" if value.p10 is None or value.p90 is None else f"{say(value.p10)} to {say(value.p90)}"
    if change is None:
        return _Cell(say(value.mean), ends, "", "", "")
    sure = "" if change.above is None else f"higher in {numbers.chance(change.above)}"
    worse = row.metric.startswith("cac ")
    look = "" if change.mean == 0 or row.metric == "spend" else _look(change.mean, worse)
    return _Cell(say(value.mean), ends, say(change.mean, True), sure, look)


def _look(change: float, worse: bool = False) -> str:
    return "better" if (change > 0) != worse else "worse"


@dataclass(frozen=True)
class _Move:
    """A row of what moves: money, outcome with a drawing, and how often it is more."""

    name: str
    money: tuple[str, str, str]
    mean: str
    drawing: Markup
    chance: str
    look: str


@dataclass(frozen=True)
class _Fold:
    """A channel and its lines."""

    channel: _Move
    lines: tuple[_Move, ...]


@dataclass(frozen=True)
class _Pair:
    """One plan against the first: by channel and by month."""

    plan: Compared
    folds: tuple[_Fold, ...]
    total: _Move
    months: tuple[_Move, ...]


def _pairs(comparison: Comparison) -> list[_Pair]:
    metric = detail_of(comparison)
    return [_pair(comparison, place, metric) for place in range(1, len(comparison.plans))]


def _pair(comparison: Comparison, place: int, metric: Metric) -> _Pair:
    """Every row on one scale a table."""
    first = comparison.plans[0].name
    rows = [row for row in comparison.figures if row.model == first]
    outcome: dict[tuple[str, str, str], Change | None] = {
        (r.level, r.line, r.period): r.changes[place] for r in rows if r.metric == metric.key
    }
    spends = [row for row in rows if row.metric == "spend"]

    def moves(chosen: list[Figure], scale: Scale, by: str = "line") -> list[_Move]:
        return [
            _move(
                comparison, row, place,
                (metric, outcome.get((row.level, row.line, row.period)), scale,
                 _label(row) if by == "line" else row.period),
            )
            for row in chosen
        ]  # fmt: skip

    split = [row for row in spends if row.calendar == "all" and row.level != "plan"]
    scale = Scale.of(_edges(outcome, split))
    folds = []
    for row in (row for row in split if row.level == "channel"):
        inner = [r for r in split if r.level == "line" and r.channel == row.line]
        alone = len(inner) == 1 and inner[0].line == row.line
        folds.append(_Fold(moves([row], scale)[0], () if alone else tuple(moves(inner, scale))))
    whole = [row for row in spends if row.level == "plan"]
    months = [row for row in whole if row.calendar == "month"]
    total = [row for row in whole if row.calendar == "all"]
    return _Pair(
        comparison.plans[place],
        tuple(folds),
        moves(total, Scale.of(_edges(outcome, total)))[0],
        tuple(moves(months, Scale.of(_edges(outcome, months)), "period")),
    )


def _label(row: Figure) -> str:
    """A line beneath its channel: without the channel's name."""
    return row.line.removeprefix(f"{row.channel}/") if row.level == "line" else row.line


def _edges(outcome: dict[tuple[str, str, str], Change | None], rows: list[Figure]) -> list[float]:
    edges: list[float] = []
    for row in rows:
        change = outcome.get((row.level, row.line, row.period))
        if change is not None and change.p10 is not None and change.p90 is not None:
            edges += [change.p10, change.p90, change.mean]
    return edges


def _move(
    comparison: Comparison,
    row: Figure,
    place: int,
    shown: tuple[Metric, Change | None, Scale, str],
) -> _Move:
    metric, change, scale, name = shown
    before, after, moved = row.values[0], row.values[place], row.changes[place]
    money = (
        "–" if before is None else numbers.whole(before.mean),
        "–" if after is None else numbers.whole(after.mean),
        "–" if moved is None else numbers.whole(moved.mean, signed=True),
    )
    if change is None or change.p10 is None or change.p90 is None or change.above is None:
        return _Move(name, money, "–", Markup(""), "–", "")
    words = f"{name}: {span(comparison, change, metric.unit)} {metric.name}"
    drawing = whisker(change.mean, (change.p10, change.p90), scale, words)
    mean = numbers.compact(change.mean, signed=True)
    look = "" if change.mean == 0 else _look(change.mean)
    flat = change.p10 == change.p90 == 0
    return _Move(name, money, mean, drawing, "–" if flat else numbers.chance(change.above), look)


@dataclass(frozen=True)
class _Drawn:
    """A bridge with its drawing; ends in words; steps: name, what it adds, interval, words."""

    title: str
    start: str
    end: str
    drawing: Markup
    steps: tuple[tuple[str, str, str, str], ...]


def _bridge(comparison: Comparison, bridge: Bridge) -> _Drawn:
    total = bridge.end.mean - bridge.start.mean
    steps, bars = [], []
    for step in bridge.steps:
        amount = step.amount
        mean = signed(comparison, amount.mean, bridge.unit)
        low, high = (numbers.compact(end, signed=True) for end in (amount.p10, amount.p90))
        ends = "" if amount.p10 == amount.p90 == 0 else f"{low} to {high}"
        steps.append((step.name, mean, ends, step.words))
        said_ = f"{mean} ({ends})" if ends else mean
        bars.append(Bar(step.name, amount.mean, (amount.p10, amount.p90), said_))
    name = called(comparison, bridge.metric)
    sum_ = signed(comparison, total, bridge.unit)
    largest = max(bridge.steps, key=lambda step: abs(step.amount.mean))
    title = f"From {short(bridge.a)} to {short(bridge.b)}: {sum_} {name}"
    if largest.amount.mean:
        title += f", most of it from {largest.name}"
    return _Drawn(
        title,
        said(comparison, bridge.start.mean, bridge.unit),
        said(comparison, bridge.end.mean, bridge.unit),
        waterfall(bars, Bar("together", total, (total, total), sum_), title),
        tuple(steps),
    )


def _judges(comparison: Comparison) -> list[tuple[str, str, list[tuple[Judged, str, str, str]]]]:
    """(judge, its goal, rows: verdict, value, regret, hindsight)."""
    out = []
    for judge in comparison.judges:
        rows = []
        for entry in comparison.judged:
            if entry.judge != judge.name:
                continue
            known = entry.value is not None
            values = [entry.value.mean if entry.value else 0.0, entry.regret, entry.hindsight]
            words = [said(comparison, v or 0.0, judge.unit) if known else "–" for v in values]
            rows.append((entry, words[0], words[1], words[2]))
        out.append((judge.name, judge.objective.replace("_", " "), rows))
    return out


def causes_by_plan(comparison: Comparison) -> list[tuple[str, list[Cause]]]:
    """Every other plan with what was asked differently of it."""
    return [
        (plan.name, [cause for cause in comparison.causes if cause.b == plan.name])
        for plan in comparison.plans[1:]
    ]
