"""A world on disk: its tables, and truth.json for scoring."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from mmm.files import refuse_existing, write_whole
from mmm.simulate.curves import true_curves
from mmm.simulate.lift_tests import lift_tests
from mmm.simulate.model_file import model_yaml
from mmm.simulate.response import responses
from mmm.simulate.world import World

NOTE = (
    "For scoring only: what the simulation knows and no model may see. "
    "No prior and no default leans on it."
)


def write(
    world: World, folder: Path, *, texts: Mapping[str, str] | None = None, force: bool = False
) -> list[Path]:
    """Write the tables, the truth and other ``texts`` by name; the same world, the same bytes.

    Raises OutputExists when one of the files is there and ``force`` is not given; nothing is
    written then.
    """
    every = {f"{name}.csv": _csv(table) for name, table in world.tables.items()}
    every |= {"truth.json": truth_json(world), **(texts or {})}
    paths = {folder / name: text for name, text in every.items()}
    refuse_existing(paths, force=force)
    for path, text in paths.items():
        write_whole(path, partial(_put, text))
    return list(paths)


def write_preset(
    world: World, folder: Path, *, experiments: int = 0, force: bool = False
) -> list[Path]:
    """Write a world with a model.yaml, and ``experiments`` lift tests of every line.

    Raises OutputExists as ``write`` does.
    """
    texts = {"model.yaml": model_yaml(world, experiments=experiments > 0)}
    if experiments:
        texts["experiments.csv"] = _csv(lift_tests(world, experiments))
    return write(world, folder, texts=texts, force=force)


def _put(text: str, path: Path) -> None:
    path.write_bytes(text.encode())


def _csv(table: pd.DataFrame) -> str:
    """Plain CSV; money with two decimals, counts whole, empty where there is nothing to count."""
    text: str = table.to_csv(
        index=False, float_format="%.2f", date_format="%Y-%m-%d", lineterminator="\n"
    )
    return text


def truth_json(world: World) -> str:
    """The truth of a world: per line its parameters, returns and weekly contributions."""
    truth, spec = world.truth, world.spec
    body = {
        "note": NOTE,
        "seed": world.seed,
        "currency": spec.currency,
        "digest": data_digest(world),
        "weeks": [str(week)[:10] for week in truth["week"].to_numpy()],
        "geos": dict(spec.geos),
        "kpis": {
            kpi.name: {
                "unit": kpi.unit,
                "baseline": _weekly(truth["baseline"].sel(kpi=kpi.name).to_numpy()),
                "noise": _weekly(truth["noise"].sel(kpi=kpi.name).to_numpy()),
                "media_share": _short(
                    truth["contribution"].sel(kpi=kpi.name).sum()
                    / truth["kpi_value"].sel(kpi=kpi.name).sum()
                ),
            }
            for kpi in spec.kpis
        },
        "lines": {line.id: _line(world, index) for index, line in enumerate(spec.lines)},
        "responses": {
            kpi.name: {
                line: {"spend": _short(own.spend), "multipliers": own.multipliers,
                       "outcome": [_short(value) for value in own.outcome]}
                for line, own in responses(true_curves(world), kpi.name).items()
            }
            for kpi in spec.kpis
        },
    }  # fmt: skip
    lists = json.dumps(body, indent=1, ensure_ascii=False)
    return _one_line_per_series(lists) + "\n"


def data_digest(world: World) -> str:
    """SHA-256 over the tables as they are written."""
    sha = hashlib.sha256()
    for name in sorted(world.tables):
        sha.update(f"{name}\n{_csv(world.tables[name])}".encode())
    return sha.hexdigest()


def _line(world: World, index: int) -> dict[str, object]:
    line, truth = world.spec.lines[index], world.truth.isel(line=index)
    return {
        "spend": _short(truth["spend"].sum()),
        "adstock": {"family": line.adstock, "window": line.window, **line.carry_over},
        "saturation": {"family": line.saturation, **line.shape, "scale": _short(truth["scale"])},
        "follows_demand": line.follows_demand,
        "kpis": {
            kpi.name: _returns(kpi.unit, truth["roas"][row], truth["marginal_roas"][row])
            | {
                "effect": _short(truth["effect"][row]),
                "contribution": _weekly(truth["contribution"][row].to_numpy()),
            }
            for row, kpi in enumerate(world.spec.kpis)
        },
    }


def _returns(unit: str, average: object, marginal: object) -> dict[str, float]:
    """Return on spend for money, cost per unit for counts."""
    if unit == "currency":
        return {"roas": _short(average), "marginal_roas": _short(marginal)}
    return {"cac": _short(1 / average), "marginal_cac": _short(1 / marginal)}  # type: ignore[operator]


def _short(value: object) -> float:
    """Ten significant digits: enough for any use, and the same on every machine."""
    return float(f"{float(value):.10g}")  # type: ignore[arg-type]


def _weekly(by_geo: np.ndarray) -> list[float]:
    """(geo, week) -> national weekly figures to the cent."""
    return [float(f"{value:.2f}") for value in by_geo.sum(axis=0)]


def _one_line_per_series(text: str) -> str:
    """Join the lines of a list of numbers or dates, so that a series is one line of the file."""
    out: list[str] = []
    inside = False
    for row in text.split("\n"):
        if inside:
            out[-1] += row.strip() + (" " if row.endswith(",") else "")
            inside = not row.strip().startswith("]")
        else:
            out.append(row)
            inside = row.endswith("[")
    return "\n".join(out)
