"""The reference pages, written from the code they describe.

``python -m tests.house.reference`` writes docs/reference/*.md again; a test fails when one of
them is stale. It stands here because nothing in the product needs it.
"""

from __future__ import annotations

from pathlib import Path

from .commands import commands_page
from .model import model_page
from .plan import plan_page
from .scenario import scenario_page

FOLDER = Path(__file__).parents[3] / "docs" / "reference"
MARK = "<!-- Written from the code by `python -m tests.house.reference`; edit the docstrings. -->\n"


def pages() -> dict[Path, str]:
    """File -> the text that it should have."""
    texts = {
        "scenario.md": scenario_page(),
        "model.md": model_page(),
        "commands.md": commands_page(),
        "plan.md": plan_page(),
    }
    return {FOLDER / name: MARK + text for name, text in texts.items()}
