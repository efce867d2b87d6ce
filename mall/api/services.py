"""Making, using and revoking keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from core import clock, ids
from core.db import db, get, one
from core.errors import Conflict, InvalidInput, NotAllowed
from core.use_case import use_case
from mall.accounts.models import Person, Role
from mall.api.models import ApiKey
from mall.sellers import queries as sellers
from mall.sellers.models import SellerState

SCOPES = ("read", "write")
KEYS_MAX = 20
_SHOWN = 8  # characters after the prefix that a list shows
_NOTED_EVERY = timedelta(minutes=1)  # writing down each use would make one row hot


class NameTaken(Conflict):
    message = "You have a key of this name. Give the new one another, or revoke the old one."


class TooManyKeys(Conflict):
    message = f"You have {KEYS_MAX} keys. Revoke one that nobody uses."


@dataclass(frozen=True, slots=True, repr=False)
class NewKey:
    """A key just made; `secret` is shown once and never again."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose program asks. seller_id is None for the mall's own (admins')."""

    key_id: int
    person_id: int
    seller_id: int | None
    may_write: bool


@use_case
def make_key(person_id: int, name: str, scope: str) -> NewKey:
    """A new key of a seller's (for the shop) or an admin's; raises NameTaken, TooManyKeys."""
    person = get(Person, person_id, lock=True)
    if person.role not in (Role.SELLER, Role.ADMIN):
        raise NotAllowed("Keys are for sellers and admins.")
    name = name.strip()
    if scope not in SCOPES or not 0 < len(name) <= 60:
        raise InvalidInput("Give the key a name, and let it read or write.")
    if len(of_person(person_id)) >= KEYS_MAX:
        raise TooManyKeys()
    secret = ids.code("mall", 32).replace("-", "_").lower()
    key = ApiKey(
        person_id=person_id,
        seller_id=sellers.owned_by(person_id).id if person.role == Role.SELLER else None,
        name=name,
        prefix=secret[: len("mall_") + _SHOWN],
        key_hash=_hash(secret),
        scope=scope,
    )
    try:
        with db.session.begin_nested():
            db.session.add(key)
    except IntegrityError:
        raise NameTaken() from None
    return NewKey(key, secret)


@use_case
def revoke(key_id: int, person_id: int) -> None:
    """The key opens nothing from now on; raises NotFound for a stranger's."""
    key = one(select(ApiKey).where(ApiKey.id == key_id, ApiKey.person_id == person_id))
    key.revoked_at = key.revoked_at or clock.now()


def of_person(person_id: int) -> Sequence[ApiKey]:
    """The keys of a person that are not revoked, the newest first."""
    query = select(ApiKey).where(ApiKey.person_id == person_id, ApiKey.revoked_at.is_(None))
    return db.session.scalars(query.order_by(ApiKey.id.desc())).all()


def caller(secret: str) -> Caller | None:
    """Who this key speaks for; None when it is unknown, revoked, or its shop or person closed."""
    query = (
        select(ApiKey, Person)
        .join(Person, Person.id == ApiKey.person_id)
        .where(ApiKey.key_hash == _hash(secret), ApiKey.revoked_at.is_(None))
    )
    found = db.session.execute(query).one_or_none()
    if found is None or not found[1].is_active:
        return None
    key, person = found
    shop = sellers.of_owner(person.id)
    for_shop = person.role == Role.SELLER and shop is not None and shop.id == key.seller_id
    if key.seller_id is None:
        if person.role != Role.ADMIN:
            return None
    elif not for_shop or shop is None or shop.state != SellerState.APPROVED:
        return None
    asks = Caller(key.id, person.id, key.seller_id, key.scope == "write")
    if key.last_used_at is None or key.last_used_at < clock.now() - _NOTED_EVERY:
        _note_use(key.id)
    return asks


@use_case
def _note_use(key_id: int) -> None:
    db.session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=clock.now()))


def _hash(secret: str) -> str:
    """Of 160 random bits: nobody guesses them, so a plain hash is enough."""
    return sha256(secret.encode()).hexdigest()
