"""How an order's money leaves escrow and how a payout begins; pure."""

from collections.abc import Sequence
from datetime import date

from core.money import Money
from ledger.accounts import Account, account, shard
from ledger.causes import cause
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting, stands_behind
from mall.payouts.rules import Division
from mall.ports.deductions import Deduction


def _lines(which: str) -> str:
    """What these settlement lines of the order `o` sum to."""
    found = "select coalesce(sum(s.amount), 0) from settlement_line s where s.order_id = o.id"
    return f"({found} and {which})"


@posting(
    "order.released",
    "escrow > seller_payable",
    "escrow > commission",
    "escrow > tax_payable",
    "seller_payable > seller_receivable",
    key="release:{order}",
    cause=cause(
        "orders o",
        "o.number = {order} and exists (select from settlement_line s where s.order_id = o.id)",
        seller_payable=("o.seller_id", _lines("s.step = 8")),
        seller_receivable=("o.seller_id", _lines("s.reason = 'refund_due'")),
    ),
)
def released(
    order_number: str,
    seller_id: int,
    split: Division,
    taken: Sequence[Deduction],
    on: date,
    jurisdiction: str = "",
) -> Journal:
    """The whole settlement of one order, in settlement order."""
    escrow, payable = account("escrow", order_number), account("seller_payable", seller_id)
    fees, owed = (
        account("commission", shard(order_number)),
        account("seller_receivable", seller_id),
    )
    transfers = moves(
        (escrow, payable, split.net + split.due, "sale"),
        (escrow, fees, split.commission, "commission"),
    )
    if split.tax:
        transfers += moves((escrow, account("tax_payable", jurisdiction), split.tax, "tax"))
    transfers += moves((payable, owed, split.due, "refund_due"))
    for deduction in taken:
        transfers += deduction.transfers
    return Journal(f"release:{order_number}", "order.released", order_number, on, transfers)


_GIVER = ("p.seller_id", "-p.amount")


@posting(
    "payout.asked",
    "seller_payable > payout_in_flight",
    key="payout:{number}",
    cause=cause(
        "payout p",
        "p.number = {number}",
        seller_payable=_GIVER,
        payout_in_flight=("p.number", "p.amount"),
    ),
)
def payout_asked(number: str, seller_id: int, amount: Money, on: date) -> Journal:
    """Held until the gateway has taken the order: balance → on its way."""
    payable, flying = account("seller_payable", seller_id), account("payout_in_flight", number)
    transfers = moves((payable, flying, amount, "payout"))
    return Journal(f"payout:{number}", "payout.asked", number, on, transfers)


stands_behind("payout.sent", cause("payout p", "p.number = {number}", seller_payable=_GIVER))


@piece(
    "clearing > seller_receivable, seller_payable",
    into="payout.pulled_back",
    cause=cause(
        "payout p",
        "p.number = {number}",
        seller_payable=("p.seller_id", None),
        seller_receivable=("p.seller_id", None),
    ),
)
def pulled_back(
    seller_id: int, clearing: Account, amount: Money, owed: Money
) -> tuple[Transfer, ...]:
    """Out of the gateway's hands again: what she owes first, the rest to her balance."""
    due = min(amount, owed)
    return moves(
        (clearing, account("seller_receivable", seller_id), due, "pulled_back"),
        (clearing, account("seller_payable", seller_id), amount - due, "pulled_back"),
    )


@piece("seller_payable > seller_reserve", into="order.released")
def into_reserve(seller_id: int, amount: Money) -> tuple[Transfer, ...]:
    """Part of a release is kept against refunds and disputes."""
    payable, reserve = account("seller_payable", seller_id), account("seller_reserve", seller_id)
    return moves((payable, reserve, amount, "reserve"))


@posting(
    "reserve.released",
    "seller_reserve > seller_receivable, seller_payable",
    key="reserve:{order}",
    cause=cause(
        "reserve_hold h",
        "h.order_number = {order} and h.released_on is not null",
        seller_reserve=("h.seller_id", "h.taken - h.amount"),
        seller_payable=("h.seller_id", None),
        seller_receivable=("h.seller_id", None),
    ),
)
def out_of_reserve(
    order_number: str, seller_id: int, amount: Money, owed: Money, on: date
) -> Journal:
    """A reserve's day has come: what the seller owes first, the rest to the balance."""
    reserve, due = account("seller_reserve", seller_id), min(amount, owed)
    transfers = moves(
        (reserve, account("seller_receivable", seller_id), due, "reserve_pays_owed"),
        (reserve, account("seller_payable", seller_id), amount - due, "reserve_released"),
    )
    key = f"reserve:{order_number}"
    return Journal(key, "reserve.released", order_number, on, transfers)


@posting(
    "debt.offset",
    "seller_payable > seller_receivable",
    key="offset:{number}",
    cause=cause(
        "debt_offset f",
        "f.number = {number} and {ref} = 'seller:' || f.seller_id and {on} = f.\"on\"",
        currency="f.currency",
        seller_payable=("f.seller_id", "-f.amount"),
        seller_receivable=("f.seller_id", "f.amount"),
    ),
)
def offset(number: str, seller_id: int, amount: Money, on: date) -> Journal:
    """The seller's balance pays what the seller owes."""
    payable, owed = account("seller_payable", seller_id), account("seller_receivable", seller_id)
    transfers = moves((payable, owed, amount, "owed_paid"))
    return Journal(f"offset:{number}", "debt.offset", f"seller:{seller_id}", on, transfers)


@piece(
    "clearing > seller_receivable, seller_payable",
    into="payment.paid",
    cause=cause(
        "payment p",
        "p.id = {id}::bigint and split_part(p.purpose, ':', 1) = 'seller'",
        seller_payable=("split_part(p.purpose, ':', 2)", None),
        seller_receivable=("split_part(p.purpose, ':', 2)", None),
    ),
)
def paid_in(seller_id: int, clearing: Account, amount: Money, owed: Money) -> tuple[Transfer, ...]:
    """A seller's card pays what the seller owes; more than that is the seller's balance."""
    due = min(amount, owed)
    return moves(
        (clearing, account("seller_receivable", seller_id), due, "owed_paid"),
        (clearing, account("seller_payable", seller_id), amount - due, "paid_in"),
    )


@posting(
    "debt.written_off",
    "credit_loss > seller_receivable",
    key="debt:{write_off}",
    cause=cause(
        "debt_write_off w",
        "w.id = {write_off}::bigint",
        seller_receivable=("w.seller_id", "w.amount"),
    ),
)
def written_off(write_off_id: int, seller_id: int, amount: Money, on: date) -> Journal:
    """The mall gives up what a seller owes."""
    owed = account("seller_receivable", seller_id)
    transfers = moves((account("credit_loss"), owed, amount, "written_off"))
    return Journal(f"debt:{write_off_id}", "debt.written_off", f"seller:{seller_id}", on, transfers)
