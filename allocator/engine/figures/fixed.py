"""A plan that nobody searched for: a split somebody wrote, with every figure of a plan.

Its bound is that of the best split of the same question, which is kept beside it so that the proof
can be made again. A plan that breaks rules may be worth more; then the gap is nothing and the
rules are named.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from allocator.engine.figures.risk import worth
from allocator.engine.figures.worth import evaluate
from allocator.engine.setting import Setting
from allocator.plan import Status


def as_evaluated(
    setting: Setting, document: dict[str, Any], best: np.ndarray | None
) -> dict[str, Any]:
    """A plan's document with the status of a split that was given, the rules that it breaks, and
    the best split of the same question, (line, week); None where no split keeps the rules."""
    proof = {**document["certificate"], "status": str(Status.EVALUATED)}
    proof.pop("cut_short", None)
    warnings = [*map(_broken, broken(document)), *document["warnings"]]
    more: dict[str, Any] = {}
    if best is None:
        warnings.append("no split was found that keeps all rules: there is no best one to compare")
    else:
        rows = dict(zip(setting.curves.lines, best.tolist(), strict=True))
        value = worth(setting, evaluate(setting, setting.labelled(best)))
        more["given"] = {"best": value, "best_spend": rows}
    return {**document, "certificate": proof, "warnings": warnings, **more}


def broken(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The limits that are missed by more than the rounding to cents; soft ones are paid for."""
    cent = 0.0051  # half a cent and what is left of floats
    found = []
    for entry in document["constraints"]:
        slack, soft = entry["slack"], entry.get("price") is not None
        room = cent if entry["unit"] == "currency" else 1e-9 * max(1.0, abs(entry["limit"]))
        if slack is not None and not soft and slack < -room and math.isfinite(slack):
            found.append(entry)
    return found


def _broken(entry: dict[str, Any]) -> str:
    where = "" if entry["part"] == "all" else f" ({entry['part']})"
    by = -entry["slack"]
    size = f"{by:,.2f}" if entry["unit"] == "currency" else f"{by:.3g}"
    if entry["unit"] == "share" or entry.get("probability") is not None:
        size = f"{by:.1%}"
    return f"breaks the rule {entry['id']}{where}: {entry['words']}; by {size}"
