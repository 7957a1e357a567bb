"""An explanation on the terminal: what limits are worth and cost, and where money would go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.sensitivity.costs import Cost
from allocator.sensitivity.explanation import Explanation
from allocator.sensitivity.marginal import FREE, HELD, OFF, Marginal
from allocator.sensitivity.next_money import Moved
from allocator.sensitivity.words import amount, changed, figure, plain, price_words

LINE = 24  # columns of a line's name before it wraps
SMALL = 0.5  # currency: a change below is none


def explanation_tables(found: Explanation) -> RenderableType:
    """What ``allocator explain`` prints; fits 100 columns."""
    return Group(
        *_prices(found), Text(), *_costs(found), Text(), *_marginals(found), Text(), *_next(found)
    )


def _title(text: str) -> Text:
    return Text(plain(text), style="bold")


def grid(heads: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> Table:
    """A table whose first ``words`` columns, and the last if it has no head, are text."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    for place, head in enumerate(heads):
        text = place < words or not head
        made.add_column(
            plain(head),
            justify="left" if text else "right",
            overflow="fold",
            no_wrap=not text,
            max_width=LINE if place == 0 else None,
        )
    for row in rows:
        made.add_row(*(Text(plain(cell)) for cell in row))
    return made


def _pairs(rows: Iterable[tuple[str, str]]) -> Table:
    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    made.add_column(style="dim", overflow="fold", max_width=LINE)
    made.add_column(overflow="fold")
    for name, words in rows:
        made.add_row(Text(plain(name)), Text(plain(words)))
    return made


def _prices(found: Explanation) -> list[RenderableType]:
    said = (found.objective, found.unit, found.currency)
    rows = [
        (price.rule if price.part is None else f"  {price.part} alone", price_words(price, *said))
        for price in found.prices
    ]
    parts: list[RenderableType] = [_title("What holds the plan, and what easing it is worth")]
    if found.by_draws:
        parts.append(Text("Of the goal as it is judged, draw by draw, not of its mean."))
    parts.append(_pairs(rows) if rows else Text("Nothing but the budget's curves holds it."))
    silent = [
        price.rule if price.part is None else f"{price.rule} ({price.part})"
        for price in found.unpriced
    ]
    if silent:
        parts.append(Text(plain("Worth nothing that could be proven: " + ", ".join(silent) + ".")))
    return parts


def _costs(found: Explanation) -> list[RenderableType]:
    heads = ("rule", "limit", "costs", "at most", "")
    rows = [(cost.rule, cost.words, *_cost(cost), _soft(cost)) for cost in found.costs]
    unit = found.currency if found.unit == "currency" else found.objective.replace("_", " ")
    title = _title(f"What each rule costs, in {unit}: the best plan without it, less this one")
    return [title, grid(heads, rows, words=2) if rows else Text("There are no rules.")]


def _cost(cost: Cost) -> tuple[str, str]:
    if not cost.solved:
        return "0", "0"
    sure = cost.cost if cost.least > 0 else 0.0
    return figure(sure), figure(cost.most)


def _soft(cost: Cost) -> str:
    if cost.price is None:
        return ""
    if not cost.short:
        return "soft, and kept"
    most = max(cost.short.values())
    return f"soft: short of {figure(most)}, paid {figure(cost.paid)}"


def _marginals(found: Explanation) -> list[RenderableType]:
    marginals, net = found.marginals, found.objective in ("profit", "value")
    title = f"What the next {found.currency} brings: {found.objective.replace('_', ' ')}"
    title += ", after its own cost" if net else ""
    if found.by_draws:
        said = "Means over the draws: where draws are judged one by one they need not be alike."
    elif marginals.multiplier is None:
        said = "No line is free to move."
    else:
        level = figure(marginals.multiplier)
        said = (
            f"Every line that is free to move brings {level}: no shift between them gains."
            if marginals.equalised
            else f"Lines that are free to move bring {level} on the average, not all alike."
        )
    kpi = next((kpi for one in marginals.lines for kpi in one.roas), None)
    heads = ["line", "spend", "next unit", *([f"marginal {kpi}"] if kpi else []), ""]
    rows = []
    for one in marginals.lines:
        here = "-" if one.marginal is None else figure(one.marginal)
        roas = [figure(one.roas[kpi]) if kpi in one.roas else "-"] if kpi else []
        why = _why(one, marginals.multiplier, found.by_draws)
        rows.append([one.line, f"{one.total:,.0f}", here, *roas, why])
    return [_title(title), Text(plain(said)), grid(heads, rows)]


def _why(one: Marginal, multiplier: float | None, by_draws: bool) -> str:
    if one.state == HELD:
        names = ", ".join(one.rules)
        if multiplier is None or one.marginal is None or one.equal:
            return f"at {names}"
        return f"held down by {names}" if one.marginal > multiplier else f"held up by {names}"
    if one.state == OFF:
        return "off"
    if one.state == FREE:
        return "free" if one.equal or by_draws else "free, yet not equal"
    return one.state


def _next(found: Explanation) -> list[RenderableType]:
    more, less = found.next_money
    parts: list[RenderableType] = [_title("Where the next money would go, and where it is cut")]
    for moved in (more, less):
        how = f"{amount(abs(moved.amount), found.currency)} {'more' if moved is more else 'less'}"
        parts.append(Text(plain(f"{how} {_moved(moved, found)}.")))
    totals = {one.line: one.total for one in found.marginals.lines}
    rows = [
        (line, f"{total:,.0f}", *(_change(moved, line) for moved in (less, more)))
        for line, total in totals.items()
        if any(abs(moved.lines.get(line, 0.0)) >= SMALL for moved in (more, less))
    ]
    if rows:
        parts.append(grid(("line", "now", "if cut", "if more"), rows))
    return parts


def _moved(moved: Moved, found: Explanation) -> str:
    if moved.reason is not None:
        return f"cannot be: {moved.reason}"
    unit = "currency" if moved.goal in ("profit", "value", "weighted") else found.unit
    left = round(moved.amount - moved.spent, 2)
    unused = f" ({left:,.0f} of it is left)" if left > SMALL else ""
    return changed(moved.gain, moved.goal, unit, found.currency) + unused


def _change(moved: Moved, line: str) -> str:
    value = moved.lines.get(line, 0.0)
    return f"{value:+,.0f}" if abs(value) >= SMALL else "-"
