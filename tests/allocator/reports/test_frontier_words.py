"""Words on the charts of risk and money: none lies on a dot, on another word or outside."""

from __future__ import annotations

import re

import pytest

from allocator.reports._base.frontier import HIGH, LETTER, SIZE, Chart, Mark, chart

CASES = {
    "far apart": ((0.0, 0.0), (70.0, 120.0), (80.0, 60.0), (100.0, 20.0)),
    "on a steep line": ((0.0, 0.0), (76.0, 119.0), (80.0, 107.0), (87.0, 83.0)),
    "on a flat line": ((0.0, 0.0), (60.0, 100.0), (80.0, 98.0), (100.0, 96.0)),
    "at the right edge": ((0.0, 0.0), (98.0, 100.0), (99.0, 95.0), (100.0, 60.0)),
}
WORDS = (("reference", "right"), ("bold, this plan", "left"), ("balanced", "above"),
         ("careful", "right"))  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_every_word_has_its_own_place(name: str) -> None:
    points = CASES[name]
    marks = [Mark(at, word, "rung", side)
             for at, (word, side) in zip(points, WORDS, strict=True)]  # fmt: skip
    drawing = str(chart(Chart(points[1:], (), marks, "across", "up"), "what it says"))
    dots = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', drawing)]
    words = {}
    for attributes, word in re.findall(r"<text ([^>]*)>([^<]*)</text>", drawing):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        if word in dict(WORDS):
            wide, anchor = LETTER * len(word), said["text-anchor"]
            left = float(said["x"]) - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
            words[word] = (left, left + wide, float(said["y"]) - HIGH, float(said["y"]))
    assert len(dots) == len(words) == 4
    for word, (left, right, top, bottom) in words.items():
        assert left >= 0
        assert right <= SIZE[0]
        assert not any(left < x < right and top < y < bottom for x, y in dots)
        for other, box in words.items():
            apart = right <= box[0] or box[1] <= left or bottom <= box[2] or box[3] <= top
            assert word == other or apart
