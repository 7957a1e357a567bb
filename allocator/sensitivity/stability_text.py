"""The stability of a plan on the terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from allocator.sensitivity.explain_text import grid
from allocator.sensitivity.stability import Stability, StableLine
from allocator.sensitivity.words import figure, plain

BAR = 21  # characters of a range drawn from nothing to the largest amount of the line


def stability_tables(found: Stability) -> RenderableType:
    """What ``allocator stability`` prints; fits 100 columns."""
    stays = sum(one.stays for one in found.lines)
    part = f"{found.within * 100:g} %"
    unit = found.currency if found.unit == "currency" else found.objective.replace("_", " ")
    said = [
        f"Any one line may move within its range, the others following, and the plan loses at most "
        f"{part} of what it brings.",
        f"{stays} of {len(found.lines)} lines could keep the reference's amount, one at a time.",
        f"The last columns are the best amounts if one draw were the truth ({found.draws} draws, "
        f"80 % of them); to know it would be worth {figure(found.knowing)} {unit}."
        if found.draws > 1
        else "There is one draw, so that these curves state no uncertainty.",
    ]
    if found.held_weeks:
        said.append("Each line's weeks keep their shares of its total here.")
    if found.by_mean:
        said.append("What is judged draw by draw is heeded by its mean here.")
    heads = ("line", "planned", f"within {part}: from", "to", "by draw: from", "to", "")
    rows = [
        (
            one.line, f"{one.planned:,.0f}", f"{one.low:,.0f}", f"{one.high:,.0f}",
            f"{one.p10:,.0f}", f"{one.p90:,.0f}", bar(one),
        )
        for one in found.lines
    ]  # fmt: skip
    return Group(
        Text(f"How firm the split is, in {found.currency}", style="bold"),
        *(Text(plain(sentence)) for sentence in said),
        Text(),
        grid(heads, rows),
        Text("=  within the range   #  the plan   |  the reference", style="dim"),
    )


def bar(one: StableLine) -> str:
    """``  ===#===|  ``: from nothing to the largest of the line's amounts."""
    top = max(one.high, one.reference, one.planned)
    if top <= 0:
        return ""

    def place(amount: float) -> int:
        return min(BAR - 1, int(amount / top * BAR))

    marks = [" "] * BAR
    for column in range(place(one.low), place(one.high) + 1):
        marks[column] = "="
    marks[place(one.reference)] = "|"
    marks[place(one.planned)] = "#"
    return "".join(marks).rstrip()
