"""How cells look: words that add up to a format. Quiet, hairlines, figures to the right."""

from __future__ import annotations

import re
from typing import Any

INK, GREY, FAINT, LINE = "#1f2430", "#5f6670", "#8a8f98", "#dfe2e6"
BLUE, ORANGE, TINT = "#0072b2", "#d55e00", "#fff6e0"
FONT, SIZE = "Arial", 9

_AMOUNT = "#,##0_);-#,##0_);0_)"
_ISO = re.compile(r"[A-Z]{3}\Z")


def words(currency: str) -> dict[str, dict[str, Any]]:
    """Word -> what it adds to a format. ``currency`` stands as its ISO code in sums."""
    code = f"[${currency}] " if _ISO.match(currency) else ""
    return {
        "title": {"bold": True, "font_size": 14, "text_wrap": True, "valign": "top"},
        "subtitle": {"font_color": GREY, "text_wrap": True, "valign": "top"},
        "section": {"bold": True, "font_size": 11, "valign": "bottom"},
        "head": {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1,
                 "bottom_color": FAINT},
        "row": {"bottom": 1, "bottom_color": LINE, "valign": "top"},
        "sum": {"bold": True, "top": 1, "top_color": FAINT, "bottom": 1, "bottom_color": LINE,
                "valign": "top"},
        "bold": {"bold": True},
        "grey": {"font_color": GREY},
        "right": {"align": "right"},
        "wrap": {"text_wrap": True},
        "top": {"valign": "top"},
        "quoted": {"quote_prefix": True},
        "indent 1": {"indent": 1, "align": "left"},
        "indent 2": {"indent": 2, "align": "left"},
        "edit": {"bg_color": TINT, "locked": False},
        "typed": {"num_format": "@"},
        "money": {"num_format": _AMOUNT},
        "cents": {"num_format": "#,##0.00_);-#,##0.00_);0.00_)"},
        "iso": {"num_format": f"{code}#,##0_);-{code}#,##0_);{code}0_)"},
        "iso cents": {"num_format": f"{code}#,##0.00_);-{code}#,##0.00_);{code}0.00_)"},
        "count": {"num_format": _AMOUNT},
        "better": {"num_format": "#,##0_);(#,##0);0_)"},
        "better iso": {"num_format": f"{code}#,##0_);({code}#,##0);{code}0_)"},
        "better ratio": {"num_format": "0.00_);(0.00);0.00_)"},
        "ratio": {"num_format": "#,##0.00_);-#,##0.00_);0.00_)"},
        "fine": {"num_format": "#,##0.0000_);-#,##0.0000_);0.0000_)"},
        "share": {"num_format": "0.0%_)"},
        "chance": {"num_format": '[>0.99]"over 99%";[<0.01]"under 1%";0%'},
        "exact": {"num_format": "#,##0.00####_);-#,##0.00####_);0.00_)"},
        "tiny": {"num_format": "0.0E+00"},
        # LibreOffice shows some as 1 otherwise; Excel has no numbers here
        "verdict": {"align": "right", "num_format": '"TRUE";"TRUE";"FALSE"'},
    }  # fmt: skip


UNITS = {"currency": "money", "count": "count", "share": "share", "ratio": "ratio"}
"""Unit -> the word for its figures."""
