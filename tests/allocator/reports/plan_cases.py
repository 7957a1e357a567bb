"""The plans that the documents are tested on: one for everything a page must be able to say."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from plans import BASE, Case, made, name, rule

from allocator.findings.curve_series import CurveSeries
from allocator.plan import Plan


def scaled_rows(factor: float) -> tuple[tuple[str, str | None, float, float, float], ...]:
    return tuple((c, k, ref, round(rec * factor, 2), back) for c, k, ref, rec, back in BASE)


BASE_CASE = Case(
    spread=0.5, beyond=("affiliate/content",), prior=("tv/sponsoring", "ooh/station_screens")
)
TWO = Case(
    rows=(("online", None, 60_000, 74_500, 3.1), ("print", None, 40_000, 25_500, 1.2)),
    units={"revenue": "currency"}, objective="revenue", verdict="NOT FITTED", history=False,
    budget=("exactly", 100_000.0), title="Two lines", gap=0.0,
    constraints=(rule("print-floor", "print", "min", "at least 25,500 EUR", 25_500, 25_500, 0.0),),
)  # fmt: skip
SIXTY = Case(
    rows=tuple(
        (f"channel {place // 5 + 1:02d}", f"campaign {place % 5 + 1}", 20_000 + 900 * place,
         20_000 + 900 * place + (6_000 if place % 3 == 2 else -3_000), 1.5 + place % 3)
        for place in range(60)
    ),
    title="Sixty lines", spread=0.6, budget=("exactly", 2_793_000.0),
)  # fmt: skip
COUNT = replace(
    BASE_CASE, rows=scaled_rows(1.15), objective="new_customers", beyond=(), prior=(),
    budget=("at_most", 2_400_000.0), title="Q1 2027 growth, with a cap on cost",
    units={"new_customers": "count", "revenue": "currency"},
    constraints=(
        rule("cac-cap", "search + social", "max", "at most 90 EUR for one of new_customers",
             90.0, 89.99999999, 1e-8, reason="a customer is worth 90 euros of margin in a year",
             owner="finance"),
        rule("digital-cap", "search + social + video", "max", "at most 70% of all spend", 0.7,
             0.672, 0.028, unit="share", owner="brand"),
    ),
)  # fmt: skip
KEEP = replace(
    BASE_CASE, rows=tuple((c, k, ref, ref, back) for c, k, ref, _, back in BASE),
    recommendation="keep", beyond=(),
)  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "</style><script>alert(3)</script>",
    "</title><img src=x onerror=alert(4)>",
    "</svg><svg onload=alert(5)>",
    "</text><a href='javascript:alert(6)'>x</a>",
    '" onmouseover="alert(7)" x="',
    "' onfocus='alert(8)' autofocus='",
    "<iframe src=https://evil.example/></iframe>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><input name=a>",
    "{{ 7 * 7 }}{% for x in y %}",
    "${alert(9)} `alert(10)`",
    "]]><!-- --!> <![CDATA[<script>alert(11)</script>",
    "&lt;script&gt;alert(12)&lt;/script&gt; &#60;b&#62;",
    "\x1b[2J\x1b]0;owned\x07red",
    "gnp.\u202eexe \u2066tv\u2069 \u200bzero\x00nul",
    "[bold red]tv[/] [link=https://evil.example]x[/link] \\[ line one\nline two\ttab",
)


def hostile() -> Case:
    """Every payload as a channel, as a campaign, and in every text that a person writes."""
    rows = tuple(
        (text, None if place % 2 else text, 10_000.0, 10_000.0 + (-1) ** place * 1_000, 2.0)
        for place, text in enumerate(HOSTILE)
    )
    limits = tuple(
        rule(text, text, "min", text, 9_000, 9_000, 0.0, reason=text, owner=text)
        for text in HOSTILE
    )
    return replace(
        BASE_CASE, rows=rows, title=" ".join(HOSTILE), warnings=HOSTILE, constraints=limits,
        verdict="FAIL", accepted=" ".join(HOSTILE),
        beyond=tuple(name(row[0], row[1]) for row in rows), prior=(name(*rows[0][:2]),),
    )  # fmt: skip


CASES: dict[str, Case] = {
    "base": BASE_CASE,
    "keep": KEEP,
    "two": TWO,
    "sixty": SIXTY,
    "count": COUNT,
    "cut": replace(BASE_CASE, rows=scaled_rows(0.9), budget=("exactly", 1_800_000.0),
                   title="Q1 2027 with ten percent less"),
    "keep a cut": replace(KEEP, rows=tuple((c, k, ref, round(ref * 0.9, 2), back)
                                           for c, k, ref, _, back in BASE),
                          objective="revenue", budget=("exactly", 1_800_000.0)),
    "not proven": replace(BASE_CASE, status="stopped", gap=0.021),
    "unhealthy": replace(BASE_CASE, verdict="FAIL",
                         accepted="pilot for the Q1 workshop, no money moves on it",
                         warnings=("search/brand and search/generic rise and fall together.",)),
    "forced": replace(BASE_CASE, rows=tuple((c, k, rec, ref, back) for c, k, ref, rec, back
                                            in BASE), beyond=()),
    "on and off": replace(
        BASE_CASE, rows=(("tv", "brand", 300_000, 0.0, 1.1), ("tv", "new", 0.0, 120_000, 3.3),
                         ("search", None, 200_000, 380_000, 5.5)),
        budget=("exactly", 500_000.0), beyond=("search",), prior=("tv/new",), constraints=()),
    "hostile": hostile(),
}  # fmt: skip


@cache
def case_plan(name: str) -> tuple[Plan, tuple[CurveSeries, ...]]:
    """The plan of a case and its curves, made once."""
    return made(CASES[name])
