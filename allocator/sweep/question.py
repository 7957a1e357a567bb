"""What a sweep asks: every cell of every scenario, under every value, on every market's curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from allocator.scenario import Agreed, LoadedScenario, cells
from mmm.errors import EngineError, Fault, InputError

MARKET = "market"


@dataclass(frozen=True)
class Asked:
    """One scenario to be planned on one market's curves.

    name:    how it is called in the sweep: ``q1.low,budget.exactly=1.8M,market=de``
    file:    the scenario file
    variant: its cell there; ``base`` where no variant is chosen
    choices: what tells it from its neighbours: axis -> option, key -> value, market
    """

    name: str
    file: str
    variant: str
    choices: Mapping[str, str]
    loaded: LoadedScenario


@dataclass(frozen=True)
class Unreadable:
    """A scenario file, under some values, that is none: what is wrong with it."""

    name: str
    file: str
    choices: Mapping[str, str]
    error: EngineError


@dataclass(frozen=True)
class Question:
    """All of them, in the order in which they were asked."""

    asked: tuple[Asked, ...]
    unreadable: tuple[Unreadable, ...] = field(default=())


def question(
    files: Sequence[Path],
    *,
    sets: Mapping[str, Sequence[str]] | None = None,
    markets: Sequence[Path] = (),
    texts: Mapping[Path, str] | None = None,
    agreed: Agreed | None = None,
) -> Question:
    """Every variant of every file under every combination of values, on every market's curves.

    sets: key -> the values it takes in turn, as ``--set`` has them; markets: files of curves that
    replace those a scenario names; texts: what files say that are not on disk;
    agreed: who is asked for signed plans that scenarios name by their ID.

    Raises InputError where nothing at all can be read, and where two cells would be called alike.
    """
    swept = [key for key, values in (sets or {}).items() if len(values) > 1]
    named = _market_names(markets)
    asked: list[Asked] = []
    unreadable: list[Unreadable] = []
    for file, values in product(files, _combinations(sets or {})):
        told = {key: value for key, value in values.items() if key in swept}
        try:
            found = cells(file, sets=values, text=(texts or {}).get(file), agreed=agreed)
        except InputError as error:
            unreadable.append(Unreadable(_name(file.stem, told), str(file), told, error))
            continue
        for cell in found:
            for market, curves in named.items() or (("", None),):
                choices = {**cell.choices, **told} | ({MARKET: market} if market else {})
                marks = {key: value for key, value in choices.items() if key not in cell.choices}
                loaded = cell.loaded if curves is None else cell.loaded.on(curves)
                name = _name(loaded.scenario.id, marks)
                asked.append(Asked(name, str(file), cell.name, choices, loaded))
    if not asked:
        raise InputError(_faults(unreadable))
    _refuse_twins(asked)
    return Question(tuple(asked), tuple(unreadable))


def values_of(options: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """``key=v1,v2`` -> key: (v1, v2). A comma within brackets or braces does not part values.

    Raises InputError for what is not of this form, and for a key or value that comes twice.
    """
    found: dict[str, tuple[str, ...]] = {}
    faults = []
    for text in options:
        key, mark, rest = text.partition("=")
        key, values = key.strip(), tuple(part.strip() for part in _parted(rest))
        if not mark or not key or not all(values):
            expected = "KEY=VALUE or KEY=VALUE,VALUE, such as budget.exactly=1.8M,2.0M"
            faults.append(Fault("--set", 0, 0, "", repr(text), expected))
        elif key in found:
            fix = f"write --set {key}=v1,v2"
            faults.append(Fault("--set", 0, 0, key, "the key again", "each key once", fix))
        elif len(set(values)) < len(values):
            twice = next(value for value in values if values.count(value) > 1)
            faults.append(Fault("--set", 0, 0, key, f"{twice} again", "each value once"))
        else:
            found[key] = values
    if faults:
        raise InputError(faults)
    return found


def _parted(text: str) -> list[str]:
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "[{") - (letter in "]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _combinations(sets: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    return [dict(zip(sets, values, strict=True)) for values in product(*sets.values())]


def _name(scenario: str, marks: Mapping[str, str]) -> str:
    return ",".join([scenario, *(f"{key}={value}" for key, value in marks.items())])


def _market_names(markets: Sequence[Path]) -> dict[str, Path]:
    """A market goes by its file's name or, where two are called the same, by its folder's."""
    names = [path.stem for path in markets]
    if len(set(names)) < len(names):
        names = [path.resolve().parent.name for path in markets]
    if twice := [name for name in names if names.count(name) > 1]:
        found = f"two markets called {twice[0]}"
        expected = "files, or folders, of different names"
        raise InputError([Fault("--curves", 0, 0, "", found, expected, "rename one")])
    return dict(zip(names, markets, strict=True))


def _refuse_twins(asked: Sequence[Asked]) -> None:
    first: dict[str, Asked] = {}
    for one in asked:
        other = first.setdefault(one.name, one)
        if other is not one:
            file, line = one.loaded.place(("id",))
            found = f"the id {one.loaded.scenario.id} again (it is that of {other.file})"
            raise InputError([Fault(file, line, 0, "id", found, "an id for each scenario")])


def _faults(unreadable: Sequence[Unreadable]) -> list[Fault]:
    """Each fault once, though several values of a sweep meet it."""
    every = (
        fault
        for one in unreadable
        if isinstance(one.error, InputError)
        for fault in one.error.faults
    )
    return list(dict.fromkeys(every))
