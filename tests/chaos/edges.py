"""Amounts at the edge: no decimals, three, one unit, and the largest; through a whole life."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from core import clock, ids
from core.db import db
from core.errors import DomainError
from core.money import Money
from ledger import book
from ledger.accounts import account
from mall.checkout.queries import next_key
from mall.orders import returns
from mall.orders import services as orders
from mall.orders.models import Order
from mall.payouts import services as payouts
from tests.chaos.checks import complaints, sweep
from tests.chaos.flows import a_card, a_seller, a_shopper, currency, make_product, money
from tests.chaos.malls import City, Mall
from tests.chaos.processes import ask
from tests.chaos.report import Report
from tests.chaos.rounds import _buy
from tests.chaos.wanted import Wanted
from tests.factories.orders import put_in_cart

LARGEST = "999999999999999.99"  # the most one can write down; ninety-nine of them fit no bigint


@dataclass(frozen=True)
class Life:
    """An order of `price`, of which `back` is refunded; `left` is the seller's in the end."""

    currency: str
    price: str
    back: str
    left: str  # less 5 % commission, a half rounded up


LIVES = {
    "no decimals (JPY)": Life("JPY", "5001", "1000", "3801"),
    "three decimals (KWD)": Life("KWD", "12.345", "2.345", "9.500"),
    "one unit": Life("CNY", "0.02", "0.01", "0.01"),
    "large": Life("CNY", "99999999999.99", "0.01", "94999999999.98"),
}


def run(city: City, wanted: Wanted, report: Report) -> None:
    cases: dict[str, tuple[str, Callable[[Mall], list[str]]]] = {
        name: (life.currency, partial(_live, life)) for name, life in LIVES.items()
    }
    cases["beyond the largest"] = ("CNY", _too_much)
    for name in wanted.some(cases, 2, "edges"):
        unit, attempt = cases[name]
        mall = city.mall("sandbox edges", MALL_CURRENCY=unit)
        report.count(f"money: {name}", "order, refund, release, payout")
        found = ask(mall.app, partial(attempt, mall))
        again = f"--only edges --seed {wanted.seed}"
        report.lose(again, [f"{name}: {words}" for words in found])


def _live(life: Life, mall: Mall) -> list[str]:
    """Bought, partly given back, received, paid out; to the last unit."""
    buyer, seller = a_shopper(), a_seller()
    product = make_product(seller, "1.00", stock=1, variants=_variant(life.price))
    put_in_cart(buyer, product)
    _buy(buyer.id, seller.id, f"card:{a_card(buyer.id).id}", next_key(buyer.id))
    order = db.session.scalars(select(Order)).one()
    number, seller_id, buyer_id = order.number, seller.id, buyer.id
    by = f"seller:{seller_id}"
    returns.give_refund(number, money(life.back), by=by, cause="damaged", key=ids.code("K"))
    orders.ship(number, seller_id, carrier="SF Express", tracking="SF1")
    orders.deliver(number)
    orders.confirm_receipt(number, buyer_id)
    left = book.available(account("seller_payable", seller_id), currency())
    found = [] if left == money(life.left) else [f"the seller has {left}, not {life.left}"]
    if left.minor >= 100:
        payouts.request_payout(seller_id, left, key=ids.code("K"))
    for later in (timedelta(minutes=2), timedelta(hours=2)):
        with clock.travel(clock.now() + later):
            sweep()
    return found + complaints(mall)


def _variant(price: str) -> list[object]:
    from mall.catalog.rules import NewVariant

    return [NewVariant(money(price), 99, weight_grams=400)]


def _too_much(mall: Mall) -> list[str]:
    """More than any account can hold is refused with a sentence, and nothing is written."""
    buyer, seller = a_shopper(), a_seller()
    found = []
    try:
        product = make_product(seller, "1.00", variants=_variant(LARGEST))
        put_in_cart(buyer, product, 99)
        _buy(buyer.id, seller.id, f"card:{a_card(buyer.id).id}", next_key(buyer.id))
        found.append("ninety-nine of the largest were sold")
    except DomainError as refusal:
        found += [] if str(refusal).endswith(".") else [f"no sentence: {refusal}"]
    written = db.session.scalars(select(Order.number)).all()
    try:
        Money.parse("1" + LARGEST, currency())
        found.append("an amount of sixteen digits was read")
    except ValueError:
        pass
    return found + [f"{number} was written down" for number in written] + complaints(mall)
