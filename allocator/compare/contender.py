"""A plan that is to be compared: read from its file, with the setting it was made in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from allocator.cents import cents
from allocator.compare.exchange import Rate, factor_of
from allocator.engine.setting import Setting, settle
from allocator.periods import Months, by_period, split
from allocator.plan import Plan
from allocator.plan.file import read
from allocator.scenario import LoadedScenario, Scenario, from_resolved
from mmm.curves import ResponseCurves, load
from mmm.errors import Fault, InputError
from mmm.yamlfile import Document

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FEWEST, MOST = 2, len(LETTERS)
PLAN = "plan.json"


@dataclass(frozen=True, eq=False)
class Contender:
    """One plan of a comparison.

    spend:  (line, week) currency of the plan, lines as in its curves
    factor: what its amounts are multiplied with to be in the comparison's currency
    """

    name: str
    file: str
    plan: Plan
    setting: Setting
    spend: np.ndarray
    factor: float = 1.0
    exchange: str = ""

    @property
    def scenario(self) -> Scenario:
        """The scenario within the plan."""
        return self.setting.scenario

    @cached_property
    def money(self) -> dict[str, np.ndarray]:
        """Line -> (week,) in the comparison's currency."""
        rows = self.spend * self.factor if self.factor != 1 else self.spend
        return dict(zip(self.setting.curves.lines, rows, strict=True))

    @cached_property
    def monthly(self) -> dict[str, dict[str, float]]:
        """Line -> month -> money of its days there, to the cent: months add up to the line."""
        parts = split(self.setting.weeks.days, Months())
        return {
            line: {
                month: amount / 100
                for month, amount in by_period([cents(x) for x in row], parts).items()
            }
            for line, row in self.money.items()
        }


def contenders(paths: Sequence[Path]) -> tuple[Contender, ...]:
    """Read all of them; curves that several stand on are read once. Raises every fault at once."""
    kept: dict[Path, ResponseCurves] = {}

    def curves(path: Path) -> ResponseCurves:
        return kept.setdefault(path.resolve(), kept.get(path.resolve()) or load(path))

    out: list[Contender] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            out.append(contender(path, curves=curves))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return tuple(out)


def contender(path: Path, *, curves: Callable[[Path], ResponseCurves] = load) -> Contender:
    """Read a plan.json, or the one in a folder, and the curves it names.

    Raises InputError where there is none, its curves are not those it names, or its lines and
    weeks are not those of its scenario.
    """
    file = path / PLAN if path.is_dir() else path
    plan = read(file)
    name = str(file)
    known = curves(file.parent / plan.curves.path)
    if known.digest != plan.curves.digest:
        found, expected = f"curves {known.digest[:12]}…", f"those of the plan, {plan.curves.digest}"
        fix = "plan again, or bring the curves back"
        raise InputError([Fault(name, 0, 0, "curves.digest", found, expected, fix)])
    resolved = plan.scenario.resolved
    loaded = LoadedScenario(
        from_resolved(resolved, name), Document(name, resolved, {}), file.parent
    )
    others = tuple(curves(file.parent / other.path) for other in plan.alternatives)
    setting = settle(loaded, known, others)
    stated = {line.line: line.spend for line in plan.lines}
    weeks = {len(spend) for spend in stated.values()}
    if tuple(stated) != known.lines or weeks != {setting.window.weeks}:
        found = f"{len(stated)} lines over {', '.join(map(str, sorted(weeks)))} weeks"
        expected = f"the {len(known.lines)} lines of its curves over {setting.window.weeks} weeks"
        raise InputError([Fault(name, 0, 0, "lines", found, expected, "plan again")])
    spend = np.array([stated[line] for line in known.lines])
    return Contender(plan.scenario.id, name, plan, setting, spend)


def matched(
    plans: Sequence[Contender], *, rates: Mapping[str, Rate], align: bool
) -> tuple[Contender, ...]:
    """The plans under names of their own and in one currency.

    Raises InputError for one plan alone, other currencies without a rate, and other weeks: fewer
    or more never compare, others in the calendar only when they are to be aligned.
    """
    faults = []
    if not FEWEST <= len(plans) <= MOST:
        fault = Fault("compare", 0, 0, "", f"{len(plans)} plans", f"{FEWEST} to {MOST} of them")
        raise InputError([fault])
    first = plans[0]
    currency, weeks = first.plan.currency, first.setting.weeks
    out = []
    for one, name in zip(plans, _names(plans), strict=True):
        factor = factor_of(one.plan.currency, currency, rates)
        if factor is None:
            fix = f"--rate {one.plan.currency}=…@DAY:SOURCE"
            found, expected = f"amounts in {one.plan.currency}", f"{currency}, as in {first.file}"
            faults.append(Fault(one.file, 0, 0, "currency", found, expected, fix))
            continue
        said = "" if factor == 1 else rates[one.plan.currency].words(currency)
        own = one.setting.weeks
        if own.weeks != weeks.weeks:
            found, expected = f"{own.weeks} weeks", f"{weeks.weeks}, as in {first.file}"
            faults.append(Fault(one.file, 0, 0, "period", found, expected))
        elif own.start != weeks.start and not align:
            found, expected = f"weeks from {own.start}", f"from {weeks.start}, as in {first.file}"
            fix = "--align lays the weeks of both side by side"
            faults.append(Fault(one.file, 0, 0, "period", found, expected, fix))
        out.append(replace(one, name=name, factor=factor, exchange=said))
    if faults:
        raise InputError(faults)
    return tuple(out)


def _names(plans: Sequence[Contender]) -> list[str]:
    """Ids of their scenarios, with a letter where two have the same."""
    ids = [one.plan.scenario.id for one in plans]
    return [
        f"{name} ({LETTERS[place]})" if ids.count(name) > 1 else name
        for place, name in enumerate(ids)
    ]
