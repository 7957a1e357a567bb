"""Kinds of documents that are made from a plan, by the names of their files."""

from __future__ import annotations

KINDS = {
    "dossier.json": "dossier", "plan.html": "page", "plan.xlsx": "workbook",
    "onepager.html": "screen", "onepager.pdf": "onepager",
    "scenario.resolved.yaml": "scenario", "curves.nc": "curves",
    **{f"curves-{place}.nc": f"curves {place}" for place in range(2, 6)},
}  # fmt: skip
"""Files beside a plan.json -> the kind of document that they are."""

CURVES = tuple(kind for name, kind in KINDS.items() if name.endswith(".nc"))
"""Kinds of curves: those that the plan was made on, then its alternatives."""

MADE = frozenset(KINDS.values())
"""What comes in with a plan, or is made from it by us: nobody attaches another one later."""
