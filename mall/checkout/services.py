"""Buying: one checkout becomes one order per seller, and is paid, declined or awaits its payment."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock, countries, ids
from core.db import db, one
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from mall.cart import services as carts
from mall.catalog import services as catalog
from mall.checkout import parts, queries, rules, shares
from mall.checkout.models import Checkout, CheckoutState
from mall.checkout.queries import Basket, Parcel
from mall.checkout.shares import ByCard
from mall.checkout.sold_lines import lines_of
from mall.orders import services as orders
from mall.orders.models import Order
from mall.orders.queries import received_before
from mall.payouts.rates import fees_of_sale
from mall.ports import payment_methods
from mall.ports.payment_methods import Reason
from mall.traces import Seen
from mall.traces import services as traces
from payments import services as payments


@dataclass(frozen=True, slots=True)
class Placed:
    """Paid; the checkout's number."""

    number: str


@dataclass(frozen=True, slots=True)
class Declined:
    """Not paid, for these reasons; `counter` is an offer key that would do, if there is one."""

    reasons: tuple[Reason, ...]
    counter: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Awaiting:
    """Written down; the payment has to be driven and its answer comes later."""

    number: str
    payment_id: int


Answer = Placed | Declined | Awaiting


class EmptyCart(InvalidInput):
    message = "Your cart is empty. Put something into it first."


class NoLongerSold(Conflict):
    message = "{title} is no longer on sale. Take it out of your cart and go on."


class OwnGoods(Conflict):
    message = "{title} is from your own shop. Take it out of your cart and go on."


class TooMuchBalance(InvalidInput):
    message = "You need only {total} of your balance for this."


class PriceChanged(Conflict):
    message = "The total is now {total}. Look at it again before you pay."


@use_case
def place(
    *,
    buyer_id: int,
    key: str,
    address: Mapping[str, str],
    shipping: Mapping[int, str],
    offer_key: str,
    details: Mapping[str, Any] | None = None,
    expected: Money | None = None,
    wallet: Money | None = None,
    by_card: ByCard | None = None,
    seen: Seen | None = None,
) -> Answer:
    """Write down checkout and orders, hold their stock, and ask the chosen methods to pay.

    key        one decision to buy: the same key gives the same answer, and nothing twice
    address    recipient, line, city, region, postcode, country, phone; copied into the orders
    shipping   {seller_id: standard | express | pickup}
    details    what the way to pay asked for, such as `card_id`
    expected   the total the shopper saw; another one raises PriceChanged
    wallet     what the balance pays first; `offer_key` pays the rest, and is "wallet" if none is left
    by_card    what a card pays next; then `offer_key` is a plan, which begins when the card has paid
    seen       the device and network it came from, as tokens
    """
    number = ids.code("C")
    basket = queries.basket_of(buyer_id)
    if known := known_answer(buyer_id, key):
        return known
    total = _check(buyer_id, basket, shipping, address, expected)
    first = _from_wallet(wallet, offer_key, total)
    offer_key = offer_key if first < total else shares.WALLET
    planned = shares.planned(total, first, by_card, offer_key)
    checkout_id = _insert(number, buyer_id, key, offer_key, total)
    if checkout_id is None:  # the other click was first, and has committed by now
        return _answer(_by_key(buyer_id, key))
    checkout = db.session.get_one(Checkout, checkout_id)
    placed = [_place_order(checkout, p, address, shipping) for p in basket.parcels]
    traces.at_checkout(buyer_id, checkout.id, seen)
    _hold_goods(checkout, basket)
    parts.write(checkout, placed, planned)
    return _settle(checkout, placed, details or {})


def _hold_goods(checkout: Checkout, basket: Basket) -> None:
    """For minutes; or for days, where the payment takes them: the cart is free for more then."""
    patience = payment_methods.patient_ways().get(checkout.offer_key)
    usual = timedelta(minutes=current_app.config["RESERVATION_MINUTES"])
    catalog.reserve(checkout.id, basket.quantities, clock.now() + (patience or usual))
    if patience:
        carts.take_out(list(basket.quantities), person_id=checkout.buyer_id)


def _from_wallet(wallet: Money | None, offer_key: str, total: Money) -> Money:
    """How much the balance is to pay."""
    if wallet is not None and not 0 <= wallet.minor <= total.minor:
        raise TooMuchBalance(total=total)
    return total if offer_key == shares.WALLET else wallet or Money.zero(total.currency)


def _check(
    buyer_id: int,
    basket: Basket,
    shipping: Mapping[int, str],
    address: Mapping[str, str],
    expected: Money | None,
) -> Money:
    if not basket.parcels:
        raise EmptyCart()
    for parcel in basket.parcels:
        if parcel.owner_id == buyer_id:  # with credit it would be a loan in cash
            raise OwnGoods(title=parcel.lines[0].title)
        for line in parcel.lines:
            if not line.on_sale:
                raise NoLongerSold(title=line.title)
    currency = current_app.config["MALL_CURRENCY"]
    total = basket.total(shipping, address.get("region", ""), currency)
    if expected is not None and expected != total:
        raise PriceChanged(total=total)
    rules.check_total(total)
    return total


def _insert(number: str, buyer_id: int, key: str, offer_key: str, total: Money) -> int | None:
    """The new checkout's id, or None when this key has been used meanwhile."""
    fresh = insert(Checkout).values(
        id=ids.new_id(),
        created_at=clock.now(),
        number=number,
        buyer_id=buyer_id,
        key=key,
        state=CheckoutState.AWAITING,
        offer_key=offer_key,
        total=total.minor,
        currency=total.currency,
        payment_ref="",
        why="",
        reasons=[],
        counter="",
    )
    once = fresh.on_conflict_do_nothing(index_elements=["buyer_id", "key"])
    return db.session.scalar(once.returning(Checkout.id))


def _place_order(
    checkout: Checkout, parcel: Parcel, address: Mapping[str, str], shipping: Mapping[int, str]
) -> Order:
    choice = shipping.get(parcel.seller_id, "standard")
    cost = parcel.shipping(choice, address.get("region", ""))
    sold = [(line.category_id, line.amount) for line in parcel.lines]
    fees = fees_of_sale(parcel.seller_id, parcel.commission_ppm, sold)
    order = Order(
        number=ids.code("O"),
        checkout_id=checkout.id,
        buyer_id=checkout.buyer_id,
        seller_id=parcel.seller_id,
        goods=parcel.goods.minor,
        shipping=cost.minor,
        total=(parcel.goods + cost).minor,
        refunded=0,
        currency=checkout.currency,
        commission_ppm=fees.ppm,
        tax_ppm=fees.tax_ppm,
        tax_jurisdiction=fees.jurisdiction,
        shipping_choice=choice,
        buyer_received=received_before(checkout.buyer_id, parcel.seller_id),
        near=rules.same_city(parcel.city, address.get("city", "")),
        promised_days=parcel.promised_days(choice, address.get("region", "")),
        address=dict(address) | {"country": countries.checked(address.get("country"))},
    )
    order.lines = lines_of(order, parcel, fees.by_category, cost)
    db.session.add(order)
    db.session.flush()
    return order


def _settle(checkout: Checkout, placed: Sequence[Order], details: Mapping[str, Any]) -> Answer:
    asked = parts.of(checkout)
    outcome = parts.ask(checkout, asked, placed, details)
    checkout.payment_ref = asked[-1].payment_ref
    match outcome:
        case payment_methods.Paid():
            mark_paid(checkout, placed)
        case payment_methods.Declined(reasons, counter):
            checkout.counter = counter
            give_up(checkout, placed, why="; ".join(r.text for r in reasons), reasons=reasons)
    return _answer(checkout)


def mark_paid(checkout: Checkout, placed: Sequence[Order]) -> None:
    """Everything has been paid: the stock leaves, the cart is emptied.

    Raises OutOfStock, or Conflict when a balance that had been freed is spent.
    """
    catalog.take(checkout.id)
    parts.collect(checkout, placed)
    checkout.state, checkout.settled_at = CheckoutState.PAID, clock.now()
    checkout.why = ""
    for order in placed:
        orders.paid(order, paid_with=checkout.offer_key, by="checkout")
    bought = [line.variant_id for order in placed for line in order.lines]
    carts.take_out(bought, person_id=checkout.buyer_id)


def give_up(
    checkout: Checkout, placed: Sequence[Order], *, why: str, reasons: Sequence[Reason] = ()
) -> None:
    """No payment: orders are canceled, the stock is free again, the cart stays as it is."""
    checkout.reasons = [asdict(reason) for reason in reasons]
    checkout.state, checkout.settled_at = CheckoutState.GIVEN_UP, clock.now()
    checkout.why = why[:400]
    for order in placed:
        orders.unpaid(order, why=why)
    catalog.release(checkout.id)
    parts.release(checkout)


def known_answer(buyer_id: int, key: str) -> Answer | None:
    """What this key has been answered, if it was ever used."""
    query = select(Checkout).where(Checkout.buyer_id == buyer_id, Checkout.key == key)
    checkout = db.session.scalars(query).one_or_none()
    return _answer(checkout) if checkout is not None else None


def _by_key(buyer_id: int, key: str) -> Checkout:
    return one(select(Checkout).where(Checkout.buyer_id == buyer_id, Checkout.key == key))


def _answer(checkout: Checkout) -> Answer:
    if checkout.state == CheckoutState.PAID:
        return Placed(checkout.number)
    if checkout.state == CheckoutState.GIVEN_UP:
        reasons = tuple(Reason(**reason) for reason in checkout.reasons)
        reasons = reasons or (Reason("payment", checkout.why),)
        return Declined(reasons, checkout.counter, checkout.number)
    payment = payments.payment_for(f"checkout:{checkout.number}")
    if payment is None:
        raise LookupError(f"{checkout.number} waits for no payment")
    return Awaiting(checkout.number, payment.id)


def locked(number: str) -> tuple[Checkout, list[Order]]:
    """A checkout and its orders, locked in that order; raises NotFound."""
    query = select(Checkout).where(Checkout.number == number).with_for_update()
    checkout = one(query.execution_options(populate_existing=True))
    mine = select(Order).where(Order.checkout_id == checkout.id).order_by(Order.id)
    rows = db.session.scalars(
        mine.with_for_update().execution_options(populate_existing=True)
    ).all()
    return checkout, list(rows)
