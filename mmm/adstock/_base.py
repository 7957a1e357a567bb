"""What an adstock is: weights that spread one week's exposure over the weeks that follow."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""


class Adstock(ABC):
    """A family of carry-over weights w_0 … w_{W−1}.

    ``carried_t = Σ_l w_l · exposure_{t−l}``, with Σ w = 1 when normalised, which is how the model
    and the curves use them: adstock then moves an effect in time and never changes its size.
    """

    name: ClassVar[str]
    parameters: ClassVar[tuple[str, ...]]

    @abstractmethod
    def raw_weights(self, window: int, *, xp: Any = np, **parameters: Array) -> Array:
        """Weights before normalisation, shape (…, window), lag 0 first.

        Each parameter has shape (…); ``xp`` is NumPy or ``pytensor.tensor``.
        """

    def weights(self, window: int, *, xp: Any = np, **parameters: Array) -> Array:
        """Weights that sum to 1 over the window, shape (…, window), lag 0 first."""
        raw = self.raw_weights(window, xp=xp, **parameters)
        return raw / raw.sum(axis=-1)[..., None]


def lagged(exposure: np.ndarray, window: int) -> np.ndarray:
    """Exposure seen from each week backwards: shape (…, time, window), zero before the start.

    ``lagged(m, W) @ w`` is the adstocked series.
    """
    padding = [(0, 0)] * (exposure.ndim - 1) + [(window - 1, 0)]
    padded = np.pad(exposure, padding)
    views = np.lib.stride_tricks.sliding_window_view(padded, window, axis=-1)
    return views[..., ::-1]
