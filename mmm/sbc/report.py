"""The calibration as a file that grows data set by data set, and as a verdict in the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mmm.errors import Fault, InputError
from mmm.files import refuse_existing, write_whole
from mmm.model.evidence import Evidence
from mmm.sbc.calibrate import KEPT, QUANTITIES, Settings, digest, ranks
from mmm.sbc.uniform import Uniformity, uniformity

LIMIT = 0.01
"""Least p-value, after multiplying by the number of tests (Bonferroni)."""


@dataclass(frozen=True)
class Row:
    """One quantity of one line, and the p-values of its ranks."""

    quantity: str
    line: str
    ranks: list[int]
    p: Uniformity


@dataclass(frozen=True)
class Calibration:
    """All ranks, and whether they are uniform. ``digest``: see mmm.sbc.calibrate.digest."""

    digest: str
    datasets: int
    settings: Settings
    rows: tuple[Row, ...]

    @property
    def smallest(self) -> float:
        """The least p-value times the number of tests, at most 1."""
        values = [value for row in self.rows for value in (row.p.chi_square, row.p.envelope)]
        return min(1.0, min(values) * len(values))

    @property
    def uniform(self) -> bool:
        """Nothing speaks against uniform ranks."""
        return self.smallest >= LIMIT

    def to_json(self) -> str:
        """The report: what was done, the verdict, and the ranks of each row on a line."""
        body = {
            "digest": self.digest,
            "datasets": self.datasets,
            "settings": asdict(self.settings),
            "ranks_to": KEPT,
            "uniform": self.uniform,
            "smallest_p_times_tests": self.smallest,
            "rows": [asdict(row) for row in self.rows],
        }
        return json.dumps(body).replace("}, {", "},\n{")


Found = dict[str, list[list[int]]]
"""quantity -> (data set, line) ranks"""


def calibrate(
    evidence: Evidence,
    datasets: int,
    settings: Settings,
    out: Path | None,
    *,
    resume: bool = False,
    force: bool = False,
    watch: Callable[[int], object] = lambda _steps: None,
) -> Calibration:
    """Fit ``datasets`` data sets and judge their ranks; ``out`` is written after each.

    resume: take the ranks that ``out`` holds already; they must be of the same case and settings.
    ``watch`` is called with the number of data sets just done. Raises OutputExists and InputError.
    """
    own = digest(evidence, settings)
    found: Found = {name: [] for name in QUANTITIES}
    if out is not None and resume and out.exists():
        found = _read(out, own)
    elif out is not None:
        refuse_existing([out], force=force)
    done = min(datasets, len(found["roas"]))
    watch(done)
    for one in ranks(evidence, datasets, settings, done=done) if done < datasets else ():
        for name, by_line in one.items():
            found[name].append(by_line)
        if out is not None:
            _put(out, json.dumps({"digest": own, "rows": _columns(evidence, found)}))
        watch(1)
    result = judged(evidence, settings, found)
    if out is not None:
        _put(out, result.to_json())
    return result


def judged(evidence: Evidence, settings: Settings, found: Found) -> Calibration:
    """The verdict on ranks."""
    rows = tuple(
        Row(
            row["quantity"], row["line"], row["ranks"],
            uniformity(np.array(row["ranks"]), KEPT, seed=settings.seed),
        )
        for row in _columns(evidence, found)
    )  # fmt: skip
    return Calibration(digest(evidence, settings), len(found["roas"]), settings, rows)


def _columns(evidence: Evidence, found: Found) -> list[dict[str, Any]]:
    return [
        {"quantity": name, "line": line, "ranks": [by_line[column] for by_line in by_set]}
        for name, by_set in found.items()
        for column, line in enumerate(evidence.lines)
    ]


def _put(out: Path, text: str) -> None:
    write_whole(out, lambda path: path.write_text(text + "\n", encoding="utf-8"))


def _read(out: Path, own: str) -> Found:
    """Ranks of an earlier run."""
    try:
        body = json.loads(out.read_text(encoding="utf-8"))
        same = body["digest"] == own
        rows = [(row["quantity"], row["ranks"]) for row in body["rows"]]
    except (OSError, ValueError, KeyError, TypeError):
        fault = Fault(str(out), 0, 0, "", "another kind of file", "a report of mmm qa sbc")
        raise InputError([fault]) from None
    if not same:
        found, expected = "ranks of another case or other settings", "those of this run"
        raise InputError([Fault(str(out), 0, 0, "digest", found, expected, "leave out --resume")])
    return {
        name: [list(pair) for pair in zip(*(r for q, r in rows if q == name), strict=True)]
        for name in QUANTITIES
    }
