"""No adstock: what is shown this week acts this week."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mmm.adstock._base import Adstock, Array


class NoAdstock(Adstock):
    """w_0 = 1, all others 0."""

    name: ClassVar[str] = "none"
    parameters: ClassVar[tuple[str, ...]] = ()

    def raw_weights(self, window: int, *, xp: Any = np, **parameters: Array) -> Array:
        """1, 0, 0, …: (window,)."""
        return xp.eye(1, window)[0]
