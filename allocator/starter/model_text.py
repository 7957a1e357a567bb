"""A first model.yaml, every guess marked as one."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from allocator.starter.columns import Roles
from allocator.starter.table import Table

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_/ -]*[A-Za-z0-9_]\Z|[A-Za-z_]\Z")
_WORDS = ("yes", "no", "on", "off", "true", "false", "null", "y", "n")


def word(text: str) -> str:
    """A name as YAML: in quotes unless it is plain."""
    plain = _PLAIN.match(text) and text.lower() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


def model_text(table: Table, roles: Roles, *, folder: Path, currency: str) -> str:
    """The file that says what the columns of ``table`` mean, for a model.yaml in ``folder``."""
    named = Path(os.path.relpath(table.file.resolve(), folder.resolve())).as_posix()
    parts = [
        "# What the columns of your table mean. Written from their names: read every line, mend",
        "# what is wrong, then run  mmm check  on this file. A key that is not known is an error.",
        "schema_version: 1",
        "",
        "data:",
        "  tables:",
        f"    - {{{', '.join(_table(table, roles, named))}}}",
        *_other_table(roles),
        "",
        *_calendar(roles),
        f"currency: {currency}               # of spend and of KPIs in currency",
        "",
        "# What media should move. `currency` gives ROAS, `count` gives CAC.",
        "kpis:",
        *_kpis(roles),
        "",
        "# Where money goes. `{}` means: carry-over and flattening as usual.",
        "channels:",
        *_channels(roles),
        *_controls(roles),
        "",
        "# Public holidays of your country; leave the line out if you sell everywhere.",
        "# holidays: {country: DE}",
    ]
    return "\n".join(parts) + "\n"


def _table(table: Table, roles: Roles, named: str) -> list[str]:
    keys = [f"file: {word(named)}" if _PLAIN.match(named) else f"file: {json.dumps(named)}"]
    if roles.long:
        keys += ["form: long"]
    keys += [f"date: {word(roles.date)}", f"date_format: {roles.date_format}"]
    for key, column in (
        ("channel", roles.channel), ("campaign", roles.campaign), ("spend", roles.spend),
        ("impressions", roles.impressions), ("geo", roles.geo),
    ):  # fmt: skip
        if column is not None:
            keys.append(f"{key}: {word(column)}")
    if table.delimiter != ",":
        keys.append(f"delimiter: {json.dumps(table.delimiter)}")
    if table.decimal != ".":
        keys.append(f'decimal: "{table.decimal}"')
    return keys


def _other_table(roles: Roles) -> list[str]:
    if roles.kpis:
        return []
    return ["    - {file: kpis.csv}        # to write: one row a week with what you sell"]


def _calendar(roles: Roles) -> list[str]:
    if roles.step == 7:
        start = DAYS[roles.days[0].weekday()]
        return ["frequency: weekly", f"week_start: {start}          # as the dates have it"]
    return [
        "frequency: daily            # days are added up to weeks",
        "week_start: monday          # a guess: the day your weeks begin",
    ]


def _kpis(roles: Roles) -> list[str]:
    if not roles.kpis:
        return ["  revenue: {column: revenue, unit: currency}     # to check: a column of kpis.csv"]
    return [
        f"  {word(name)}: {{column: {word(name)}, unit: {unit}}}" + " " * 5 + "# a guess: the unit"
        for name, unit in roles.kpis.items()
    ]


def _channels(roles: Roles) -> list[str]:
    if roles.long:
        return [f"  {word(name)}: {{}}" for name in roles.channels]
    return [
        f"  {word(name)}: {{spend: {word(column)}"
        + (f", impressions: {word(roles.exposure[name])}" if name in roles.exposure else "")
        + "}"
        for name, column in roles.channels.items()
    ]


def _controls(roles: Roles) -> list[str]:
    if not roles.others:
        return []
    return [
        "",
        "# Other columns of numbers. What moves sales and is no media belongs here (prices,",
        "# promotions, a competitor); take the # away where it does. Platform figures (clicks,",
        "# conversions they claim) do not.",
        "# controls:",
        *(f"#   - {{column: {word(name)}}}" for name in roles.others),
    ]
