"""What is written into the book: a journal of transfers, refused when it makes no sense."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date

from core.money import Money
from ledger.accounts import Account


class BadJournal(ValueError):
    """A journal that no business event can mean."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """`amount` moves: `debit` is debited, `credit` is credited. `reason` is a short code."""

    debit: Account
    credit: Account
    amount: Money
    reason: str = ""

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise BadJournal(f"a transfer moves more than nothing, not {self.amount}")
        if self.debit == self.credit:
            raise BadJournal(f"{self.debit} cannot pay itself")


@dataclass(frozen=True, slots=True)
class Journal:
    """All transfers of one business event.

    key        names the cause; written twice with the same content it counts once
    kind       what happened, e.g. `order.paid`
    ref        what it happened to, e.g. the order's number
    on         the business date
    """

    key: str
    kind: str
    ref: str
    on: date
    transfers: tuple[Transfer, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.transfers:
            raise BadJournal(f"journal {self.key} moves nothing")
        if not self.key or not self.kind:
            raise BadJournal("a journal needs a key and a kind")

    def content_hash(self) -> str:
        """SHA-256 over everything but the key, so that a repeated key can be told from a clash."""
        lines = [
            [t.debit.path, t.credit.path, str(t.amount.minor), t.amount.currency, t.reason]
            for t in self.transfers
        ]
        text = json.dumps([self.kind, self.ref, self.on.isoformat(), lines], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def moves(*candidates: tuple[Account, Account, Money, str]) -> tuple[Transfer, ...]:
    """Transfers from (debit, credit, amount, reason); zero amounts fall out."""
    return tuple(Transfer(d, c, amount, reason) for d, c, amount, reason in candidates if amount)
