"""The code on paper by which a plan is found again and checked."""

from __future__ import annotations

import re

from markupsafe import Markup

from allocator.findings.dossier import Dossier
from allocator.plan import Plan
from allocator.reports._base.svg import element, picture

FORM = re.compile(r"allocator:plan:([0-9a-f]{64}):([0-9a-f]{16})\Z")
"""What the code says: the plan's digest, and the first half of its dossier's."""
QUIET = 4.0  # modules around it that the standard asks for


def code_text(plan: Plan, dossier: Dossier) -> str:
    """``allocator:plan:<sha256>:<first 16 of the dossier's>``."""
    return f"allocator:plan:{plan.digest}:{dossier.digest[:16]}"


def code(text: str) -> Markup:
    """The text as a QR code, black on white in any light."""
    import segno  # 0.05 s that only a page with a code needs

    rows = tuple(segno.make(text, error="m", micro=False).matrix)
    size = len(rows) + 2 * QUIET
    path = "".join(
        f"M{x + QUIET:g} {y + QUIET:g}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return picture(
        (size, size),
        "Code for allocator verify",
        element("rect", width=size, height=size, fill="#ffffff"),
        element("path", d=path, fill="#000000"),
        shape_rendering="crispEdges",
    )
