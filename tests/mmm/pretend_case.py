"""A sampler that costs nothing, and a small model with its table on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from model_case import data, random_raw

from mmm.fit.sampling import Piece, Progress

CHAINS, DRAWS = 2, 60

MODEL = """\
schema_version: 1
data: {tables: [{file: table.csv}]}
currency: EUR
kpis:
  revenue: {column: revenue, unit: currency}
  orders: {column: orders, unit: count}
channels:
  tv: {spend: tv, adstock: {window: 6}}
  search: {spend: search, adstock: {window: 3}}
controls: [{column: price}]
sampling: {draws: 50, tune: 50, chains: 2, seed: 5}
"""


def pretend(piece: Piece, report) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """In place of the sampler: random parameters, seeded by the piece."""
    report(Progress("sampling", 1, 2, 0))
    rng = np.random.default_rng(piece.seed)
    flat = random_raw(piece.evidence, rng, CHAINS * DRAWS)
    draws = {name: v.reshape(CHAINS, DRAWS, *v.shape[1:]) for name, v in flat.items()}
    stats = {
        "diverging": np.zeros((CHAINS, DRAWS), dtype=bool),
        "energy": rng.normal(size=(CHAINS, DRAWS)),
        "n_steps": np.ones((CHAINS, DRAWS)),
        "step_size": np.ones((CHAINS, DRAWS)),
    }
    return draws, stats


def table(weeks: int = 78) -> pd.DataFrame:
    """The first weeks of the case, as a wide table."""
    own = data().dataset
    columns = {
        "date": own["date"].to_numpy().astype("datetime64[D]"),
        "tv": own["spend"].sel(line="tv"),
        "search": own["spend"].sel(line="search"),
        "revenue": own["kpis"].sel(kpi="revenue"),
        "orders": own["kpis"].sel(kpi="customers"),
        "price": own["controls"].sel(control="price"),
    }
    return pd.DataFrame({name: np.asarray(values) for name, values in columns.items()})[:weeks]


def written(folder: Path, *, weeks: int = 78, model: str = MODEL, name: str = "model") -> Path:
    """The model file, beside its table."""
    folder.mkdir(parents=True, exist_ok=True)
    table(weeks).to_csv(folder / "table.csv", index=False)
    file = folder / f"{name}.yaml"
    file.write_text(model, encoding="utf-8")
    return file
