"""A plan changed anywhere, sealed again, is found out by verify."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np

from allocator.plan import digest_of
from allocator.verify import verify
from mmm.curves import save
from mmm.errors import InputError
from tests.qa.draw import draw
from tests.qa.part import Findings, Part
from tests.qa.question import answer, curves_of, folder

PLANS, EACH = 12, 8  # plans that are tampered with, and seeds in a row for one
UNTOLD = ("solver", "versions", "digest")  # how it was made, and the seal, set again here
FREE = ("health", "accepted")  # whatever reason a person gives
FACTORS = (0.99, 1.01, -1.0, 1 + 1e-7)

Place = tuple[str | int, ...]
Document = dict[str, Any]


@cache
def made(number: int) -> str:
    """A plan.json as text; its curves lie beside it."""
    question = draw(number).question
    document = answer(question).plan
    assert document is not None
    text: Document = json.loads(document.to_json())
    save(curves_of(question), folder() / f"curves-{number}.nc", force=True)
    text["curves"]["path"] = f"curves-{number}.nc"
    return json.dumps(text)


def rejected(document: Document) -> bool:
    """Does verify find it out once its digest is right again?"""
    path = folder() / "plan.json"
    whole = {**document, "digest": digest_of(document)}
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    try:
        return verify(path).differences != ()
    except InputError:
        return True


def leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every single value of a document with its place."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*place, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*place, number))
    else:
        yield place, value


def at(document: Any, place: Place) -> Any:
    """The value there."""
    for part in place:
        document = document[part]
    return document


def changed(document: Document, place: Place, value: Any) -> Document:
    """The document with another value there."""
    other = copy.deepcopy(document)
    at(other, place[:-1])[place[-1]] = value
    return other


def _one(rng: np.random.Generator, document: Document, kind: type | None = None) -> Place:
    """A place whose value is recomputed, each kind of figure as likely as another."""
    kinds: dict[tuple[str, ...], list[Place]] = {}
    for place, value in leaves(document):
        told = place[0] not in UNTOLD and place != FREE
        if told and (kind is None or (isinstance(value, kind) and value)):
            kinds.setdefault(tuple(p for p in place if isinstance(p, str)), []).append(place)
    same = list(kinds.values())[int(rng.integers(len(kinds)))]
    return same[int(rng.integers(len(same)))]


def lie(rng: np.random.Generator, document: Document) -> Document:
    """The smallest lie about one value of any type."""
    place = _one(rng, document)
    value = at(document, place)
    if isinstance(value, bool):
        return changed(document, place, not value)
    if isinstance(value, int):
        return changed(document, place, value + 1)
    if isinstance(value, float):
        return changed(document, place, value * float(rng.choice([0.99, 1.01])) if value else 1.0)
    return changed(document, place, "x" if value is None else value + "x")


def slip(rng: np.random.Generator, document: Document) -> Document:
    """One number a little off, or with another sign."""
    place = _one(rng, document, float)
    return changed(document, place, at(document, place) * float(rng.choice(FACTORS)))


def swap(rng: np.random.Generator, document: Document) -> Document:
    """One figure of two lines exchanged."""
    one, two = rng.permutation(len(document["lines"]))[:2].tolist()
    other = copy.deepcopy(document)
    first, second = other["lines"][one], other["lines"][two]
    differ = [key for key in first if first[key] != second[key]]
    key = differ[int(rng.integers(len(differ)))]
    first[key], second[key] = second[key], first[key]
    return other


def key_gone(rng: np.random.Generator, document: Document) -> Document:
    """A key left out."""
    place = _one(rng, document)
    depth = int(rng.choice([d for d, part in enumerate(place, 1) if isinstance(part, str)]))
    other = copy.deepcopy(document)
    del at(other, place[: depth - 1])[place[depth - 1]]
    return other


def key_more(rng: np.random.Generator, document: Document) -> Document:
    """A key too many."""
    place = _one(rng, document)
    last = max(d for d, part in enumerate(place) if isinstance(part, str))
    return changed(document, (*place[:last], "surplus"), 1.0)


def rows(rng: np.random.Generator, document: Document) -> Document:
    """A row gone, doubled, or all of them in another order."""
    longer = [key for key in ("lines", "channels", "constraints") if len(document[key]) > 1]
    key = str(rng.choice(longer or ["lines"]))
    several = document[key]
    return {
        **document,
        key: [several[1:], [*several, several[0]], several[::-1]][int(rng.integers(3))],
    }


def cents(rng: np.random.Generator, document: Document) -> Document:
    """A cent from one line to another, everywhere that spend is shown of them."""
    other = copy.deepcopy(document)
    one, two = rng.permutation(len(other["lines"]))[:2].tolist()
    for number, cent in ((one, 0.01), (two, -0.01)):
        line = other["lines"][number]
        week = int(np.argmax(line["spend"]))
        line["spend"][week] = round(line["spend"][week] + cent, 2)
        line["total"] = round(line["total"] + cent, 2)
        (channel,) = (c for c in other["channels"] if c["channel"] == line["channel"])
        channel["spend"] = round(channel["spend"] + cent, 2)
    return other


def looser(rng: np.random.Generator, document: Document) -> Document:
    """A bound further away or nearer, the gap and its shares moved along with it."""
    proof = document["certificate"]
    bound = proof["bound"] + proof["value"] * float(rng.choice([-1e-3, 1e-3, 0.02]))
    gap = bound - proof["value"]
    size = abs(proof["gap"] / proof["gap_of_outcome"]) if proof["gap_of_outcome"] else 1.0
    other = {**proof, "bound": bound, "gap": gap, "gap_of_outcome": gap / size}
    return {**document, "certificate": other}


TAMPERINGS: Mapping[str, Callable[[np.random.Generator, Document], Document]] = {
    "lie": lie,
    "slip": slip,
    "swap": swap,
    "key gone": key_gone,
    "key more": key_more,
    "rows": rows,
    "cents": cents,
    "looser": looser,
}


def tampering(seed: int) -> Findings:
    """One way of tampering with one plan; every twentieth time the plan is left as it is."""
    rng = np.random.default_rng([9, seed])
    document: Document = json.loads(made(seed // EACH % PLANS))
    if seed % 20 == 0:
        return {"rejected": None if not rejected(document) else "an honest plan is rejected"}
    name = list(TAMPERINGS)[int(rng.integers(len(TAMPERINGS)))]
    other = TAMPERINGS[name](rng, document)
    if other == document:
        return {}
    return {"rejected": None if rejected(other) else f"{name}: {_difference(document, other)}"}


def _difference(document: Document, other: Document) -> str:
    before = dict(leaves(document))
    return "; ".join(
        f"{'.'.join(map(str, place))} {before.get(place)!r} → {value!r}"
        for place, value in leaves(other)
        if place not in before or before[place] != value
    )[:200]


TAMPERING = Part(
    "tampering",
    {"rejected": "a plan tampered with and sealed again is rejected, an honest one is not"},
    tampering,
    few=8,
    allowed={"rejected": 0.001},
)
