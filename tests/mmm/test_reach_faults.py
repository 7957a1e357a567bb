"""Model files and data that a response on reach cannot stand on: every message word for word."""

from __future__ import annotations

from pathlib import Path

import planner_case
import pytest
from test_observed_reach import AUDIENCE, generic_row, long_case, swap, wide_case

from mmm.cli import app
from mmm.terminal import run

MODEL, MEDIA = "model.yaml", "media.csv"
BARE, TV = "impressions: impressions", "tv: {media: reach}"


def on_reach(**more: str) -> dict[str, str]:
    """The planner's case with search on reach; more: further keys of the channel."""
    body = ", ".join(["media: reach", *(f"{key}: {value}" for key, value in more.items())])
    return swap(long_case(), MODEL, "search: {}", f"search: {{{body}}}")


def wide_on_reach(columns: str) -> dict[str, str]:
    case = wide_case()
    return swap(case, MODEL, "impressions: views, reach: people", columns)


FAULTS = {
    "no column of reach in a long table": (
        swap(on_reach(), MODEL, "impressions: impressions, reach: reach", BARE),
        "model.yaml:13:12: channels.search.media: found reach, and no column of it for search, "
        "expected `impressions: COLUMN` and `reach: COLUMN`; or `media: spend`",
    ),
    "no column of reach in a wide table": (
        wide_on_reach("impressions: views, media: reach"),
        "model.yaml:9:44: channels.video.media: found reach, and no column of it for video, "
        "expected `impressions: COLUMN` and `reach: COLUMN`; or `media: spend`",
    ),
    "reach without impressions": (
        wide_on_reach("reach: people, media: reach"),
        "model.yaml:9:24: channels.video.reach: found reach without impressions, expected "
        "`impressions: COLUMN` beside it; average frequency is impressions over reach",
    ),
    "a line whose reach is not measured": (
        swap(swap(long_case(), MODEL, "tv: {}", TV), MODEL, "[search]", "[search, tv]"),
        "model.yaml:12:8: channels.tv.media: found no impressions of tv, whose response is to run "
        "on them, expected measured impressions; name their column, or write `media: spend`",
    ),
    "a frequency below 1": (
        swap(on_reach(), MEDIA, generic_row(7), generic_row(7) + "0"),
        "expected reach of at most the impressions; are the two columns swapped?",
    ),
    "no audience": (
        swap(on_reach(), MODEL, AUDIENCE, ""),
        "model.yaml:13:12: channels.search.media: found reach, and no audience with search among "
        "its lines, expected who there is to reach; write `audiences: {NAME: {size: PEOPLE, "
        "lines: [search]}}`",
    ),
    "a curve that is not fitted": (
        swap(on_reach(), MODEL, "lines: [search]", "lines: [search], curve: {kind: independence}"),
        "audiences.searchers.curve.kind: found independence, expected `nbd`, the curve of observed "
        "weekly reach, as search has `media: reach`",
    ),
    "a saturation": (
        on_reach(saturation="{kind: logistic}"),
        "channels.search.saturation: found a logistic saturation of search, which runs on reach, "
        "expected no such key: reach and frequency flatten each week already; what flattens twice "
        "has no curve that a plan could be proven on",
    ),
    "frequency without reach": (
        swap(long_case(), MODEL, "tv: {}", "tv: {frequency: {half: {median: 3, high90: 6}}}"),
        "model.yaml:12:8: channels.tv.frequency: found frequency, and tv runs on spend, expected "
        "`media: reach` beside it, or no such key",
    ),
    "a word for frequency that is none": (
        on_reach(frequency="{halve: {median: 3, high90: 6}}"),
        "model.yaml:13:38: channels.search.frequency.halve: found unknown key 'halve', expected a "
        "known key; did you mean 'half'?",
    ),
    "a new campaign of it": (
        swap(
            on_reach(), MODEL, "controls:",
            "new_lines:\n  - {line: search/shop, weekly_spend: 10, like: siblings}\ncontrols:",
        ),
        "new_lines.0.line: found a new campaign of search, whose response runs on reach, expected "
        "a channel of its own, as none of its reach was observed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case, said = FAULTS[name]
    planner_case.write(tmp_path, case)
    monkeypatch.chdir(tmp_path)
    assert run(app, ["check", MODEL]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err


def test_the_good_case_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    planner_case.write(tmp_path, on_reach(frequency="{half: {median: 3, high90: 6}}"))
    monkeypatch.chdir(tmp_path)
    assert run(app, ["check", MODEL]) == 0, capsys.readouterr().err
