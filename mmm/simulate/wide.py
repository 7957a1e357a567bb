"""The sample shop as one wide table: ``python -m mmm.simulate.wide``.

One row a week and one column a channel, as users of Robyn, Meridian and PyMC-Marketing have it.
Nothing new is simulated: the campaigns of ``data/sample`` are added up to channels.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
FILE = SAMPLE.parent / "wide" / "weekly.csv"


def wide_table(sample: Path = SAMPLE) -> str:
    """The CSV text: date, ``CHANNEL_spend`` in the sample's order, KPIs, price_index.

    Spend of a channel is the sum of its campaigns' cents; a campaign without a row spent nothing.
    """
    media = pd.read_csv(sample / "media.csv", usecols=["date", "channel", "spend"])
    cents = media.assign(cents=(media["spend"] * 100).round().astype("int64"))
    weekly = cents.pivot_table("cents", "date", "channel", aggfunc="sum") / 100
    spend = weekly[media["channel"].unique()].add_suffix("_spend")
    kpis = pd.read_csv(sample / "kpis.csv", index_col="date")
    controls = pd.read_csv(sample / "controls.csv", index_col="date")
    table = spend.join([kpis[["revenue", "new_customers"]], controls[["price_index"]]])
    text: str = table.to_csv(float_format="%.2f", lineterminator="\n")
    return text


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(wide_table(), encoding="utf-8", newline="")
    print(FILE)
