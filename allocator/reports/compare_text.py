"""A comparison on the terminal: the sentence, the plans, what moved, why, and who would regret."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.findings.comparison import Comparison, Figure
from allocator.reports._base import numbers
from allocator.reports._base.compared import (
    bridges,
    called,
    detail_of,
    explained,
    finding,
    said,
    side_by_side,
    signed,
)
from allocator.reports._base.names import clean, short

_ASCII = str.maketrans(
    {numbers.NBSP: " ", numbers.THIN: " ", numbers.MINUS: "-", "–": "-", "·": "-", "…": "~"}
)
NAME = 24
MOST = 12  # rules and notes that a screen holds; the page has all


def compare_tables(comparison: Comparison) -> RenderableType:
    """What ``allocator compare`` prints; fits 100 columns."""
    words = [Text(_plain(f"{finding(comparison)}."), style="bold")]
    if more := explained(comparison):
        words.append(Text(_plain(more)))
    parts: list[RenderableType] = [*words, Text(), _plans(comparison)]
    for place in range(1, len(comparison.plans)):
        parts.append(_channels(comparison, place))
    parts += [_bridges(comparison), *_judged(comparison), *_causes(comparison)]
    return Group(*parts)


def _plain(text: str) -> str:
    return clean(text).translate(_ASCII)


def _table(title: str, *heads: str) -> Table:
    made = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, title=Text(_plain(title), style="bold"),
        title_justify="left",
    )  # fmt: skip
    for place, head in enumerate(heads):
        left = place == 0
        made.add_column(
            Text(_plain(head)),
            justify="left" if left else "right",
            overflow="fold",
            max_width=NAME if left else None,
        )
    return made


def _row(table: Table, *cells: str) -> None:
    table.add_row(*(Text(_plain(cell)) for cell in cells))


def _plans(comparison: Comparison) -> Table:
    """A row a plan and figure: its value, its change against the first, and how often above."""
    table = _table("Plans", "", "plan", "value", "80 % sure", "change", "above")
    for row in side_by_side(comparison):
        for place, (plan, value) in enumerate(zip(comparison.plans, row.values, strict=True)):
            name = called(comparison, row.metric) if place == 0 else ""
            if value is None:
                _row(table, name, short(plan.name, NAME), "-", "", "", "")
                continue
            change = row.changes[place]
            ends = "" if value.p10 is None or value.p90 is None else (
                f"{_said(comparison, row, value.p10)} to {_said(comparison, row, value.p90)}"
            )  # fmt: skip
            less = "" if change is None else _signed(comparison, row, change.mean)
            above = "" if change is None or change.above is None else numbers.chance(change.above)
            cells = (_said(comparison, row, value.mean), ends, less, above)
            _row(table, name, short(plan.name, NAME), *cells)
    return table


def _said(comparison: Comparison, row: Figure, value: float) -> str:
    if row.unit == "ratio" or row.metric.startswith("cac "):
        return numbers.compact(value)
    return said(comparison, value, row.unit)


def _signed(comparison: Comparison, row: Figure, value: float) -> str:
    if row.unit == "ratio" or row.metric.startswith("cac "):
        return numbers.compact(value, signed=True)
    return signed(comparison, value, row.unit)


def _channels(comparison: Comparison, place: int) -> Table:
    """Money and outcome of every channel, one plan against the first."""
    first, other = comparison.plans[0], comparison.plans[place]
    detail = detail_of(comparison)
    title = f"{short(other.name)} against {short(first.name)}, by channel"
    table = _table(
        title, "channel", first.currency, "becomes", "change", f"{detail.name}, change", "80 % sure"
    )
    for row in comparison.figures:
        mine = row.level in ("channel", "plan") and row.calendar == "all"
        if not mine or row.metric != "spend" or row.model != first.name:
            continue
        outcome = comparison.figure(row.level, row.line, detail.key).changes[place]
        before, after = row.values[0], row.values[place]
        change = row.changes[place]
        ends = mean = "-"
        if outcome is not None and outcome.p10 is not None and outcome.p90 is not None:
            mean = numbers.compact(outcome.mean, signed=True)
            ends = f"{numbers.compact(outcome.p10, signed=True)} to "
            ends += numbers.compact(outcome.p90, signed=True)
        _row(
            table,
            "all" if row.level == "plan" else row.line,
            "-" if before is None else numbers.whole(before.mean),
            "-" if after is None else numbers.whole(after.mean),
            "-" if change is None else numbers.whole(change.mean, signed=True),
            mean,
            ends,
        )
    return table


def _bridges(comparison: Comparison) -> Group:
    made: list[RenderableType] = []
    for bridge in bridges(comparison):
        table = _table(
            f"From {short(bridge.a)} to {short(bridge.b)}: {called(comparison, bridge.metric)}",
            "", "adds", "80 % sure", "what it is",
        )  # fmt: skip
        table.columns[3].justify = "left"
        _row(table, short(bridge.a, NAME), said(comparison, bridge.start.mean, bridge.unit), "", "")
        for step in bridge.steps:
            low, high = (
                numbers.compact(end, signed=True) for end in (step.amount.p10, step.amount.p90)
            )
            mean = signed(comparison, step.amount.mean, bridge.unit)
            nothing = step.amount.p10 == step.amount.p90 == 0
            _row(table, step.name, mean, "" if nothing else f"{low} to {high}", step.words)
        _row(table, short(bridge.b, NAME), said(comparison, bridge.end.mean, bridge.unit), "", "")
        made.append(table)
    return Group(*made)


def _judged(comparison: Comparison) -> list[RenderableType]:
    """Regret: a row a judge and plan."""
    table = _table(
        "Regret: each plan in the eyes of each", "judge (curves and goal)", "plan", "value",
        "regret", "best in", "breaks",
    )  # fmt: skip
    table.columns[5].justify = "left"
    units = {judge.name: judge.unit for judge in comparison.judges}
    last = ""
    for entry in comparison.judged:
        unit = units[entry.judge]
        name, last = ("" if entry.judge == last else short(entry.judge, NAME)), entry.judge
        if entry.value is None or entry.regret is None or entry.best is None:
            _row(table, name, short(entry.plan, NAME), "-", "-", "", entry.why)
            continue
        _row(
            table,
            name,
            short(entry.plan, NAME),
            said(comparison, entry.value.mean, unit),
            said(comparison, entry.regret, unit),
            numbers.chance(entry.best),
            short(", ".join(entry.breaks), 30),
        )
    return [table]


def _causes(comparison: Comparison) -> list[RenderableType]:
    lines = [f"{cause.kind}: {cause.words}" for cause in comparison.causes]
    if len(comparison.plans) > 2:
        lines = [f"{c.b}, {c.kind}: {c.words}" for c in comparison.causes]
    more = len(lines) - MOST
    lines = lines[:MOST] + ([f"and {more} more"] if more > 0 else [])
    head = "What was asked differently" if lines else "The same was asked of all"
    out: list[RenderableType] = [Text(head, style="bold")]
    out += [Text(_plain(f"  {line}")) for line in lines]
    out += [Text(_plain(note), style="dim") for note in comparison.notes]
    return out
