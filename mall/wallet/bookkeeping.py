"""How a person's balance moves; pure."""

from collections.abc import Iterable
from datetime import date

from core.money import Money
from ledger.accounts import Account, account
from ledger.causes import cause
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting, stands_behind


def hold_key(checkout_number: str) -> str:
    """The key of what a checkout holds of a balance."""
    return f"wallet:{checkout_number}:held"


def paid_key(checkout_number: str) -> str:
    """The key of what a checkout took from a balance, once."""
    return f"wallet:{checkout_number}:paid"


_PART = (
    "checkout_part p join checkout c on c.id = p.checkout_id",
    "c.number = {checkout} and p.method = 'wallet'",
)
_SPENT = ("c.buyer_id", "-p.amount")


@posting(
    "checkout.balance_held",
    "wallet > escrow",
    key="wallet:{checkout}:held",
    cause=cause(*_PART, currency="p.currency", wallet=_SPENT),
    undone=cause(_PART[0], f"{_PART[1]} and p.state <> 'held'", currency="p.currency"),
)
def held(
    checkout_number: str, person_id: int, shares: Iterable[tuple[str, Money]], on: date
) -> Journal:
    """A balance pays for orders, `(number, amount)`: set aside until the rest is paid."""
    transfers = _to_escrow(person_id, shares)
    return Journal(
        hold_key(checkout_number),
        "checkout.balance_held",
        f"checkout:{checkout_number}",
        on,
        transfers,
    )


@posting(
    "checkout.paid_from_balance",
    "wallet > escrow",
    key="wallet:{checkout}:paid",
    cause=cause(_PART[0], f"{_PART[1]} and p.state = 'paid'", currency="p.currency", wallet=_SPENT),
)
def paid(
    checkout_number: str, person_id: int, shares: Iterable[tuple[str, Money]], on: date
) -> Journal:
    """A balance pays for orders after all, when what it had held was already free again."""
    transfers = _to_escrow(person_id, shares)
    return Journal(
        paid_key(checkout_number),
        "checkout.paid_from_balance",
        f"checkout:{checkout_number}",
        on,
        transfers,
    )


def _to_escrow(person_id: int, shares: Iterable[tuple[str, Money]]) -> tuple[Transfer, ...]:
    wallet = account("wallet", person_id)
    return moves(*((wallet, account("escrow", o), amount, "from_balance") for o, amount in shares))


@piece("clearing > wallet", into="payment.paid")
def topped_up(clearing: Account, person_id: int, amount: Money) -> tuple[Transfer, ...]:
    """A card payment into a balance."""
    return moves((clearing, account("wallet", person_id), amount, "top_up"))


_WITHDRAWAL = ("wallet_withdrawal w", "w.number = {number}")
_TAKEN = ("w.person_id", "-w.amount")


@posting(
    "payout.asked",
    "wallet > payout_in_flight",
    key="payout:{number}",
    cause=cause(*_WITHDRAWAL, wallet=_TAKEN, payout_in_flight=("w.number", "w.amount")),
)
def withdrawal_asked(number: str, person_id: int, amount: Money, on: date) -> Journal:
    """Balance held until the gateway has taken the order to pay it out."""
    wallet, flying = account("wallet", person_id), account("payout_in_flight", number)
    transfers = moves((wallet, flying, amount, "withdrawal"))
    return Journal(f"payout:{number}", "payout.asked", number, on, transfers)


stands_behind("payout.sent", cause(*_WITHDRAWAL, wallet=_TAKEN))


def disputed_key(dispute_number: str) -> str:
    """The key of what a dispute of a top-up holds of the balance."""
    return f"dispute:{dispute_number}:balance"


_DISPUTED = ("dispute d join payment p on p.id = d.payment_id", "d.number = {number}")
_HERS = cause(*_DISPUTED, currency="d.currency", wallet=("p.payer_id", None))


@posting(
    "wallet.disputed",
    "wallet > dispute_loss",
    key="dispute:{number}:balance",
    cause=_HERS,
    undone=cause(_DISPUTED[0], f"{_DISPUTED[1]} and d.closed_at is not null"),
)
def disputed(number: str, person_id: int, amount: Money, on: date) -> Journal:
    """A bank takes a top-up back: what is left of it is held against the loss until the verdict."""
    wallet, loss = account("wallet", person_id), account("dispute_loss")
    transfers = moves((wallet, loss, amount, "top_up_disputed"))
    return Journal(disputed_key(number), "wallet.disputed", number, on, transfers)


@posting(
    "wallet.dispute_lost",
    "wallet > disputed_funds",
    key="dispute:{number}:balance:lost",
    cause=_HERS,
)
def dispute_lost(number: str, person_id: int, amount: Money, on: date) -> Journal:
    """The bank keeps a top-up that it took back: it leaves the balance as far as that goes."""
    wallet, funds = account("wallet", person_id), account("disputed_funds", number)
    transfers = moves((wallet, funds, amount, "top_up_disputed"))
    return Journal(f"{disputed_key(number)}:lost", "wallet.dispute_lost", number, on, transfers)


@piece("clearing > wallet", into="dispute.recovered")
def recovered(clearing: Account, person_id: int, amount: Money) -> tuple[Transfer, ...]:
    """A lost top-up was won after all: it is balance again."""
    return moves((clearing, account("wallet", person_id), amount, "top_up_recovered"))
