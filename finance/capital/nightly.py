"""What happens to advances every night; run twice for one date it changes nothing."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Date, and_, cast, exists, func, or_, select

from core.db import db, get
from core.money import Money
from core.use_case import use_case
from finance.capital import bookkeeping, exposure, ladder, recording, remitting
from finance.capital.fold.state import Event
from finance.capital.models import ACTIVE, Advance, Pledge
from finance.capital.order_advance import last_source
from finance.capital.term_loan import installments, linked
from finance.capital.terms import (
    ORDER_ADVANCE,
    PAID_TODAY,
    SALES_SHARE,
    TERM_LOAN,
    SalesShare,
)
from ledger import book
from ledger.accounts import account
from mall import facts
from payments import services as payments


@dataclass
class Night:
    """What a run did."""

    advances: int = 0
    interest: int = 0
    collected: int = 0
    lapsed: int = 0
    missed: int = 0
    released: int = 0
    charged_off: int = 0
    charges: list[int] = field(default_factory=list)


def run(on: date) -> Night:
    """Call in what lapsed, collect what is due, look at minimums: as of `on`.

    Offers that were held too long are released first. Only advances with such work are touched;
    what accrues of the others the lender's day books for all at once.

    One transaction an advance, so that a stopped run goes on where it was.
    """
    night = Night(released=exposure.release_expired())
    query = select(Advance.id).where(Advance.state == ACTIVE, Advance.began_on <= on, _has_work(on))
    for id in db.session.scalars(query.order_by(Advance.id)).all():
        _one(id, on, night)
        night.advances += 1
    for op_id in night.charges:  # the gateway is asked when nothing is open any more
        payments.drive(op_id)
    return night


def _has_work(on: date) -> ColumnElement[bool]:
    """A part falls due or is late, an order took its time, a minimum's period has ended."""
    tenor = func.coalesce(Advance.terms["product"]["tenor_days"].as_integer(), 0)
    called_in = exists().where(
        Pledge.advance_id == Advance.id, Pledge.recourse > 0, Pledge.due_on <= on
    )
    period_end = cast(Advance.minimums[Advance.minimums_met][0].astext, Date)
    return or_(
        Advance.late_since.is_not(None),
        Advance.next_due_on <= on,
        and_(
            Advance.product.in_((ORDER_ADVANCE, PAID_TODAY)),
            or_(on - Advance.began_on > tenor, called_in),
        ),
        and_(Advance.product == SALES_SHARE, period_end <= on),
    )


@use_case
def _one(id: int, on: date, night: Night) -> None:
    exposure.lock(get(Advance, id).seller_id)
    advance = get(Advance, id, lock=True)
    if not advance.is_running:
        return
    if advance.product == SALES_SHARE:
        night.missed += _look_at_minimum(advance, on)
        return
    night.interest += recording.bring_to(advance, on)
    if ladder.in_default(advance, on):
        pass  # from here on only settlements pay it
    elif advance.product == TERM_LOAN:
        night.collected += installments.collect(advance, on) + linked.from_wallet(advance, on)
        op_id = linked.ask_card(advance, on, ladder.of(advance).retry_days)
        night.charges += [op_id] if op_id else []
    else:
        night.lapsed += _lapse(advance, on)
        night.collected += _collect(advance, on) + last_source.collect(advance, on)
    if not ladder.climb(advance, on):
        return
    night.charged_off += 1


def _lapse(advance: Advance, on: date) -> int:
    """Call in the advance of orders that took too long; a parcel under way has ten days more."""
    rules = recording.settings_of(advance)
    tenor, late = int(str(rules["tenor_days"])), int(str(rules["late_days"]))
    if (on - advance.began_on).days <= tenor:
        return 0
    abroad, lapsed = int(str(rules.get("tenor_abroad_days", tenor))), 0
    for pledge in [p for p in advance.pledges if p.open > p.recourse]:
        order = facts.order_facts(pledge.order_number)
        end = advance.began_on + timedelta(abroad if order.abroad else tenor)
        if on <= end or (on <= end + timedelta(late) and order.delivered_at is None):
            continue
        text = f"Order {pledge.order_number} was not received in time."
        event = Event("lapsed", on, pledge.open, {"line": pledge.line_id})
        recording.record(advance, event, text=text)
        lapsed += 1
    return lapsed


def _collect(advance: Advance, on: date) -> int:
    """After the free days, take what is due from the balance, as far as that goes."""
    due = [p for p in advance.pledges if p.recourse and p.due_on and p.due_on <= on]
    wanted = sum(pledge.recourse + pledge.interest_owed for pledge in due)
    balance = book.available(account("seller_payable", advance.seller_id), advance.currency)
    amount = min(balance, advance.money(wanted))
    if amount.minor <= 0:
        return 0
    text = " ".join(dict.fromkeys(pledge.why for pledge in due))
    event = Event("recourse", on, amount.minor, {"only_due": True})
    effect = recording.record(advance, event)
    entry = recording.next_entry(advance)
    lines = remitting.paid_in(advance, effect, on, reason="refund", text=text, entry=entry)
    remitting.post(bookkeeping.collected(advance.number, entry, lines, on))
    return effect.paid


def _look_at_minimum(advance: Advance, on: date) -> int:
    """At the end of each 60 days (and ten days' grace) the planned part must have been repaid."""
    rules, missed = SalesShare.from_data(recording.settings_of(advance)), 0
    while advance.is_running and advance.minimums_met < len(advance.minimums):
        end, least = advance.minimums[advance.minimums_met]
        if on <= date.fromisoformat(end) + timedelta(rules.grace_days):
            break
        if advance.repaid.minor >= least:
            recording.record(advance, Event("minimum_met", on, advance.repaid.minor))
        else:
            _missed(advance, advance.money(least), on, rules.rise_ppm)
            missed += 1
    return missed


def _missed(advance: Advance, least: Money, on: date, rise_ppm: int) -> None:
    """The share may rise by at most five points for the next period, within the ceiling."""
    short = least - advance.repaid
    most = int(str(recording.settings_of(advance)["load_max_ppm"]))
    share = max(advance.share_agreed_ppm, min(advance.share_agreed_ppm + rise_ppm, most))
    text = f"{short.grouped()} short; the share is {share // 10_000} % until met."
    event = Event("minimum_missed", on, short.minor, {"share_ppm": share})
    recording.record(advance, event, text=text)
    ladder.look_closer(advance, on)
