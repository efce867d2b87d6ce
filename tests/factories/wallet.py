"""Balances people have with the mall."""

from core import clock
from core.use_case import use_case
from ledger import book
from ledger.accounts import account
from ledger.entries import Journal, Transfer
from mall.accounts.models import Person
from tests.factories.orders import yuan


@use_case
def give_balance(person: Person, amount: str) -> None:
    """`amount` on the person's balance, a present of the mall."""
    move = Transfer(account("promotion"), account("wallet", person.id), yuan(amount), "present")
    key = f"present:{person.id}:{clock.now().isoformat()}:{amount}"
    book.post(Journal(key, "wallet.present", str(person.id), clock.today(), (move,)))
