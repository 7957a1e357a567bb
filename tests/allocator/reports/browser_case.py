"""Chromium of the system, where there is one: tests of pages open it, and download nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest


def browser_of() -> Iterator[Any]:
    """A headless browser for a fixture to hand on; the test is skipped, saying why, without one."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        # a browser comes from no wheel; what pages hold is tested without one as well
        pytest.skip("no browser: `chromium` is not on the PATH, so that no page can be opened")
    with api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()
