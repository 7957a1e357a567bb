"""A test of two groups: difference in means with Welch's interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmm.errors import Fault, InputError, nearest
from mmm.experiments.cells import Row, read_rows
from mmm.experiments.lift import LEVEL, POWER, Columns, Lift
from mmm.experiments.values import Reader


@dataclass(frozen=True)
class Sample:
    """Users of one side: how many, the mean of their outcome, its sample variance."""

    users: int
    mean: float
    variance: float


def read_groups(path: Path, treated: Sequence[str], columns: Columns) -> tuple[Sample, Sample]:
    """(treated, control) of a table; every group that is not treated is control.

    With a column of users a row is a count of conversions among them, several rows of a group are
    added up; without one a row is one user and his outcome. Raises InputError with every fault.
    """
    rows = read_rows(path, (columns.group, columns.outcome))
    reader = Reader(str(path))
    counted = columns.users in rows[0]
    sides: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    names: dict[str, int] = {}
    for row in rows:
        group = reader.text(row, columns.group)
        outcome = reader.number(row, columns.outcome)
        users = _users(row, reader, columns, outcome) if counted else 1.0
        if group is not None and outcome is not None and users is not None:
            names.setdefault(group, row[columns.group].line)
            sides[group in treated].append((users, outcome))
    if not reader.faults:
        _groups(reader, treated, names, sides)
    if reader.faults:
        raise InputError(reader.shortened())
    make = _conversions if counted else _values
    both = make(sides[True]), make(sides[False])
    if both[0].variance + both[1].variance <= 0:
        expected = "some difference between users"
        found = "the same outcome for every user"
        raise InputError([Fault(str(path), 0, 0, columns.outcome, found, expected)])
    return both


def two_groups(treated: Sample, control: Sample) -> Lift:
    """Users · (mean treated − mean control), with Welch's interval.

    Standard error √(s₁²/n₁ + s₀²/n₀) with Welch–Satterthwaite degrees of freedom (Welch 1947):
    the groups may differ in size and spread. Users are taken to be assigned at random and not to
    influence each other.
    """
    from scipy.stats import norm, t

    parts = [side.variance / side.users for side in (treated, control)]
    error = math.sqrt(sum(parts))
    freedom = sum(parts) ** 2 / sum(
        part**2 / (side.users - 1) for part, side in zip(parts, (treated, control), strict=True)
    )
    difference, users = treated.mean - control.mean, treated.users
    reach = float(t.ppf((1 + LEVEL) / 2, freedom))
    return Lift(
        method="difference in means, Welch",
        effect=users * difference,
        standard_error=users * error,
        low=users * (difference - reach * error),
        high=users * (difference + reach * error),
        p_value=float(2 * t.sf(abs(difference) / error, freedom)),
        expected=users * control.mean,
        detectable=users * (reach + float(norm.ppf(POWER))) * error,
    )


def _users(row: Row, reader: Reader, columns: Columns, outcome: float | None) -> float | None:
    users = reader.number(row, columns.users)
    if users is None:
        return None
    cell = row[columns.users]
    if users < 0 or users != int(users):
        reader.wrong(cell, columns.users, f"{users:g}", "a whole number of users")
    elif outcome is not None and not 0 <= outcome <= users:
        found, expected = f"{outcome:g} of {users:g} users", "between 0 and all of them"
        fix = "users with conversions are counted once; for revenue give a row for each user"
        reader.wrong(row[columns.outcome], columns.outcome, found, expected, fix)
    return users


def _groups(
    reader: Reader,
    treated: Sequence[str],
    names: dict[str, int],
    sides: dict[bool, list[tuple[float, float]]],
) -> None:
    """Both sides are there, with at least two users each."""
    for name in treated:
        if name not in names:
            fault = Fault(
                reader.file, 0, 0, "--treated", repr(name), "a group of it", nearest(name, names)
            )
            reader.faults.append(fault)
    for treats, side in sides.items():
        if sum(users for users, _ in side) < 2 and not reader.faults:
            which = "treated" if treats else "control"
            found = f"fewer than two {which} users"
            fix = "name the groups whose spend was changed with --treated"
            reader.faults.append(Fault(reader.file, 0, 0, "", found, "two of each at least", fix))


def _conversions(rows: list[tuple[float, float]]) -> Sample:
    users = int(sum(number for number, _ in rows))
    share = sum(outcome for _, outcome in rows) / users
    return Sample(users, share, share * (1 - share) * users / (users - 1))


def _values(rows: list[tuple[float, float]]) -> Sample:
    values = np.array([outcome for _, outcome in rows])
    return Sample(len(values), float(values.mean()), float(values.var(ddof=1)))
