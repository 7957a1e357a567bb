"""The pictures of docs/sign-off.md, made from the pages.

``python -m tests.allocator.web.pages.signoff_images``
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "reports"))
sys.path.insert(0, str(Path(__file__).parents[2] / "signoff"))
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from browser_case import browser_of
from desk import START, Desk
from office import Office
from open_house import context_of, open_house
from PIL import Image
from signoff_world import World, authority_file, world

from allocator.signoff.store.connect import connect
from allocator.signoff.store.migrate import migrate
from allocator.signoff.times import later

IMAGES = Path(__file__).parents[4] / "docs" / "images"
COLOURS = 64
SIGNING = "signoff-approve.png"
NAMES = ("signoff-inbox.png", "signoff-plan.png", "signoff-compare.png", SIGNING,
         "signoff-telephone.png")  # fmt: skip
DESK, TELEPHONE = (1120, 800), (375, 800)


def pictures(found: World) -> dict[str, tuple[str, str, tuple[int, int]]]:
    """File -> who looks, at which page, on what."""
    plan = f"/plans/{found['review']}"
    sides = "&".join(f"plan={found[name]}" for name in ("review", "conditional"))
    return {
        "signoff-inbox.png": ("dora", "/", (1120, 560)),
        "signoff-plan.png": ("dora", plan, (1120, 860)),
        "signoff-compare.png": ("fiona", f"/compare?{sides}", (1120, 640)),
        "signoff-telephone.png": ("dora", plan, TELEPHONE),
    }


def make(folder: Path) -> list[Path]:
    """Write every picture into a folder; the files."""
    with tempfile.TemporaryDirectory() as place:
        authority_file(Path(place))
        store = connect(f"sqlite:///{place}/allocator.db")
        migrate(store)
        store.close()
        with open_house(Path(place), hire=True) as desk:
            found = world(desk.store, later(START, days=-1))
            Office(desk.store).checked(found.plans["review"])
            desk.at = later(START, hours=1)
            for browser in browser_of():
                files = [_shot(browser, desk, folder / name, *how)
                         for name, how in pictures(found).items()]  # fmt: skip
                files.append(_signing(browser, desk, found, folder / SIGNING))
        return files


def _shot(
    browser: Any, desk: Desk, file: Path, who: str, address: str, size: tuple[int, int]
) -> Path:
    context = context_of(browser, desk, who, viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.goto(address)
    _keep(page.screenshot(), file)
    context.close()
    return file


def _signing(browser: Any, desk: Desk, found: World, file: Path) -> Path:
    """The end of the page of approval, filled in."""
    context = context_of(browser, desk, "dora", viewport={"width": DESK[0], "height": 800})
    page = context.new_page()
    page.goto(f"/plans/{found['review']}/approve")
    page.get_by_label("Why").fill("It keeps the yearly plan and moves money out of TV early.")
    page.get_by_role("heading", name="What you sign").scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    _keep(page.screenshot(), file)
    context.close()
    return file


def _keep(shot: bytes, file: Path) -> None:
    """Few colours: a page has no more, and the picture stays small."""
    flat = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    flat.save(file, optimize=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        for one in make(Path(made)):
            shutil.copy(one, IMAGES / one.name)
            sys.stdout.write(f"{one.name} {one.stat().st_size:,} bytes\n")
