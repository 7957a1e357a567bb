"""``mmm clv`` on the sample: the page's commands, truth inside the intervals, nothing leaks."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

from mmm.cli import app
from mmm.clv import ClvFile, load
from mmm.clv.bg_nbd import expected_orders
from mmm.clv.conduct import conduct
from mmm.clv.spec import csv_spec
from mmm.simulate.orders import FILE, SOURCES, transactions
from mmm.terminal import run

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "clv.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every block of the page was followed."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "data" / "sample").mkdir(parents=True)
    shutil.copy(FILE, folder / "data" / "sample")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for language, file, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
            if file:
                Path(file).write_text(text, encoding="utf-8")
            elif language == "sh":
                for line in text.strip().splitlines():
                    words = shlex.split(line)
                    assert words[:2] == ["mmm", "clv"]
                    assert run(app, words[1:]) == 0
    return folder


@pytest.fixture(scope="module")
def clv(reader: Path) -> ClvFile:
    return load(reader / "out" / "clv.yaml")


def test_the_recipe_makes_the_table_byte_for_byte() -> None:
    assert transactions().encode() == FILE.read_bytes()
    assert FILE.stat().st_size < 300_000


def test_the_truth_is_inside_the_intervals(clv: ClvFile) -> None:
    """margin · E[Z] · (1 + discounted repeat orders), with the parameters of the simulation."""
    for source in SOURCES:
        if source.customers < 50:
            continue
        point = np.array([[source.r, source.alpha, source.a, source.b]])
        each = source.p * source.v / (source.q - 1)
        repeats = expected_orders(point, 104, discount_rate=0.1)[0]
        part = clv.segments[source.channel]
        assert part.value.p05 < 0.4 * each * (1 + repeats) < part.value.p95
        assert part.value.p95 / part.value.p05 < 1.4


def test_segments_total_and_draws(clv: ClvFile) -> None:
    assert set(clv.segments) == {"affiliate", "other", "search", "social", "tv"}
    assert clv.merged_segments == 2
    weighted = sum(p.value.median * p.customers for p in clv.segments.values()) / clv.customers
    assert clv.total.value.median == pytest.approx(weighted, rel=0.04)
    for part in (clv.total, *clv.segments.values()):
        assert part.first_order.median + part.repeat.median == pytest.approx(
            part.value.median, rel=0.02
        )
        assert np.mean(np.log(part.draws)) == pytest.approx(part.mu, abs=part.sigma / 4)
        assert part.value.p95 == pytest.approx(np.exp(part.mu + 1.645 * part.sigma), rel=0.03)
    assert clv.holdout is not None
    assert abs(clv.holdout.error or 0) < 0.15
    other, tv = clv.segments["other"].value, clv.segments["tv"].value
    assert other.p95 / other.p05 > tv.p95 / tv.p05, "65 customers say less than 320"


def test_the_weekly_table_can_be_a_kpi(reader: Path) -> None:
    with (reader / "out" / "repeat.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"date", "new_customers", "repeat_revenue"} <= set(rows[0])
    assert len(rows) > 60
    assert all(float(row["repeat_revenue"]) > 0 for row in rows)


def test_no_identifier_leaves(
    reader: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Neither in a file nor on the terminal, in tables, JSON or faults."""
    table = tmp_path / "orders.csv"
    table.write_bytes(FILE.read_bytes())
    out = tmp_path / "out"
    few = ["clv", str(table), "--out", str(out / "clv.yaml"), "--weekly", str(out / "w.csv")]
    assert run(app, [*few, "--segment", "customer_id", "--customer", "amount"]) in (0, 2)
    assert run(app, [*few, "--force", "--json"]) == 0
    assert run(app, [*few, "--force", "--date", "customer_id", "--customer", "date"]) == 2
    assert run(app, [*few, "--force", "--amount", "customer_id", "--customer", "date"]) == 2
    told = "".join(capfd.readouterr())
    assert '"schema_version": 1' in told
    written = [path for folder in (out, reader / "out") for path in folder.rglob("*")]
    assert len(written) >= 4
    told += "".join(path.read_text(encoding="utf-8") for path in written)
    assert not re.search(r"\bk\d{4}\b", told)


def test_the_same_table_gives_the_same_file(tmp_path: Path) -> None:
    """Though the salt is another each time, and the rows come in another order."""
    lines = FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    table = tmp_path / "orders.csv"
    table.write_text("".join([lines[0], *lines[1000:], *lines[1:1000]]), encoding="utf-8")
    first = conduct(csv_spec(FILE, {}), tmp_path / "first.yaml")
    again = conduct(csv_spec(table, {}), tmp_path / "again.yaml")
    assert again.data_digest == first.data_digest
    assert again.total.value.median == pytest.approx(first.total.value.median, rel=1e-4)


def test_what_is_there_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "clv.yaml"
    kept.write_text("mine")
    assert run(app, ["clv", str(FILE), "--out", str(kept)]) == 2
    assert "already exists" in capsys.readouterr().err
    assert kept.read_text() == "mine"


def test_options_belong_to_a_csv(reader: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = next(reader.glob("*.yaml"))
    out = str(reader / "never.yaml")
    assert run(app, ["clv", str(spec), "--out", out, "--margin", "0.3"]) == 2
    assert "--margin is written in" in re.sub(r"[\s│]+", " ", capsys.readouterr().err)


def test_too_few_customers_write_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "again" / "clv.yaml"
    assert run(app, ["clv", str(FILE), "--out", str(out), "--min-size", "3000", "--json"]) == 2
    assert "at least 3000" in capsys.readouterr().err
    assert not out.exists()
