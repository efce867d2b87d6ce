"""What people do with their accounts: sign up, sign in, keep addresses."""

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from core import countries
from core.db import db, get, one
from core.errors import NotAllowed
from core.use_case import use_case
from mall.accounts import passwords
from mall.accounts.models import Address, Person, Role
from mall.accounts.rules import (
    ADDRESSES_MAX,
    EmailTaken,
    TooManyAddresses,
    WrongPassword,
    check_password,
    clean_email,
    clean_name,
)


@use_case
def sign_up(email: str, name: str, password: str) -> Person:
    """A new shopper; raises EmailTaken or InvalidInput."""
    person = Person(
        email=clean_email(email),
        name=clean_name(name),
        password_hash=passwords.hash_of(check_password(password)),
        role=Role.SHOPPER,
    )
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError:
        raise EmailTaken() from None
    return person


@use_case
def authenticate(email: str, password: str) -> Person | None:
    """Who signs in with these, or None; an outdated hash is renewed on the way."""
    person = db.session.scalars(
        select(Person).where(Person.email == email.strip().lower())
    ).one_or_none()
    if not passwords.matches(password, person.password_hash if person else None):
        return None
    assert person is not None and person.password_hash is not None
    if not person.is_active:
        return None
    if passwords.is_outdated(person.password_hash):
        person.password_hash = passwords.hash_of(password)
    return person


@use_case
def change_password(person_id: int, *, present: str, new: str) -> None:
    """Replace the password and sign every session out; raises WrongPassword."""
    person = get(Person, person_id, lock=True)
    if not passwords.matches(present, person.password_hash):
        raise WrongPassword()
    person.password_hash = passwords.hash_of(check_password(new))
    person.passwords_changed += 1


@use_case
def rename(person_id: int, name: str) -> None:
    """Change how the mall greets a person."""
    get(Person, person_id).name = clean_name(name)


@use_case
def give_role(person_id: int, role: Role) -> None:
    """Make a person a shopper, a seller or an admin."""
    get(Person, person_id, lock=True).role = role


@use_case
def give_access(person_id: int, email: str, password: str) -> Person:
    """Let a person sign in with these from now on; raises EmailTaken or InvalidInput."""
    person = get(Person, person_id, lock=True)
    person.password_hash = passwords.hash_of(check_password(password))
    person.passwords_changed += 1
    try:
        with db.session.begin_nested():
            person.email = clean_email(email)
    except IntegrityError:
        raise EmailTaken() from None
    return person


def has_account(email: str) -> bool:
    """Whether someone signs in with this e-mail address."""
    return (
        db.session.scalar(select(Person.id).where(Person.email == clean_email(email))) is not None
    )


@use_case
def make_admin(email: str, password: str = "") -> Person:
    """The person of this e-mail address runs the mall; without an account they get one.

    A seller cannot: nobody approves their own shop.
    """
    known = select(Person).where(Person.email == clean_email(email)).with_for_update()
    person = db.session.scalars(known).one_or_none() or sign_up(email, "Admin", password)
    if person.role in (Role.SELLER, Role.BANK):
        raise NotAllowed("Who owns a shop or works for a bank cannot be an admin.")
    person.role = Role.ADMIN
    return person


@use_case
def add_address(
    person_id: int,
    *,
    recipient: str,
    line: str,
    city: str,
    region: str,
    postcode: str,
    country: str = "",
    phone: str = "",
) -> Address:
    """Keep one more address of a person's; raises TooManyAddresses, UnknownCountry.

    country   two letters of ISO 3166; "" is the mall's
    """
    get(Person, person_id, lock=True)  # two tabs count one after the other
    kept = db.session.scalar(select(func.count()).where(Address.person_id == person_id)) or 0
    if kept >= ADDRESSES_MAX:
        raise TooManyAddresses(count=kept)
    address = Address(
        person_id=person_id,
        recipient=recipient.strip(),
        line=line.strip(),
        city=city.strip(),
        region=region.strip(),
        postcode=postcode.strip(),
        country=countries.checked(country),
        phone=phone.strip(),
    )
    db.session.add(address)
    db.session.flush()
    return address


@use_case
def change_address(person_id: int, address_id: int, **parts: str) -> None:
    """Correct an address of one's own; orders already placed keep their copy."""
    address = _own_address(person_id, address_id)
    for name in ("recipient", "line", "city", "region", "postcode", "phone"):
        if name in parts:
            setattr(address, name, parts[name].strip())
    if "country" in parts:
        address.country = countries.checked(parts["country"])


@use_case
def remove_address(person_id: int, address_id: int) -> None:
    """Forget an address of one's own."""
    db.session.delete(_own_address(person_id, address_id))


def _own_address(person_id: int, address_id: int) -> Address:
    found = select(Address).where(Address.id == address_id, Address.person_id == person_id)
    address: Address = one(found)
    return address
