"""Write the reference pages again."""

from __future__ import annotations

from . import FOLDER, pages

FOLDER.mkdir(parents=True, exist_ok=True)
for path, text in pages().items():
    path.write_text(text, encoding="utf-8", newline="\n")
    print(path.relative_to(FOLDER.parents[1]))
