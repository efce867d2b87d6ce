"""People: shoppers, sellers with an open shop, admins, and someone signed in."""

from datetime import date
from itertools import count
from typing import Any

from flask.testing import FlaskClient

from finance.risk.people import say_born
from mall.accounts import services as accounts
from mall.accounts.models import Person, Role
from mall.sellers import services as sellers
from mall.sellers.models import Seller

PASSWORD = "a long password"
_number = count(1)


def make_shopper(
    name: str = "Shopper", email: str = "", born_on: date | None = date(1990, 5, 20)
) -> Person:
    """Someone who may sign in with PASSWORD; `born_on` None: the lender was not told."""
    person = accounts.sign_up(email or f"person-{next(_number)}@example.com", name, PASSWORD)
    if born_on is not None:
        say_born(person.id, born_on)
    return person


def make_admin(name: str = "Admin") -> Person:
    """Someone who runs the mall."""
    person = make_shopper(name)
    accounts.give_role(person.id, Role.ADMIN)
    return person


def make_applicant(name: str = "") -> Seller:
    """A shop that waits for its approval."""
    number = next(_number)
    return sellers.apply(
        make_shopper(f"Owner {number}").id,
        name=name or f"Shop {number}",
        city="Hangzhou",
        region="Zhejiang",
        payout_account="6222020000001234",
    )


def make_seller(name: str = "") -> Seller:
    """An approved shop; `owner_id` is the person who signs in."""
    seller = make_applicant(name)
    sellers.approve(seller.id)
    return seller


def sign_in(client: FlaskClient, person: Any) -> None:
    """Make the client this person; takes a Person or a Seller (then its owner)."""
    with client.session_transaction() as session:
        session["_user_id"] = str(getattr(person, "owner_id", person.id))
        session["_fresh"] = True
