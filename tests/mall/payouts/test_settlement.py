"""What becomes of an order's money: the settlement order, its ceiling, and payouts to the bank."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core import clock
from core.db import db as database
from core.errors import Conflict, InvalidInput
from core.money import Money
from ledger.accounts import account
from ledger.entries import Transfer
from mall.orders import returns
from mall.orders.rules import OrderState
from mall.payouts import jobs as payout_jobs
from mall.payouts import rules, services, terms
from mall.payouts.models import Payout, SettlementLine
from mall.ports import deductions
from mall.ports.deductions import Deduction, Release
from mall.sellers import services as sellers
from payments import services as payments
from payments.models import GatewayOp
from tests.factories.ledger import more_in
from tests.factories.orders import assert_clean, balance, make_order, yuan
from tests.factories.people import make_seller


class Lender:
    """Takes `tied` for step 4 and `share` for step 5, and remembers what it hears."""

    def __init__(self, tied: str = "0.00", share: str = "0.00") -> None:
        self.tied, self.share = yuan(tied), yuan(share)
        self.heard: list[tuple[str, Money, bool]] = []
        self.asked: list[tuple[Release, Money]] = []

    def claim(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        self.asked.append((release, ceiling))
        wanted = [(4, "order_advance", self.tied), (5, "sales_share", self.share)]
        return [self._cut(release, *each) for each in wanted if each[2]]

    def _cut(self, release: Release, step: int, reason: str, amount: Money) -> Deduction:
        seller, owed = account("seller_payable", release.seller_id), account("capital")
        return Deduction(
            step,
            reason,
            amount,
            f"{reason}-1",
            (Transfer(seller, owed, amount, reason),),
            released_by="Paid off.",
        )

    def refunded(self, order_number: str, seller_id: int, amount: Money, released: bool) -> None:
        self.heard.append((order_number, amount, released))


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Plug lenders in for one test."""
    more_in(monkeypatch, "order.released", "seller_payable > capital")
    before = list(deductions._registry.claimants)
    deductions._registry.claimants.clear()
    yield deductions.plug
    deductions._registry.claimants[:] = before


def steps(order: Any) -> list[tuple[int, str, int]]:
    query = select(SettlementLine).where(SettlementLine.order_id == order.id)
    lines = database.session.scalars(query.order_by(SettlementLine.step)).all()
    return [(line.step, line.reason, line.amount) for line in lines]


def test_every_deduction_is_a_line_with_its_place_and_reason(db: Any, plugged: Any) -> None:
    lender = Lender(tied="80.00", share="5.00")
    plugged(lender)
    order = make_order(amount="100.00", state=OrderState.RECEIVED)

    assert steps(order) == [
        (0, "sale", 10_000),
        (2, "commission", 500),
        (4, "order_advance", 8_000),
        (5, "sales_share", 500),
        (8, "balance", 1_000),
    ]
    assert balance("seller_payable", order.seller_id) == yuan("10.00")
    release, ceiling = lender.asked[0]
    assert (release.gross, release.net) == (yuan("100.00"), yuan("95.00"))
    assert ceiling == yuan("33.25")  # 35 % of 95.00
    assert_clean()


def test_a_claim_above_the_ceiling_is_a_mistake_and_nothing_is_released(
    db: Any, plugged: Any
) -> None:
    plugged(Lender(share="33.26"))
    order = make_order(amount="100.00", state=OrderState.DELIVERED)
    from mall.orders import services as orders

    with pytest.raises(ValueError, match="too much"):
        orders.confirm_receipt(order.number, order.buyer_id)
    assert order.state == "delivered" and balance("escrow", order.number) == yuan("100.00")
    assert steps(order) == []


def test_lenders_hear_of_refunds_before_and_after_release(db: Any, plugged: Any) -> None:
    lender = Lender()
    plugged(lender)
    order = make_order(amount="100.00", state=OrderState.DELIVERED)
    returns.give_refund(order.number, yuan("10.00"), by="mall", cause="late")
    from mall.orders import services as orders

    orders.confirm_receipt(order.number, order.buyer_id)
    returns.give_refund(order.number, yuan("20.00"), by="mall", cause="late")
    assert lender.heard == [
        (order.number, yuan("10.00"), False),
        (order.number, yuan("20.00"), True),
    ]
    # released 90.00 less 4.50; 20.00 back, of which 1.00 is commission
    assert balance("seller_payable", order.seller_id) == yuan("66.50")
    assert_clean()


amounts = st.integers(1, 10**9)


@given(amounts, st.integers(0, 500_000), st.integers(0, 500_000), st.integers(0, 10**9))
def test_a_division_loses_nothing(gross: int, ppm: int, tax_ppm: int, owed: int) -> None:
    money = Money(gross, "CNY")
    fee = money.ppm(ppm)
    parts = rules.divide(money, fee, fee.ppm(tax_ppm), Money(owed, "CNY"))
    assert parts.commission + parts.tax + parts.due + parts.net == parts.gross
    assert min(p.minor for p in (parts.commission, parts.tax, parts.due, parts.net)) >= 0


def drive_all() -> None:
    for op in database.session.scalars(select(GatewayOp).where(GatewayOp.kind == "payout")).all():
        payments.drive(op.id)


def test_a_payout_is_held_then_sent_and_paid(db: Any) -> None:
    order = make_order(amount="200.00", state=OrderState.RECEIVED)
    payout = services.request_payout(order.seller_id, yuan("190.00"), key="K")
    assert payout.state == "requested" and not services.balance_of(order.seller_id, "CNY")
    assert balance("seller_payable", order.seller_id) == yuan("190.00")  # held, not gone
    for minutes in (0, 2, 60):
        with clock.travel(clock.now() + timedelta(minutes=minutes)):
            drive_all()
    assert payout.state == "paid" and payout.paid_at
    assert not balance("seller_payable", order.seller_id)
    assert not balance("payout_in_flight", payout.number)
    assert_clean()


def test_a_payout_the_bank_refuses_is_back_in_the_balance_with_a_reason(db: Any) -> None:
    order = make_order(amount="200.00", state=OrderState.RECEIVED)
    sellers.change_payout_account(order.seller_id, "6222020000000002")
    payout = services.request_payout(order.seller_id, yuan("100.00"), key="K")
    drive_all()
    assert payout.state == "failed" and "bank account" in payout.why
    assert services.balance_of(order.seller_id, "CNY") == yuan("190.00")
    assert_clean()


def test_who_is_not_approved_or_asks_for_too_little_is_not_paid(db: Any) -> None:
    order = make_order(amount="200.00", state=OrderState.RECEIVED)
    with pytest.raises(InvalidInput, match=r"at least 1\.00"):
        services.request_payout(order.seller_id, yuan("0.99"), key="K")
    sellers.suspend(order.seller_id)
    with pytest.raises(Conflict, match="approved"):
        services.request_payout(order.seller_id, yuan("10.00"), key="K")
    payout_jobs.pay_out_all()
    assert database.session.scalars(select(Payout)).all() == []
    assert make_seller()


def test_a_seller_may_have_a_ceiling_of_their_own_up_to_half(db: Any, plugged: Any) -> None:
    seller = make_seller()
    terms.set_holdback(seller.id, 100_000)
    lender = Lender(share="9.50")
    plugged(lender)
    order = make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    assert lender.asked[0][1] == yuan("9.50")  # 10 % of 95.00
    lines = database.session.scalars(
        select(SettlementLine).where(SettlementLine.order_id == order.id)
    ).all()
    assert {line.released_by for line in lines if line.step == 5} == {"Paid off."}
    assert all(line.released_by for line in lines if line.step not in (0, 8))
    with pytest.raises(InvalidInput, match="50 percent"):
        terms.set_holdback(seller.id, 500_001)
    with pytest.raises(IntegrityError, match="never_hold_back_more_than_half"):
        database.session.execute(text("update seller_terms set holdback_ppm = 500001"))
    database.session.rollback()
