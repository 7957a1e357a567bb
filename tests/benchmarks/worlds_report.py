"""The tables of docs/worlds.md."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

HEAD = (
    "world", "worlds", "ROAS inside 90 %", "marginal ROAS inside 90 %", "attribution accuracy",
    "bias of ROAS", "CRPS of ROAS", "captured", "captured, charged", "harmed", "harmed, charged",
    "CPU s",
)  # fmt: skip
HARM = -0.01


def table(records: Sequence[Mapping[str, Any]]) -> str:
    """One row for each kind of world."""
    kinds = dict.fromkeys(record["label"] for record in records)
    rows = [_row(kind, [one for one in records if one["label"] == kind]) for kind in kinds]
    digests = ", ".join(sorted({record["code"] for record in records}))
    return f"{_markdown(HEAD, rows)}\n\nCode: {digests}."


def _row(kind: str, records: list[Mapping[str, Any]]) -> list[str]:
    scores = [record["score"] for record in records]
    accuracy = [score["accuracy"] for score in scores]
    mean = sum(accuracy) / len(accuracy)
    plans = [record["plans"] for record in records]
    return [
        kind,
        str(len(records)),
        coverage(scores, "covered"),
        coverage(scores, "marginal_covered"),
        f"{mean:.0%} ({min(accuracy):.0%} to {max(accuracy):.0%})",
        f"{sum(score['roas_bias'] for score in scores) / len(scores):+.0%}",
        f"{sum(score['roas_crps'] for score in scores) / len(scores):.2f}",
        *(f"{median(one[plan]['captured'] for one in plans):.2f}" for plan in plans[0]),
        *(f"{sum(one[plan]['gain'] < HARM for one in plans)} of {len(plans)}" for plan in plans[0]),
        f"{median(record['cpu'] for record in records):.0f}",
    ]


def coverage(scores: Sequence[Mapping[str, Any]], key: str) -> str:
    """``88 % (22 of 25; 70 to 96)``: the share, its counts, and its 95 % interval (Wilson 1927)."""
    hits, count = sum(score[key] for score in scores), sum(len(score["lines"]) for score in scores)
    low, high = wilson(hits, count)
    return f"{hits / count:.0%} ({hits} of {count}; {100 * low:.0f} to {100 * high:.0f})"


def wilson(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Interval of a share: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)."""
    share, wide = hits / count, 1 + z**2 / count
    middle = (share + z**2 / (2 * count)) / wide
    half = z * (share * (1 - share) / count + z**2 / (4 * count**2)) ** 0.5 / wide
    return middle - half, middle + half


def published_table(records: Sequence[Mapping[str, Any]]) -> str:
    """One row for each variant and seed of the public worlds."""
    head = ("variant", "seed", "captured", "captured, charged", "regret", "ROAS inside 90 %",
            "CPU s")  # fmt: skip
    rows = [
        [
            record["variant"],
            str(record["seed"]),
            f"{record['expected']['uplift_captured']:+.2f}",
            f"{record['charged']['uplift_captured']:+.2f}",
            f"{record['expected']['regret']:.3f}",
            f"{record['covered']} of {record['lines']}",
            f"{record['cpu']:.0f}",
        ]
        for record in records
    ]
    return _markdown(head, rows)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_tables(page: Path, tables: Mapping[str, str]) -> None:
    """Put each table between its marks, ``<!-- NAME -->`` and ``<!-- end of NAME -->``."""
    text = page.read_text(encoding="utf-8")
    for name, body in tables.items():
        marks = rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)"
        text, found = re.subn(
            marks, lambda m, body=body: f"{m[1]}\n{body}\n\n{m[2]}", text, flags=re.DOTALL
        )
        if not found:
            raise ValueError(f"{page} has no marks for {name}")
    page.write_text(text, encoding="utf-8")
