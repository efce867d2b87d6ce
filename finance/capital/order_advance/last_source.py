"""What the balance cannot pay of an order advance whose order was given back: out of the reserve."""

from datetime import date

from core.db import db
from finance.capital import bookkeeping, recording, remitting
from finance.capital.fold.state import Event
from finance.capital.models import Advance
from finance.capital.terms import ORDER_ADVANCE
from mall import facts
from mall.ports import reserves
from mall.ports.reserves import Claim


def collect(advance: Advance, on: date) -> int:
    """Take what is due and was not paid from the reserve, as far as it goes; minor units taken.

    Called after the balance; the seller's exposure is locked. Other claims on a seller, and orders
    that only took too long, never reach the reserve.
    """
    if advance.product != ORDER_ADVANCE:
        return 0
    due = [
        pledge
        for pledge in advance.pledges
        if pledge.recourse
        and pledge.due_on
        and pledge.due_on <= on
        and _given_back(pledge.order_number)
    ]
    wanted = advance.money(sum(pledge.recourse + pledge.interest_owed for pledge in due))
    most = min(wanted, reserves.available(advance.seller_id, advance.currency)) if due else wanted
    if not due or not most:
        return 0
    text = " ".join(dict.fromkeys(pledge.why for pledge in due))
    data = {"only_due": True, "orders": sorted({pledge.order_number for pledge in due})}
    effect = recording.record(advance, Event("recourse", on, most.minor, data))
    principal, fee, entry = (
        advance.money(effect.principal),
        advance.money(effect.fee),
        recording.next_entry(advance),
    )
    reserves.use(Claim(advance.seller_id, advance.number, entry, text, on), principal + fee)
    remitting.remember(
        advance, principal, fee, on, reason="refund", text=text, source="reserve", entry=entry
    )
    db.session.flush()
    lines = bookkeeping.paid_by_reserve(advance.number, advance.seller_id, principal, fee)
    remitting.post(bookkeeping.collected(advance.number, entry, lines, on))
    return effect.paid


def _given_back(order_number: str) -> bool:
    return bool(facts.order_facts(order_number).refunded)
