"""data/sample: made by its recipe, readable by its model.yaml, as data/README.md says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmm.data import load
from mmm.simulate.__main__ import main
from mmm.spec import load_spec

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
MADE = ("media.csv", "kpis.csv", "controls.csv", "truth.json")


@pytest.fixture(scope="module")
def truth() -> dict[str, dict]:
    return json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))


def test_the_recipe_makes_the_files_byte_for_byte(tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path), "--seed", "20261122"]) == 0
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes(), name


def test_another_seed_makes_another_world(tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path), "--seed", "1"]) == 0
    assert (tmp_path / "media.csv").read_bytes() != (SAMPLE / "media.csv").read_bytes()


def test_what_is_there_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "kpis.csv"
    kept.write_text("mine")
    assert main(["--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"{kept}: already exists and is kept; choose another --out or pass --force\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["kpis.csv"]
    assert kept.read_text() == "mine"


def test_model_yaml_reads_the_tables_without_a_fault(truth: dict[str, dict]) -> None:
    data = load(load_spec(SAMPLE / "model.yaml"))
    lines = data.dataset["line"].to_numpy().tolist()
    assert sorted(lines) == sorted(truth["lines"])
    for line in lines:
        spent = data.dataset["spend"].sel(line=line).sum().item()
        assert spent == pytest.approx(truth["lines"][line]["spend"])
    assert data.dataset["date"].to_numpy()[-1] == np.datetime64("2026-11-16")
    assert data.dataset["event"].size == 5
    assert data.dataset["control"].size == 3


def test_truth_adds_up_to_the_kpis(truth: dict[str, dict]) -> None:
    table = pd.read_csv(SAMPLE / "kpis.csv")
    assert table["date"].tolist() == truth["weeks"]
    for kpi, body in truth["kpis"].items():
        parts = np.array(body["baseline"]) + np.array(body["noise"])
        parts += sum(
            np.array(line["kpis"][kpi]["contribution"]) for line in truth["lines"].values()
        )
        # nineteen numbers rounded to the cent: at most 0.005 each
        np.testing.assert_allclose(parts, table[kpi], atol=0.1)


def test_true_roas_is_contribution_over_spend_in_the_table(truth: dict[str, dict]) -> None:
    media = pd.read_csv(SAMPLE / "media.csv")
    spend = media.groupby(media["channel"] + "/" + media["campaign"])["spend"].sum()
    for line, body in truth["lines"].items():
        revenue, customers = body["kpis"]["revenue"], body["kpis"]["new_customers"]
        assert sum(revenue["contribution"]) / spend[line] == pytest.approx(
            revenue["roas"], rel=1e-4
        )
        assert spend[line] / sum(customers["contribution"]) == pytest.approx(
            customers["cac"], rel=1e-3
        )


def test_the_size_is_what_the_dictionary_says(truth: dict[str, dict]) -> None:
    media = pd.read_csv(SAMPLE / "media.csv")
    assert media.groupby("channel")["campaign"].nunique().to_dict() == {
        "tv": 3, "video": 3, "search": 4, "social": 4, "ooh": 2, "affiliate": 2,
    }  # fmt: skip
    assert media["spend"].sum() / 3 == pytest.approx(7.8e6, rel=0.02)
    assert truth["kpis"]["revenue"]["media_share"] == pytest.approx(0.19, abs=0.005)
    assert truth["kpis"]["new_customers"]["media_share"] == pytest.approx(0.35, abs=0.005)
    first = media.groupby("campaign")["date"].min()
    assert (first["tiktok"], first["shorts"]) == ("2025-01-06", "2025-03-31")


def test_platforms_claim_about_twice_what_they_bring(truth: dict[str, dict]) -> None:
    media = pd.read_csv(SAMPLE / "media.csv")
    media["line"] = media["channel"] + "/" + media["campaign"]
    claimed = media.groupby("line")["platform_conversions"].sum(min_count=1).dropna() * 120
    brought = pd.Series(
        {
            line: sum(truth["lines"][line]["kpis"]["revenue"]["contribution"])
            for line in claimed.index
        }
    )
    assert claimed.sum() / brought.sum() == pytest.approx(2.0, abs=0.1)
    assert claimed["search/brand"] / brought["search/brand"] == pytest.approx(4.5, abs=0.2)
    silent = {"tv/brand", "tv/product", "tv/sponsoring", "video/connected_tv"}
    silent |= {"ooh/city_light", "ooh/station_screens"}
    assert set(truth["lines"]) - set(claimed.index) == silent


def test_search_follows_demand_and_television_is_s_shaped(truth: dict[str, dict]) -> None:
    media = pd.read_csv(SAMPLE / "media.csv")
    search = media[media["channel"] == "search"].set_index("campaign")["spend"]
    baseline = truth["kpis"]["revenue"]["baseline"]
    assert np.corrcoef(search["brand"], baseline)[0, 1] > 0.4  # follows demand with power 1.6
    assert abs(np.corrcoef(search["competitor"], baseline)[0, 1]) < 0.25  # does not follow it
    revenue = truth["lines"]["tv/brand"]["kpis"]["revenue"]
    assert truth["lines"]["tv/brand"]["saturation"]["slope"] > 1
    assert revenue["marginal_roas"] > revenue["roas"]
