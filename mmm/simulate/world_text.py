"""The truth of a world as a table."""

from __future__ import annotations

from rich.table import Table

from mmm.console import table, three_digits
from mmm.simulate.world import World


def truth_table(world: World) -> Table:
    """What every line spent and truly brought, for the first KPI."""
    spec, truth = world.spec, world.truth
    kpi = spec.kpis[0]
    at = truth.sel(kpi=kpi.name)
    rows = (
        (
            line.id,
            three_digits(float(at["spend"].sel(line=line.id).sum())),
            three_digits(float(at["contribution"].sel(line=line.id).sum())),
            f"{float(at['roas'].sel(line=line.id)):.2f}",
            f"{float(at['marginal_roas'].sel(line=line.id)):.2f}",
        )
        for line in spec.lines
    )
    share = float(at["contribution"].sum() / at["kpi_value"].sum())
    title = (
        f"True {kpi.name} of {len(truth['week'])} weeks, {spec.currency}: "
        f"media bring {share:.1%} of it"
    )
    return table(title, ("line", "spend", "contribution", "ROAS", "marginal ROAS"), rows)
