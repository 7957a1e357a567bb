"""What was found by solving again, said as a person says it. Plain ASCII, for any pipe."""

from __future__ import annotations

from allocator.plan.simplified import Simplified
from allocator.reports._base import numbers
from allocator.reports._base.names import clean, spoken
from allocator.sensitivity.prices import Price

_ASCII = str.maketrans(
    {numbers.NBSP: " ", numbers.THIN: " ", numbers.MINUS: "-", "–": "-", "·": "-", "…": "~"}
)
SHARE = "share"


def plain(text: str) -> str:
    """The text on one line, without anything a pipe might not carry."""
    return clean(text).translate(_ASCII)


def figure(value: float, *, signed: bool = False) -> str:
    """Three digits: ``31,200``."""
    return plain(numbers.estimate(value, signed=signed))


def exact(value: float) -> str:
    """A round number as it is: ``20,000``, ``0.1``."""
    return f"{value:,.12g}" if abs(value) < 1e9 else f"{value:,.0f}"


def amount(value: float, unit: str) -> str:
    """A move in its unit: ``20,000 EUR``, ``1 point``, ``0.1``."""
    if unit == SHARE:
        points = round(value * 100, 10)
        return f"{exact(points)} point" + ("" if points == 1 else "s")
    return f"{exact(value)} {plain(spoken(unit))}".rstrip()


def changed(gain: float, objective: str, unit: str, currency: str) -> str:
    """``would add 31,200 EUR of revenue``, ``would save 4,100 EUR``, ``would take … from …``."""
    size = figure(abs(gain))
    if objective == "least_spend":
        return f"would {'save' if gain > 0 else 'cost'} {size} {currency}"
    if objective in ("most_spend", "efficient_spend"):
        return f"would let {size} {currency} {'more' if gain > 0 else 'less'} be spent"
    goal = plain(spoken(objective))
    if objective == "weighted":
        return f"would {f'add {size} to' if gain > 0 else f'take {size} from'} the goal"
    if unit == "currency":
        named = f"{size} {currency}"
        return f"would add {named} of {goal}" if gain > 0 else f"would take {named} from {goal}"
    return f"would {'add' if gain > 0 else 'cost'} {size} {goal}"


def eased(price: Price) -> str:
    """What is moved: ``relaxing max by 20,000 EUR``, ``20,000 EUR more``."""
    move = amount(price.move, price.unit)
    if price.rule == "budget" and price.key in ("exactly", "at_most", "extra"):
        return f"{move} more"
    if price.rule == "budget" and price.key == "cut":
        return f"a cut {move} smaller"
    side = {"between": "its lower end" if price.sign < 0 else "its upper end"}
    return f"relaxing {side.get(price.key, price.key)} by {move}"


def price_words(price: Price, objective: str, unit: str, currency: str) -> str:
    """``relaxing max by 10,000 EUR would add 31,200 EUR of revenue; valid for the next …``."""
    worth = changed(price.gain, objective, unit, currency)
    further = "at least the next" if price.at_least else "the next"
    return f"{eased(price)} {worth}; valid for {further} {amount(price.valid_for, price.unit)}"


def simplified_words(said: Simplified) -> str:
    """How few lines change, what that loses, and that fewer will not do."""
    kept, allowed = (numbers.percent(part) for part in (1 - said.loss_taken, said.loss_allowed))
    least = (
        f"Fewer would lose more than the {allowed} allowed."
        if said.changed == said.fewest
        else f"It takes at least {said.fewest} to lose no more than {allowed}."
    )
    return plain(
        f"Simplified: {said.changed} of {said.of} lines change; that keeps {kept} of the gain. "
        + least
    )
