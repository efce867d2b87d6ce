"""How a seller's money is frozen for a dispute and set free again; pure."""

from datetime import date

from core.money import Money
from ledger.accounts import Account, account
from ledger.causes import cause
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting


@piece("seller_payable > seller_reserve", into=("order.released", "dispute.frozen"))
def freezing(seller_id: int, amount: Money, reason: str) -> tuple[Transfer, ...]:
    """Part of a seller's balance is withheld until a bank has decided."""
    return moves(
        (account("seller_payable", seller_id), account("seller_reserve", seller_id), amount, reason)
    )


_SHARE = "dispute_share s join dispute_case c on c.id = s.case_id"
_OF_ORDER = cause(
    _SHARE,
    "c.number = {number} and s.order_number = {order}",
    currency="s.currency",
    seller_payable=("s.seller_id", None),  # as much as its reserve, which is added up
)


@posting("dispute.frozen", key="dispute:{number}:frozen:{order}:{part}", cause=_OF_ORDER)
def frozen(dispute: str, order: str, part: int, seller_id: int, amount: Money, on: date) -> Journal:
    """Withheld from the seller's balance when the bank took the money, or when more came in."""
    transfers = freezing(seller_id, amount, "dispute_frozen")
    return Journal(
        f"dispute:{dispute}:frozen:{order}:{part}", "dispute.frozen", dispute, on, transfers
    )


@posting(
    "dispute.freed",
    "seller_reserve > seller_payable",
    key="dispute:{number}:freed:{order}",
    cause=_OF_ORDER,
)
def freed(dispute: str, order: str, seller_id: int, amount: Money, on: date) -> Journal:
    """The bank has decided: what was withheld and is not needed is the seller's again."""
    reserve, payable = account("seller_reserve", seller_id), account("seller_payable", seller_id)
    transfers = moves((reserve, payable, amount, "dispute_freed"))
    return Journal(f"dispute:{dispute}:freed:{order}", "dispute.freed", dispute, on, transfers)


@posting(
    "dispute.refund",
    "refund_payable > disputed_funds",
    key="dispute:{number}:refund:{refund}",
    cause=cause("refund r", "r.number = {refund}", refund_payable=("r.number", None)),
)
def from_failed_refund(dispute: str, refund: str, amount: Money, on: date) -> Journal:
    """A refund had come back from the card: the bank has given that money to the shopper instead."""
    promised, taken = account("refund_payable", refund), account("disputed_funds", dispute)
    transfers = moves((promised, taken, amount, "charged_back"))
    return Journal(f"dispute:{dispute}:refund:{refund}", "dispute.refund", dispute, on, transfers)


@piece(
    "clearing > seller_payable",
    into="dispute.recovered",
    cause=cause(
        _SHARE,
        "c.number = {number} and s.borne_by = 'seller'",
        currency="s.currency",
        seller_payable=("s.seller_id", None),
    ),
)
def recovered(clearing: Account, seller_id: int, amount: Money) -> tuple[Transfer, ...]:
    """A lost dispute was won after all: what the seller had borne is the seller's again."""
    return moves((clearing, account("seller_payable", seller_id), amount, "recovered"))
