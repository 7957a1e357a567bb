"""The health card on the terminal."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from mmm.card import Check, HealthCard, Verdict

COLOURS = {
    Verdict.PASS: "green",
    Verdict.REVIEW: "yellow",
    Verdict.FAIL: "bold red",
    Verdict.NOT_FITTED: "dim",
}

MEANING = {
    Verdict.PASS: "Nothing speaks against planning on this fit.",
    Verdict.REVIEW: "A plan can be made; read the lines marked REVIEW first.",
    Verdict.FAIL: "Do not plan on this fit: `allocator plan` refuses it without a reason.",
    Verdict.NOT_FITTED: "These curves were not fitted here, so there is nothing to check.",
}


def health_table(card: HealthCard) -> RenderableType:
    """One row per check: verdict, what was checked, the number and its limit, and the sentence.

    What passed is told in one row each without its sentence, so that the rest is seen.
    """
    grid = Table(box=box.SIMPLE_HEAD, title="Health of the fit", title_justify="left")
    grid.add_column("verdict", no_wrap=True)
    grid.add_column("check", overflow="fold")
    grid.add_column("value", justify="right", no_wrap=True)
    grid.add_column("should be", no_wrap=True)
    for check in card.checks:
        name = Text(check.name)
        if check.verdict is not Verdict.PASS:
            name.append(f"\n{check.sentence}", style="italic")
        grid.add_row(_word(check.verdict), name, _number(check), check.limit)
    verdict = _word(card.verdict).append(f": {MEANING[card.verdict]}", style="default")
    return Group(grid, verdict) if card.checks else verdict


def _word(verdict: Verdict) -> Text:
    return Text(verdict.value, style=COLOURS[verdict])


def _number(check: Check) -> str:
    if check.value is None:
        return "unknown"
    if check.value == int(check.value):
        return f"{check.value:,.0f}"
    return f"{check.value:,.0f}" if abs(check.value) >= 100 else f"{check.value:.4g}"
