"""How a checkout's card money moves; pure."""

from collections.abc import Iterable
from datetime import date

from core.money import Money
from ledger.accounts import Account, account
from ledger.causes import cause
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting


@piece("clearing > escrow", into="payment.paid")
def into_escrow(clearing: Account, shares: Iterable[tuple[str, Money]]) -> tuple[Transfer, ...]:
    """Each order's share, `(number, amount)`, waits until its goods are received."""
    return moves(
        *((clearing, account("escrow", number), amount, "paid") for number, amount in shares)
    )


@piece("clearing > wallet", into="payment.paid")
def into_wallet(clearing: Account, person_id: int, amount: Money) -> tuple[Transfer, ...]:
    """Money nobody waits for any more is the shopper's."""
    return moves((clearing, account("wallet", person_id), amount, "paid_too_late"))


def late_number(checkout_number: str) -> str:
    """The refund number under which a payment that came too late goes back."""
    return f"R-{checkout_number}"


_LATE = (
    "checkout c join payment p on p.purpose = 'checkout:' || c.number",
    "c.number = {ref} and {number} = 'R-' || c.number",
)


@posting(
    "checkout.given_back",
    "wallet > refund_payable",
    key="refund:{number}",
    cause=cause(
        *_LATE,
        currency="p.currency",
        wallet=("c.buyer_id", "-p.captured_minor"),
        refund_payable=("{number}", "p.captured_minor"),
    ),
)
def late_back(checkout_number: str, person_id: int, amount: Money, on: date) -> Journal:
    """A payment that came too late leaves the wallet for the card."""
    number = late_number(checkout_number)
    transfers = moves(
        (account("wallet", person_id), account("refund_payable", number), amount, "paid_too_late")
    )
    return Journal(f"refund:{number}", "checkout.given_back", checkout_number, on, transfers)


@posting(
    "checkout.given_back",
    "refund_payable > wallet",
    key="refund:{number}:failed",
    cause=cause(
        *_LATE,
        currency="p.currency",
        wallet=("c.buyer_id", "p.captured_minor"),
        refund_payable=("{number}", "-p.captured_minor"),
    ),
)
def late_failed(checkout_number: str, person_id: int, amount: Money, on: date) -> Journal:
    """The card would not take it: the money stays with us, in the shopper's wallet."""
    number = late_number(checkout_number)
    transfers = moves(
        (account("refund_payable", number), account("wallet", person_id), amount, "card_refused")
    )
    return Journal(f"refund:{number}:failed", "checkout.given_back", checkout_number, on, transfers)
