"""What caution buys and costs, on simulated worlds: ``python -m tests.benchmarks.caution``.

A world has lines with known concave curves e·x/(h + x) and a reference that somebody spent. A
planner sees draws of the effects e around an estimate that is off by an error: for each line its
own, and one common to all. Every setting of caution splits the same budget within ±50 % of the
reference by those draws; the plan is then scored on the true curves.

captured: mean over worlds of the gain over the reference / the most that could be gained
harmed:   share of the worlds in which the plan is worth less than the reference
bad tenth: mean of that ratio over the worst tenth of the worlds

The optimiser here is SciPy's on these curves, with the tail of ``allocator.engine.risk.tail``: the
question is which question to ask, not who answers it.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from allocator.engine.risk.tail import cvar, soft_tail_weights

SETTINGS: dict[str, tuple[float, float]] = {
    "mean": (1.0, 0.0),
    "50% worst, 25%": (0.5, 0.25),
    "50% worst, 50%": (0.5, 0.5),
    "50% worst, 100%": (0.5, 1.0),
    "20% worst, 50%": (0.2, 0.5),
    "20% worst, 100%": (0.2, 1.0),
    "10% worst, 100%": (0.1, 1.0),
}
"""name -> (share of the draws that is bad, weight of their mean)"""
WIDTHS = (0.3, 0.03, 0.003)
MOVES = 0.5  # of the reference, to each side


@dataclass(frozen=True)
class Regime:
    """How wrong estimates are.

    error:     standard deviation of a line's log effect around the truth
    stated:    what the draws say it is, as a part of that: 1 is calibrated
    following: how far the estimate takes high spend for high effect: spend that follows demand
    """

    error: float
    stated: float = 1.0
    following: float = 0.0


REGIMES: Mapping[str, Regime] = {
    "good data": Regime(0.25),
    "little data": Regime(0.7),
    "overconfident": Regime(0.7, stated=0.5),
    "spend follows demand": Regime(0.5, stated=0.7, following=0.8),
}


@dataclass(frozen=True)
class World:
    """effect, half: (line,) true curve; reference: (line,) spend; draws: (draw, line) effects."""

    effect: np.ndarray
    half: np.ndarray
    reference: np.ndarray
    draws: np.ndarray

    def gain(self, effects: np.ndarray, spend: np.ndarray) -> np.ndarray:
        """Over the reference, by draw of the effects."""
        rise = spend / (self.half + spend) - self.reference / (self.half + self.reference)
        more: np.ndarray = effects @ rise
        return more


def world(rng: np.random.Generator, regime: Regime, *, lines: int = 8, draws: int = 200) -> World:
    """A world drawn at random."""
    half = rng.lognormal(0, 0.5, lines)
    effect = half * rng.lognormal(0, 0.5, lines)
    spend = rng.lognormal(0, 0.6, lines) * effect**0.3
    follows = regime.following * regime.error * _standard(np.log(spend))
    own = rng.normal(0, regime.error, lines) + rng.normal(0, 0.15)
    centre = np.log(effect) + own + follows
    spread = regime.stated * regime.error
    scatter = rng.normal(0, spread, (draws, lines)) + rng.normal(0, 0.15, (draws, 1))
    return World(effect, half, spend, np.exp(centre + scatter - spread**2 / 2))


def _standard(values: np.ndarray) -> np.ndarray:
    centred: np.ndarray = (values - values.mean()) / values.std()
    return centred


def best(place: World, effects: np.ndarray, share: float, weight: float) -> np.ndarray:
    """The split that the draws of the effects call best at this caution."""
    total, start = place.reference.sum(), place.reference
    bounds = [((1 - MOVES) * x, (1 + MOVES) * x) for x in start.tolist()]
    here, size = start, float(np.abs(effects).mean())
    for width in WIDTHS if weight else WIDTHS[:1]:
        spread = width * size

        def loss(x: np.ndarray, wide: float = spread) -> tuple[float, np.ndarray]:
            gain = place.gain(effects, x)
            q, tail = soft_tail_weights(gain, share, wide)
            weights = (1 - weight) / len(gain) + weight * q
            slope = (weights @ effects) * place.half / (place.half + x) ** 2
            return -((1 - weight) * gain.mean() + weight * tail) / size, -slope / size

        found = minimize(
            loss, here, jac=True, bounds=bounds, method="SLSQP",
            constraints={"type": "eq", "fun": lambda x: x.sum() - total,
                         "jac": lambda x: np.ones_like(x)},
            options={"ftol": 1e-9, "maxiter": 100},
        )  # fmt: skip
        here = found.x
    return here if judged(place, effects, here, share, weight) > 0 else start


def judged(
    place: World, effects: np.ndarray, spend: np.ndarray, share: float, weight: float
) -> float:
    """The blend of the gain."""
    gain = place.gain(effects, spend)
    return (1 - weight) * float(gain.mean()) + weight * cvar(gain, share)


def scores(regime: Regime, worlds: int, seed: int) -> dict[str, np.ndarray]:
    """Setting -> (world,) share of what could be gained."""
    rng = np.random.default_rng(seed)
    out: dict[str, list[float]] = {name: [] for name in SETTINGS}
    for _ in range(worlds):
        place = world(rng, regime)
        truth = place.effect[None]
        most = float(place.gain(truth, best(place, truth, 1.0, 0.0))[0])
        for name, (share, weight) in SETTINGS.items():
            plan = best(place, place.draws, share, weight)
            out[name].append(float(place.gain(truth, plan)[0]) / most)
    return {name: np.array(found) for name, found in out.items()}


def table(worlds: int, seed: int) -> str:
    """The scores of every regime and setting, in Markdown."""
    said = ["| worlds | caution | captured | harmed | bad tenth |", "|---|---|---|---|---|"]
    for label, regime in REGIMES.items():
        for name, found in scores(regime, worlds, seed).items():
            bad = np.sort(found)[: max(1, worlds // 10)].mean()
            harmed = float((found < -1e-6).mean())  # the reference itself is kept to rounding
            said.append(f"| {label} | {name} | {found.mean():.2f} | {harmed:.0%} | {bad:+.2f} |")
    return "\n".join(said)


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    ask.add_argument("--worlds", type=int, default=200)
    ask.add_argument("--seed", type=int, default=20261122)
    asked = ask.parse_args()
    print(table(asked.worlds, asked.seed))
