"""The numbers of a rule, and the rule with some of them moved to the easier side.

Rules and budget forms are frozen models of what a person writes, so their numbers are found by
their names: ``min`` is eased downwards, ``max`` upwards, whatever the rule is about. What must be
met exactly (``exactly``, budgets by month) has no easier side and is left alone.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from allocator.quantities import AS_WRITTEN, RESOLVED

DOWN = ("min", "min_share", "at_least", "probability", "roas", "marginal_roas")
UP = ("max", "at_most", "cac", "marginal_cac")
NAMED = {("at_most", "lines"): 1, ("after", "spend"): -1}
"""(key of a rule, name) -> side, of names that mean something else elsewhere"""
PAIR = "between"  # [smallest, largest]
MUCH = 1e3  # times a number, or times one: as easy as can be
LEAST = (0.0, 1e-9, 0.01, 0.5)  # the smallest number that some kind of quantity allows
HALVINGS = 80
SHAPES = (1, 2, 5, 10, 20, 50, 100)  # steps further out, where a rounded number is not enough

Place = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Number:
    """place: within the rule's body; sign: −1 eased downwards, +1 upwards; value: as it stands.

    kind: ``money`` in whole cents, ``share`` written with %, ``whole`` or ``plain``
    """

    place: Place
    sign: int
    value: float
    kind: str

    @property
    def easiest(self) -> tuple[float, ...]:
        """As far as it can be eased: the first of these that its kind allows."""
        far = self.sign * MUCH * max(abs(self.value), 1.0)
        return (far, -1.0, *LEAST) if self.sign < 0 else (far, 1.0)

    def size(self, other: float, money: float) -> float:
        """How much it is moved, as a part: of all the money, of all spend, or of itself."""
        by = abs(other - self.value)
        if self.kind == "share":
            return by
        whole = money if self.kind == "money" else abs(self.value)
        return by / whole if whole else math.inf


def numbers_of(model: BaseModel) -> tuple[Number, ...]:
    """Every number that has an easier side."""
    body = model.model_dump(mode="json", exclude_none=True)
    written = model.model_dump(mode="json", exclude_none=True, context=AS_WRITTEN)
    found = []
    for place, value in _leaves(body):
        sign = _sign(str(getattr(model, "key", "")), place)
        if sign and isinstance(value, int | float) and not isinstance(value, bool):
            kind = _kind(model, place, value, _at(written, place))
            found.append(Number(place, sign, float(value), kind))
    return tuple(found)


def _sign(key: str, place: Place) -> int:
    """−1: easier when smaller, 1: when larger, 0: no number that can be eased."""
    name = str(place[-1])
    if PAIR in place[-2:-1]:
        return (-1, 1)[int(name)]
    return NAMED.get((key, name), -1 if name in DOWN else 1 if name in UP else 0)


def _kind(model: BaseModel, place: Place, value: float, written: Any) -> str:
    if isinstance(written, str) and written.endswith("%"):
        return "share"
    if isinstance(value, int):
        return "whole"
    finer = round(value, 2) + 0.001  # no whole cent: money refuses it
    return "money" if with_values(model, {place: finer}) is None else "plain"


def with_values(model: Model, values: Mapping[Place, float]) -> Model | None:
    """The model with other numbers at these places; None where that is none a person may write."""
    body = copy.deepcopy(model.model_dump(mode="json", exclude_none=True))
    for place, value in values.items():
        _at(body, place[:-1])[place[-1]] = value
    try:
        return type(model).model_validate(body, context=RESOLVED)
    except ValidationError:
        return None


def as_written(model: BaseModel, place: Place) -> Any:
    """The number there as a person writes it: ``240000``, ``35%``, ``3.0``."""
    return _at(model.model_dump(mode="json", exclude_none=True, context=AS_WRITTEN), place)


def nearest(
    model: Model, numbers: tuple[Number, ...], kept: Callable[[Model], bool]
) -> dict[Place, float] | None:
    """Numbers eased just so far that ``kept`` holds, one after the other; None where none help.

    Those that need not move are left out.
    """
    values: dict[Place, float] = {}
    for number in numbers:
        for easiest in number.easiest:
            if with_values(model, {**values, number.place: easiest}) is not None:
                values[number.place] = easiest
                break
    if not _keeps(model, values, kept):
        return None
    for number in numbers:
        if number.place in values:
            values[number.place] = _tightened(model, number, values, kept)
    return {
        number.place: values[number.place]
        for number in numbers
        if number.place in values and values[number.place] != number.value
    }


def _tightened(
    model: Model, number: Number, values: dict[Place, float], kept: Callable[[Model], bool]
) -> float:
    tight, loose = number.value, values[number.place]
    if _keeps(model, {**values, number.place: tight}, kept):
        return tight
    for _ in range(HALVINGS):
        middle = snapped(number, (tight + loose) / 2)
        if middle in (tight, loose):
            break
        if _keeps(model, {**values, number.place: middle}, kept):
            loose = middle
        else:
            tight = middle
    return loose


def _keeps(model: Model, values: dict[Place, float], kept: Callable[[Model], bool]) -> bool:
    other = with_values(model, values)
    return other is not None and kept(other)


def snapped(number: Number, value: float) -> float:
    """What the number's kind allows, on its easier side: whole cents, whole numbers."""
    if number.kind == "plain" or number.kind == "share":
        return value
    unit = 100 if number.kind == "money" else 1
    steps = value * unit
    return (math.floor(steps) if number.sign < 0 else math.ceil(steps)) / unit


def rounded(number: Number, value: float) -> Iterator[float]:
    """``value`` as a person would write it, never harder; then further and further out.

    To about 1 % of the change.
    """
    change = abs(value - number.value)
    if change == 0:
        return
    least = {"money": 0.01, "share": 1e-6, "whole": 1.0}.get(number.kind, 0.0)
    step = max(10.0 ** (math.floor(math.log10(change)) - 2), least)
    near = 1e-3  # of a step: what solvers leave
    steps = math.floor(value / step + near) if number.sign < 0 else math.ceil(value / step - near)
    places = max(0, -math.floor(math.log10(step)))
    for further in (0, *SHAPES):
        yield round((steps + number.sign * further) * step, places)
    yield snapped(number, value)


def _leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    items = (
        value.items() if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list) else None
    )  # fmt: skip
    if items is None:
        yield place, value
        return
    for key, item in items:
        yield from _leaves(item, (*place, key))


def _at(value: Any, place: Place) -> Any:
    for part in place:
        value = value[part]
    return value
