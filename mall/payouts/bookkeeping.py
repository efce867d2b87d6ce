"""How an order's money leaves escrow and how a payout begins; pure."""

from collections.abc import Sequence
from datetime import date

from core.money import Money
from ledger.accounts import Account, account, shard
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting
from mall.payouts.rules import Division
from mall.ports.deductions import Deduction


@posting(
    "order.released",
    "escrow > seller_payable",
    "escrow > commission",
    "escrow > tax_payable",
    "seller_payable > seller_receivable",
    key="release:{order}",
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


@posting("payout.asked", "seller_payable > payout_in_flight", key="payout:{number}")
def payout_asked(number: str, seller_id: int, amount: Money, on: date) -> Journal:
    """Held until the gateway has taken the order: balance → on its way."""
    payable, flying = account("seller_payable", seller_id), account("payout_in_flight", number)
    transfers = moves((payable, flying, amount, "payout"))
    return Journal(f"payout:{number}", "payout.asked", number, on, transfers)


@piece("clearing > seller_receivable, seller_payable", into="payout.pulled_back")
def pulled_back(
    seller_id: int, clearing: Account, amount: Money, owed: Money
) -> tuple[Transfer, ...]:
    """Out of the gateway's hands again: what she owes first, the rest to her balance."""
    due = min(amount, owed)
    return moves(
        (clearing, account("seller_receivable", seller_id), due, "pulled_back"),
        (clearing, account("seller_payable", seller_id), amount - due, "pulled_back"),
    )
