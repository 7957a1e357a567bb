"""The recipe of data/sample: a fictitious German online shop for home goods.

Every figure is invented, within what such a shop could see: media cost about EUR 7.6M a year and
bring about a fifth of revenue. Some lines are past their best (brand search, retargeting), some
are not yet there (television is S-shaped), search follows demand, and platforms claim more than
they bring.
"""

from __future__ import annotations

import datetime as dt

from mmm.simulate.recipe import Claims, Control, Demand, Event, Kpi, Line, WorldSpec

SEED = 20261122
LAST_WEEK = dt.date(2026, 11, 16)
WEEKS = 156
REVENUE, CUSTOMERS = "revenue", "new_customers"


def sample() -> WorldSpec:
    """156 weeks to 2026-W47, eighteen campaigns in six channels, national."""
    return WorldSpec(
        lines=(*_television(), *_video(), *_search(), *_social(), *_out_of_home(), *_affiliate()),
        kpis=(
            Kpi(REVENUE, "currency", level=1_850_000, noise=0.025),
            Kpi(CUSTOMERS, "count", level=5_300, noise=0.03),
        ),
        start=LAST_WEEK - dt.timedelta(weeks=WEEKS - 1),
        weeks=WEEKS,
        currency="EUR",
        demand=Demand(growth=0.04, yearly=((-0.02, 0.08), (0.015, 0.025)), walk=0.025),
        controls=_controls(),
        events=_events(),
    )


def _brings(roas: float, cac: float) -> dict[str, float]:
    """KPI -> contribution per euro."""
    return {REVENUE: roas, CUSTOMERS: 1 / cac}


def _hill(half_saturation: float, slope: float = 1.0) -> dict[str, float]:
    return {"half_saturation": half_saturation, "slope": slope}


def _keeps(retention: float) -> dict[str, float]:
    return {"retention": retention}


def _television() -> tuple[Line, ...]:
    return (
        Line("tv", "brand", 66_000, _brings(2.8, 62), 12.5, flight=(5, 7), spread=0.25,
             carry_over=_keeps(0.70), shape=_hill(0.90, 2.0)),
        Line("tv", "product", 40_000, _brings(2.2, 70), 11.0, flight=(3, 6), spread=0.25,
             carry_over=_keeps(0.50), shape=_hill(0.65, 1.8)),
        Line("tv", "sponsoring", 4_800, _brings(1.2, 140), 9.0, spread=0.12,
             carry_over=_keeps(0.60), shape=_hill(1.00)),
    )  # fmt: skip


def _video() -> tuple[Line, ...]:
    return (
        Line("video", "youtube_instream", 11_000, _brings(3.1, 48), 9.5, clicks=0.004,
             carry_over=_keeps(0.45), shape=_hill(1.30, 1.2), spread=0.30,
             claims=Claims(own=0.8, from_baseline=0.004)),
        Line("video", "connected_tv", 8_200, _brings(3.9, 44), 24.0, flight=(6, 4), spread=0.25,
             carry_over=_keeps(0.50), shape=_hill(1.40, 1.4)),
        Line("video", "shorts", 3_600, _brings(2.0, 65), 4.2, starts=70, clicks=0.006,
             carry_over=_keeps(0.30), shape=_hill(0.90), spread=0.30,
             claims=Claims(own=1.1, from_baseline=0.002)),
    )  # fmt: skip


def _search() -> tuple[Line, ...]:
    return (
        Line("search", "brand", 8_400, _brings(3.6, 80), 38.0, follows_demand=1.6, clicks=0.12,
             carry_over=_keeps(0.10), shape=_hill(0.35), spread=0.12,
             claims=Claims(own=1.0, from_baseline=0.060)),
        Line("search", "generic", 16_500, _brings(4.5, 30), 52.0, follows_demand=1.1, clicks=0.045,
             carry_over=_keeps(0.20), shape=_hill(1.20), spread=0.20,
             claims=Claims(own=1.1, from_baseline=0.014)),
        Line("search", "shopping", 13_000, _brings(5.0, 36), 21.0, follows_demand=1.3, clicks=0.02,
             carry_over=_keeps(0.15), shape=_hill(1.00), spread=0.20,
             claims=Claims(own=1.1, from_baseline=0.017)),
        Line("search", "competitor", 3_000, _brings(1.7, 55), 60.0, clicks=0.03,
             carry_over=_keeps(0.15), shape=_hill(0.60), spread=0.35,
             claims=Claims(own=1.0, from_baseline=0.001)),
    )  # fmt: skip


def _social() -> tuple[Line, ...]:
    return (
        Line("social", "prospecting", 12_500, _brings(3.0, 38), 8.0, follows_demand=0.3,
             carry_over=_keeps(0.35), shape=_hill(1.10, 1.1), spread=0.30, clicks=0.009,
             claims=Claims(own=1.2, from_baseline=0.012)),
        Line("social", "retargeting", 6_200, _brings(1.8, 150), 11.0, follows_demand=1.0,
             carry_over=_keeps(0.15), shape=_hill(0.40), spread=0.15, clicks=0.013,
             claims=Claims(own=1.3, from_baseline=0.025)),
        Line("social", "tiktok", 5_200, _brings(2.9, 34), 5.5, starts=58, clicks=0.007,
             carry_over=_keeps(0.30), shape=_hill(1.60, 1.3), spread=0.40,
             claims=Claims(own=0.9, from_baseline=0.003)),
        Line("social", "pinterest", 2_600, _brings(2.1, 60), 6.0, flight=(5, 4), clicks=0.005,
             carry_over=_keeps(0.40), shape=_hill(0.90), spread=0.25,
             claims=Claims(own=1.1, from_baseline=0.001)),
    )  # fmt: skip


def _out_of_home() -> tuple[Line, ...]:
    return (
        Line("ooh", "city_light", 17_000, _brings(1.5, 95), 6.5, flight=(3, 7), spread=0.20,
             carry_over=_keeps(0.50), shape=_hill(0.90, 1.3)),
        Line("ooh", "station_screens", 6_000, _brings(1.1, 120), 7.5, flight=(4, 4), spread=0.20,
             carry_over=_keeps(0.40), shape=_hill(0.70)),
    )  # fmt: skip


def _affiliate() -> tuple[Line, ...]:
    return (
        Line("affiliate", "cashback", 4_000, _brings(1.7, 75), 15.0, follows_demand=0.9,
             carry_over=_keeps(0.10), saturation="michaelis_menten",
             shape={"half_saturation": 0.60}, spread=0.15, clicks=0.03,
             claims=Claims(own=1.2, from_baseline=0.012)),
        Line("affiliate", "content", 3_000, _brings(3.9, 33), 18.0, clicks=0.015,
             carry_over=_keeps(0.35), saturation="michaelis_menten",
             shape={"half_saturation": 1.40}, spread=0.30,
             claims=Claims(own=1.0, from_baseline=0.003)),
    )  # fmt: skip


def _controls() -> tuple[Control, ...]:
    return (
        Control("price_index", 100, 2.5, 0.9, {REVENUE: -0.006, CUSTOMERS: -0.008}),
        Control("competitor_index", 100, 6.0, 0.7, {REVENUE: -0.0025, CUSTOMERS: -0.003}),
        Control("consumer_confidence", -22, 3.0, 0.95, {REVENUE: 0.003, CUSTOMERS: 0.002}),
    )


def _events() -> tuple[Event, ...]:
    sale = [*_days("2024-07-01", 14), *_days("2025-06-30", 14), *_days("2026-06-29", 14)]
    christmas = [day for year in (2023, 2024, 2025) for day in _days(f"{year}-12-25", 2)]
    easter = [day for sunday in ("2024-03-31", "2025-04-20", "2026-04-05")
              for day in (_shift(sunday, -2), _shift(sunday, 1))]  # fmt: skip
    outage = {REVENUE: -0.17, CUSTOMERS: -0.15}
    return (
        Event("black_friday", (_shift("2024-11-29"), _shift("2025-11-28")), demand=0.22),
        Event("christmas", tuple(christmas), demand=-0.10),
        Event("easter", tuple(easter), demand=-0.03),
        Event("summer_sale", tuple(sale), effects={REVENUE: 0.06, CUSTOMERS: 0.08}),
        Event("warehouse_outage", tuple(_days("2025-05-12", 14)), effects=outage),
    )


def _days(first: str, count: int) -> list[dt.date]:
    return [_shift(first, step) for step in range(count)]


def _shift(day: str, days: int = 0) -> dt.date:
    return dt.date.fromisoformat(day) + dt.timedelta(days=days)
