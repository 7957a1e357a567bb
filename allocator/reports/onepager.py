"""The director's page: one A4 page that can be signed, as HTML and as PDF.

Both print the same words (``_base.paper``) and the same drawings; neither computes. The same plan
and dossier give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from allocator.findings.dossier import Dossier
from allocator.plan import Plan
from allocator.reports._base.fit import BREAK
from allocator.reports._base.moves import drawing, moves
from allocator.reports._base.names import clean
from allocator.reports._base.paper import paper
from allocator.reports._base.qr import code

INK, QUIET = "#1b1e23", "#5b616b"
FONT = "Libertinus Serif"
"""The one with all of Latin, Greek and Cyrillic among those that Typst brings."""
COVERED = 0x0530
"""From here on letters are looked for among the fonts of the system."""
HELD = frozenset("…–—−→±·≥≤×€£¥\u00a0\u200a\u202f\u200b‘’“”„•′″ﬁﬂ\ufffd")


def onepager_html(plan: Plan, dossier: Dossier) -> bytes:
    """The page as UTF-8 HTML: self-contained, nothing is loaded or run."""
    said, found = paper(plan, dossier), moves(plan)
    css = _file("onepager.css")
    look = {"ink": "currentColor", "quiet": QUIET, "font": "inherit"}
    text = _environment().get_template("onepager.html").render(
        page={**said.document(), "density": said.density},
        css=Markup(css),
        policy=_policy(css),
        drawing=drawing(found, plan.currency, **look) if found.rows else "",
        code=code(said.code),
    )  # fmt: skip
    return text.encode("utf-8")


def onepager_pdf(plan: Plan, dossier: Dossier) -> bytes:
    """The page as PDF, set by Typst: data are JSON and never markup; one page, whatever they are.

    Fonts are Typst's own, so that every machine sets the same bytes; only where a name is written
    in letters that they lack are the system's asked. The date in it is the dossier's.
    """
    import typst  # 80 MB that only paper needs

    data = typst_data(plan, dossier)
    made: bytes = typst.compile(
        _file("onepager.typ").encode(),
        format="pdf",
        sys_inputs={"page": data},
        ignore_system_fonts=covered(data),
        timestamp=0,
    )
    return made


def typst_data(plan: Plan, dossier: Dossier) -> str:
    """All that Typst is told, as JSON."""
    said, found = paper(plan, dossier), moves(plan)
    look = {"ink": INK, "quiet": QUIET, "font": FONT}
    picture = _standing(drawing(found, plan.currency, **look)) if found.rows else ""
    document: dict[str, Any] = {
        **said.document(), "drawing": picture, "qr": _standing(code(said.code)), "font": FONT
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, sort_keys=True)


def covered(text: str) -> bool:
    """Typst's own fonts have every letter of the text."""
    return all(ord(letter) < COVERED or letter in HELD for letter in text)


def _standing(drawing: Markup) -> str:
    """An SVG that is a file of its own."""
    return str(drawing).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def _file(name: str) -> str:
    return resources.files("allocator.reports").joinpath(name).read_text(encoding="utf-8")


def _environment() -> jinja2.Environment:
    """Everything is escaped; a name that is missing is a fault."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("allocator.reports", "."),
        autoescape=True,
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return BREAK.join(clean(part) for part in value.split(BREAK))
    return value


def _policy(css: str) -> str:
    """Nothing may be loaded or run; one style sheet, this one, may apply."""
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
