"""What an objective is: weights on mean response and on spend, declared without a solver."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Terms:
    """maximise Σ_{k,i} response[k]·R_{k,i}(x_i) + spend·Σ_i x_i; every response weight is ≥ 0."""

    response: Mapping[str, float]
    spend: float
    unit: str
    """``currency`` or ``count``"""


class Objective(ABC):
    """What is maximised; one subclass a file."""

    name: ClassVar[str]

    @abstractmethod
    def terms(self) -> Terms:
        """The weights."""
