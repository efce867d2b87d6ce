"""Settlement lines and book movements in a seller's words; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.money import Money
from mall.payouts.models import SettlementLine
from mall.payouts.rules import LEFT, SALE
from mall.ports.deductions import DISPUTE

REASONS = {
    "sale": "Sale",
    "refund_due": "Refund you still owed",
    "commission": "Commission of the mall",
    "tax": "Tax on the commission",
    "reserve": "Into your reserve",
    "balance": "To your balance",
    "payout": "Payout to your bank",
    "refund": "Given back to the buyer",
    "refund_owed": "Given back, owed by you",
    "seller_pays": "Fee of the buyer's plan",
    "seller_pays_owed": "Fee of the buyer's plan, owed by you",
    "commission_back": "Commission given back",
    "reserve_released": "Out of your reserve",
    "owed_paid": "Paid what you owed",
    "paid_in": "Paid in by card",
    "tax_back": "Tax on the commission given back",
    "dispute_frozen": "Withheld for a dispute",
    "dispute_freed": "Dispute ended: yours again",
    "recovered": "Dispute won after all",
}
RELEASED_BY = {  # what would bring a part back that the mall itself takes
    "refund_due": "Nothing is held: it paid what you owed for earlier refunds.",
    "commission": "Given back in proportion if the order is refunded.",
    "tax": "Given back with the commission it is on.",
}


@dataclass(frozen=True, slots=True)
class SettlementRow:
    """One row of an order's settlement; `amount` is negative when it is taken.

    url          where the seller reads about its contract or dispute
    comes_back   the day on which it does by itself; `released_by` what would release it
    """

    words: str
    amount: Money
    contract: str
    note: str
    kind: str  # sale, cut, left
    url: str = ""
    comes_back: date | None = None
    released_by: str = ""


def in_words(reason: str) -> str:
    """`sales_share` is "Sales share"."""
    return REASONS.get(reason) or reason.replace("_", " ").capitalize()


def settlement_rows(lines: Iterable[SettlementLine]) -> list[SettlementRow]:
    """From the sale over every deduction to what reached the balance."""
    return [_row(line) for line in lines]


def _row(line: SettlementLine) -> SettlementRow:
    kind = {SALE: "sale", LEFT: "left"}.get(line.step, "cut")
    sign = -1 if kind == "cut" else 1
    amount = Money(sign * line.amount, line.currency)
    return SettlementRow(
        in_words(line.reason),
        amount,
        line.contract,
        line.note,
        kind,
        _url(line),
        line.releases_on,
        line.released_by,
    )


def _url(line: SettlementLine) -> str:
    if not line.contract:
        return ""
    return f"/seller/{'disputes' if line.step == DISPUTE else 'capital'}/{line.contract}"
