"""Contradictions inside a model.yaml whose every key is well formed by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from mmm.errors import Fault, nearest
from mmm.spec.audience_faults import audience_faults
from mmm.spec.channel_faults import column_faults, label_faults, organic_faults
from mmm.spec.commission_faults import commission_faults
from mmm.spec.holiday_calendar import holiday_names
from mmm.spec.likelihood_faults import likelihood_faults
from mmm.spec.media import CampaignSpec, ChannelSpec
from mmm.spec.model import WEEK_DAYS, ModelSpec
from mmm.spec.new_line_faults import new_line_faults
from mmm.spec.priors import EffectPrior
from mmm.spec.reach_faults import reach_faults, response_faults
from mmm.spec.synergy_faults import synergy_faults
from mmm.spec.value_faults import value_faults

Path_ = tuple[str | int, ...]


def contradictions(spec: ModelSpec) -> list[Fault]:
    """Every contradiction in ``spec``; an empty list when there is none."""
    return [
        *_names(spec),
        *_columns_once(spec),
        *_priors(spec),
        *commission_faults(spec),
        *new_line_faults(spec),
        *audience_faults(spec),
        *reach_faults(spec),
        *response_faults(spec),
        *column_faults(spec),
        *organic_faults(spec),
        *label_faults(spec),
        *synergy_faults(spec),
        *value_faults(spec),
        *likelihood_faults(spec),
        *_geos(spec),
        *_time(spec),
        *_holidays(spec),
    ]


def _names(spec: ModelSpec) -> list[Fault]:
    faults = []
    for name in spec.channels:
        if name != name.strip() or name == "all" or "/" in name or ":" in name:
            faults.append(
                spec.fault(
                    ("channels", name),
                    f"the channel name {name!r}",
                    "a name without / or :, without blanks around it, and not `all`",
                    "scenario files select lines by `channel`, `channel/campaign` and `all`",
                )
            )
    labels: dict[str, int] = {}
    for place, control in enumerate(spec.controls):
        if control.label in labels:
            path: Path_ = ("controls", place)
            faults.append(spec.fault(path, f"the control {control.label!r} again", "each once"))
        labels[control.label] = place
    seen: set[str] = set()
    for place, event in enumerate(spec.events):
        if event.name in seen:
            path = ("events", place, "name")
            faults.append(spec.fault(path, f"the event {event.name!r} again", "each name once"))
        seen.add(event.name)
    return faults


def columns_of(spec: ModelSpec) -> list[tuple[Path_, str]]:
    """Every (place in model.yaml, column of a wide table) that the spec names."""
    columns: list[tuple[Path_, str]] = []
    for kpi, kpi_spec in spec.kpis.items():
        columns.append((("kpis", kpi, "column"), kpi_spec.column))
        if kpi_spec.times:
            columns.append((("kpis", kpi, "times"), kpi_spec.times))
        for key in ("value_per_unit", "margin"):
            if isinstance(column := getattr(kpi_spec, key), str):
                columns.append((("kpis", kpi, key), column))
    columns += media_columns_of(spec)
    columns += [(("controls", i, "column"), c.column) for i, c in enumerate(spec.controls)]
    columns += [(("events", i, "column"), e.column) for i, e in enumerate(spec.events) if e.column]
    return columns


def media_columns_of(spec: ModelSpec) -> list[tuple[Path_, str]]:
    """The (place, column) pairs of spend, impressions and reach."""
    columns: list[tuple[Path_, str]] = []
    for channel, body in spec.channels.items():
        here: Path_ = ("channels", channel)
        owners: list[tuple[Path_, ChannelSpec | CampaignSpec]] = [(here, body)]
        for campaign, campaign_spec in (body.campaigns or {}).items():
            owners.append(((*here, "campaigns", campaign), campaign_spec))
        for path, owner in owners:
            for key in ("spend", "impressions", "reach"):
                if column := getattr(owner, key):
                    columns.append(((*path, key), column))
    return columns


def _columns_once(spec: ModelSpec) -> list[Fault]:
    """One column, one meaning; only KPIs among themselves, and events, may share columns."""
    first: dict[str, Path_] = {}
    faults = []
    for path, column in columns_of(spec):
        earlier = first.setdefault(column, path)
        if earlier == path or (earlier[0] == path[0] and path[0] in ("kpis", "events")):
            continue
        faults.append(
            spec.fault(
                path,
                f"the column {column!r} again (already {'.'.join(map(str, earlier))})",
                "each column with one meaning",
            )
        )
    pairs: dict[tuple[str, str | None], str] = {}
    for kpi, body in spec.kpis.items():
        other = pairs.setdefault((body.column, body.times), kpi)
        if other != kpi:
            found = f"the same columns as the KPI {other!r}"
            faults.append(spec.fault(("kpis", kpi, "column"), found, "each KPI once"))
    return faults


def _priors(spec: ModelSpec) -> list[Fault]:
    faults = []
    stated: list[tuple[Path_, str, EffectPrior]] = [
        (("kpis", kpi, "prior"), kpi, body.prior) for kpi, body in spec.kpis.items() if body.prior
    ]
    for channel, channel_spec in spec.channels.items():
        for kpi, prior in channel_spec.prior.items():
            path: Path_ = ("channels", channel, "prior", kpi)
            if kpi in spec.kpis:
                stated.append((path, kpi, prior))
            else:
                found = f"the KPI {kpi!r}"
                faults.append(
                    spec.fault(path, found, "a KPI of this file", nearest(kpi, spec.kpis))
                )
    for path, kpi, prior in stated:
        faults += _prior(spec, path, kpi, prior)
    for kpi, body in spec.kpis.items():
        if spec.currency is None:
            faults += _without_currency(spec, kpi, body.unit, body.prior)
    return faults


def _prior(spec: ModelSpec, path: Path_, kpi: str, prior: EffectPrior) -> list[Fault]:
    unit = spec.kpis[kpi].unit
    here = (*path, prior.kind)
    if prior.kind == "roas" and unit != "currency":
        fix = "use cac or media_share for a count"
        return [spec.fault(here, f"a ROAS for {kpi}, a count", "a KPI with unit currency", fix)]
    if prior.kind == "cac" and unit != "count":
        fix = "use roas or media_share for money"
        return [spec.fault(here, f"a CAC for {kpi}, which is money", "a KPI with unit count", fix)]
    if prior.kind != "media_share" and spec.currency is None:
        found = f"a {prior.kind} prior in a file without currency"
        fix = "state `currency`, or use media_share with `spread: equal`"
        return [spec.fault(here, found, "a currency", fix)]
    if prior.media_share and prior.media_share.spread == "spend" and spec.currency is None:
        found = "spread by spend in a file without currency"
        return [spec.fault((*here, "spread"), found, "`spread: equal`", "or state `currency`")]
    return []


def _without_currency(
    spec: ModelSpec, kpi: str, unit: str, prior: EffectPrior | None
) -> list[Fault]:
    faults = []
    if unit == "currency":
        fix = "state `currency: EUR` (or another), or write `unit: count`"
        found = "unit currency in a file without currency"
        faults.append(spec.fault(("kpis", kpi, "unit"), found, "a currency", fix))
    if prior is None:
        share = "{median: 0.2, low90: 0.05, high90: 0.8, spread: equal}"
        fix = f"state `currency`, or `prior: {{media_share: {share}}}`"
        found = "no prior in a file without currency"
        expected = "a media_share prior, as ROAS and CAC need money"
        faults.append(spec.fault(("kpis", kpi), found, expected, fix))
    return faults


def _geos(spec: ModelSpec) -> list[Fault]:
    """``geos``, ``answers: {geo: keep}`` and a table with regions: all three, or none."""
    keep = spec.answers.geo == "keep"
    if keep and spec.geos is None:
        fix = "write `geos: {population: {NAME: NUMBER, …}}`"
        found, expected = "keep in a file without geos", "regions with their population"
        return [spec.fault(("answers", "geo"), found, expected, fix)]
    if spec.geos is None:
        return []
    faults = []
    if not keep:
        found = f"regions to model while answers.geo is {spec.answers.geo}"
        faults.append(spec.fault(("geos",), found, "`answers: {geo: keep}`", "or take `geos` out"))
    if not any(table.geo for table in spec.data.tables):
        fix = "name the column with the region: `geo: COLUMN` in the entry of a table"
        found, expected = "regions to model, and no table with regions", "a table with `geo`"
        faults.append(spec.fault(("geos",), found, expected, fix))
    return faults


def _time(spec: ModelSpec) -> list[Fault]:
    faults = []
    start, end = spec.data.start, spec.data.end
    if start and WEEK_DAYS[start.weekday()] != spec.week_start:
        found = f"{start}, a {WEEK_DAYS[start.weekday()].capitalize()}"
        expected = f"a {spec.week_start.capitalize()}, the first day of a week (week_start)"
        begin = start - dt.timedelta(days=(start.weekday() - WEEK_DAYS.index(spec.week_start)) % 7)
        fix = f"write {begin} or {begin + dt.timedelta(days=7)}"
        faults.append(spec.fault(("data", "start"), found, expected, fix))
    if start and end and end < start:
        faults.append(spec.fault(("data", "end"), f"{end}", f"a day after data.start, {start}"))
    return faults


def _holidays(spec: ModelSpec) -> list[Fault]:
    if spec.holidays is None:
        return []
    import holidays  # reads 200 calendars: only when a country is named

    countries = holidays.list_supported_countries()
    code, region = spec.holidays.country, spec.holidays.subdivision
    if code not in countries or len(code) != 2:
        expected = "a two-letter country code the holidays library knows, such as DE or US"
        return [spec.fault(("holidays", "country"), repr(code), expected)]
    if region is not None and region not in countries[code]:
        found, fix = f"{region!r}", nearest(region, countries[code])
        path = ("holidays", "subdivision")
        return [spec.fault(path, found, f"a subdivision of {code}", fix)]
    return _holiday_names(spec)


def _holiday_names(spec: ModelSpec) -> list[Fault]:
    wanted = spec.holidays
    assert wanted is not None  # asked for by the caller
    places: list[tuple[Path_, str]] = [
        (("holidays", "names", place), name) for place, name in enumerate(wanted.names or ())
    ]
    for key, width in (("before", wanted.before), ("after", wanted.after)):
        if isinstance(width, Mapping):
            places += [(("holidays", key, name), name) for name in width]
    known = holiday_names(wanted.country, wanted.subdivision) if places else set()
    faults = []
    for path, name in places:
        if name not in known:
            expected = f"a holiday of {wanted.country}"
            faults.append(spec.fault(path, repr(name), expected, nearest(name, known)))
        elif wanted.names is not None and name not in wanted.names:
            expected = "one of holidays.names, as only those are used"
            faults.append(spec.fault(path, repr(name), expected))
    return faults
