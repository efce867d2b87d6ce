"""Orders in every state, bought and moved through the same use cases as the pages."""

from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db
from core.money import Money
from ledger import audit, book
from ledger.accounts import account
from mall.accounts.models import Person
from mall.cart import services as carts
from mall.catalog.models import Product
from mall.checkout import paying
from mall.checkout.models import Checkout
from mall.checkout.queries import basket_of, next_key, orders_of
from mall.checkout.services import Answer, Placed
from mall.orders import services as orders
from mall.orders.models import Order
from mall.orders.rules import OrderState
from mall.sellers.models import Seller
from payments import cards
from tests.factories.goods import make_product
from tests.factories.people import make_seller, make_shopper

GOOD_CARD = "4242424242424242"
ADDRESS = {
    "recipient": "Shopper",
    "line": "Lake Road 1",
    "city": "Hangzhou",
    "region": "Zhejiang",
    "postcode": "310000",
    "country": "CN",
    "phone": "",
}


def yuan(text: str) -> Money:
    return Money.parse(text, "CNY")


def saved_card(person_id: int, number: str = GOOD_CARD) -> str:
    """The offer key of a saved sandbox card of this person, `card:ID`."""
    known = [c for c in cards.of(person_id) if c.last4 == number[-4:]]
    card = (
        known[0] if known else cards.save(person_id, number, f"04/{clock.today().year + 3}", "123")
    )
    return f"card:{card.id}"


def put_in_cart(buyer: Person, product: Product, quantity: int = 1) -> None:
    """The product's first variant into the buyer's cart."""
    variant_id = product.variants[0].id
    carts.add(variant_id=variant_id, quantity=quantity, person_id=buyer.id)


def place_and_pay(
    buyer: Person,
    *,
    offer_key: str = "",
    number: str = GOOD_CARD,
    shipping: str = "pickup",
    **more: Any,
) -> Answer:
    """Buy what is in the cart, by a saved sandbox card unless another way is named."""
    sellers = [p.seller_id for p in basket_of(buyer.id).parcels]
    return paying.confirm(
        buyer_id=buyer.id,
        key=more.pop("key", next_key(buyer.id)),
        address=more.pop("address", ADDRESS),
        shipping=dict.fromkeys(sellers, shipping),
        offer_key=offer_key or saved_card(buyer.id, number),
        **more,
    )


def orders_of_answer(answer: Answer) -> list[Order]:
    """The orders a checkout became."""
    checkout = db.session.scalars(select(Checkout).where(Checkout.number == answer.number)).one()
    return orders_of(checkout.id)


def make_order(
    buyer: Person | None = None,
    seller: Seller | None = None,
    amount: Money | str = "100.00",
    *,
    state: OrderState = OrderState.PAID,
    quantity: int = 1,
    offer_key: str = "",
    product: Product | None = None,
    card: str = GOOD_CARD,
) -> Order:
    """An order of `amount` in all, in `state`, paid by card (pick-up, so no shipping).

    amount    the whole order; split over `quantity` equal units of one product
    """
    buyer = buyer or make_shopper()
    money = yuan(amount) if isinstance(amount, str) else amount
    if product is None:
        each = Money(money.minor // quantity, money.currency)
        product = make_product(seller or make_seller(), each.decimal_text(), stock=quantity)
    put_in_cart(buyer, product, quantity)
    answer = place_and_pay(buyer, offer_key=offer_key, number=card)
    assert isinstance(answer, Placed), answer
    order = orders_of_answer(answer)[0]
    move(order, state)
    return order


def move(order: Order, state: OrderState) -> None:
    """On to `state`, step by step."""
    steps = {
        OrderState.SHIPPED: lambda: orders.ship(
            order.number, order.seller_id, carrier="SF Express", tracking=f"SF{order.number[2:]}"
        ),
        OrderState.DELIVERED: lambda: orders.deliver(order.number),
        OrderState.RECEIVED: lambda: orders.confirm_receipt(order.number, order.buyer_id),
    }
    if state == OrderState.CANCELED:
        orders.cancel(order.number, by="shopper", reason="changed my mind")
        return
    for step, act in steps.items():
        if state in list(steps)[list(steps).index(step) :]:
            act()


def balance(name: str, owner: str | int = "") -> Money:
    """What stands on an account, on its normal side."""
    return book.balance(account(name, owner), "CNY")


def commission() -> Money:
    """The mall's commission over all shards."""
    return book.sum_of("commission", "CNY")


def assert_clean() -> None:
    """Every invariant of the book and of the rooms holds."""
    assert [f"{f.name}: {f.detail}" for f in audit.run() if not f.ok] == []
