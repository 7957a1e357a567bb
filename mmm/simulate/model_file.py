"""model.yaml of a world, as someone who does not know its truth would write it."""

from __future__ import annotations

from mmm.simulate.world import World

PEOPLE = 50_000_000  # in all regions together

HEAD = """\
# A simulated world; truth.json beside this file is for scoring only. Every prior is the default.
schema_version: 1
"""


def model_yaml(world: World, *, experiments: bool = False) -> str:
    """Tables, KPIs, channels and controls; no belief, no form and no date of anybody's making."""
    spec = world.spec
    many = len(spec.geos) > 1
    geo = ", geo: geo" if many else ""
    campaign = ", campaign: campaign" if any(line.campaign for line in spec.lines) else ""
    media = "date: date, channel: channel, spend: spend, impressions: impressions"
    rows = [
        "data:",
        "  tables:",
        f"    - {{file: media.csv, form: long, {media}{campaign}{geo}}}",
        f"    - {{file: kpis.csv{geo}}}",
        *(["    - {file: controls.csv}"] if spec.controls else []),
        f"currency: {spec.currency}",
        f"week_start: {spec.start:%A}".lower(),
        "kpis:",
        *(f"  {kpi.name}: {{column: {kpi.name}, unit: {kpi.unit}}}" for kpi in spec.kpis),
        "channels:",
        *(f"  {channel}: {{}}" for channel in dict.fromkeys(line.channel for line in spec.lines)),
        *(["controls:"] if spec.controls else []),
        *(f"  - {{column: {control.name}}}" for control in spec.controls),
        *_answers(world),
        *(_population(world) if many else []),
        *(["experiments: experiments.csv"] if experiments else []),
    ]
    return HEAD + "\n".join(rows) + "\n"


def _answers(world: World) -> list[str]:
    answers = {}
    if any(line.starts for line in world.spec.lines):
        answers["missing_weeks"] = "zero_spend"
    if len(world.spec.geos) > 1:
        answers["geo"] = "keep"
    return ["answers:", *(f"  {key}: {value}" for key, value in answers.items())] * bool(answers)


def _population(world: World) -> list[str]:
    people = {geo: round(share * PEOPLE) for geo, share in world.spec.geos.items()}
    return ["geos:", "  population:", *(f"    {geo}: {count}" for geo, count in people.items())]
