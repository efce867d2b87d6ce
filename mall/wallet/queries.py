"""What a balance is worth, and what moved on it."""

from core.money import Money
from ledger import book
from ledger.accounts import account


def balance_of(person_id: int, currency: str) -> Money:
    """What the person may spend now: the balance less what is held."""
    return book.available(account("wallet", person_id), currency)
