"""A checkout by card, whatever the card does and whenever the answer comes."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from core import clock
from core.db import db as database
from core.db import get
from core.errors import Conflict, InvalidInput, NotFound
from mall.cart import queries as carts
from mall.catalog import services as catalog
from mall.catalog.models import Product, Variant
from mall.catalog.rules import OutOfStock
from mall.checkout import expiry, paying
from mall.checkout.models import Checkout
from mall.checkout.paying import NewCard
from mall.checkout.queries import next_key
from mall.checkout.services import Awaiting, Declined, Placed, PriceChanged, place
from mall.orders.models import Order
from mall.ports import payment_methods
from payments import cards, sandbox_bank
from payments import services as payments
from tests.factories.goods import make_product
from tests.factories.orders import (
    ADDRESS,
    assert_clean,
    balance,
    make_order,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    saved_card,
    yuan,
)
from tests.factories.people import make_seller, make_shopper

DECLINED, LOST, LATE = "4000000000000002", "4000000000001000", "4000000000001026"
ASKS, DECLINED_LATE = "4000002500003155", "4000000000001042"


def in_cart(buyer: Any, price: str = "50.00", stock: int = 5, quantity: int = 2) -> Product:
    product = make_product(make_seller(), price, stock=stock)
    put_in_cart(buyer, product, quantity)
    return product


def stock(product: Product) -> tuple[int, int]:
    variant = get(Variant, product.variants[0].id)
    return variant.on_hand, variant.reserved


def count(kind: Any) -> int:
    return database.session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_declined_card_cancels_the_orders_frees_the_stock_and_keeps_the_cart(db: Any) -> None:
    buyer = make_shopper()
    mug = in_cart(buyer)
    answer = place_and_pay(buyer, number=DECLINED)

    assert isinstance(answer, Declined) and "declined" in answer.reasons[0].text
    order = orders_of_answer(answer)[0]
    assert (order.state, order.canceled_by, stock(mug)) == ("canceled", "mall", (5, 0))
    assert carts.view(carts.find(person_id=buyer.id)).count == 2
    assert not balance("escrow", order.number)

    assert isinstance(place_and_pay(buyer), Placed)  # another card, a new checkout
    assert stock(mug) == (3, 0) and count(Checkout) == 2
    assert not carts.view(carts.find(person_id=buyer.id)).count
    assert_clean()


def test_the_same_key_is_one_checkout_and_one_charge(db: Any) -> None:
    buyer = make_shopper()
    mug = in_cart(buyer)
    first = place_and_pay(buyer, key="try-0")
    put_in_cart(buyer, mug)
    assert place_and_pay(buyer, key="try-0") == first
    assert (count(Checkout), count(Order), stock(mug)) == (1, 1, (3, 0))

    in_cart(make_shopper())  # somebody else's cart is somebody else's
    assert next_key(buyer.id) == "try-1"


def test_a_lost_answer_is_found_and_the_order_is_paid_once(db: Any) -> None:
    buyer = make_shopper()
    in_cart(buyer)
    answer = place_and_pay(buyer, number=LOST)
    assert isinstance(answer, Awaiting)
    with clock.travel(clock.now() + timedelta(minutes=5)):
        assert payments.refresh(answer.payment_id).state == "succeeded"
        assert isinstance(paying.services.known_answer(buyer.id, "try-0"), Placed)
    assert balance("escrow", orders_of_answer(answer)[0].number) == yuan("100.00")
    assert_clean()


def test_a_payment_that_waits_for_the_shopper_is_given_up_in_time(db: Any) -> None:
    buyer = make_shopper()
    mug = in_cart(buyer)
    answer = place_and_pay(buyer, number=ASKS)
    assert isinstance(answer, Awaiting) and stock(mug) == (5, 2)
    assert payments.view(answer.payment_id).action_url

    with clock.travel(clock.now() + timedelta(minutes=14)):
        assert expiry.give_up_overdue() == 0
    with clock.travel(clock.now() + timedelta(minutes=16)):
        assert expiry.give_up_overdue() == 1
        assert expiry.give_up_overdue() == 0
    assert stock(mug) == (5, 0)
    assert orders_of_answer(answer)[0].cancel_reason == expiry.WHY
    assert_clean()


def given_up_then_paid(buyer: Any) -> Awaiting:
    """A checkout whose card answers after its stock was given up."""
    answer = place_and_pay(buyer, number=LATE)
    assert isinstance(answer, Awaiting)
    checkout, placed = paying.services.locked(answer.number)
    paying.services.give_up(checkout, placed, why="too slow")
    database.session.flush()
    return answer


def late(answer: Awaiting) -> None:
    with clock.travel(clock.now() + timedelta(minutes=20)):
        payments.refresh(answer.payment_id)


def test_a_payment_too_late_still_buys_what_is_still_there(db: Any) -> None:
    buyer = make_shopper()
    mug = in_cart(buyer)
    answer = given_up_then_paid(buyer)
    late(answer)
    order = orders_of_answer(answer)[0]
    assert (order.state, order.canceled_at, stock(mug)) == ("paid", None, (3, 0))
    assert balance("escrow", order.number) == yuan("100.00")
    assert_clean()


def test_a_payment_too_late_for_the_last_goods_goes_back_to_the_card(db: Any, pile: Any) -> None:
    buyer = make_shopper()
    mug = in_cart(buyer, stock=2)
    answer = given_up_then_paid(buyer)
    make_order(amount="100.00", product=mug, quantity=2)  # somebody was faster
    late(answer)
    assert balance("wallet", buyer.id) == yuan("100.00")
    with clock.travel(clock.now() + timedelta(minutes=21)):
        pile.run_due()
    assert not balance("wallet", buyer.id)
    assert not balance("refund_payable", f"R-{answer.number}")
    assert payments.view(answer.payment_id).refunded == yuan("100.00")
    assert orders_of_answer(answer)[0].state == "canceled"
    assert_clean()


def test_who_paid_in_another_way_does_not_buy_twice(db: Any, pile: Any) -> None:
    buyer = make_shopper()
    mug = in_cart(buyer)
    first = place_and_pay(buyer, number=ASKS)
    expiry.give_up(first.number, buyer.id)
    assert isinstance(place_and_pay(buyer), Placed)
    page = payments.view(first.payment_id).action_url
    sandbox_bank.answer_authentication(page.rpartition("/")[2], approved=True)
    late(first)
    with clock.travel(clock.now() + timedelta(minutes=21)):
        pile.run_due()
    assert stock(mug) == (3, 0)
    assert orders_of_answer(first)[0].state == "canceled"
    assert payments.view(first.payment_id).refunded == yuan("100.00")
    assert not balance("wallet", buyer.id)
    assert_clean()


def test_without_stock_nothing_is_written_and_nothing_charged(db: Any) -> None:
    buyer = make_shopper()
    mug = in_cart(buyer, stock=2)
    catalog.count_stock(mug.variants[0].id, mug.seller_id, 1)
    with pytest.raises(OutOfStock):
        place_and_pay(buyer)
    assert (count(Checkout), count(Order), stock(mug)) == (0, 0, (1, 0))
    assert payments.payment_for("checkout:C") is None


def test_a_changed_price_is_shown_before_it_is_paid(db: Any) -> None:
    buyer = make_shopper()
    mug = in_cart(buyer)
    catalog.set_price(mug.variants[0].id, mug.seller_id, 6_000)
    with pytest.raises(PriceChanged, match=r"120\.00"):
        place_and_pay(buyer, expected=yuan("100.00"))
    catalog.change_product(mug.id, mug.seller_id, listed=False)
    with pytest.raises(Conflict, match="no longer on sale"):
        place_and_pay(buyer)
    with pytest.raises(InvalidInput, match="empty"):
        place_and_pay(make_shopper(), offer_key="card")


def test_a_typed_card_is_forgotten_unless_it_is_to_be_kept(db: Any) -> None:
    for keep in (False, True):
        buyer = make_shopper()
        in_cart(buyer)
        card = NewCard("4242 4242 4242 4242", "04/40", "123", keep=keep)
        assert isinstance(place_and_pay(buyer, offer_key="card", card=card), Placed)
        assert len(cards.of(buyer.id)) == keep
    assert "4242" not in repr(card)


def test_somebody_elses_card_pays_nothing(db: Any) -> None:
    buyer, other = make_shopper(), make_shopper()
    in_cart(buyer)
    with pytest.raises(NotFound):
        place(
            buyer_id=buyer.id,
            key="k",
            address=ADDRESS,
            shipping={},
            offer_key=saved_card(other.id),
        )
    with pytest.raises(NotFound, match="no such way"):
        payment_methods.method_of("shells")
    assert count(Order) == 0
