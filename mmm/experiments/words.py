"""What an analysed test says, in a table and in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from mmm.console import table, three_digits
from mmm.experiments.designs import Design
from mmm.experiments.lift import Lift


def sentence(lift: Lift, *, outcome: str, spend_change: float | None = None) -> str:
    """What a director should take from it."""
    low, high = three_digits(lift.low), three_digits(lift.high)
    sure = f"90 % sure: {low} to {high}"
    seen = three_digits(abs(lift.detectable))
    if lift.low <= 0 <= lift.high:
        return (
            f"The test does not show whether the change moved {outcome} at all ({sure}); "
            f"it could have seen an effect of {seen} or more."
        )
    verb = "brought" if lift.effect > 0 else "cost"
    said = f"The change {verb} {three_digits(abs(lift.effect))} {outcome}"
    if lift.expected > 0:
        said += f", {abs(lift.relative):.1%} of what was expected without it"
    said += f" ({sure})"
    if spend_change and spend_change * lift.effect > 0:
        each = sorted((lift.low / spend_change, lift.high / spend_change))
        said += (
            f": {three_digits(lift.effect / spend_change)} for each unit of money changed"
            f" ({three_digits(each[0])} to {three_digits(each[1])})"
        )
    return said + "."


def lift_report(lifts: Sequence[Lift], said: str, note: str) -> RenderableType:
    """The sentence, then a row for each way of estimating; the first is the one that counts."""
    heads = ("method", "effect", "90 % interval", "std. error", "p", "expected", "lift", "power")
    rows = [
        (
            one.method,
            three_digits(one.effect),
            f"{three_digits(one.low)} to {three_digits(one.high)}",
            three_digits(one.standard_error),
            f"{one.p_value:.3f}" if one.p_value >= 0.001 else "< 0.001",
            three_digits(one.expected),
            f"{one.relative:+.1%}" if one.expected > 0 else "–",
            three_digits(one.detectable),
        )
        for one in lifts
    ]
    below = "power: the smallest effect that such a test shows with 80 % chance. " + note
    return Group(Text(said), Text(), table("What the change did", heads, rows), Text(below))


def plan_sentence(designs: Sequence[Design], lift: float | None, unit: str) -> str:
    """The smallest test that would do: fewest geos times periods."""
    if lift is None:
        best = min(designs, key=lambda one: one.detectable)
        return (
            f"The sharpest of these tests, {best.length} {unit} in {best.count} geos, shows an "
            f"effect of {best.detectable:.1%} or more with 80 % chance."
        )
    enough = [one for one in designs if one.detectable <= lift]
    if not enough:
        best = min(designs, key=lambda one: one.detectable)
        return (
            f"None of these tests shows an effect of {lift:.1%} with 80 % chance; the sharpest, "
            f"{best.length} {unit} in {best.count} geos, needs {best.detectable:.1%}. Test longer, "
            "in more geos, or change spend by more."
        )
    small = min(enough, key=lambda one: (one.length * one.count, one.length))
    return (
        f"An effect of {lift:.1%} needs {small.length} {unit} in {small.count} geos; drawn at "
        f"random: {', '.join(small.geos)}."
    )


def plan_report(designs: Sequence[Design], said: str, unit: str) -> RenderableType:
    """Smallest detectable effect, lengths down and shares across."""
    counts = list(dict.fromkeys(one.count for one in designs))
    lengths = list(dict.fromkeys(one.length for one in designs))
    cells = {(one.length, one.count): one for one in designs}
    rows = [
        (f"{length} {unit}", *(_range(cells[length, count]) for count in counts))
        for length in lengths
    ]
    heads = ("length", *(f"{count} geos" if count > 1 else "1 geo" for count in counts))
    title = "Smallest effect seen with 80 % chance, over the treated geos' usual outcome"
    below = "Median over groups of geos drawn at random, and from the luckiest to the unluckiest."
    return Group(Text(said), Text(), table(title, heads, rows), Text(below))


def _range(design: Design) -> str:
    return f"{design.detectable:.1%} ({design.low:.1%}–{design.high:.1%})"
