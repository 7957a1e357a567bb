"""What sampling one piece brings back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mmm.model.derived import Derived
from mmm.posterior import Diagnostics


@dataclass(frozen=True, eq=False)
class Sampled:
    """draws: what was sampled and what it resolves to, stats: the sampler's own figures; both
    name -> (chain, draw, …). observed: weeks that the model has seen. start: a few draws of what
    was sampled, for the next fit to start from, name -> (start, …)."""

    draws: dict[str, np.ndarray]
    stats: dict[str, np.ndarray]
    derived: Derived
    diagnostics: Diagnostics
    observed: int
    start: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def flat(self) -> dict[str, np.ndarray]:
        """The draws of all chains, one after another: name -> (chain · draw, …)."""
        return flat(self.draws)


def flat(draws: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """(chain, draw, …) as (chain · draw, …)."""
    return {name: values.reshape(-1, *values.shape[2:]) for name, values in draws.items()}
