"""Plans by region: rules on regions and labels, sums to the cent, proof, and what is found out."""

from __future__ import annotations

import json
from pathlib import Path

import curve_case
import geo_case
import numpy as np
import pytest

from allocator import run as conductor
from allocator.answer import curve_series
from allocator.cli import app
from allocator.plan import Plan, digest_of
from allocator.plan.file import read
from allocator.reports.planner import planner_page
from allocator.reports.terminal import plan_tables
from allocator.show import console
from allocator.verify import verify
from mmm.terminal import run

CHANGES = """\
period: {start: 2027-W01, weeks: 4}
reference: {actuals: {start: 2026-W01, weeks: 4}}
until_start: zero
carry_out: zero
budget: {exactly: 300k}
constraints:
  - {id: germany, together: [geo:DE], share: {max: 15%}, reason: a fair share, owner: board}
  - {id: reach, together: [audience:prospecting], spend: {max: 50k}}
  - {id: video-fr, each: [video@FR], spend: {min: 5k}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, conductor.Answer]:
    """A plan.json beside its curves."""
    loaded = curve_case.project(tmp_path_factory.mktemp("geo"), geo_case.curves(), CHANGES)
    folder = loaded.curves_file.parent
    answer = conductor.plan(loaded, geo_case.curves(), folder=folder)
    assert answer.plan is not None
    (folder / "plan.json").write_text(answer.plan.to_json(), encoding="utf-8")
    return folder / "plan.json", answer


@pytest.fixture(scope="module")
def plan(made: tuple[Path, conductor.Answer]) -> Plan:
    return read(made[0])


def cents(amount: float) -> int:
    assert amount * 100 == pytest.approx(round(amount * 100), abs=1e-6)
    return round(amount * 100)


def test_lines_say_where_and_for_whom_they_are_bought(plan: Plan) -> None:
    said = {line.line: (line.channel, line.campaign, line.geo, line.labels) for line in plan.lines}
    assert said["search@DE"] == ("search", None, "DE", {})
    assert said["video/brand@IT"] == ("video", "brand", "IT", {"audience": "prospecting"})
    assert said["tv"] == ("tv", None, None, {"audience": "prospecting"})


def test_rules_hold_on_regions_and_labels(plan: Plan) -> None:
    def spent(*parts: str) -> int:
        return sum(cents(n.total) for n in plan.lines if n.line.endswith(parts))

    assert spent("@DE") <= 0.15 * 30_000_000 + 11  # a cent a line
    assert spent("tv", "brand@DE", "brand@FR", "brand@IT") <= 5_000_000
    assert min(n.total for n in plan.lines if n.line in ("video/brand@FR", "video/shop@FR")) >= 5000
    assert plan.certificate.status == "proven within gap"
    limits = {(rule.id, rule.part) for rule in plan.constraints}
    assert {("germany", "geo:DE"), ("reach", "audience:prospecting")} <= limits
    assert ("video-fr", "video/shop@FR") in limits
    of = {line.line: line.binding for line in plan.lines}
    assert {line for line in of if "reach" in of[line]} == {
        "tv", "video/brand@DE", "video/brand@FR", "video/brand@IT",
    }  # fmt: skip
    assert {line for line in of if "germany" in of[line]} == {
        line for line in of if line.endswith("@DE")
    }


def test_regions_campaigns_and_channels_each_add_up_to_the_cent(plan: Plan) -> None:
    assert {geo.geo for geo in plan.geos} == {"DE", "FR", "IT", None}
    assert [(one.channel, one.campaign) for one in plan.campaigns] == [
        ("video", "brand"),
        ("video", "shop"),
    ]
    for sums in (plan.geos, plan.channels):
        assert sum(cents(one.spend) for one in sums) == 30_000_000
        for name in ("reference", "reference_scaled"):
            whole = sum(cents(getattr(one, name)) for one in sums)
            assert whole == cents(getattr(plan.totals, name).spend)
        for kpi in plan.units:
            total = sum(one.kpis[kpi].mean for one in sums)
            assert total == pytest.approx(plan.totals.plan.kpis[kpi].mean, rel=1e-12)
    for geo in plan.geos:
        inside = [line for line in plan.lines if line.geo == geo.geo]
        assert cents(geo.spend) == sum(cents(week) for line in inside for week in line.spend)
    for one in plan.campaigns:
        inside = [line for line in plan.lines if line.campaign == one.campaign]
        assert cents(one.spend) == sum(cents(line.total) for line in inside)


def test_every_line_brings_what_plain_loops_give(plan: Plan) -> None:
    """Also where weeks are flattened before they are carried over."""
    curves = geo_case.curves()
    for line in plan.lines:
        own = geo_case.by_hand(curves, "revenue", line.line, np.array(line.spend), idle=1)
        assert line.kpis["revenue"].mean == pytest.approx(own.mean(), rel=1e-6)
        assert line.kpis["revenue"].p90 == pytest.approx(np.quantile(own, 0.9), rel=1e-6)


def test_it_verifies(made: tuple[Path, conductor.Answer]) -> None:
    assert verify(made[0]).differences == ()


TAMPERED = (
    (("lines", 3, "labels", "audience"), "buyers", "lines.video/brand@DE.labels.audience"),
    (("lines", 4, "labels"), {}, "lines.video/brand@FR.labels.audience"),
    (("lines", 0, "geo"), "FR", "lines.search@DE.geo"),
    (("lines", 1, "campaign"), "brand", "lines.search@FR.campaign"),
    (("lines", 9, "geo"), "DE", "lines.tv.geo"),
    (("geos", 1, "spend"), 1.0, "geos.FR.spend"),
    (("geos", 2, "geo"), "ES", "geos.ES.geo"),
    (("campaigns", 0, "reference"), 1.0, "campaigns.video/brand.reference"),
)


def test_tampering_is_found(made: tuple[Path, conductor.Answer], tmp_path: Path) -> None:
    document = json.loads(made[0].read_text(encoding="utf-8"))
    for place, value, _ in TAMPERED:
        inner = document
        for key in place[:-1]:
            inner = inner[key]
        assert inner[place[-1]] != value
        inner[place[-1]] = value
    document["digest"] = digest_of(document)  # sealed again
    spoilt = tmp_path / "plan.json"
    spoilt.write_text(json.dumps(document), encoding="utf-8")
    found = verify(spoilt, curves_file=made[0].parent / "curves.nc").differences
    assert {difference.path for difference in found} == {path for _, _, path in TAMPERED}


def test_the_digest_holds_when_a_plan_is_read_and_written(
    made: tuple[Path, conductor.Answer], plan: Plan
) -> None:
    text = made[0].read_text(encoding="utf-8")
    assert plan.to_json() == text
    assert digest_of(json.loads(text)) == plan.digest


WITHOUT = """\
period: {start: 2027-W01, weeks: 4}
reference: {actuals: {start: 2026-W01, weeks: 4}}
budget: {exactly: 100k}
"""


def test_a_plan_without_regions_says_nothing_of_them(tmp_path: Path) -> None:
    curves = curve_case.parametric(1, curve_case.Market(draws=3, lags=2))
    loaded = curve_case.project(tmp_path, curves, WITHOUT)
    answer = conductor.plan(loaded, curves, folder=tmp_path)
    assert answer.plan is not None
    document = json.loads(answer.plan.to_json())
    assert {"geos", "campaigns"}.isdisjoint(document)
    assert all({"geo", "labels"}.isdisjoint(line) for line in document["lines"])
    assert digest_of(document) == document["digest"]
    assert Plan.model_validate(document).to_json() == answer.plan.to_json()


BAD = {
    "together: [geo:DEU]": "the label 'geo:DEU', expected a value of geo in the curves; "
    "did you mean 'DE'?",
    'together: ["audience:prospects"]': "the label 'audience:prospects', expected a value of "
    "audience in the curves; did you mean 'prospecting'?",
    "each: [serch@DE]": "the line 'serch@DE', expected a channel, channel/campaign or either "
    "with @region, or all; did you mean 'search@DE'?",
    "each: [tv@DE]": "the line 'tv@DE', expected a region in which it is bought; "
    "it is not by region",
    "each: [video/brand@GERMANY]": "the region 'GERMANY', expected a region of the curves; "
    "known: DE, FR, IT",
    "together: [market:south]": "the label 'market:south', expected a label of the curves; "
    "known: audience, campaign, channel, geo",
}


@pytest.mark.parametrize("selector", BAD)
def test_regions_and_labels_that_do_not_exist(
    selector: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = f"constraints:\n  - {{id: a, {selector}, spend: {{min: 1k}}}}\n"
    rules = CHANGES.partition("constraints:")[0] + rules
    loaded = curve_case.project(tmp_path, geo_case.curves(draws=2), rules)
    assert run(app, ["plan", str(loaded.document.file), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    form = selector.partition(":")[0]
    assert f": constraints.0.{form}.0: found {BAD[selector]}" in said
    assert "Traceback" not in said


def test_the_terminal_tells_campaigns_and_regions(
    plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    console().print(plan_tables(plan))
    said = [line.strip().split("  ")[0] for line in capsys.readouterr().out.splitlines()]
    rows = [name for name in said if name in {"search", "video", "brand", "shop", "tv"}]
    assert sorted(rows) == ["brand", "search", "shop", "tv", "video"]
    assert {"DE", "FR", "IT", "all regions together"} <= set(said)


def test_the_page_unfolds_channels_and_regions(
    made: tuple[Path, conductor.Answer], plan: Plan
) -> None:
    page = planner_page(plan, curve_series(made[1].setting, plan)).decode("utf-8")
    assert "2 campaigns by region" in page
    assert "3 regions" in page
    assert page.count('class="deeper"') == 2 * 3 * len(plan.units)
    assert "all regions together" in page
    assert '<th scope="row">video/brand@DE<small>audience: prospecting</small></th>' in page
