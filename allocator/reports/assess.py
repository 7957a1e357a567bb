"""The page of an assessment: one self-contained file. No script, no network, no clock."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

import jinja2
from markupsafe import Markup

from allocator.findings.assessment import Assessment, Reported, Standing
from allocator.reports._base import numbers
from allocator.reports._base.assessed import (
    STATES,
    finding,
    kpi_of,
    nearby,
    platforms,
    range_of,
    ratio_name,
    ratio_of,
    room_words,
    said,
)
from allocator.reports._base.names import clean, spoken
from allocator.reports._base.waterfall import Scale, whisker


def assess_page(found: Assessment) -> bytes:
    """The page as UTF-8 HTML."""
    shelf = resources.files("allocator.reports")
    css = "".join(
        shelf.joinpath(name).read_text(encoding="utf-8") for name in ("planner.css", "compare.css")
    )
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    kpi = kpi_of(found)
    text = _environment().get_template("assess.html").render(
        a=found,
        css=Markup(css),
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'",
        title=finding(found),
        nearby=nearby(found),
        platforms=platforms(found),
        kpi=kpi,
        outcome=spoken(kpi),
        ratio=ratio_name(found),
        expected=said(found, found.kpis[kpi].mean, found.units[kpi]),
        ends=range_of(found, found.kpis[kpi], found.units[kpi]),
        whole_ratio=found.roas.get(kpi) or found.cac.get(kpi),
        rows=_rows(found),
        reports=[(row, _factor(found, row)) for row in found.reported],
        states=STATES,
    )  # fmt: skip
    return text.encode("utf-8")


def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("allocator.reports", "."),
        autoescape=True,
        finalize=lambda v: clean(v) if isinstance(v, str) and not isinstance(v, Markup) else v,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "compact": numbers.compact,
        "percent": numbers.percent,
        "spoken": spoken,
        "started": lambda text: text[:1].upper() + text[1:],
        "whole": numbers.whole,
    }
    return made


def _rows(found: Assessment) -> list[tuple[Standing, str, str, Markup, str, str]]:
    """Line, ratio, its range, the next unit drawn around the hurdle, room, best nearby."""
    kpi = kpi_of(found)
    edges = [
        end - (found.hurdle or 0.0) * _weight(found, line)
        for line in found.lines
        if (own := line.marginal[kpi]) is not None
        for end in (own.p10, own.p90)
    ]
    scale = Scale.of(edges)
    rows = []
    for line in found.lines:
        ratio = ratio_of(found, line)
        mean = "–" if ratio is None else numbers.compact(ratio.mean)
        ends = (
            "" if ratio is None else f"{numbers.compact(ratio.p10)} to {numbers.compact(ratio.p90)}"
        )
        best = "–" if found.frontier is None else _moved(found.frontier.spend[line.line], line)
        rows.append((line, mean, ends, _next(found, line, scale), room_words(found, line), best))
    return rows


def _weight(found: Assessment, line: Standing) -> float:
    """KPI units that a unit of the hurdle is: the hurdle is told in what counts."""
    own = line.marginal[kpi_of(found)]
    if own is None or line.next is None or line.next == 0:
        return 1.0
    return own.mean / line.next


def _next(found: Assessment, line: Standing, scale: Scale) -> Markup:
    own = line.marginal[kpi_of(found)]
    if own is None:
        return Markup("")
    at = (found.hurdle or 0.0) * _weight(found, line)
    words = f"the next {found.currency} 1 brings {numbers.compact(own.p10)} to "
    words += f"{numbers.compact(own.p90)} {spoken(kpi_of(found))}"
    return whisker(own.mean - at, (own.p10 - at, own.p90 - at), scale, words)


def _moved(best: float, line: Standing) -> str:
    return numbers.whole(best - line.spend, signed=True)


def _factor(found: Assessment, row: Reported) -> tuple[str, str, str]:
    """Reported ratio, factor, its range."""
    ratio = "–" if row.reported_ratio is None else numbers.compact(row.reported_ratio)
    if row.factor is None:
        return ratio, "–", ""
    ends = f"{numbers.compact(row.factor.p10)} to {numbers.compact(row.factor.p90)}"
    return ratio, numbers.compact(row.factor.mean), ends
