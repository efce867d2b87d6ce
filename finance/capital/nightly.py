"""What happens to advances every night; run twice for one date it changes nothing."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from core.db import db, get
from core.money import Money
from core.use_case import use_case
from finance.capital import bookkeeping, exposure, life, queries
from finance.capital.models import ACTIVE, Advance, Pledge
from finance.capital.terms import SALES_SHARE
from finance.risk.seller import terms
from ledger import book
from ledger.accounts import account
from mall import facts


@dataclass
class Night:
    """What a run did."""

    advances: int = 0
    interest: int = 0
    collected: int = 0
    lapsed: int = 0
    missed: int = 0


def run(on: date) -> Night:
    """Reckon interest, call in what lapsed, collect what is due, look at minimums: as of `on`.

    One transaction an advance, so that a stopped run goes on where it was.
    """
    night = Night()
    query = select(Advance.id).where(Advance.state == ACTIVE, Advance.began_on <= on)
    for id in db.session.scalars(query.order_by(Advance.id)).all():
        _one(id, on, night)
        night.advances += 1
    return night


@use_case
def _one(id: int, on: date, night: Night) -> None:
    exposure.lock(get(Advance, id).seller_id)
    advance = get(Advance, id, lock=True)
    if not advance.is_running:
        return
    if advance.product == SALES_SHARE:
        night.missed += _look_at_minimum(advance, on)
    else:
        _orders(advance, on, night)


def _orders(advance: Advance, on: date, night: Night) -> None:
    before = advance.fee_charged
    pledges = [pledge for pledge in advance.pledges if pledge.closed_on is None]
    life.reckon(advance, pledges, on)
    night.interest += advance.fee_charged - before
    night.lapsed += _lapse(advance, pledges, on)
    advance.days_late_max = max(advance.days_late_max, queries.days_late(advance, on))
    night.collected += _collect(advance, pledges, on)


def _lapse(advance: Advance, pledges: list[Pledge], on: date) -> int:
    """Call in the advance of orders that took too long; a parcel under way has ten days more."""
    rules = terms().order_advance
    old = [p for p in pledges if _waiting(p) and (on - advance.began_on).days > rules.tenor_days]
    late_end = advance.began_on + timedelta(rules.tenor_days + rules.late_days)
    lapsed = 0
    for pledge in old:
        if on <= late_end and facts.order_facts(pledge.order_number).delivered_at is None:
            continue
        why = f"Order {pledge.order_number} was not received in time."
        life.due_apart(pledge, pledge.open, on, why)
        life.note(advance, "lapsed", on, amount=pledge.recourse, text=why)
        lapsed += 1
    return lapsed


def _waiting(pledge: Pledge) -> bool:
    return pledge.open > pledge.recourse


def _collect(advance: Advance, pledges: list[Pledge], on: date) -> int:
    """After the free days, take what is due from the balance, as far as that goes."""
    due = [p for p in pledges if p.recourse and p.due_on and p.due_on <= on]
    wanted = sum(pledge.recourse + pledge.interest_owed for pledge in due)
    balance = book.available(account("seller_payable", advance.seller_id), advance.currency)
    amount = min(balance, advance.money(wanted))
    if amount.minor <= 0:
        return 0
    principal, fee = life.pay_pledges(advance, due, amount, on, only_recourse=True)
    lines = bookkeeping.repaid(advance.number, advance.seller_id, principal, fee, "refund_repaid")
    text = " ".join(dict.fromkeys(pledge.why for pledge in due))
    life.remember(advance, principal, fee, on, reason="refund", text=text)
    repaid = advance.repaid.minor
    life.take_from_balance(bookkeeping.collected(advance.number, repaid, lines, on))
    life.close_if_paid(advance, on)
    return (principal + fee).minor


def _look_at_minimum(advance: Advance, on: date) -> int:
    """At the end of each 60 days (and ten days' grace) the planned part must have been repaid."""
    rules, missed = terms().sales_share, 0
    while advance.minimums_met < len(advance.minimums):
        end, least = advance.minimums[advance.minimums_met]
        if on <= date.fromisoformat(end) + timedelta(rules.grace_days):
            break
        advance.minimums_met += 1
        if advance.repaid.minor >= least:
            _met(advance, on)
        else:
            _missed(advance, advance.money(least), on)
            missed += 1
    return missed


def _met(advance: Advance, on: date) -> None:
    advance.share_ppm = advance.share_agreed_ppm
    life.note(advance, "minimum_met", on, amount=advance.repaid.minor)


def _missed(advance: Advance, least: Money, on: date) -> None:
    """The share may rise by at most five points for the next period, within the ceiling."""
    rules = terms()
    short = least - advance.repaid
    raised = advance.share_agreed_ppm + rules.sales_share.rise_ppm
    advance.share_ppm = max(advance.share_agreed_ppm, min(raised, rules.load_max_ppm))
    advance.share_max_ppm = max(advance.share_max_ppm, advance.share_ppm)
    advance.minimums_missed += 1
    text = f"{short.grouped()} short; the share is {advance.share_ppm // 10_000} % until met."
    life.note(advance, "minimum_missed", on, amount=short.minor, text=text)
