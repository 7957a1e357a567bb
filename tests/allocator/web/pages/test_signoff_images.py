"""The pictures of docs/sign-off.md are those that the script makes, and small."""

from __future__ import annotations

import re

from signoff_images import IMAGES, NAMES


def test_the_page_shows_what_the_script_makes() -> None:
    page = (IMAGES.parent / "sign-off.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(images/(signoff-[a-z]+\.png)\)", page)) == set(NAMES)
    for name in NAMES:
        assert 5_000 < (IMAGES / name).stat().st_size < 100_000
