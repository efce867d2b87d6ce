"""Who is there, and where they live."""

from collections.abc import Sequence

from sqlalchemy import select

from core.db import db, get, one
from core.messages.reading import unread_count
from mall.accounts.models import Address, Person
from mall.cart.queries import count_of


def person(id: int) -> Person:
    """The person; raises NotFound."""
    return get(Person, id)


def with_email(email: str) -> Person | None:
    """Who signs in with this address, if anyone does."""
    return db.session.scalars(
        select(Person).where(Person.email == email.strip().lower())
    ).one_or_none()


def person_with_counts(id: int) -> tuple[Person, int, int] | None:
    """Who is signed in, how many things are in their cart, how many messages are unread."""
    counts = (count_of(person_id=id), unread_count(id))
    row = db.session.execute(select(Person, *counts).where(Person.id == id)).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def addresses(person_id: int) -> Sequence[Address]:
    """A person's addresses, the newest first."""
    return db.session.scalars(
        select(Address).where(Address.person_id == person_id).order_by(Address.id.desc())
    ).all()


def address(person_id: int, address_id: int) -> Address:
    """One address of this person's; raises NotFound."""
    found: Address = one(
        select(Address).where(Address.id == address_id, Address.person_id == person_id)
    )
    return found
