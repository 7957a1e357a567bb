"""Series that are well formed and cannot be what they are called."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmm.data.findings import Findings
from mmm.data.rows import WORTH, Key, Kind
from mmm.spec import ModelSpec

SHORTEST = 52
"""Weeks. With less than a year, a season cannot be told from an effect of media."""

PROPORTIONAL = 1e-9  # far below any rounding in a file, far above that of double arithmetic

Path_ = tuple[str | int, ...]


def place_of(key: Key, spec: ModelSpec) -> Path_:
    """Where model.yaml speaks of a series."""
    kind, name = key
    if kind == "kpi":
        return ("kpis", name, "column")
    if kind in WORTH:
        return ("kpis", name, "margin" if kind == "margin" else "value_per_unit")
    if kind in ("control", "event"):
        names = (
            [c.label for c in spec.controls] if kind == "control" else [e.name for e in spec.events]
        )
        return (f"{kind}s", names.index(name))
    channel, _, campaign = name.partition("/")
    listed = spec.channels[channel].campaigns or {}
    return ("channels", channel, *(("campaigns", campaign) if campaign in listed else ()))


def check_length(spec: ModelSpec, weeks: int, first: object, findings: Findings) -> None:
    """At least a year of weeks."""
    if weeks < SHORTEST:
        found = f"{weeks} weeks from {first}"
        fix = "a shorter series cannot tell a season from an effect of media"
        expected = f"at least {SHORTEST} weeks in all tables"
        findings.add(spec.fault(("data",), found, expected, fix))


def check_series(spec: ModelSpec, weekly: dict[Key, pd.Series], findings: Findings) -> list[str]:
    """Faults of whole series; returns the lines that ``answers.no_spend`` drops."""
    whole = {key: series for key, series in weekly.items() if series.notna().all()}
    for key, series in whole.items():
        kind, name = key
        if kind in ("kpi", "control") and series.nunique() == 1:
            level = series.iloc[0]
            found = f"only zeros in {name}" if level == 0 else f"{name} at {level:g} in every week"
            fix = "" if kind == "kpi" else "leave it out; the baseline has a level of its own"
            findings.add(spec.fault(place_of(key, spec), found, "figures that vary", fix))
    dropped = _without_spend(spec, whole, findings)
    _without_impressions(spec, weekly, whole, dropped, findings)
    _same_series(spec, whole, dropped, findings)
    return dropped


def _without_spend(spec: ModelSpec, whole: dict[Key, pd.Series], findings: Findings) -> list[str]:
    lines = [line for kind, line in whole if kind == "spend"]
    told = [(_cause(spec, line), line) for line in lines]
    silent = [key[1] for key in told if key in whole and whole[key].sum() == 0]
    if spec.answers.no_spend == "drop" and len(silent) < len(lines):
        for line in silent:
            findings.note(f"{line}: left out, as it has no {_cause(spec, line)} (answers.no_spend)")
        return silent
    for line in silent:
        fix = "take it out of the data, or write `answers: {no_spend: drop}` to leave it out"
        path, cause = place_of(("spend", line), spec), _cause(spec, line)
        findings.add(spec.fault(path, f"no {cause} of {line} in any week", f"some {cause}", fix))
    return []


def _cause(spec: ModelSpec, line: str) -> Kind:
    """The series without which there is no line: impressions where media cost nothing."""
    return "impressions" if spec.channels[line.partition("/")[0]].organic else "spend"


def _without_impressions(
    spec: ModelSpec,
    weekly: dict[Key, pd.Series],
    whole: dict[Key, pd.Series],
    dropped: list[str],
    findings: Findings,
) -> None:
    for kind, line in weekly:
        channel = line.partition("/")[0]
        if kind != "spend" or line in dropped:
            continue
        organic = spec.channels[channel].organic
        on_impressions = spec.runs_on(channel) != "spend"
        series = whole.get(("impressions", line))
        if series is not None and series.sum() == 0 and weekly[kind, line].sum() > 0:
            found = f"spend but no impressions of {line} in any week"
            fix = "leave the impressions out if they are not measured"
            path = place_of(("spend", line), spec)
            findings.add(spec.fault(path, found, "some impressions", fix))
        elif on_impressions and ("impressions", line) not in weekly:
            found = f"no impressions of {line}, whose response is to run on them"
            fix = "name their column" if organic else "name their column, or write `media: spend`"
            path = ("channels", channel, "organic" if organic else "media")
            findings.add(spec.fault(path, found, "measured impressions", fix))
        elif spec.runs_on(channel) == "reach" and ("reach", line) not in weekly:
            found = f"no reach of {line}, whose response is to run on it"
            fix = "name its column, or write `media: spend`"
            findings.add(spec.fault(("channels", channel, "media"), found, "observed reach", fix))


def _same_series(
    spec: ModelSpec, whole: dict[Key, pd.Series], dropped: list[str], findings: Findings
) -> None:
    """Pairs of lines with the same or proportional spend: their effects cannot be told apart."""
    lines = [name for kind, name in whole if kind == "spend" and name not in dropped]
    lines = [line for line in lines if whole["spend", line].sum() > 0]
    accepted = {frozenset(pair) for pair in spec.answers.same_series}
    for i, pair in enumerate(spec.answers.same_series):
        for name in pair:
            if ("spend", name) not in whole:
                here: Path_ = ("answers", "same_series", i)
                findings.add(spec.fault(here, repr(name), "a line of the data"))
    shapes = {line: whole["spend", line] / whole["spend", line].sum() for line in lines}
    for i, a in enumerate(lines):
        for b in lines[i + 1 :]:
            one, other = shapes[a].align(shapes[b], fill_value=0.0)
            if np.abs(one - other).max() > PROPORTIONAL * one.max():
                continue
            if frozenset((a, b)) in accepted:
                findings.note(f"{a} and {b}: proportional series, accepted (answers.same_series)")
                continue
            ratio = whole["spend", b].sum() / whole["spend", a].sum()
            found = f"the same series as {a}" if ratio == 1 else f"{ratio:.4g} times {a} every week"
            fix = (
                "sum them to one channel, or accept that only the prior divides their effect: "
                f"`answers: {{same_series: [[{a}, {b}]]}}`"
            )
            path = place_of(("spend", b), spec)
            findings.add(spec.fault(path, f"{b}: {found}", "a series of its own", fix))
