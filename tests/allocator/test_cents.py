from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.cents import cents, to_cents


@pytest.mark.parametrize(
    ("amount", "whole"),
    [(0.29, 29), (19.99, 1999), (1.005, 100), (1.015, 102), (-0.01, -1), (1e9 + 0.01, 10**11 + 1)],
)
def test_cents_of_the_decimal_that_is_written(amount: float, whole: int) -> None:
    assert cents(amount) == whole


@pytest.mark.parametrize("amount", [float("nan"), float("inf")])
def test_no_cents_of_what_is_no_amount(amount: float) -> None:
    with pytest.raises(ValueError, match="no amount"):
        cents(amount)


def free(n: int) -> tuple[list[int], list[int]]:
    return [0] * n, [10**9] * n


@pytest.mark.parametrize(
    ("amounts", "total", "expected"),
    [
        ([1 / 3] * 3, 100, (34, 33, 33)),  # equals by order
        ([0.004, 0.003, 0.003], 1, (1, 0, 0)),
        ([0.333, 0.335, 0.332], 100, (33, 34, 33)),  # the largest remainder gets the cent
        ([0.29, 0.71], 100, (29, 71)),  # 0.29 is below 29 cents as a float
        ([1.0, 2.0], 306, (103, 203)),  # both move when the total is not their sum
        ([], 0, ()),
    ],
)
def test_largest_remainder(amounts: list[float], total: int, expected: tuple[int, ...]) -> None:
    assert to_cents(amounts, total, *free(len(amounts))) == expected


def test_limits_hold() -> None:
    assert to_cents([1.0, 1.0, 1.0], 303, [100] * 3, [100, 100, 400]) == (100, 100, 103)
    assert to_cents([5.0, 0.0], 500, [0, 0], [500, 0]) == (500, 0)


@pytest.mark.parametrize(
    ("amounts", "total", "lower", "upper", "message"),
    [
        ([1.0], 100, [101], [200], "cannot be reached"),
        ([1.0], 100, [0], [99], "cannot be reached"),
        ([1.0], 100, [2], [1], "lower limit"),
        ([float("nan")], 100, [0], [200], "finite"),
        ([1.0], 100, [0, 0], [200], "length"),
    ],
)
def test_impossible(
    amounts: list[float], total: int, lower: list[int], upper: list[int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        to_cents(amounts, total, lower, upper)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-0.02, 0.08), st.integers(0, 4), st.integers(0, 4)),
        min_size=1,
        max_size=3,
    ),
    st.integers(0, 24),
)
def test_nearest_of_all_possible_cents(lines: list[tuple[float, int, int]], total: int) -> None:
    amounts = [amount for amount, _, _ in lines]
    lower = [low for _, low, _ in lines]
    upper = [low + width for _, low, width in lines]
    ranges = (range(low, high + 1) for low, high in zip(lower, upper, strict=True))
    possible = [c for c in itertools.product(*ranges) if sum(c) == total]

    def distance(whole: tuple[int, ...]) -> float:
        return sum((c - 100 * a) ** 2 for c, a in zip(whole, amounts, strict=True))

    if not possible:
        with pytest.raises(ValueError, match="cannot be reached"):
            to_cents(amounts, total, lower, upper)
        return
    found = to_cents(amounts, total, lower, upper)
    assert found in possible
    assert distance(found) <= min(map(distance, possible)) + 1e-9


def test_large_plans_sum_exactly() -> None:
    amounts = [2_000_000 / 7 + i * 0.1234567 for i in range(500)]
    total = cents(sum(amounts))
    found = to_cents(amounts, total, *free(500))
    assert sum(found) == total
    assert max(abs(c - 100 * a) for c, a in zip(found, amounts, strict=True)) < 1
