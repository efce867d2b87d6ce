"""A rolling reserve: part of each release is kept for some days against refunds and disputes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import func, select

from core import clock
from core.db import db, get
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from ledger import book
from ledger.accounts import account
from mall.payouts import bookkeeping
from mall.payouts.models import ReserveHold, SellerTerms
from mall.payouts.settling import lock_seller
from mall.payouts.terms import locked_terms, terms_of
from mall.ports.deductions import RESERVE, Deduction, Release
from mall.sellers.models import Seller

RESERVE_PPM_MAX, RESERVE_DAYS_MAX = 500_000, 365


class NothingHeld(Conflict):
    message = "Nothing of this shop is in reserve now."


@dataclass(frozen=True, slots=True)
class Rule:
    """`ppm` of each net release for `days`, up to `cap` in all; `why` as the seller reads it."""

    ppm: int
    days: int
    cap: int | None
    why: str


def rule_of(seller_id: int, known: SellerTerms | None = None) -> Rule | None:
    """The reserve in force: the one an admin set, else the mall's for new shops, else none."""
    terms = known or terms_of(seller_id)
    if terms.reserve_set_at is not None:
        return _set_by_admin(terms)
    return _of_new_shops(seller_id)


def _set_by_admin(terms: SellerTerms) -> Rule | None:
    if not terms.reserve_ppm:
        return None
    return Rule(terms.reserve_ppm, terms.reserve_days, terms.reserve_cap, terms.reserve_reason)


def _of_new_shops(seller_id: int) -> Rule | None:
    settings = current_app.config
    ppm, days = settings["NEW_SHOP_RESERVE_PPM"], settings["NEW_SHOP_RESERVE_DAYS"]
    if not ppm:
        return None
    opened = get(Seller, seller_id).decided_at
    if opened is None:
        return None
    until = clock.day_of(opened) + timedelta(settings["NEW_SHOP_DAYS"])
    if clock.today() >= until:
        return None
    return Rule(min(ppm, RESERVE_PPM_MAX), days, None, f"Your shop is new until {until}")


@dataclass(frozen=True)
class ReserveClaims:
    """Step 7 of the settlement order."""

    def claim(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        rule = rule_of(release.seller_id)
        if rule is None:
            return []
        amount = min(release.net.ppm(rule.ppm), left, ceiling)
        if rule.cap is not None:
            room = rule.cap - held(release.seller_id, amount.currency).minor
            amount = min(amount, Money(max(0, room), amount.currency))
        return [self._take(release, rule, amount)] if amount else []

    def _take(self, release: Release, rule: Rule, amount: Money) -> Deduction:
        until = release.on + timedelta(rule.days)
        hold = ReserveHold(
            seller_id=release.seller_id,
            order_number=release.order_number,
            amount=amount.minor,
            currency=amount.currency,
            releases_on=until,
            why=rule.why[:240],
        )
        db.session.add(hold)
        return Deduction(
            RESERVE,
            "reserve",
            amount,
            "",
            bookkeeping.into_reserve(release.seller_id, amount),
            note=rule.why,
            releases_on=until,
            released_by="By itself on that day, or by the mall before it.",
        )

    def refunded(self, order_number: str, seller_id: int, amount: Money, released: bool) -> None:
        """The reserve stays until its day: what is owed by then is taken from it first."""


def held(seller_id: int, currency: str) -> Money:
    """What the rolling reserve keeps of this seller now."""
    query = select(func.coalesce(func.sum(ReserveHold.amount - ReserveHold.taken), 0)).where(
        ReserveHold.seller_id == seller_id,
        ReserveHold.currency == currency,
        ReserveHold.released_on.is_(None),
    )
    return Money(int(db.session.scalar(query) or 0), currency)


def holds_of(seller_id: int) -> Sequence[ReserveHold]:
    """What is kept, the first to be released first."""
    query = select(ReserveHold).where(
        ReserveHold.seller_id == seller_id, ReserveHold.released_on.is_(None)
    )
    return db.session.scalars(query.order_by(ReserveHold.releases_on, ReserveHold.id)).all()


@use_case
def set_reserve(
    seller_id: int, ppm: int, *, days: int = 0, cap: Money | None = None, why: str = "", by: int
) -> None:
    """Keep `ppm` of each net release for `days`, at most `cap` in all; 0 keeps nothing more.

    What is kept already stays until its day. `why` is for the seller. Raises InvalidInput.
    """
    if not 0 <= ppm <= RESERVE_PPM_MAX:
        raise InvalidInput("A reserve is between 0 and 50 percent of a release.")
    if ppm and not 1 <= days <= RESERVE_DAYS_MAX:
        raise InvalidInput("A reserve lasts 1 to 365 days.")
    if ppm and len(why.strip()) < 3:
        raise InvalidInput("Say why: the seller reads it.")
    if cap is not None and cap.minor <= 0:
        raise InvalidInput("The most it may keep is more than nothing.")
    terms = locked_terms(seller_id)
    terms.reserve_ppm, terms.reserve_days = ppm, days if ppm else 0
    terms.reserve_cap = cap.minor if cap is not None and ppm else None
    terms.reserve_reason = why.strip()[:240]
    terms.reserve_set_at, terms.reserve_set_by = clock.now(), by


@use_case
def explain(seller_id: int, text: str) -> None:
    """The seller asks for the release, or explains; the mall reads it on the shop's page."""
    if len(text.strip()) < 3:
        raise InvalidInput("Write a few words.")
    terms = locked_terms(seller_id)
    terms.explanation, terms.explained_at = text.strip()[:400], clock.now()


def release_due(on: date | None = None) -> int:
    """Give back every hold whose day has come, seller by seller; returns how many.

    Run twice it changes nothing, and it catches up on nights that were missed.
    """
    day = on or clock.today()
    query = select(ReserveHold.seller_id).where(
        ReserveHold.released_on.is_(None), ReserveHold.releases_on <= day
    )
    sellers = db.session.scalars(query.distinct().order_by(ReserveHold.seller_id)).all()
    return sum(_give_back(seller_id, day) for seller_id in sellers)


@use_case
def release_now(seller_id: int, *, by: int) -> int:
    """Give back everything before its day, by an admin's decision; returns how many holds."""
    released = _give_back(seller_id, date.max, by=by)
    if not released:
        raise NothingHeld()
    return released


@use_case
def _give_back(seller_id: int, until: date, *, by: int | None = None) -> int:
    lock_seller(seller_id)
    query = (
        select(ReserveHold)
        .where(
            ReserveHold.seller_id == seller_id,
            ReserveHold.released_on.is_(None),
            ReserveHold.releases_on <= until,
        )
        .order_by(ReserveHold.id)
        .with_for_update()
    )
    holds = db.session.scalars(query.execution_options(populate_existing=True)).all()
    for hold in holds:
        owed = book.balance(account("seller_receivable", seller_id), hold.currency)
        hold.released_on, hold.released_by = clock.today(), by
        amount = Money(hold.left, hold.currency)
        book.post(
            bookkeeping.out_of_reserve(hold.order_number, seller_id, amount, owed, clock.today())
        )
    return len(holds)
