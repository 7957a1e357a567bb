"""Chromium of the system, where there is one: tests of pages open it, and download nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

NO_BROWSER = "no browser: `chromium` is not on the PATH, so that no page can be opened"


def browser_of() -> Iterator[Any]:
    """A headless browser for a fixture to hand on; the test is skipped, saying why, without one."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip(NO_BROWSER)  # no wheel brings one; what pages hold is tested without it too
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()
