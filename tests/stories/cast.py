"""Who plays in the stories: regular shoppers, shops without commission, and how they act on pages."""

import re
from datetime import date, timedelta

from core import clock
from core.db import db as database
from mall.accounts.models import Person
from mall.catalog.models import Product
from mall.orders.rules import OrderState
from mall.sellers.models import Seller
from tests.factories.orders import ADDRESS, make_order
from tests.factories.people import PASSWORD, make_seller, make_shopper
from tests.stories.visitor import Visitor

START = date(2026, 3, 10)
CARD = {"card_number": "4242 4242 4242 4242", "card_expiry": "12/30", "card_cvc": "123"}


def make_regular(email: str = "regular@example.com", start: date = START) -> Person:
    """A shopper of grade B with three orders received in the three months before `start`."""
    with clock.travel(start - timedelta(100)):
        shopper = make_shopper("Regular", email)
    for days in (90, 60, 30):
        with clock.travel(start - timedelta(days)):
            make_order(shopper, amount="600.00", state=OrderState.RECEIVED)
    return shopper


def make_shop(name: str = "Phone House") -> Seller:
    """A verified shop that pays no commission."""
    seller = make_seller(name)
    seller.commission_ppm = 0
    database.session.commit()
    return seller


def owner_of(seller: Seller) -> str:
    """The address its owner signs in with."""
    return str(database.session.get_one(Person, seller.owner_id).email)


def sign_in(visitor: Visitor, who: Person | Seller) -> Visitor:
    """Signed in through the page."""
    email = owner_of(who) if isinstance(who, Seller) else str(who.email)
    return visitor.sign_in(email, PASSWORD)


def to_checkout(me: Visitor, *goods: Product) -> dict[str, str]:
    """Into the cart and on to the checkout, to be picked up; the answers to pay with."""
    for product in goods:
        me.get(f"/p/{product.slug}").press("Add to cart")
    answers = {"address": "new", **ADDRESS}
    answers |= {f"ship-{product.seller_id}": "pickup" for product in goods}
    me.get("/checkout").press("Update the total", **answers)
    return answers


def number_on(me: Visitor, path: str) -> str:
    """The number behind the page's first link to `path`."""
    found = re.search(rf'href="{path}([A-Z]-[A-Z0-9]+)"', me.html)
    assert found, f"{me.path} has no link to {path}"
    return found[1]
