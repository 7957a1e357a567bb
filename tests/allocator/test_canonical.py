"""Canonical JSON against the standard library's, which is what names plans that exist."""

from __future__ import annotations

import json
from collections import OrderedDict
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.canonical import canonical

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
DOCUMENTS = st.dictionaries(
    st.text(),
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(), inner),
        max_leaves=30,
    ),
)


class Word(StrEnum):
    SAID = "said"


class Number(IntEnum):
    TWO = 2


def written(document: Any) -> str:
    return (
        json.dumps(document, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    )


@given(DOCUMENTS)
@settings(max_examples=200, deadline=None)
def test_the_bytes_are_those_of_the_standard_library(document: dict[str, Any]) -> None:
    assert canonical(document) == written(document)


@pytest.mark.parametrize(
    "value",
    [
        Word.SAID, Number.TWO, np.float64(0.1), True, [[], {}, [[]]], {"b": 1, "a": (-0.0, 1e300)},
        "\u2028\x00\"\\\ud83d", {"é": [None, False, 10**30]},
        OrderedDict(b=1, a=OrderedDict(c={})), {2: 1, 1: [], 0: {3: 4}}, (),
    ],
)  # fmt: skip
def test_kinds_of_text_and_numbers_are_written_as_what_they_are(value: Any) -> None:
    document = {"value": value, "list": [value, value]}
    assert canonical(document) == written(document)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -np.inf, np.float64("nan")])
def test_what_is_no_number_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"deep": [{"er": number}]})


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", np.float32(1), {None: 1, "a": 2}])
def test_what_json_does_not_have_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical({"deep": value})
