"""Audiences from model.yaml and data to the command: beliefs, observed reach, faults, figures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import planner_case
import pytest

from mmm.audiences import audiences
from mmm.cli import app
from mmm.data import load
from mmm.reach import Audience, frequency_table
from mmm.spec import load_spec
from mmm.terminal import run

SEARCH = "audiences: {searchers: {size: 100000, lines: [search]}}\n"


def case(extra: str = SEARCH) -> dict[str, str]:
    files = planner_case.files()
    return {**files, "model.yaml": files["model.yaml"] + extra}


def made(folder: Path, extra: str = SEARCH) -> tuple[Audience, ...]:
    spec = load_spec(planner_case.write(folder, case(extra)))
    return audiences(spec, load(spec))


def complaint(
    folder: Path,
    extra: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> str:
    planner_case.write(folder, case(extra))
    monkeypatch.chdir(folder)
    assert run(app, ["reach", "model.yaml"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    return shown.err


def test_what_a_line_delivers_in_a_week(tmp_path: Path) -> None:
    (audience,) = made(tmp_path)
    last = range(planner_case.WEEKS - 13, planner_case.WEEKS)
    by_line = {delivery.line: delivery for delivery in audience.deliveries}
    assert list(by_line) == ["search/brand", "search/generic"]
    for campaign in ("brand", "generic"):
        delivery = by_line[f"search/{campaign}"]
        spend = np.mean([planner_case.spend(campaign, week) for week in last])
        assert delivery.spend == pytest.approx(spend)
        assert delivery.impressions == pytest.approx(80 * spend, rel=1e-3)
    assert audience.source == "belief"


def test_the_window_is_longer_than_a_week(tmp_path: Path) -> None:
    (week,) = made(tmp_path)
    longer = SEARCH.replace("lines", "window_weeks: 4, lines")
    (month,) = made(tmp_path, longer)
    for one, four in zip(week.deliveries, month.deliveries, strict=True):
        assert four.spend == pytest.approx(4 * one.spend)
        assert four.impressions == pytest.approx(4 * one.impressions)


def test_a_belief_becomes_draws(tmp_path: Path) -> None:
    text = (
        "audiences:\n"
        "  a: {size: {median: 100000, low90: 50000, high90: 200000}, lines: [search/brand],\n"
        "      curve: {kind: nbd, shape: {median: 0.5, low90: 0.25, high90: 1.0}}}\n"
        "  b: {size: 90000, lines: [search/generic], curve: {kind: beta_binomial, chances: 6,\n"
        "      overlap: {alpha: 3, beta: 6}}}\n"
    )
    one, two = made(tmp_path, text)
    assert np.quantile(one.curve.audience, [0.05, 0.5, 0.95]) == pytest.approx(
        [50000, 100000, 200000], rel=0.1
    )
    shape = one.curve.parameters["shape"]
    assert np.quantile(shape, [0.05, 0.5, 0.95]) == pytest.approx([0.25, 0.5, 1.0], rel=0.1)
    assert (two.curve.audience == 90000).all()
    assert two.curve.chances == 6
    assert two.curve.parameters["overlap"].mean() == pytest.approx(1 / 3, abs=0.02)


def test_draws_do_not_depend_on_what_else_the_file_says(tmp_path: Path) -> None:
    first = "  other: {size: 5000000, lines: [tv], cost_per_thousand: {tv: 4}}\n"
    both = f"audiences:\n{first}  searchers: {{size: 100000, lines: [search]}}\n"
    (alone,) = made(tmp_path)
    _, second = made(tmp_path, both)
    np.testing.assert_array_equal(alone.curve.parameters["shape"], second.curve.parameters["shape"])


def test_impressions_that_are_not_measured_are_bought_at_a_stated_cost(tmp_path: Path) -> None:
    text = "audiences: {all: {size: 5000000, lines: [tv], cost_per_thousand: {tv: 4}}}\n"
    (audience,) = made(tmp_path, text)
    (delivery,) = audience.deliveries
    assert delivery.impressions == pytest.approx(delivery.spend / 4 * 1000)
    draws = audience.frequency_of_spend("tv", np.array([0.0, delivery.spend]))
    usual = audience.curve.frequency(np.array([delivery.impressions]))
    np.testing.assert_allclose(draws[:, 1:], usual)
    np.testing.assert_allclose(draws[:, 0], 1.0)


def test_the_table_by_hand(tmp_path: Path) -> None:
    """Independent exposures: reach A(1 − e^(−m/A)), frequency m / reach, no uncertainty."""
    text = SEARCH.replace("lines", "curve: {kind: independence}, lines")
    every = made(tmp_path, text)
    rows = frequency_table(every)
    assert [row.line for row in rows[::4]] == ["", "search/brand", "search/generic"]
    usual = sum(delivery.impressions for delivery in every[0].deliveries)
    for row, multiple in zip(rows[:4], (0.5, 1.0, 1.5, 2.0), strict=True):
        assert row.multiple == multiple
        reach = 1e5 * (1 - np.exp(-multiple * usual / 1e5))
        assert row.impressions == pytest.approx(multiple * usual)
        assert (row.reach.p05, row.reach.mean, row.reach.p95) == pytest.approx((reach,) * 3)
        assert row.share.mean == pytest.approx(reach / 1e5)
        assert row.frequency is not None
        assert row.frequency.mean == pytest.approx(multiple * usual / reach)
    parts = sum(row.reach.mean for row in rows[5::4])
    assert rows[1].reach.mean < parts  # people see both


def test_a_line_that_is_off_reaches_nobody(tmp_path: Path) -> None:
    files = case()
    rows = files["media.csv"].splitlines()
    week = str(planner_case.week(planner_case.WEEKS - 13))
    off = [
        ",".join([*row.split(",")[:3], "0", "0"]) if "brand" in row and row >= week else row
        for row in rows
    ]
    files["media.csv"] = "\n".join(off) + "\n"
    spec = load_spec(planner_case.write(tmp_path, files))
    (audience,) = audiences(spec, load(spec))
    silent = [row for row in frequency_table((audience,)) if row.line == "search/brand"]
    assert {(row.reach.mean, row.frequency) for row in silent} == {(0.0, None)}
    with pytest.raises(ValueError, match="no usual spend of search/brand"):
        audience.frequency_of_spend("search/brand", np.array([10.0]))


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("", "found no audience, expected at least one"),
        ("audiences: {a: {size: 0, lines: [search]}}\n", "audiences.a.size"),
        ("audiences: {a: {size: 9, lines: []}}\n", "audiences.a.lines"),
        (
            "audiences: {a: {size: 9, lines: [serch]}}\n",
            "audiences.a.lines.0: found 'serch', expected a channel of this file, or "
            "channel/campaign; did you mean 'search'?",
        ),
        (
            "audiences: {a: {size: 9000000, lines: [search/brnd]}}\n",
            "found 'search/brnd', expected a line of the data: tv, search/brand, search/generic",
        ),
        (
            "audiences: {a: {size: 9, lines: [search]}, b: {size: 9, lines: [search/brand]}}\n",
            "found 'search/brand' again ('search' is already in 'a'), expected each line in one "
            "audience; its impressions would count twice",
        ),
        (
            "audiences: {a: {size: 9000000, lines: [tv]}}\n",
            "found no impressions of tv, expected measured impressions, or a cost of them; write "
            "`cost_per_thousand: {tv: MONEY}`",
        ),
        (
            "audiences: {a: {size: 9000000, lines: [search], cost_per_thousand: {search: 4}}}\n",
            "found a cost beside measured impressions of search/brand, expected one of the two",
        ),
        (
            "audiences: {a: {size: 9000000, lines: [search], cost_per_thousand: {tv: 4}}}\n",
            "found the line 'tv', expected a line of this audience",
        ),
        (
            "audiences: {a: {size: 9, lines: [search], curve: {kind: nbdd}}}\n",
            "one of nbd, independence, binomial, beta_binomial; did you mean 'nbd'?",
        ),
        (
            "audiences: {a: {size: 9, lines: [search], curve: {kind: binomial}}}\n",
            "chances, the most exposures of one person, in kind binomial",
        ),
        (
            "audiences: {a: {size: 9, lines: [search], curve: {kind: nbd, chances: 4}}}\n",
            "no chances in kind nbd",
        ),
        (
            "audiences: {a: {size: 9, lines: [search], curve: {kind: independence, overlap: "
            "{alpha: 1, beta: 1}}}}\n",
            "no overlap in kind independence",
        ),
    ],
)
def test_what_is_refused(
    tmp_path: Path,
    extra: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert said in complaint(tmp_path, extra, monkeypatch, capsys)


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    planner_case.write(tmp_path, case())
    monkeypatch.chdir(tmp_path)
    assert run(app, ["reach", "model.yaml"]) == 0
    shown = capsys.readouterr().out
    assert "searchers: " in shown
    assert "search/generic" in shown
    assert max(len(line) for line in shown.splitlines()) <= 100
    assert run(app, ["reach", "model.yaml", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["currency"] == "EUR"
    assert body["audiences"][0]["source"] == "belief"
    assert len(body["rows"]) == 12
    assert {"reach", "share", "frequency", "spend", "impressions"} < set(body["rows"][0])
    assert run(app, ["reach", "model.yaml", "--quiet"]) == 0
    assert capsys.readouterr().out == ""
