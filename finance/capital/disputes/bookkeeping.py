"""Who bears a lost dispute of a card payment where the contract cannot owe it again; pure."""

from datetime import date

from core.money import Money
from ledger.accounts import Account, account
from ledger.causes import cause
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting

_OF = (
    "dispute d join payment p on p.id = d.payment_id"
    " join advance a on a.number = split_part(p.purpose, ':', 2)"
    " and split_part(p.purpose, ':', 1) = 'advance'"
    " join seller s on s.id = a.seller_id"
)


@posting(
    "advance.charged_back",
    "seller_payable, seller_receivable, wallet > disputed_funds",
    key="advance:{number}:charged_back:{dispute}",
    cause=cause(
        _OF,
        "a.number = {number} and d.number = {dispute}",
        currency="d.currency",
        seller_payable=("a.seller_id", None),
        seller_receivable=("a.seller_id", None),
        wallet=("s.owner_id", None),
    ),
)
def charged_back(
    number: str, dispute: str, givers: tuple[tuple[Account, Money], ...], on: date
) -> Journal:
    """A bank took a card payment back: what its contract does not owe again the seller owes."""
    funds = account("disputed_funds", dispute)
    lines = moves(*((giver, funds, amount, "charged_back") for giver, amount in givers))
    key = f"advance:{number}:charged_back:{dispute}"
    return Journal(key, "advance.charged_back", number, on, lines)


@piece(
    "clearing > seller_receivable, seller_payable",
    into="dispute.recovered",
    cause=cause(
        _OF,
        "d.number = {number}",
        currency="d.currency",
        seller_payable=("a.seller_id", None),
        seller_receivable=("a.seller_id", None),
    ),
)
def recovered(seller_id: int, clearing: Account, owed: Money, rest: Money) -> tuple[Transfer, ...]:
    """A lost dispute is won after all: what the seller owes first, the rest to the balance."""
    return moves(
        (clearing, account("seller_receivable", seller_id), owed, "recovered"),
        (clearing, account("seller_payable", seller_id), rest, "recovered"),
    )
