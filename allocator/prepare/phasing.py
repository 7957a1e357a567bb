"""Money by month, fiscal quarter and 4-4-5 block: what runs, what is paid and what is committed.

A week that straddles two periods belongs to both by days. Fee and tax of a week are
``net · fee`` and ``(net + fee) · tax``, each to the cent. What runs in a calendar month is paid so
many days after the month's end, in all calendars alike. Everything sums to the cent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from allocator.cents import cents
from allocator.engine.figures.evaluated import Evaluated
from allocator.findings.dossier import Account, Phased
from allocator.periods import Calendar, FiscalQuarters, FourFourFive, Months, pieces, split
from allocator.prepare.commitments import committed
from allocator.prepare.source import Source

Name = Literal["month", "quarter", "445"]


@dataclass
class _Bucket:
    """Cents of a line in one period."""

    start: dt.date
    end: dt.date
    accrual: int = 0
    gross: int = 0
    cash: int = 0
    committed: int = 0


def phasing(source: Source) -> tuple[Phased, ...]:
    """Every line in every period of every calendar, in the order of calendar, line and time."""
    weeks = source.setting.weeks
    calendars: dict[Name, Calendar] = {
        "month": Months(),
        "quarter": FiscalQuarters(source.told.fiscal_start),
        "445": FourFourFive(weeks.start),
    }
    decided = committed(source)
    found: list[Phased] = []
    for name, calendar in calendars.items():
        for line in source.setting.curves.lines:
            net = [cents(amount) for amount in source.chosen.weekly(line).tolist()]
            account = source.told.accounts.get(line)
            buckets = _buckets(weeks.days, calendar, net, decided[line], account)
            found += [_phased(name, label, line, own) for label, own in buckets.items()]
    return tuple(found)


def on_top(accounts: Mapping[str, Account], plan: Evaluated) -> tuple[float, float]:
    """(fees, taxes) on a plan's net media, currency: of every line's weeks, in cents."""
    fees = taxes = 0
    for line in map(str, plan.spend["line"].to_numpy()):
        for amount in plan.weekly(line).tolist():
            fee, tax = _on_top(cents(amount), accounts.get(line))
            fees, taxes = fees + fee, taxes + tax
    return fees / 100, taxes / 100


def _on_top(net: int, account: Account | None) -> tuple[int, int]:
    """(fee, tax) in cents on a week's net media in cents."""
    if account is None:
        return 0, 0
    fee = cents(net * account.fee / 100)
    return fee, cents((net + fee) * account.tax / 100)


def _buckets(
    days: Sequence[dt.date],
    calendar: Calendar,
    net: Sequence[int],
    decided: np.ndarray,
    account: Account | None,
) -> dict[str, _Bucket]:
    """Period -> cents, in the order of time."""
    gross = [amount + sum(_on_top(amount, account)) for amount in net]
    fixed = [round(amount * share) for amount, share in zip(net, decided.tolist(), strict=True)]
    found: dict[str, _Bucket] = {}
    parts = split(days, calendar)
    cut = zip(parts, pieces(net, parts), pieces(gross, parts), pieces(fixed, parts), strict=True)
    for part, ran, whole, sure in cut:
        own = found.setdefault(part.label, _Bucket(part.start, part.end))
        own.accrual += ran
        own.gross += whole
        own.committed += min(sure, ran)
    later = account.days_to_pay if account is not None else 0
    months = split(days, Months())
    for part, whole in zip(months, pieces(gross, months), strict=True):
        closes = Months().span(part.start).end
        span = calendar.span(closes + dt.timedelta(days=later))
        found.setdefault(span.label, _Bucket(span.start, span.end)).cash += whole
    return dict(sorted(found.items(), key=lambda item: item[1].start))


def _phased(calendar: Name, label: str, line: str, own: _Bucket) -> Phased:
    return Phased(
        calendar=calendar, period=label, start=str(own.start), end=str(own.end), line=line,
        accrual=own.accrual / 100, gross=own.gross / 100, cash=own.cash / 100,
        committed=own.committed / 100,
    )  # fmt: skip
