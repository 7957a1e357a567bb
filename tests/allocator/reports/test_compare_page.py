"""The page and the tables of a comparison: the finding, nothing loaded, every name escaped."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from allocator.compare.bridge import Side, bridge
from allocator.findings.comparison import Comparison, sealed_comparison
from allocator.reports._base.compared import finding
from allocator.reports._base.waterfall import Bar, Scale, waterfall
from allocator.reports.compare import compare_page
from allocator.reports.compare_text import compare_tables

EVIL = "<script>alert(1)</script>&\"'\u202eoho"


def reading(mean: float) -> dict[str, float]:
    return {"mean": mean, "p10": mean - 10.0, "p90": mean + 10.0}


def change(mean: float, above: float | None) -> dict[str, float | None]:
    ends = (None,) * 3 if above is None else (mean - 5, mean, mean + 5)
    return {"mean": mean, "p10": ends[0], "p50": ends[1], "p90": ends[2], "above": above}


def row(level: str, line: str, metric: str, unit: str) -> dict[str, Any]:
    money = metric == "spend"
    values = [reading(1000.0), reading(1100.0)]
    if money:
        values = [{"mean": v["mean"], "p10": None, "p90": None} for v in values]
    return {
        "model": "a", "level": level, "line": line, "channel": line, "calendar": "all",
        "period": "all", "metric": metric, "unit": unit, "values": values,
        "changes": [None, change(100.0, None if money else 0.9)],
    }  # fmt: skip


def made(name: str = "tv", gain: float = 100.0) -> Comparison:
    def value(spend: np.ndarray, prices: float, curves: float) -> np.ndarray:
        return np.full(3, prices * curves * spend.sum())

    steps = bridge(
        Side("a", np.array([[1000.0]]), 1.0, 1.0), Side("b", np.array([[1100.0]]), 1.0, 1.0),
        value, metric="objective", unit="currency", currency="EUR",
    )  # fmt: skip
    plans = [
        {
            "name": n, "file": f"{n}.json", "digest": "0" * 64, "scenario": n, "title": name,
            "curves": "1" * 64, "model": "a", "status": "proven within gap", "gap": 0.0,
            "objective": "profit", "unit": "currency", "currency": "EUR", "exchange": "",
            "start": "2027-01-04", "end": "2027-04-04", "spend": spend, "breaks": [name],
        }
        for n, spend in (("a", 1000.0), ("b", 1100.0))
    ]  # fmt: skip
    objective = row("plan", "all", "objective", "currency")
    objective["changes"][1] = change(gain, 0.9)
    figures = [
        row("plan", "all", "spend", "currency"), objective,
        row("plan", "all", "revenue", "currency"),
        *(row(level, name, metric, "currency") for level in ("channel", "line")
          for metric in ("spend", "revenue")),
    ]  # fmt: skip
    interval = dict.fromkeys(("mean", "p05", "p10", "p50", "p90", "p95"), 1.0)
    verdict = {
        "judge": "a", "plan": "a", "value": interval, "regret": 0.0, "hindsight": 0.0,
        "best": 1.0, "breaks": [name], "why": "",
    }  # fmt: skip
    unknown = {**verdict, "plan": "b", "value": None, "regret": None, "hindsight": None,
               "best": None, "why": name}  # fmt: skip
    cause = {"a": "a", "b": "b", "kind": "constraint", "path": "constraints.x", "words": name}
    return sealed_comparison(
        {
            "schema_version": 1, "currency": "EUR", "aligned": False,
            "units": {"revenue": "currency"}, "plans": plans, "figures": figures,
            "judges": [{"name": "a", "curves": "1" * 64, "objective": "profit",
                        "unit": "currency"}],
            "judged": [verdict, unknown], "bridges": [steps.model_dump(mode="json")],
            "causes": [cause], "notes": [name],
        }
    )  # fmt: skip


def test_the_headline_says_what_for_which_money_and_how_surely() -> None:
    said = finding(made()).replace("\u00a0", " ").replace("\u202f", " ")
    assert said == (
        "b brings EUR 100 more profit than a, for EUR 100 more "
        "(80 % sure: EUR 95.0 to EUR 105 more; ahead in 90 % of draws)"
    )
    worse = finding(made(gain=-100.0)).replace("\u00a0", " ")
    assert worse.startswith("b brings EUR 100 less profit than a")
    assert "EUR 95.0 to EUR 105 less" in worse
    assert finding(made(gain=0.0)).startswith("Both plans bring the same profit")


def test_nothing_runs_and_nothing_is_loaded() -> None:
    page = compare_page(made(EVIL)).decode()
    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in html.unescape(page)
    assert not re.search(r"(?:src|href)\s*=", page)
    assert not re.search(r"\son\w+\s*=", page)
    assert compare_page(made(EVIL)) == compare_page(made(EVIL))


def test_the_terminal_fits_and_steers_nothing() -> None:
    out = io.StringIO()
    Console(file=out, width=100, no_color=True).print(compare_tables(made("[red]x[/red]\x1b[2J")))
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= 100
    assert "\x1b" not in text
    assert "[red]x" in text


def bars(drawing: str) -> list[tuple[float, float]]:
    """(left, right) of every rectangle."""
    found = re.findall(r'<rect class="\w+" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawing)
    return [(float(x), float(x) + float(width)) for x, width in found]


def test_a_waterfall_closes() -> None:
    steps = [Bar("up", 30.0, (20.0, 40.0), "+30"), Bar("down", -10.0, (-15.0, -5.0), "-10")]
    up, down, total = bars(waterfall(steps, Bar("together", 20.0, (20.0, 20.0), "+20"), "x"))
    assert up[0] == total[0]  # both from zero
    assert down[1] == pytest.approx(up[1], abs=0.02)  # begins where the last one ended
    assert down[0] == pytest.approx(total[1], abs=0.02)


def test_a_scale_holds_zero() -> None:
    assert Scale.of([5.0, 9.0]) == Scale(0.0, 9.0)
    assert Scale.of([-3.0]) == Scale(-3.0, 0.0)
    assert Scale.of([]) == Scale(0.0, 1.0)
