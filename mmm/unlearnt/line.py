"""A line whose draws were not sampled with the others: what it adds to a fit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Drawn:
    """Draws of one line for one KPI, KPI units.

    effect:  (chain, draw, G) weekly contribution at full saturation
    average: (chain, draw, G) weekly contribution over the data
    parameters: name as in the curves -> (chain, draw)
    """

    effect: np.ndarray
    average: np.ndarray
    parameters: Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Line:
    """One line beside the learnt ones, with forms, history and draws as the curves need them.

    spend:    (G, T) currency; it runs on spend / cost_per_unit
    scale:    exposure per head that counts as 1
    local:    whether its exposure was measured region by region
    prior_driven: whether its draws are a belief and nothing else
    drawn:    kpi -> draws
    """

    name: str
    adstock: str
    window: int
    saturation: str
    order: str
    cost_per_unit: float
    scale: float
    local: bool
    prior_driven: bool
    spend: np.ndarray
    labels: Mapping[str, str]
    drawn: Mapping[str, Drawn]


def chance(seed: int, *names: str) -> np.random.Generator:
    """Randomness of its own for every name: adding one line or KPI changes no other's draws."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8], "little")])
