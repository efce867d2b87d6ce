"""What happens to an advance: paid out, interest reckoned, repaid, settled. Rows and book together.

Everything here is called inside a use case that has locked the seller's exposure.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from core.db import db
from core.money import Money
from finance.capital import bookkeeping, exposure, rules
from finance.capital.models import (
    ACTIVE,
    REPAID,
    Advance,
    AdvanceEvent,
    Pledge,
    Remittance,
    SellerExposure,
)
from finance.capital.order_advance import rules as order_rules
from finance.capital.sales_share import rules as share_rules
from finance.capital.terms import PAID_TODAY, SalesShare
from ledger import book
from ledger.entries import Journal, Transfer


def note(advance: Advance, kind: str, on: date, *, amount: int = 0, text: str = "") -> None:
    """Remember what happened, in words."""
    advance.events.append(AdvanceEvent(kind=kind, amount=amount, note=text[:240], on=on))


def begin(advance: Advance, *, fee_now: bool = False) -> None:
    """Pay the advance into the seller's balance."""
    db.session.add(advance)
    db.session.flush()
    _exposure(advance).used += advance.principal
    principal, fee = advance.money(advance.principal), advance.money(advance.fee)
    book.post(
        bookkeeping.paid_out(
            advance.number, advance.seller_id, principal, fee, advance.began_on, fee_now=fee_now
        )
    )
    note(advance, "paid_out", advance.began_on, amount=advance.principal)


def _exposure(advance: Advance) -> SellerExposure:
    """The row the caller has locked."""
    found = exposure.of(advance.seller_id)
    return found or exposure.lock(advance.seller_id)


def reckon(advance: Advance, pledges: Sequence[Pledge], on: date) -> None:
    """Bring the interest of these pledges up to `on`; what is new becomes income."""
    new = sum(_reckon_one(advance, pledge, on) for pledge in pledges)
    if new:
        advance.fee_charged += new
        charged = advance.fee_charged
        book.post(bookkeeping.interest(advance.number, advance.money(new), charged, on))


def _reckon_one(advance: Advance, pledge: Pledge, on: date) -> int:
    if on <= pledge.accrued_until:
        return 0
    pledge.micro += _micro_since(advance, pledge, on)
    pledge.accrued_until = on
    whole = order_rules.whole_interest(pledge.micro)
    new, pledge.interest = whole - pledge.interest, whole
    return new


def _micro_since(advance: Advance, pledge: Pledge, on: date) -> int:
    """Interest since it was last reckoned, in millionths; a recourse is free until it is due."""
    days = (on - pledge.accrued_until).days
    running = pledge.open - pledge.recourse
    micro = order_rules.interest_micro(running, advance.rate_ppm, days)
    if pledge.recourse and pledge.due_on:
        charged = (on - max(pledge.accrued_until, pledge.due_on)).days
        micro += order_rules.interest_micro(pledge.recourse, advance.rate_ppm, charged)
    return micro


def interest_to(advance: Advance, on: date) -> Money:
    """Interest of the days up to `on` that is not reckoned yet; changes nothing."""
    new = 0
    for pledge in advance.pledges:
        if pledge.closed_on is None:
            micro = pledge.micro + _micro_since(advance, pledge, on)
            new += order_rules.whole_interest(micro) - pledge.interest
    return advance.money(new)


def pay_pledges(
    advance: Advance, pledges: Sequence[Pledge], amount: Money, on: date, *, only_recourse: bool
) -> tuple[Money, Money]:
    """Pay interest, then principal, of these pledges in turn; returns (principal, interest).

    only_recourse   pay what is due apart from the orders, not what waits for them
    """
    left, principal, interest = amount.minor, 0, 0
    for pledge in pledges:
        fee = min(left, pledge.interest_owed)
        part = min(left - fee, pledge.recourse if only_recourse else pledge.open)
        pledge.interest_paid += fee
        pledge.recourse = max(0, pledge.recourse - part)
        pledge.paid += part
        left, principal, interest = left - fee - part, principal + part, interest + fee
        if pledge.open == 0 and pledge.interest_owed == 0:
            pledge.closed_on = on
    _count(advance, principal, interest)
    return advance.money(principal), advance.money(interest)


def _count(advance: Advance, principal: int, fee: int) -> None:
    advance.principal_paid += principal
    advance.fee_paid += fee
    _exposure(advance).used -= principal


def due_apart(pledge: Pledge, amount: int, due_on: date, why: str) -> None:
    """`amount` of the pledge's principal is due apart from its order, free of charge to `due_on`."""
    pledge.recourse = min(pledge.open, pledge.recourse + amount)
    pledge.due_on, pledge.why = due_on, why[:160]


def free_until(on: date, days: int) -> date:
    return on + timedelta(days)


def pay_pro_rata(advance: Advance, amount: Money) -> tuple[Money, Money]:
    """A payment on a sales share: principal and fee in proportion to what is owed of each."""
    principal, fee = rules.split_pro_rata(amount, advance.principal_owed, advance.fee_owed)
    _count(advance, principal.minor, fee.minor)
    return principal, fee


def give_back_fee(advance: Advance, rebate: Money) -> tuple[Transfer, ...]:
    """Forgive this much of a flat fee; transfers for it."""
    parts = rules.split_rebate(rebate, advance.principal_owed, advance.fee_owed)
    advance.fee_forgiven += parts.fee.minor
    advance.principal_forgiven += parts.principal.minor
    _exposure(advance).used -= parts.principal.minor
    return bookkeeping.given_back(advance.number, advance.seller_id, parts)


def rebate_on(advance: Advance, on: date, terms: SalesShare) -> Money:
    """The part of a flat fee that is not earned on this day."""
    used = (on - advance.began_on).days
    return share_rules.rebate(advance.money(advance.fee), used, advance.forecast_days, terms)


def take_from_balance(payment: Journal | None) -> None:
    """Write a payment out of the seller's balance; raises Overdrawn when it is too small."""
    if payment is not None:
        book.post(payment)


def remember(
    advance: Advance,
    principal: Money,
    fee: Money,
    on: date,
    *,
    reason: str,
    order_number: str = "",
    tied: bool = False,
    text: str = "",
) -> None:
    """Write a payment down for the seller's pages."""
    if not principal + fee:
        return
    remittance = Remittance(
        seller_id=advance.seller_id,
        order_number=order_number,
        reason=reason,
        principal=principal.minor,
        fee=fee.minor,
        tied=tied,
        note=text[:240],
        on=on,
    )
    advance.remittances.append(remittance)


def close_if_paid(advance: Advance, on: date, *, state: str = REPAID) -> bool:
    """Close the contract when nothing is owed and nothing backs it any more."""
    if advance.state != ACTIVE or advance.owed:
        return False
    advance.state, advance.closed_on = state, on
    for pledge in advance.pledges:
        pledge.closed_on = pledge.closed_on or on
    note(advance, state, on, amount=advance.repaid.minor)
    if advance.product == PAID_TODAY:  # the fee kept back at the start is earned now
        earned = bookkeeping.earned_at_the_end(advance.number, advance.money(advance.fee), on)
        if earned is not None:
            book.post(earned)
    return True
