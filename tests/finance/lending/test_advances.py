"""Advances on sales: their fee is earned to the cent, whatever sales bring."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import Money, total
from finance.lending.advance_life import ACTIVE, CLOSED, OVERPAID, Charged, GivenBack, Paid, fold
from finance.lending.advances import AdvanceTerms, longer, plan

START = date(2026, 1, 1)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def _terms(net: int = 900_000, fee: int = 100_000) -> AdvanceTerms:
    return AdvanceTerms(usd(net), usd(fee), usd(10_000_000), 180_000, START)


@settings(max_examples=40)
@given(
    st.integers(50_000, 900_000),
    st.integers(0, 100_000),
    st.dictionaries(st.integers(1, 60), st.integers(0, 200_000), max_size=20),
)
def test_all_is_paid_back_and_all_of_the_fee_earned(
    net: int, fee: int, came: dict[int, int]
) -> None:
    terms = _terms(net, fee)
    rows = plan(terms, {START + timedelta(day): usd(minor) for day, minor in came.items()})
    assert total((row.payment for row in rows), "USD") == terms.total
    assert total((row.income for row in rows), "USD") == terms.fee
    assert (rows[-1].balance, rows[-1].unearned) == (usd(0), usd(0))
    assert min(row.balance.minor for row in rows) >= 0
    assert min(row.unearned.minor for row in rows) >= 0


def test_a_day_without_sales_earns_nothing_and_ends_a_day_later() -> None:
    usual = plan(_terms())
    late = plan(_terms(), {START + timedelta(1): usd(0)})
    assert len(late) == len(usual) + 1
    assert (late[1].income, late[1].balance) == (usd(0), usd(900_000))
    assert late[2].income == usual[1].income


def test_another_fee_is_another_plan_from_the_payout() -> None:
    terms = _terms()
    dearer = terms.with_fee(usd(200_000))
    assert (terms.count, dearer.count) == (200, 220)
    assert plan(dearer)[1].unearned > plan(terms)[1].unearned
    assert dearer.eir > terms.eir > 0 == _terms(fee=0).eir


def test_terms_that_never_end_are_refused() -> None:
    with pytest.raises(ValueError, match="net: "):
        _terms(net=0)
    with pytest.raises(ValueError, match="net: "):
        _terms(fee=-1)
    assert [row.payment.minor for row in plan(_terms(net=1, fee=0))] == [0, 1]
    with pytest.raises(ValueError, match="volume: "):
        AdvanceTerms(usd(900_000), usd(0), usd(100), 180_000, START)
    with pytest.raises(ValueError, match="paused_to: "):
        longer(START, START, START - timedelta(1))


def test_a_life_of_an_advance() -> None:
    terms = _terms(900_000, 0)  # 50.00 a day
    events = [
        Paid(date(2026, 1, 3), usd(13_000)),
        Charged(date(2026, 1, 2), usd(2_000), "PENALTY"),
        Charged(date(2026, 1, 2), usd(700), due=date(2026, 1, 20)),
    ]
    state = fold(terms, events)
    paid = state.allocations[0]
    # penalty due 20.00, principal due 100.00, then the fee to come 7.00, principal to come 3.00
    assert (paid.penalties, paid.fees, paid.principal) == (usd(2_000), usd(700), usd(10_300))
    assert (state.outstanding, state.status) == (usd(900_000 - 10_300), ACTIVE)
    short = fold(terms, [*events[1:], Paid(date(2026, 1, 3), usd(12_500))])
    assert short.allocations[0].fees == usd(500)
    done = [Paid(date(2026, 2, 1), usd(910_000))]
    assert (fold(terms, done).overpaid, fold(terms, done).status) == (usd(10_000), OVERPAID)
    back = [*done, GivenBack(date(2026, 2, 1), usd(10_000))]
    assert (fold(terms, back).overpaid, fold(terms, back).status) == (usd(0), CLOSED)
