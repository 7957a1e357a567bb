from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from allocator.quantities import (
    AS_WRITTEN,
    RESOLVED,
    Money,
    PositiveMoney,
    Ratio,
    Seconds,
    Share,
    SignedShare,
)

GOOD = [
    (Money, 240000, 240000.0),
    (Money, "240k", 240000.0),
    (Money, "2.0M", 2_000_000.0),
    (Money, "2.35M", 2_350_000.0),
    (Money, 0, 0.0),
    (Money, 19.99, 19.99),
    (Money, "0.01999k", 19.99),
    (Money, "1.1k", 1100.0),
    (PositiveMoney, 0.01, 0.01),
    (Share, "35%", 0.35),
    (Share, "0%", 0.0),
    (Share, "100%", 1.0),
    (Share, "0.1%", 0.001),
    (SignedShare, "-30%", -0.3),
    (SignedShare, "+250%", 2.5),
    (SignedShare, "0%", 0.0),
    (SignedShare, "-100%", -1.0),
    (Seconds, "60s", 60.0),
    (Seconds, "0.5s", 0.5),
    (Ratio, 3, 3.0),
    (Ratio, 0.25, 0.25),
]

BAD = [
    (Money, "240,000", "an amount without commas; write 240000"),
    (Money, "1,240,000.50", "an amount without commas; write 1240000.50"),
    (Money, "2,5M", "an amount without commas; write 2.5M"),
    (Money, "240_000", "an amount without underscores; write 240000"),
    (Money, "€240k", "an amount without a currency sign"),
    (Money, "EUR 240k", "an amount without a currency sign"),
    (Money, "$1,000", "write 1000"),
    (Money, "240 000", "an amount without blanks; write 240000"),
    (Money, "2m", "k for thousands or M for millions; write 2M"),
    (Money, "5bn", "an amount such as 240000, 240k or 2.0M"),
    (Money, "0x10", "an amount such as"),
    (Money, "", "an amount such as"),
    (Money, True, "an amount such as"),
    (Money, None, "an amount such as"),
    (Money, [1], "an amount such as"),
    (Money, -1, "not negative"),
    (Money, "1e6", "an amount such as"),
    (Money, float("inf"), "a finite number"),
    (Money, float("nan"), "a finite number"),
    (Money, 10**400, "a finite number"),
    (Money, 10**12, "below 1,000,000 million"),
    (Money, 0.001, "whole cents"),
    (Money, "0.000001k", "whole cents"),
    (PositiveMoney, 0, "more than zero"),
    (Share, 35, "write 35%"),
    (Share, 0.35, "write 35% (or 0.35%, if that is meant)"),
    (Share, "35", "write 35%"),
    (Share, "35 %", "write 35%"),
    (Share, "12,5%", "write 12.5%"),
    (Share, "101%", "from 0% to 100%"),
    (Share, "-1%", "from 0% to 100%"),
    (Share, True, "a percentage such as 35%"),
    (SignedShare, "30%", "write +30% for more, -30% for less"),
    (SignedShare, -30, "write -30%"),
    (SignedShare, 30, "write +30%"),
    (SignedShare, "-101%", "-100% or more"),
    (Seconds, 60, "write 60s"),
    (Seconds, "1m", "seconds such as 60s"),
    (Seconds, "0s", "above 0s"),
    (Ratio, 0, "above zero"),
    (Ratio, "3", "a plain number"),
    (Ratio, True, "a plain number"),
]


@pytest.mark.parametrize(("kind", "written", "value"), GOOD)
def test_written_quantities(kind: Any, written: object, value: float) -> None:
    assert TypeAdapter(kind).validate_python(written) == value


@pytest.mark.parametrize(("kind", "written", "message"), BAD)
def test_refused_quantities_say_how_to_write_them(kind: Any, written: object, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(written)
    assert message in caught.value.errors()[0]["msg"]


@pytest.mark.parametrize(("kind", "written", "value"), GOOD)
def test_there_and_back(kind: Any, written: object, value: float) -> None:
    adapter = TypeAdapter(kind)
    assert adapter.dump_python(value) == value
    assert adapter.validate_python(value, context=RESOLVED) == value
    again = adapter.dump_python(value, context=AS_WRITTEN)
    assert adapter.validate_python(again) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [(Share, 1.01), (Share, -0.1), (SignedShare, -1.5), (Seconds, 0), (Money, -1)],
)
def test_resolved_numbers_keep_their_range(kind: Any, value: float) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value, context=RESOLVED)
