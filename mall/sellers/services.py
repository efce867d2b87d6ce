"""A shop's way into the mall: apply, be approved or not, change its profile."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import clock, ids
from core.db import db, get
from core.errors import InvalidInput, NotAllowed
from core.use_case import use_case
from mall.accounts.models import Person, Role
from mall.catalog.rules import slug_of
from mall.payouts import rates
from mall.sellers.models import Seller, SellerState
from mall.sellers.rules import AlreadyThere, NameTaken, check_move


@use_case
def apply(
    person_id: int,
    *,
    name: str,
    tagline: str = "",
    about: str = "",
    city: str = "",
    region: str = "",
    payout_account: str = "",
) -> Seller:
    """Ask for a shop; a rejected applicant may ask again. Raises NameTaken, AlreadyThere."""
    person = get(Person, person_id, lock=True)
    if person.role in (Role.ADMIN, Role.BANK):
        raise NotAllowed("Admins and banks cannot own a shop: use another account.")
    seller = db.session.scalars(select(Seller).where(Seller.owner_id == person_id)).one_or_none()
    if seller is None:
        seller = Seller(owner_id=person_id, state=SellerState.APPLIED)
    elif seller.state != SellerState.REJECTED:
        raise AlreadyThere(state=SellerState(seller.state).value)
    seller.state, seller.decision_note = SellerState.APPLIED, ""
    seller.payout_account = payout_account.strip()
    _describe(seller, name=name, tagline=tagline, about=about, city=city, region=region)
    return seller


@use_case
def approve(seller_id: int, by: int | None = None, note: str = "") -> None:
    """Let a shop sell; its owner becomes a seller. Also lifts a suspension."""
    seller = _decide(seller_id, SellerState.APPROVED, by, note)
    get(Person, seller.owner_id, lock=True).role = Role.SELLER


@use_case
def reject(seller_id: int, by: int | None = None, note: str = "") -> None:
    """Refuse an application, with a reason the applicant reads."""
    _decide(seller_id, SellerState.REJECTED, by, note)


@use_case
def suspend(seller_id: int, by: int | None = None, note: str = "") -> None:
    """Close a shop's shelves; its orders and money stay where they are."""
    _decide(seller_id, SellerState.SUSPENDED, by, note)


@use_case
def set_commission(seller_id: int, ppm: int | None, *, by: int) -> None:
    """A rate of the shop's own for orders from now on, in millionths; None: the mall's rate.

    Orders already placed keep the rate they were sold at.
    """
    seller = get(Seller, seller_id, lock=True)
    rates.set_rate(ppm, seller_id=seller_id, by=by)
    seller.commission_ppm = ppm
    seller.commission_set_at, seller.commission_set_by = clock.now(), by


@use_case
def change_profile(seller_id: int, **parts: Any) -> None:
    """Change name, tagline, about, city, region or banner of a shop; its address stays."""
    _describe(get(Seller, seller_id, lock=True), **parts)


@use_case
def change_payout_account(seller_id: int, account: str) -> None:
    """Send future payouts elsewhere; the instant is kept, for whoever reviews payouts."""
    cleaned = "".join(account.split())
    if not 4 <= len(cleaned) <= 34:
        raise InvalidInput("Write an account number of 4 to 34 letters and digits.")
    seller = get(Seller, seller_id, lock=True)
    if seller.payout_account and cleaned != seller.payout_account:
        seller.payout_account_changed_at = clock.now()  # the first account is no change
    seller.payout_account = cleaned


def _describe(seller: Seller, **parts: Any) -> None:
    for part, value in parts.items():
        setattr(seller, part, value.strip() if isinstance(value, str) else value)
    if len(seller.name) < 2:
        raise InvalidInput("Write a shop name of 2 letters or more.")
    if not seller.slug:
        # two shops may be written alike in ASCII; the code parts them
        seller.slug = slug_of(seller.name)[:60] or ids.code("shop", 6).lower()
        taken = select(Seller.id).where(Seller.slug == seller.slug)
        if db.session.scalar(taken) is not None:
            seller.slug += f"-{ids.code('', 4)[1:].lower()}"
    try:
        with db.session.begin_nested():
            db.session.add(seller)
    except IntegrityError:
        raise NameTaken() from None


def _decide(seller_id: int, state: SellerState, by: int | None, note: str) -> Seller:
    seller = get(Seller, seller_id, lock=True)
    check_move(SellerState(seller.state), state)
    seller.state, seller.decision_note = state, note.strip()[:240]
    seller.decided_at, seller.decided_by = clock.now(), by
    return seller
