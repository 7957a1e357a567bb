"""Ways of spoiling a project: bytes, lines, words, structure, links, sizes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Files = dict[str, bytes]

WORDS = (
    b"null", b"true", b"-1", b"0", b"1e400", b".nan", b".inf", b"[]", b"{}", b"[null]",
    b"240,000", b"2027-W99", b"%", b"2027-02-30", b"!!set", b"&a x", b"*a", b"{a: [1, {b: 2}]}",
    b"9" * 400, b"0x1f", b"1_000", b"<<: x", b"? x", b": ", b"|", b">-", b"[[1]]", b"!unset",
    b"!unset {id: cap}", b"- !unset", b"2027-01-04T00:00:00", b"00:30", b"\xff\xfe", b"\xc3",
    b"\x00", b"\x07", b"\t", b"\r", b"\xe2\x80\xa8", b"\xef\xbb\xbf", "\U0001f4b6".encode(), b"'",
    b'"', b"#", b"---", b"...", b"%YAML 1.1", b"../../../../etc/passwd", b"/etc/passwd", b"~",
    b"base/2027.yaml", b"q1.yaml", b"id: cap", b"extends: [q1.yaml]", b"variants: {a: {b: {}}}",
    b"{id: cap}", b"=1+1", b"<script>", b"\\x00", b"{{", b"%s", b"${HOME}",
)  # fmt: skip


def _words(rng: random.Random, text: bytes) -> bytes:
    found = list(re.finditer(rb"[^\s,\[\]{}:]+", text))
    if not found:
        return rng.choice(WORDS)
    word = rng.choice(found)
    return text[: word.start()] + rng.choice(WORDS) + text[word.end() :]


def _bytes(rng: random.Random, text: bytes) -> bytes:
    changed = bytearray(text)
    for _ in range(rng.randint(1, 8)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _cut(rng: random.Random, text: bytes) -> bytes:
    start, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
    return text[:start] + text[min(end, start + rng.randint(1, 60)) :]


def _doubled(rng: random.Random, text: bytes) -> bytes:
    start, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
    part = text[start : min(end, start + 200)]
    at = rng.randrange(len(text) + 1)
    return text[:at] + part + text[at:]


def _inserted(rng: random.Random, text: bytes) -> bytes:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(WORDS) + text[at:]


def _ended(rng: random.Random, text: bytes) -> bytes:
    return text[: rng.randrange(len(text) + 1)]


def _lines(rng: random.Random, text: bytes) -> bytes:
    lines = text.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.randrange(4)
    if kind == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif kind == 1:
        lines.insert(other, lines[one])
    elif kind == 2:
        del lines[one]
    else:
        lines[one] = b" " * rng.randint(1, 3) + lines[one]
    return b"\n".join(lines)


def _ends(rng: random.Random, text: bytes) -> bytes:
    return text.replace(b"\n", rng.choice([b"\r\n", b"\r", b"\n\n", b"\xc2\x85"]))


def _nested(rng: random.Random, text: bytes) -> bytes:
    depth = rng.choice([5, 19, 25, 400, 5_000])
    opening, closing = rng.choice([(b"[", b"]"), (b"{a: ", b"}"), (b"- ", b""), (b"? ", b"")])
    return _inserted_as(text, rng, opening * depth + b"x" + closing * depth)


def _long(rng: random.Random, text: bytes) -> bytes:
    size = rng.choice([1_000, 30_000])
    unit = rng.choice(
        [b"x", b"x ", b"\n", b"#\n", b" ", b"a,", b"\\n", b"'", b"!", b"&", b"0", b"-"]
    )
    return _inserted_as(text, rng, unit * (size // len(unit)))


def _inserted_as(text: bytes, rng: random.Random, value: bytes) -> bytes:
    places = [found.end() for found in re.finditer(rb": ", text)] or [len(text)]
    at = rng.choice(places)
    return text[:at] + value + text[at:]


def _axes(rng: random.Random, text: bytes) -> bytes:
    lines = [b"variants:"]
    for axis in range(rng.choice([1, 2, 3, 6])):
        options = b", ".join(
            b"o%d-%d: %s" % (axis, one, rng.choice([b"{}", b"{run: {seed: 1}}", b"{x: 1}", b""]))
            for one in range(rng.choice([1, 3, 30]))
        )
        lines.append(b"  a%d: {%s}" % (axis, options))
    return text + b"\n".join(lines) + b"\n"


SPOIL: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _words, _words, _words, _bytes, _cut, _doubled, _inserted, _inserted, _ended, _lines, _lines,
    _ends, _nested, _long, _axes,
)  # fmt: skip
"""What can be done to a file; words and lines more often, as people do."""


def spoilt(rng: random.Random, good: Files) -> Files:
    """The project with one to four things done to its files, or parts of one put into another."""
    files = dict(good)
    for _ in range(rng.choice([1, 1, 1, 2, 3, 4])):
        name = rng.choice(list(files))
        if len(files) > 1 and rng.random() < 0.05:
            files[name] = files[rng.choice(list(files))]
        elif files[name]:
            files[name] = rng.choice(SPOIL)(rng, files[name])
    return files
