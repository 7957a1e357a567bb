"""A geo test whose truth is known: ``python -m mmm.simulate.geo_test`` writes the bundled one.

Cities of unlike size share the season and the country's moods; each has moods of its own that
last for weeks. In some of them a channel's spend is raised for a few weeks.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmm.simulate.chance import stream

FILE = Path(__file__).parents[2] / "data" / "sample" / "geo_test.csv"
SEED = 20261122
CITIES = (
    "augsburg", "bielefeld", "bochum", "bonn", "bremen", "chemnitz", "dresden", "duisburg",
    "erfurt", "essen", "freiburg", "kassel", "kiel", "leipzig", "mainz", "mannheim", "nuremberg",
    "rostock", "stuttgart", "wuppertal",
)  # fmt: skip


@dataclass(frozen=True)
class GeoTestRecipe:
    """How a geo test is made.

    cities: names; treated: how many of them, drawn by the seed; weeks: of the table;
    begins, lasts: first week of the test and how many it has; first: Monday of the first week
    level: mean weekly outcome of a city of usual size; local, keeps: standard deviation of a
        city's own moods as a share of its level, and how much of them lasts to the next week
    spend, raised: weekly spend as a share of outcome, and its factor in the test
    returns: outcome per unit of money added; carry: share of it that comes a week later
    """

    cities: tuple[str, ...] = CITIES
    treated: int = 5
    weeks: int = 58
    begins: int = 50
    lasts: int = 4
    first: dt.date = dt.date(2025, 9, 1)
    level: float = 40_000.0
    local: float = 0.025
    keeps: float = 0.4
    spend: float = 0.02
    raised: float = 2.5
    returns: float = 2.4
    carry: float = 0.3


@dataclass(frozen=True, eq=False)
class SimulatedTest:
    """outcome, spend: (city, week); treated: (city,) bool; lift: (city, week) caused by the test;
    added: (city, week) money added by it."""

    recipe: GeoTestRecipe
    outcome: np.ndarray
    spend: np.ndarray
    treated: np.ndarray
    lift: np.ndarray
    added: np.ndarray


def simulate_geo_test(recipe: GeoTestRecipe, seed: int) -> SimulatedTest:
    """The same recipe and seed give the same test."""
    count, time = len(recipe.cities), recipe.weeks
    week = np.arange(time)
    size = recipe.level * np.exp(stream(seed, "size").normal(0.0, 0.4, count))
    country = 0.12 * np.sin(2 * np.pi * (week - 6) / 52) + np.cumsum(
        stream(seed, "country").normal(0.0, 0.012, time)
    )
    treated = np.zeros(count, dtype=bool)
    treated[stream(seed, "treated").choice(count, recipe.treated, replace=False)] = True
    usual = size[:, None] * np.exp(country) * (1 + _moods(recipe, seed))
    budget = recipe.spend * size[:, None] * np.exp(0.5 * country)
    budget = budget * np.exp(stream(seed, "spend").normal(0.0, 0.1, (count, time)))
    test = (week >= recipe.begins) & (week < recipe.begins + recipe.lasts)
    added = np.where(treated[:, None] & test, (recipe.raised - 1) * budget, 0.0)
    later = np.pad(added, ((0, 0), (1, 0)))[:, :-1]
    lift = recipe.returns * ((1 - recipe.carry) * added + recipe.carry * later)
    return SimulatedTest(recipe, usual + lift, budget + added, treated, lift, added)


def _moods(recipe: GeoTestRecipe, seed: int) -> np.ndarray:
    """(city, week) autoregressive of order one, its standard deviation ``local`` from the start."""
    shape = (len(recipe.cities), recipe.weeks)
    shocks = stream(seed, "moods").normal(0.0, recipe.local, shape)
    moods = shocks.copy()
    for week in range(1, recipe.weeks):
        fresh = np.sqrt(1 - recipe.keeps**2) * shocks[:, week]
        moods[:, week] = recipe.keeps * moods[:, week - 1] + fresh
    return moods


def geo_test_csv(test: SimulatedTest) -> str:
    """One row per week and city: date, geo, outcome, spend; to the cent."""
    lines = ["date,geo,outcome,spend"]
    for week in range(test.recipe.weeks):
        date = test.recipe.first + dt.timedelta(weeks=week)
        for city, name in enumerate(test.recipe.cities):
            figures = f"{test.outcome[city, week]:.2f},{test.spend[city, week]:.2f}"
            lines.append(f"{date},{name},{figures}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(
        geo_test_csv(simulate_geo_test(GeoTestRecipe(), SEED)), encoding="utf-8", newline=""
    )
    print(FILE)
