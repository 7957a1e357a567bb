"""Media that cost nothing: a line like any other, with impressions and without spend."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import planner_case
import pytest
import region_case

from mmm.check import describe
from mmm.check_text import data_summary
from mmm.console import console
from mmm.data import MediaData, load
from mmm.spec import load_spec

Case = dict[str, str]
WEEKS = planner_case.WEEKS
MAILS = [0 if t % 6 == 5 else 4000 + 500 * (t % 4) for t in range(WEEKS)]


def loaded(folder: Path, case: Case) -> MediaData:
    return load(load_spec(planner_case.write(folder, case)))


def wide(case: Case) -> Case:
    """A column of newsletters sent beside the KPIs."""
    head, *rows = case["kpis.csv"].splitlines()
    counted = [f"{row},{sent}" for row, sent in zip(rows, MAILS, strict=True)]
    model = case["model.yaml"].replace("tv: {}", "tv: {}\n  mail: {organic: true, impressions: m}")
    return {**case, "model.yaml": model, "kpis.csv": "\n".join([f"{head},m", *counted])}


def long(case: Case) -> Case:
    """The same as rows among paid media: a cost that is empty, or 0."""
    rows = [
        f"{planner_case.week(t)},mail,,{'' if t % 2 else '0'},{sent}\n"
        for t, sent in enumerate(MAILS)
    ]
    model = case["model.yaml"].replace("tv: {}", "tv: {}\n  mail: {organic: true}")
    return {**case, "model.yaml": model, "media.csv": case["media.csv"] + "".join(rows)}


@pytest.mark.parametrize("written", [wide, long])
def test_organic_media_have_impressions_and_no_spend(written: object, tmp_path: Path) -> None:
    assert callable(written)
    data = loaded(tmp_path, written(planner_case.files()))
    assert data.lines == ("tv", "mail", "search/brand", "search/generic")
    np.testing.assert_array_equal(data.organic, [False, True, False, False])
    np.testing.assert_array_equal(data.panel("impressions")[1, 0], MAILS)
    assert not data.panel("spend")[1].any()
    exposure = data.exposure(dict.fromkeys(data.lines, "spend"))
    np.testing.assert_array_equal(exposure.sel(line="mail"), MAILS)
    np.testing.assert_array_equal(exposure.sel(line="tv"), data.dataset["spend"].sel(line="tv"))


def test_without_organic_media_nothing_says_so(tmp_path: Path) -> None:
    data = loaded(tmp_path, planner_case.files())
    assert not data.organic.any()
    assert "organic" not in data.dataset.coords


def test_an_unsent_newsletter_is_left_out_when_answered_so(tmp_path: Path) -> None:
    case = wide(planner_case.files())
    head, *rows = case["kpis.csv"].splitlines()
    case["kpis.csv"] = "\n".join([head, *(f"{row.rpartition(',')[0]},0" for row in rows)])
    case["model.yaml"] += "answers: {no_spend: drop}\n"
    data = loaded(tmp_path, case)
    assert "mail" not in data.lines
    assert data.notes == ("mail: left out, as it has no impressions (answers.no_spend)",)


def test_organic_media_by_region(tmp_path: Path) -> None:
    case = region_case.files()
    head, *rows = case["country.csv"].splitlines()
    counted = [f"{row},{sent}" for row, sent in zip(rows, MAILS, strict=True)]
    case["country.csv"] = "\n".join([f"{head},m", *counted])
    model = case["model.yaml"].replace("tv: {}", "tv: {}\n  mail: {organic: true, impressions: m}")
    data = loaded(tmp_path, {**case, "model.yaml": model})
    np.testing.assert_array_equal(data.local, [True, False, True, True, False])
    exposure = data.exposure(dict.fromkeys(data.lines, "spend")).sel(line="mail")
    np.testing.assert_allclose(exposure, np.outer([6 / 9, 2 / 9, 1 / 9], MAILS), rtol=1e-15)
    assert not data.panel("spend")[1].any()


def test_the_summary_counts_their_impressions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = load_spec(planner_case.write(tmp_path, wide(planner_case.files())))
    summary = describe(load(spec), spec)
    mail = summary.lines[1]
    assert (mail.organic, mail.spend, mail.share, mail.mean_when_on) == (True, 0.0, 0.0, 0.0)
    assert (mail.zero_weeks, mail.longest_gap) == (10, 1)
    assert mail.impressions == sum(MAILS)
    assert sum(line.share for line in summary.lines) == pytest.approx(1)
    tv = [planner_case.spend("tv", t) for t in range(WEEKS)]
    found = {(pair.one, pair.other): pair.value for pair in summary.between_lines}
    assert found["tv", "mail"] == pytest.approx(np.corrcoef(tv, MAILS)[0, 1])
    console().print(data_summary(summary))
    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["mail", "organic", "10", "1", "wk", "235k"] in shown
