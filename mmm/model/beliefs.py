"""How beliefs written in model.yaml become random variables; several kinds may stand side by side.

A channel may have its retention as a Beta, another as a half-life. Each kind is one variable, and
the parameter is put together from them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from mmm.model.half_life import retention
from mmm.spec import BetaPrior, HalfLifePrior, LogNormalPrior


def variable(name: str, priors: Sequence[Any]) -> Any:
    """The parameter ``name``, one value for each of ``priors``: (n,).

    Beliefs about the parameter itself are one random variable of that name. Half-lives, and one of
    several kinds, are variables ``name_half_life``, ``name_beta``, ``name_lognormal``, and ``name``
    is put together from them in the order of the priors.
    """
    kinds = list(dict.fromkeys(type(prior) for prior in priors))
    if kinds in ([BetaPrior], [LogNormalPrior]):
        return VARIABLES[kinds[0]](name, priors)
    parts, places = [], []
    for kind in kinds:
        own = [place for place, prior in enumerate(priors) if type(prior) is kind]
        parts.append(VARIABLES[kind](f"{name}_{WORDS[kind]}", [priors[place] for place in own]))
        places += own
    return pm.Deterministic(name, pt.concatenate(parts)[np.argsort(places)])


def _beta(name: str, priors: Sequence[BetaPrior]) -> Any:
    alpha, beta = np.array([(prior.alpha, prior.beta) for prior in priors]).T
    return pm.Beta(name, alpha=alpha, beta=beta, shape=len(priors))


def _log_normal(name: str, priors: Sequence[LogNormalPrior]) -> Any:
    mu, sigma = np.array([(prior.mu, prior.sigma) for prior in priors]).T
    return pm.LogNormal(name, mu=mu, sigma=sigma, shape=len(priors))


def _half_life(name: str, priors: Sequence[HalfLifePrior]) -> Any:
    """Half-lives in weeks are drawn under ``name``; the retentions follow from them."""
    weeks = _log_normal(name, priors)
    kept = [
        retention(weeks[place], prior.decay, prior.window, xp=pt)
        for place, prior in enumerate(priors)
    ]
    return pt.stack(kept)


VARIABLES: dict[type, Callable[[str, Sequence[Any]], Any]] = {
    BetaPrior: _beta,
    LogNormalPrior: _log_normal,
    HalfLifePrior: _half_life,
}
"""kind of belief -> the random variable it becomes"""

WORDS: dict[type, str] = {
    BetaPrior: "beta",
    LogNormalPrior: "lognormal",
    HalfLifePrior: "half_life",
}
"""kind of belief -> how its variable is called where several make a parameter"""
