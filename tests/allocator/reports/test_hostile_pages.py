"""Hundreds of payloads in every page, opened in a real browser: nothing runs, loads or hides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_case import browser_of
from hostile_pages import hostile_pages
from payloads import PAYLOADS

from allocator.reports._base.names import clean

PATIENCE = 180_000.0  # ms: machines that test are busy
POKE = """() => {
  document.querySelectorAll('details').forEach(d => { d.open = true; });
  for (const e of document.querySelectorAll('body *')) {
    for (const kind of ['mouseover', 'click', 'toggle']) e.dispatchEvent(new Event(kind));
    if (e.matches('input, [autofocus], [onfocus]')) e.focus();
  }
  document.querySelectorAll('details').forEach(d => { d.open = true; });
}"""
FOUND = """() => {
  const every = [...document.querySelectorAll('*')];
  const attributes = every.flatMap(e => [...e.attributes].map(a => a.name));
  const bare = document.body.cloneNode(true);
  bare.querySelectorAll('script').forEach(s => s.remove());
  return {
    tags: [...new Set(every.map(e => e.localName))],
    attributes: [...new Set(attributes)],
    scripts: document.scripts.length,
    styles: document.querySelectorAll('style').length,
    text: bare.textContent,
    ran: window.__pwned === undefined ? null : window.__pwned,
    wide: document.documentElement.scrollWidth - window.innerWidth,
  };
}"""
NEVER = {
    *("img", "iframe", "frame", "object", "embed", "link", "base", "form", "button", "a"),
    *("video", "audio", "source", "template", "slot", "marquee", "math", "animate", "use", "xss"),
    *("foreignobject", "textarea", "area", "applet", "portal", "noscript", "b"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browser_of()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, tuple[str, ...]]]:
    folder = tmp_path_factory.mktemp("hostile")
    found = {}
    for name, data, whole in hostile_pages():
        path = folder / f"{name}.html"
        path.write_bytes(data)
        found[name] = (path, whole)
    return found


def test_there_are_hundreds_and_all_are_unlike() -> None:
    assert len({clean(text) for text in PAYLOADS}) >= 200


@pytest.mark.parametrize("guarded", [True, False], ids=["as it is", "without its policy"])
def test_nothing_runs_and_nothing_is_loaded(browser: Any, files: Any, guarded: bool) -> None:
    """Without its policy too: escaping alone must do, the policy is the second wall.

    With it, nothing may even be tried: a policy that has to forbid something is a hole patched.
    Once as wide as a telephone, once as a desk.
    """
    size = {"width": 375 if guarded else 1280, "height": 900}
    context = browser.new_context(bypass_csp=not guarded, viewport=size)
    asked: list[str] = []
    said: list[str] = []
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda other: said.append(f"popup {other.url}"))
    for name, (path, whole) in files.items():
        asked.clear()
        page.goto(path.as_uri())
        page.evaluate(POKE)
        found = page.evaluate(FOUND)
        assert asked == [path.as_uri()], name
        assert said == [], name
        assert found["ran"] is None, name
        assert page.url == path.as_uri(), name
        assert found["scripts"] == (1 if name == "plan" else 0), name
        assert found["styles"] == 1, name
        assert NEVER & set(found["tags"]) == set(), name
        bad = [
            a for a in found["attributes"] if a.startswith("on") or a in ("src", "href", "style")
        ]
        assert bad == [], name
        text = re.sub(r"\s+", " ", found["text"])
        assert [one for one in whole if re.sub(r"\s+", " ", clean(one)) not in text] == [], name
        assert not re.search("[\x00\x07\x1b\u202a-\u202e\u2066-\u2069]", text), name
        assert found["wide"] <= 0, name
    context.close()
