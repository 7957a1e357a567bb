"""Where two computations of a plan differ: every figure beside the same made again."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from allocator.canonical import canonical

SAME = 1e-9  # relative; the same sums in the same order on another machine differ by less
ROUNDING = 1e-12  # of the numbers a difference is made of
RATIOS = {"roas", "cac", "marginal_roas", "probability_better", "worst_violation", "asked"}
UNSTATED = {"solver", "versions"}  # a record of how, which nothing here can recompute
MONEY_KEYS = {"spend", "total", "reference", "reference_scaled"}


@dataclass(frozen=True)
class Difference:
    """One thing a plan says that is not so."""

    path: str
    stated: object
    recomputed: object

    def __str__(self) -> str:
        return f"{self.path}: says {_shown(self.stated)}, recomputed {_shown(self.recomputed)}"


def compared_with(stated: dict[str, Any], recomputed: dict[str, Any]) -> list[Difference]:
    """What a plan says otherwise than its content made again, place by place."""
    near = _Nearness.of(recomputed["certificate"])
    return [
        difference
        for key in sorted(set(stated) | set(recomputed))
        if key not in UNSTATED
        for difference in _differences(key, stated.get(key), recomputed.get(key), near)
    ]


@dataclass(frozen=True)
class _Nearness:
    """How far two honest computations of a figure may differ: (relative, absolute)."""

    size: float
    """of the sums behind figures that are their difference, in the figure's unit"""
    gap: float
    """relative, of the gap and its shares: small differences of large numbers"""

    @staticmethod
    def of(proof: dict[str, Any]) -> _Nearness:
        size = max(1.0, abs(proof["value"]))
        small = [proof["gap"], proof["gap"] / (proof["gap_of_gain"] or math.inf)]
        lost = sum(ROUNDING * size / number for number in small if number > 0)
        return _Nearness(size, SAME + min(lost, 1.0))

    def allowed(self, path: str) -> tuple[float, float]:
        if path.startswith("certificate.gap"):
            return self.gap, ROUNDING * (self.size if path == "certificate.gap" else 1.0)
        pure = RATIOS & set(path.split("."))
        return SAME, ROUNDING * (1.0 if pure else self.size)


def _differences(path: str, stated: Any, again: Any, near: _Nearness) -> list[Difference]:
    if isinstance(stated, dict) and isinstance(again, dict):
        if "slack" in again:
            near = replace(near, size=max(abs(again["limit"]), abs(again["value"] or 0.0)))
        found = []
        for key in sorted(set(stated) | set(again)):
            inner = f"{path}.{key}"
            if (key in stated) != (key in again):
                absent = "nothing there"
                found.append(Difference(inner, stated.get(key, absent), again.get(key, absent)))
            else:
                found += _differences(inner, stated[key], again[key], near)
        return found
    if isinstance(stated, list) and isinstance(again, list):
        if len(stated) != len(again):
            return [Difference(path, f"{len(stated)} entries", f"{len(again)} entries")]
        return [
            difference
            for place, (a, b) in enumerate(zip(stated, again, strict=True))
            for difference in _differences(f"{path}.{_name(a, place)}", a, b, near)
        ]
    return [] if _same(path, stated, again, near) else [Difference(path, stated, again)]


def _same(path: str, stated: Any, again: Any, near: _Nearness) -> bool:
    numbers = all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in (stated, again)
    )
    if not numbers:
        return type(stated) is type(again) and bool(stated == again)
    if path.rsplit(".", 1)[-1] in MONEY_KEYS or path.startswith("scenario."):
        return bool(stated == again)  # whole cents and what a person wrote: nothing is rounded
    relative, absolute = near.allowed(path)
    return math.isclose(stated, again, rel_tol=relative, abs_tol=absolute)


def _name(value: Any, place: int) -> str:
    if isinstance(value, dict):
        named = [str(value[key]) for key in ("channel", "campaign", "geo") if value.get(key)]
        return str(value.get("line") or value.get("id") or "/".join(named) or place)
    return str(place)


def _shown(value: object) -> str:
    text = canonical({"": value})[5:-3].strip() if isinstance(value, dict | list) else str(value)
    return text if len(text) <= 100 else text[:97] + "..."
