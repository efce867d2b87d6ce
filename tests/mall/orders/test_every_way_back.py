"""Money back over every way to pay and at every moment: the exact journal, never more than paid."""

from collections.abc import Callable
from typing import Any

import pytest

from core import clock
from core.db import db as database
from ledger import book
from mall.checkout.services import Awaiting, Placed
from mall.orders import courier, returns
from mall.orders import services as orders
from mall.orders.models import Order, Refund
from mall.orders.refunding import TooMuch
from mall.orders.rules import OrderState
from mall.payouts import services as payouts
from payments import services as payments
from tests.factories.bank import arrives, reference
from tests.factories.disputes import tell
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    move,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    yuan,
)
from tests.factories.people import make_seller, make_shopper
from tests.factories.wallet import give_balance
from tests.stories.cast import make_regular

Lines = list[tuple[str, str]]  # ("escrow > refund_payable", "30.00")


def bought(buyer: Any = None, **how: Any) -> Order:
    """Two things of 50.00 each of one shop, paid as `how` says."""
    buyer = buyer or make_shopper()
    put_in_cart(buyer, make_product(make_seller(), "50.00", stock=2), 2)
    answer = place_and_pay(buyer, **how)
    if isinstance(answer, Awaiting):
        arrives("100.00", reference=reference(payments.view(answer.payment_id)))
    else:
        assert isinstance(answer, Placed), answer
    (order,) = orders_of_answer(answer)
    return order


def with_balance(amount: str) -> Any:
    buyer = make_shopper()
    give_balance(buyer, amount)
    return buyer


WAYS: dict[str, Callable[[], Order]] = {
    "card": lambda: bought(),
    "balance": lambda: bought(with_balance("100.00"), wallet=yuan("100.00"), offer_key="wallet"),
    "balance and card": lambda: bought(with_balance("40.00"), wallet=yuan("40.00")),
    "pay later": lambda: bought(make_regular(start=clock.today()), offer_key="pay_later:3"),
    "bank transfer": lambda: bought(offer_key="bank_transfer"),
}

# what leaves `refund_payable` at once for 30.00, and then for the 70.00 that are left
TAKEN: dict[str, tuple[Lines, Lines]] = {
    "card": ([], []),
    "balance": ([("refund_payable > wallet", "30.00")], [("refund_payable > wallet", "70.00")]),
    "balance and card": ([], [("refund_payable > wallet", "40.00")]),
    "pay later": (
        [("refund_payable > loan_principal", "30.00")],
        [("refund_payable > loan_principal", "70.00")],
    ),
    "bank transfer": ([], []),
}
TO_GATEWAY: dict[str, tuple[int, int]] = {
    "card": (30_00, 70_00),
    "balance": (0, 0),
    "balance and card": (30_00, 30_00),
    "pay later": (0, 0),
    "bank transfer": (30_00, 70_00),
}


def paid_out(order: Order) -> None:
    move(order, OrderState.RECEIVED)
    payouts.request_payout(order.seller_id, yuan("95.00"), key=order.number)


MOMENTS: dict[str, Callable[[Order], None]] = {
    "not sent": lambda order: None,
    "on its way": lambda order: move(order, OrderState.SHIPPED),
    "delivered": lambda order: move(order, OrderState.DELIVERED),
    "released": lambda order: move(order, OrderState.RECEIVED),
    "paid out": paid_out,
}

# where 30.00 and then 70.00 come from; after release the mall gives 5 % back
RAISED: dict[str, tuple[Lines, Lines]] = {
    **dict.fromkeys(
        ("not sent", "on its way", "delivered"),
        ([("escrow > refund_payable", "30.00")], [("escrow > refund_payable", "70.00")]),
    ),
    "released": (
        [("commission > refund_payable", "1.50"), ("seller_payable > refund_payable", "28.50")],
        [("commission > refund_payable", "3.50"), ("seller_payable > refund_payable", "66.50")],
    ),
    "paid out": (
        [("commission > refund_payable", "1.50"), ("seller_receivable > refund_payable", "28.50")],
        [("commission > refund_payable", "3.50"), ("seller_receivable > refund_payable", "66.50")],
    ),
}


def journal(refund: Refund) -> Lines:
    """The refund's one journal by kinds of account."""
    return [
        (
            f"{line.debit.split(':')[1]} > {line.credit.split(':')[1]}",
            line.amount.decimal_text(),
        )
        for line in book.journal(f"refund:{refund.number}").lines
    ]


def sent(refund: Refund) -> int:
    """What goes back by a gateway: to a card, or by an order to the bank."""
    return sum(card["amount"] for card in refund.cards)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("way", WAYS)
def test_a_part_then_the_rest_then_nothing_more(db: Any, way: str, moment: str) -> None:
    order = WAYS[way]()
    MOMENTS[moment](order)
    for step, amount in enumerate(("30.00", "70.00")):
        given = returns.give_refund(order.number, yuan(amount), by="mall", cause="goodwill")
        assert journal(given) == RAISED[moment][step] + TAKEN[way][step], (way, moment, amount)
        assert sent(given) == TO_GATEWAY[way][step]
    with pytest.raises((TooMuch, returns.refunding.NotRefundable)):
        returns.give_refund(order.number, yuan("0.01"), by="mall", cause="goodwill")
    database.session.refresh(order)
    assert order.refunded == order.total == 100_00
    assert_clean()


@pytest.mark.parametrize("way", WAYS)
def test_a_line_that_comes_back_is_worth_its_price(db: Any, way: str) -> None:
    """One of two things of 50.00, sent back after receipt: 50.00, and one unit on the shelf again."""
    order = WAYS[way]()
    move(order, OrderState.RECEIVED)
    asked = returns.open_return(
        order.number, order.buyer_id, lines={order.lines[0].id: 1}, cause="changed_mind"
    )
    done = returns.accept_return(asked.number, by="mall")
    assert (done.amount, order.lines[0].returned) == (50_00, 1)
    assert journal(done)[:2] == [
        ("commission > refund_payable", "2.50"),
        ("seller_payable > refund_payable", "47.50"),
    ]
    assert_clean()


@pytest.mark.parametrize("moment", ["not sent", "delivered", "released", "paid out"])
@pytest.mark.parametrize("way", ["card", "balance and card"])
def test_during_a_dispute_only_the_rest_goes_back(db: Any, way: str, moment: str) -> None:
    """40.00 of the card's part are disputed: up to 60.00 can be given back, whatever way it goes."""
    order = WAYS[way]()
    MOMENTS[moment](order)
    tell(order, "needs_response", yuan("40.00"))
    with pytest.raises(TooMuch):
        returns.give_refund(order.number, yuan("60.01"), by="mall", cause="goodwill")
    given = returns.give_refund(order.number, yuan("60.00"), by="mall", cause="goodwill")
    # the card still holds 60.00, or 20.00 where the balance had paid 40.00
    assert sent(given) == (60_00 if way == "card" else 20_00)
    assert_clean()
    tell(order, "lost", yuan("40.00"))
    assert order.refunded == 100_00
    assert_clean()


@pytest.mark.parametrize("moment", ["delivered", "released"])
def test_cash_paid_at_the_door_goes_into_the_balance(db: Any, moment: str) -> None:
    buyer = make_shopper()
    put_in_cart(buyer, make_product(make_seller(), "50.00", stock=2), 2)
    (order,) = orders_of_answer(place_and_pay(buyer, offer_key="cash_on_delivery"))
    courier.hand_over(order.number, order.seller_id)
    orders.deliver(order.number)
    if moment == "released":
        orders.confirm_receipt(order.number, order.buyer_id)
    for step, amount in enumerate(("30.00", "70.00")):
        given = returns.give_refund(order.number, yuan(amount), by="mall", cause="goodwill")
        assert journal(given) == [*RAISED[moment][step], ("refund_payable > wallet", amount)]
    with pytest.raises((TooMuch, returns.refunding.NotRefundable)):
        returns.give_refund(order.number, yuan("0.01"), by="mall", cause="goodwill")
    assert_clean()
