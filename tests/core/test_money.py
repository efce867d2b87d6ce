"""Money keeps every minor unit."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import CurrencyMismatch, Money, Rounding, round_fraction


def yuan(text: str) -> Money:
    return Money.parse(text, "CNY")


def test_a_split_gives_the_odd_minor_unit_to_the_largest_remainder() -> None:
    assert yuan("1000.00").split([1, 1, 1]) == [yuan("333.34"), yuan("333.33"), yuan("333.33")]
    assert yuan("0.05").split([3, 1]) == [yuan("0.04"), yuan("0.01")]


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(sum),
)
def test_parts_always_sum_to_the_whole(minor: int, weights: list[int]) -> None:
    parts = Money(minor, "CNY").split(weights)
    assert sum(part.minor for part in parts) == minor


def test_half_a_minor_unit_rounds_as_the_contract_says() -> None:
    half = Fraction(5, 2)
    assert [round_fraction(half, rule) for rule in Rounding] == [3, 2, 2, 3]
    assert round_fraction(-half) == -3


def test_two_currencies_never_meet() -> None:
    with pytest.raises(CurrencyMismatch):
        yuan("1.00") + Money(100, "USD")


@pytest.mark.parametrize("wrong", [1.5, True, "3"])
def test_only_whole_numbers_are_money(wrong: object) -> None:
    with pytest.raises(TypeError):
        Money(wrong, "CNY")  # type: ignore[arg-type]


def test_text_and_back() -> None:
    assert str(yuan("-1,234.5")) == "-1234.50 CNY"
    assert Money(1234, "JPY").decimal_text() == "1234"
    assert [yuan(text).grouped() for text in ("1234567.80", "-1000", "-0.50")] == [
        "1,234,567.80",
        "-1,000.00",
        "-0.50",
    ]
    assert Money(1234, "JPY").grouped() == "1,234"
    assert Money(1, "KWD").decimal_text() == "0.001"
    with pytest.raises(ValueError):
        yuan("1.005")


@pytest.mark.parametrize("text", ["1e3000000", "1/4", "1_000", "9" * 16, "0x10", "", "."])
def test_what_is_no_plain_decimal_is_refused_at_once(text):
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse(text, "CNY")
