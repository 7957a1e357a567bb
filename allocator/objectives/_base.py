"""What an objective is: weights on mean response and on spend, declared without a solver."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class Terms:
    """maximise Σ_{m,i} response[m]·scale[i]·R_mi(x_i) + Σ_i (spend + by_line[i])·x_i + base.

    m names a KPI (the mean over all draws of what it brings in the window) or another meter.
    """

    response: Mapping[str, float]
    spend: float
    unit: str
    """``currency`` or ``count``"""
    by_line: Mapping[str, float] = field(default_factory=dict)
    """line -> weight of its spend beside ``spend``: discounting weighs early money more"""
    scale: Mapping[str, float] = field(default_factory=dict)
    """line -> factor on what it brings, 1 where it is not named: a brand or market that counts"""
    base: float = 0.0
    """what is there without the plan: minus the reference's value, where a gain is meant"""

    def weight(self, meter: str, line: str) -> float:
        """What a unit of a line's response adds to the goal."""
        return self.response.get(meter, 0.0) * self.scale.get(line, 1.0)

    def cost(self, line: str) -> float:
        """What a unit of a line's spend adds to the goal: −1 where it is paid from profit."""
        return self.spend + self.by_line.get(line, 0.0)


@dataclass(frozen=True)
class Economy:
    """What outcomes are worth: as a scenario says, or else as the model behind the curves does.

    margin:   what stays of a unit of revenue before media, a fraction; None where nobody says
    value_of: KPI -> what one of it is worth, currency; empty where the scenario does not say
    lifetime: what a new customer is worth by whom a line wins: line -> currency; likewise
    margins, values: KPI -> the model's own margin and value of one unit
    """

    margin: float | None = None
    value_of: Mapping[str, float] = field(default_factory=dict)
    lifetime: Mapping[str, float] = field(default_factory=dict)
    margins: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)


class Objective(ABC):
    """What is maximised; one subclass a file."""

    name: ClassVar[str]
    said_by: str = "scenario"
    """who says what an outcome is worth: ``scenario``, ``curves`` or ``clv``"""

    @abstractmethod
    def terms(self) -> Terms:
        """The weights."""
