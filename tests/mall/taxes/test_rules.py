"""What prices contain, by hand: 20.00 at 20 % contain 3.33."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money, total
from mall.taxes import rules
from mall.taxes.rules import NO_TAX, Contained, Rate
from tests.factories.orders import yuan

VAT20, VAT5 = Rate("VAT", 200_000), Rate("VAT", 50_000)


@pytest.mark.parametrize(
    ("gross", "ppm", "tax"),
    [("20.00", 200_000, "3.33"), ("1200.00", 130_000, "138.05"), ("9.99", 0, "0.00"),
     ("0.03", 200_000, "0.01"), ("105.00", 50_000, "5.00")],
)  # fmt: skip
def test_a_price_contains_its_tax(gross: str, ppm: int, tax: str) -> None:
    assert rules.contained(yuan(gross), ppm) == yuan(tax)


def test_it_reads_as_on_a_receipt() -> None:
    assert Contained(VAT20, yuan("3.33")).words == "VAT 20 %: 3.33"
    assert Rate("VAT", 55_000).words == "VAT 5.5 %"
    assert Rate("VAT", 25_500).words == "VAT 2.55 %"


def test_three_thirds_add_up_to_the_whole() -> None:
    """3 × 3.33 at 20 %: the 9.99 contain 1.665, so 1.67; no line alone would say 0.57."""
    taxes = rules.of_lines([yuan("3.33")] * 3, [VAT20] * 3, yuan("0.00"))
    assert [tax.minor for tax in taxes] == [56, 56, 55]
    assert total(taxes, "CNY") == yuan("1.67")


def test_shipping_is_taxed_as_the_goods_it_carries() -> None:
    """60.00 at 20 % and 40.00 at 5 % travel for 10.00: 66.00 contain 11.00, 44.00 contain 2.10."""
    taxes = rules.of_lines([yuan("60.00"), yuan("40.00")], [VAT20, VAT5], yuan("10.00"))
    assert taxes == [yuan("11.00"), yuan("2.10")]


def test_units_that_come_back_take_their_own_tax_and_the_last_refund_the_rest() -> None:
    """Of 60.00 at 20 % and 40.00 at 5 %, shipping free: 10.00 and 1.90 (40.00 contain 1.9048)."""
    whole = [Contained(VAT20, yuan("10.00")), Contained(VAT5, yuan("1.90"))]
    first = rules.given_back(whole, [(VAT5, yuan("20.00"))], yuan("20.00"), yuan("100.00"))
    assert [c.words for c in first] == ["VAT 5 %: 0.95"]
    left = rules.less(whole, first)
    part = rules.given_back(left, [], yuan("40.00"), yuan("80.00"))  # goodwill: half of the rest
    assert [c.words for c in part] == ["VAT 20 %: 5.00", "VAT 5 %: 0.48"]
    last = rules.given_back(rules.less(left, part), [], yuan("40.00"), yuan("40.00"))
    assert [c.words for c in last] == ["VAT 20 %: 5.00", "VAT 5 %: 0.47"]
    assert rules.less(whole, [*first, *part, *last]) == []


@given(
    st.lists(
        st.tuples(st.integers(1, 10**9), st.sampled_from([VAT20, VAT5, NO_TAX])),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 10**6),
    st.lists(st.integers(1, 10**9), max_size=6),
)
def test_all_refunds_together_take_back_exactly_what_was_contained(
    sold: list[tuple[int, Rate]], shipping: int, refunds: list[int]
) -> None:
    amounts = [Money(amount, "CNY") for amount, _ in sold]
    rates = [rate for _, rate in sold]
    taxes = rules.of_lines(amounts, rates, Money(shipping, "CNY"))
    rest = total(amounts, "CNY") + Money(shipping, "CNY")
    assert Money.zero("CNY") <= total(taxes, "CNY") < rest
    whole = left = rules.by_rate(list(zip(rates, taxes, strict=True)))
    taken: list[Contained] = []
    for minor in [*refunds, rest.minor]:
        amount = min(Money(minor, "CNY"), rest)
        if not amount:
            break
        back = rules.given_back(left, [], amount, rest)
        assert all(one.amount.minor > 0 for one in back)
        taken, left, rest = [*taken, *back], rules.less(left, back), rest - amount
    if not rest:
        assert left == [] and rules.less(whole, taken) == []
