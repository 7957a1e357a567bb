"""Plans for the two public worlds of datasets/worlds, valued by the score.py beside them.

A plan multiplies each channel's whole series by 0.5 to 2 with the total fixed. The model sees
national.csv alone; default priors, US holidays and the competitor's index as the other tools had
them, and variants of that.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from separable_plan import best_plan, charged
from worlds import CHARGES, Job, code_digest, fit, read_fit

REPOSITORY = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("DATASETS", REPOSITORY.parent / "shared" / "datasets")) / "worlds"
MULTIPLIERS = np.arange(0.5, 2.001, 0.05)
MODEL = """\
schema_version: 1
data: {{tables: [{{file: {file}}}]}}
currency: USD
kpis: {{revenue: {{column: revenue, unit: currency{prior}}}}}
channels:
{channels}
controls: [{{column: competitor_index}}]
{holidays}
"""
PRIOR = ", prior: {{roas: {{median: {0}, low90: {1}, high90: {2}}}}}"
HOLIDAYS = "holidays: {country: US}"
VARIANTS = {
    "default": ("", HOLIDAYS),
    "ROAS prior halved": (PRIOR.format(0.6, 0.15, 2.5), HOLIDAYS),
    "ROAS prior doubled": (PRIOR.format(2.4, 0.6, 10.0), HOLIDAYS),
    "holidays left out": ("", ""),
}
"""Variant -> what model.yaml says of the prior and of holidays."""


def run_published(options: argparse.Namespace) -> list[dict[str, Any]]:
    """The record of every variant and seed."""
    truth = score_module()
    todo = [(variant, seed) for variant in VARIANTS for seed in truth.SEEDS]
    with ThreadPoolExecutor(options.workers) as pool:
        return list(pool.map(lambda one: run_one(*one, truth, options), todo))


def score_module() -> ModuleType:
    """The score.py of the dataset."""
    spec = importlib.util.spec_from_file_location("score_of_worlds", FOLDER / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_one(
    variant: str, seed: int, truth: ModuleType, options: argparse.Namespace
) -> dict[str, Any]:
    """Fit one variant of one world unless that was done before, plan, and score the plan."""
    channels = truth.Truth(seed).channels
    text = model_text(variant, FOLDER / f"seed{seed}" / "national.csv", channels)
    job = Job("published", seed, 0, options.draws, options.tune, options.chains)
    code = "" if options.any_code else code_digest()
    key = hashlib.sha256(f"{text}{job}{code}".encode()).hexdigest()[:20]
    folder = options.cache / key
    if (folder / "record.json").exists():
        return json.loads((folder / "record.json").read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.yaml").write_text(text, encoding="utf-8")
    cpu, _ = fit(folder, job, seed=1)
    record = {"variant": variant, "seed": seed, "cpu": cpu, **scored(folder, seed, truth)}
    (folder / "record.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    return record


def scored(folder: Path, seed: int, truth: ModuleType) -> dict[str, Any]:
    """Plans by both charges and coverage of the true ROAS, the world's own words."""
    from mmm.contributions import contributions
    from mmm.fit.conduct import load

    done = load(folder / "fit")
    own, _, _ = read_fit(folder / "fit")
    totals = np.stack(
        [
            contributions(done.posterior, done.constants, own.kpi, times=float(times)).totals
            for times in MULTIPLIERS
        ],
        axis=-1,
    )  # draw, line, multiplier
    out: dict[str, Any] = {}
    for name, charge in CHARGES.items():
        curves = {
            line: charged(float(own.money[row]), MULTIPLIERS, totals[:, row], charge)
            for row, line in enumerate(own.lines)
        }
        plan = best_plan(curves)
        out[name] = {**truth.score(seed, plan), "plan": plan}
    body = json.loads((FOLDER / f"seed{seed}" / "ground_truth.json").read_text(encoding="utf-8"))
    roas = own.totals / own.money
    low, high = np.percentile(roas, (5, 95), axis=0)
    true = np.array([body["channels"][line]["true_roi"] for line in own.lines])
    covered = int(((low <= true) & (true <= high)).sum())
    return {**out, "covered": covered, "lines": len(own.lines)}


def model_text(variant: str, table: Path, channels: list[str]) -> str:
    """model.yaml of a variant."""
    prior, holidays = VARIANTS[variant]
    rows = "\n".join(f"  {name}: {{spend: {name}_spend}}" for name in channels)
    return MODEL.format(file=table, prior=prior, channels=rows, holidays=holidays)
