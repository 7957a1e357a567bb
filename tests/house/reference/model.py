"""docs/reference/model.md"""

from __future__ import annotations

import inspect

from mmm import adstock, saturation
from mmm.adstock import ADSTOCKS
from mmm.reach import families
from mmm.reach.families import REACH_FAMILIES
from mmm.saturation import SATURATIONS
from mmm.spec import (
    AdstockSpec,
    Answers,
    AudienceSpec,
    BetaPrior,
    CampaignSpec,
    ChannelSpec,
    CommissionSpec,
    ControlAdstockSpec,
    ControlSpec,
    DataSpec,
    EffectPrior,
    EventSpec,
    FractionPrior,
    FrequencySpec,
    HolidaySpec,
    KpiSpec,
    LogNormalPrior,
    MediaSharePrior,
    ModelSpec,
    NewLineSpec,
    ReachCurveSpec,
    SamplingSpec,
    SaturationSpec,
    SeasonalitySpec,
    TableSpec,
    TrendSpec,
)
from mmm.spec.media import Defaults
from mmm.spec.model import GeoSpec
from mmm.spec.priors import Name, PositiveNumber

from .objects import Book, objects, section
from .words import prose, table

SMALLEST = """
schema_version: 1
data:
  tables:
    - {file: weekly.csv, date: date}
currency: EUR
kpis:
  revenue: {column: revenue, unit: currency}
channels:
  tv: {spend: tv_spend}
  search: {spend: search_spend}
"""

BOOK = Book(
    entries={
        ModelSpec: ("The file", SMALLEST),
        DataSpec: (
            "`data`",
            "data:\n  tables: [{file: weekly.csv}]\n  start: 2024-01-01",
        ),
        TableSpec: (
            "`data.tables`",
            "data:\n"
            "  tables:\n"
            "    - {file: weekly.csv, date: Week, date_format: DD.MM.YYYY, delimiter: ';', "
            "decimal: ','}\n"
            "    - {file: media.csv, form: long, channel: channel, campaign: campaign, "
            "spend: spend}",
        ),
        KpiSpec: (
            "`kpis`",
            "kpis:\n"
            "  revenue: {column: revenue, unit: currency}\n"
            "  new_customers: {column: new_customers, unit: count}",
        ),
        ChannelSpec: (
            "`channels`",
            "channels:\n"
            "  tv: {spend: tv_spend, adstock: {retention: {alpha: 3, beta: 2}}}\n"
            "  search:\n"
            "    campaigns:\n"
            "      brand: {spend: search_brand}\n"
            "      generic: {spend: search_generic}",
        ),
        Defaults: ("`defaults`", "defaults:\n  saturation: {kind: michaelis_menten}"),
        ControlSpec: (
            "`controls`",
            "controls:\n"
            "  - {column: consumer_confidence, lag: 2}\n"
            "  - {column: discount, kind: treatment, base: 0}",
        ),
        ControlAdstockSpec: (
            "`controls.adstock`",
            "controls:\n"
            "  - {column: competitor_index, "
            "adstock: {half_life: {median: 2, low90: 1, high90: 4}}}",
        ),
        CommissionSpec: (
            "`commission`",
            "channels:\n"
            "  affiliate:\n"
            "    spend: affiliate_spend\n"
            "    commission: {rate: 0.08, incremental: {median: 0.3, low90: 0.1, high90: 0.7}}",
        ),
        FractionPrior: (
            "Belief about a fraction",
            "channels:\n"
            "  affiliate:\n"
            "    spend: affiliate_spend\n"
            "    commission: {rate: 0.08, incremental: {median: 0.3, high90: 0.6}}",
        ),
        NewLineSpec: (
            "`new_lines`",
            "new_lines:\n"
            "  - line: podcast\n"
            "    weekly_spend: 5000\n"
            "    prior: {revenue: {roas: {median: 1.5, low90: 0.5, high90: 4.5}}}",
        ),
        EventSpec: (
            "`events`",
            "events:\n"
            "  - {name: black_friday, dates: [2025-11-28, 2026-11-27]}\n"
            "  - {name: summer_sale, start: 2026-06-29, end: 2026-07-12, after: 1}",
        ),
        TrendSpec: ("`trend`", "trend: {kind: local, knot_weeks: 13}"),
        SeasonalitySpec: ("`seasonality`", "seasonality: {yearly: 2, monthly: 1}"),
        HolidaySpec: ("`holidays`", "holidays: {country: DE, before: {Christmas Day: 3}}"),
        SamplingSpec: ("`sampling`", "sampling: {draws: 1000, tune: 1000, chains: 4, seed: 1}"),
        GeoSpec: (
            "`geos`",
            "geos:\n  population: {north: 2100000, south: 3400000}\nanswers: {geo: keep}",
        ),
        AudienceSpec: (
            "`audiences`",
            "audiences:\n"
            "  adults:\n"
            "    size: {median: 60000000, high90: 70000000}\n"
            "    lines: [tv, search]\n"
            "    window_weeks: 4\n"
            "    cost_per_thousand: {tv: 12.5, search: 8}",
        ),
        FrequencySpec: (
            "`frequency`",
            "channels:\n"
            "  video:\n"
            "    spend: video_spend\n"
            "    impressions: video_impressions\n"
            "    reach: video_reach\n"
            "    media: reach\n"
            "    frequency: {half: {median: 3, low90: 1.5, high90: 6}}\n"
            "audiences: {viewers: {size: 800000, lines: [video]}}",
        ),
        ReachCurveSpec: (
            "`audiences.curve`",
            "audiences:\n"
            "  readers:\n"
            "    size: 4000000\n"
            "    lines: [search]\n"
            "    curve: {kind: beta_binomial, chances: 12, overlap: {alpha: 2, beta: 4}}",
        ),
        Answers: ("`answers`", "answers: {missing_weeks: zero_spend}"),
        CampaignSpec: (
            "`campaigns`",
            "channels:\n  search:\n    campaigns:\n      brand: {spend: search_brand}",
        ),
        AdstockSpec: (
            "`adstock`",
            "defaults:\n"
            "  adstock: {kind: geometric, window: 8, half_life: {median: 1.5, high90: 4}}",
        ),
        SaturationSpec: (
            "`saturation`",
            "defaults:\n"
            "  saturation:\n"
            "    kind: hill\n"
            "    half_effect: {median: 1.5, low90: 0.5, high90: 4.5}\n"
            "    slope: {median: 1.5, low90: 0.75, high90: 3}",
        ),
        EffectPrior: (
            "`prior`",
            "kpis:\n"
            "  revenue:\n"
            "    column: revenue\n"
            "    unit: currency\n"
            "    prior: {roas: {median: 2.0, low90: 0.5, high90: 8.0}}",
        ),
        BetaPrior: (
            "Belief about a share",
            "defaults:\n  adstock: {retention: {alpha: 3, beta: 2}}",
        ),
        LogNormalPrior: (
            "Belief about a positive number",
            "kpis:\n"
            "  revenue: {column: revenue, unit: currency, prior: {roas: {median: 2, high90: 8}}}",
        ),
        MediaSharePrior: (
            "Belief about all media together",
            "kpis:\n"
            "  sales:\n"
            "    column: sales\n"
            "    unit: count\n"
            "    prior: {media_share: {median: 0.2, high90: 0.8, spread: equal}}",
        ),
    },
    aliases=((Name, "text"), (PositiveNumber, "number above 0")),
    choices={
        (AdstockSpec, "kind"): adstock.names(),
        (SaturationSpec, "kind"): saturation.names(),
        (ReachCurveSpec, "kind"): families.names(),
    },
)

HEAD = """# The model file

`model.yaml` says where the tables are, what their columns mean, and what is believed before the
data speak. Nothing is guessed: an unknown key, or a table that can be read in two ways, is
refused or asked about, with file and line, and all of it comes in one list. `mmm check
MODEL.yaml` reads the tables and shows what they hold.

A *line* is what money is given to: a channel, or a campaign within it.
"""


def model_page() -> str:
    """The page."""
    return (
        prose(HEAD)
        + "\n"
        + "".join(section(model, BOOK) for model in objects(ModelSpec))
        + "\n## Forms of carry-over\n\n"
        + _families("adstock", ADSTOCKS)
        + "\n## Forms of saturation\n\n"
        + _families("saturation", SATURATIONS)
        + "\n## Forms of reach\n\n"
        + _families("audiences.curve", REACH_FAMILIES)
    )


def _families(key: str, families: tuple[object, ...]) -> str:
    return table(
        (f"`{key}.kind`", "parameters", "formula and source"),
        [
            [
                f"`{family.name}`",  # type: ignore[attr-defined]
                ", ".join(f"`{name}`" for name in family.parameters),  # type: ignore[attr-defined]
                prose(inspect.getdoc(family)).replace("\n", " "),
            ]
            for family in families
        ],
    )
