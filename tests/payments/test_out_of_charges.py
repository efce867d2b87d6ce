"""Sellers paid soon after a charge: the transfer names it, since our balance has not its money yet."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core import clock, ids
from core.db import db as database
from ledger import audit
from mall.orders import returns
from mall.orders import services as orders
from mall.orders.models import Order
from mall.payouts.models import Payout
from mall.payouts.services import balance_of, pay_out_all, request_payout
from mall.sellers import services as sellers
from payments import cards, services
from payments.models import Payment
from payments.sources import MoreThanTheCharge
from tests.factories.attacks import Attack, check_all
from tests.factories.goods import make_product
from tests.factories.orders import orders_of_answer, place_and_pay, put_in_cart, yuan
from tests.factories.payments import ask_payout, earn
from tests.factories.people import make_seller, make_shopper
from tests.payments.stripe_standin import StripeStandIn
from tests.stories.test_sums_at_commit import at_commit


@pytest.fixture(autouse=True)
def it_adds_up_afterwards(db: Any) -> Iterator[None]:
    with clock.travel(a_business_day(0)):  # on others no night pays
        yield
        ours = [f for f in audit.run() if f.name.startswith(("payments:", "a payout"))]
        assert [f for f in ours if not f.ok] == []


def a_business_day(later: int) -> datetime:
    return clock.start_of(clock.business_day_from(clock.today() + timedelta(later))) + timedelta(
        hours=20
    )


def shop() -> Any:
    seller = make_seller()
    seller.commission_ppm = 0
    sellers.change_payout_account(seller.id, f"acct_{seller.id}")
    return seller


def sold(*shops_and_prices: tuple[Any, str]) -> list[Order]:
    """One checkout by a card that Stripe keeps, received at once; its orders."""
    buyer = make_shopper()
    used = cards.UsedCard(ids.code("pm"), "cus_8", "Visa", "4242", "2031-04")
    card = cards.keep(buyer.id, "stripe", used)
    for seller, price in shops_and_prices:
        put_in_cart(buyer, make_product(seller, price), 1)
    made = orders_of_answer(place_and_pay(buyer, offer_key=f"card:{card.id}"))
    for order in made:
        orders.ship(order.number, order.seller_id, carrier="SF Express", tracking="SF1")
        orders.confirm_receipt(order.number, order.buyer_id)
    return made


def transfers(bank: StripeStandIn) -> list[tuple[int, bool]]:
    """Amount of each, and whether it names a charge."""
    made = sorted(bank.of("tr"), key=lambda transfer: transfer["id"])
    return [(t["amount"], bool(t["source_transaction"])) for t in made]


def driven(payout: Payout) -> str:
    return services.drive(services.op_of(payout.number))


def tonight() -> list[str]:
    before = set(database.session.scalars(select(Payout.number)))
    pay_out_all()
    made = database.session.scalars(select(Payout).order_by(Payout.id)).all()
    return [driven(payout) for payout in made if payout.number not in before]


def test_a_payout_today_of_a_charge_of_today_does_not_wait_for_its_money(
    bank: StripeStandIn,
) -> None:
    bank.available = 0  # nothing has reached our balance yet
    seller = shop()
    sold((seller, "100.00"))
    payout = request_payout(seller.id, yuan("60.00"), key="a")
    assert (driven(payout), transfers(bank)) == ("succeeded", [(60_00, True)])
    again = request_payout(seller.id, yuan("40.00"), key="b")
    assert (driven(again), transfers(bank)[1]) == ("succeeded", (40_00, True))
    assert database.session.scalars(select(Payment.sent_minor)).one() == 100_00


def test_without_a_charge_the_balance_has_nothing_and_the_money_stays_the_sellers(
    bank: StripeStandIn,
) -> None:
    bank.available = 0
    seller = shop()
    earn(seller.id, yuan("50.00"))
    assert driven(request_payout(seller.id, yuan("50.00"), key="a")) == "refused"
    assert balance_of(seller.id, "CNY") == yuan("50.00")


def test_the_night_pays_each_young_charge_apart_and_the_rest_out_of_the_balance(
    bank: StripeStandIn,
) -> None:
    """100.00 of ten days ago, 30.00 and 20.00 of today."""
    bank.available = 100_00
    seller = shop()
    sold((seller, "100.00"))
    with clock.travel(a_business_day(10)):
        sold((seller, "30.00"))
        sold((seller, "20.00"))
        assert tonight() == ["succeeded"] * 3
        assert transfers(bank) == [(30_00, True), (20_00, True), (100_00, False)]
        assert tonight() == []
    assert balance_of(seller.id, "CNY") == yuan("0.00")


def test_two_shops_of_one_checkout_share_its_charge_and_no_more(bank: StripeStandIn) -> None:
    bank.available = 0
    one, two = shop(), shop()
    sold((one, "70.00"), (two, "30.00"))
    earn(one.id, yuan("30.00"))  # of something else: not out of this charge
    assert sorted(tonight()) == ["refused", "succeeded", "succeeded"]
    assert sorted(transfers(bank)) == [(30_00, True), (70_00, True)]
    assert balance_of(one.id, "CNY") == yuan("30.00")


def test_what_was_given_back_of_a_charge_is_not_sent_out_of_it(bank: StripeStandIn) -> None:
    seller = shop()
    (order,) = sold((seller, "100.00"))
    returns.give_refund(order.number, yuan("40.00"), by="admin:1", cause="goodwill", key="k")
    assert tonight() == ["succeeded"]
    assert transfers(bank) == [(60_00, True)]
    payment = database.session.scalars(select(Payment)).one()
    with pytest.raises(MoreThanTheCharge):
        services.intend_payout(
            payout_number="P-1", destination="acct_1", amount=yuan("0.01"), payment_id=payment.id
        )
    with pytest.raises(DBAPIError), database.session.begin_nested():
        database.session.execute(text("update payment set sent_minor = captured_minor + 1"))
    with pytest.raises(DBAPIError, match="less left"), database.session.begin_nested():
        database.session.execute(text("update payment set sent_minor = sent_minor + 1"))


ATTACKS = [
    Attack(16, statements, why, "payments: what was sent out of a charge is what its payouts count")
    for statements, why in (
        (("update payment set sent_minor = sent_minor - 100",), "does not add up"),
        (("update payment set sent_minor = sent_minor + 100",), "does not add up"),
        (
            (
                "insert into gateway_op (id, created_at, kind, gateway, slot, live, payment_id, ref,"
                " amount, currency, params, state, attempts, code, message, journal_key,"
                " reversed_minor) select 1, now(), 'payout', gateway, 'payout:P-RAW', true, id,"
                " 'P-RAW', 100, currency, jsonb_build_object('charge_id', charge_id), 'intended',"
                " 0, '', '', '', 0 from payment",
            ),
            "not what is counted of its charge",
        ),
    )
]


def test_raw_sql_does_not_change_what_was_sent_out_of_a_charge(bank: StripeStandIn) -> None:
    """60.00 of 100.00 are on their way to the seller."""
    seller = shop()
    sold((seller, "100.00"))
    driven(request_payout(seller.id, yuan("60.00"), key="a"))
    at_commit(database)
    check_all(ATTACKS, {})


def test_a_refused_transfer_leaves_its_charge_as_it_was(bank: StripeStandIn) -> None:
    seller = shop()
    sellers.change_payout_account(seller.id, "acct_closed")
    sold((seller, "100.00"))
    assert tonight() == ["refused"]
    assert database.session.scalars(select(Payment.sent_minor)).one() == 0
    assert balance_of(seller.id, "CNY") == yuan("100.00")


def test_stripe_refuses_more_than_its_charge_has(bank: StripeStandIn) -> None:
    """The stand-in as Stripe: 100.01 of 100.00; then 60.00 and 40.01."""
    sold((shop(), "100.00"))
    charge_id = database.session.scalars(select(Payment.charge_id)).one()
    said = []
    for place, amount in enumerate(("100.01", "60.00", "40.01")):
        seller = 10 + place
        earn(seller, yuan(amount))
        op = ask_payout(f"T-{place}", seller, yuan(amount), "acct_1", charge_id)
        said.append(services.drive(op))
    assert said == ["refused", "succeeded", "refused"]
