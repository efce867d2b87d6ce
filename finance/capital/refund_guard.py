"""A shop cannot give back alone what it was advanced on: else a ring would keep the advance.

Fake orders that nobody can tell from real ones would be paid, shipped, advanced on, and given back
to their payers, and the shop left behind. So a seller gives back the money of an order that backs
an advance only as long as the balance, and what the other orders under way leave beyond their own
advances, cover what falls due by it. Beyond that a person of the mall decides on the return.
"""

from collections.abc import Sequence

from core import clock
from core.money import Money, total
from finance.capital import exposure, queries
from finance.capital.models import Pledge
from finance.capital.order_advance.rules import due_share
from ledger import book
from ledger.accounts import account
from mall import facts

WHY = (
    "{owed} was advanced on this order, and your balance with what is under way covers {cover}. "
    "Pay the advance off first, or leave the return to us: a person looks at it."
)


def why_not(order_number: str, seller_id: int, amount: Money) -> str:
    """Why this seller cannot give so much of this order back alone; "" when nothing is in the way."""
    pledges = queries.open_pledges(seller_id, order_number)
    order = facts.order_facts(order_number)
    if not pledges or order.received_at is not None:
        return ""
    exposure.lock(seller_id)
    currency = amount.currency
    due = total((_due(p, amount, order.total - order.refunded) for p in pledges), currency)
    every = queries.open_pledges(seller_id)
    before = sum(p.recourse for p in every if p.order_number != order_number)
    needed = due + Money(before, currency)
    cover = _cover(seller_id, order_number, every, currency)
    if needed <= cover:
        return ""
    return WHY.format(owed=due.grouped(), cover=max(cover, Money.zero(currency)).grouped())


def _due(pledge: Pledge, amount: Money, left: Money) -> Money:
    return due_share(Money(pledge.open, amount.currency), amount, left)


def _cover(seller_id: int, but: str, pledges: Sequence[Pledge], currency: str) -> Money:
    """The balance, and what other orders under way will bring beyond their own advances."""
    owed: dict[int, int] = {p.line_id: p.open for p in pledges}
    free = sum(
        max(
            0,
            (line.amount - line.amount.ppm(line.commission_ppm)).minor - owed.get(line.line_id, 0),
        )
        for line in facts.open_lines(seller_id, clock.now())
        if line.order_number != but and not line.disputed
    )
    return book.available(account("seller_payable", seller_id), currency) + Money(free, currency)
