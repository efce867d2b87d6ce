"""What a balance is worth, and what moved on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from core import clock
from core.db import db, one
from core.money import Money
from ledger import book
from ledger.accounts import account
from ledger.book import StatementLine
from mall.wallet.models import TopUp, Withdrawal

WORDS = {
    "top_up": "Paid in by card",
    "from_balance": "Paid for an order",
    "to_wallet": "Given back",
    "paid_too_late": "A payment that came too late",
    "paid_twice": "A payment that was made twice",
    "not_wanted": "A payment that was not needed",
    "card_refused": "Your card would not take this back",
    "withdrawal": "Sent to your bank",
    "top_up_disputed": "A card payment that your bank took back",
    "top_up_recovered": "Given back by your bank after all",
}
BACK_FROM_BANK = "Came back from your bank"


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of a balance; `about` says what `number` is: order, checkout, top_up, …"""

    on: date
    words: str
    about: str
    number: str
    change: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """Some lines, the newest first; `before` asks for older ones, None when there are none."""

    lines: list[Line]
    before: int | None


def balance_of(person_id: int, currency: str) -> Money:
    """What the person may spend now: the balance less what is held."""
    return book.available(account("wallet", person_id), currency)


def held_of(person_id: int, currency: str) -> Money:
    """What checkouts and withdrawals under way hold of the balance."""
    return book.balance(account("wallet", person_id), currency) - balance_of(person_id, currency)


def statement(
    person_id: int, currency: str, *, limit: int = 50, before: int | None = None
) -> Statement:
    """What moved on the balance; each line opens its order, plan, top-up or withdrawal."""
    rows = book.statement(account("wallet", person_id), currency, limit=limit, before=before)
    lines = [_line(row) for row in reversed(rows)]
    more = rows[0].version if len(rows) == limit and rows[0].version > 1 else None
    return Statement(lines, more)


def _line(row: StatementLine) -> Line:
    about, number = _about(row)
    returned = row.change.minor > 0 and about == "withdrawal"
    words = BACK_FROM_BANK if returned else WORDS.get(row.reason) or _from_kind(row)
    return Line(row.on, words, about, number, row.change, row.balance)


def _from_kind(row: StatementLine) -> str:
    return (row.reason or row.kind.rpartition(".")[2]).replace("_", " ").capitalize()


def _about(row: StatementLine) -> tuple[str, str]:
    """Which page a line opens; the other account names an order or a plan, else the journal's ref."""
    _, kind, owner = [*row.other.split(":", 2), ""][:3]
    if kind == "escrow":
        return "order", owner
    _, _, rest = row.ref.partition(":")
    number = rest.partition(":")[0] or row.ref
    by_letter = {"O": "order", "C": "checkout", "T": "top_up", "W": "withdrawal", "L": "plan"}
    return by_letter.get(number[:1] if number[1:2] == "-" else "", ""), number


def withdrawals_of(person_id: int, limit: int = 10) -> Sequence[Withdrawal]:
    """The person's withdrawals, the newest first."""
    query = select(Withdrawal).where(Withdrawal.person_id == person_id)
    return db.session.scalars(query.order_by(Withdrawal.id.desc()).limit(limit)).all()


def withdrawal_of(number: str, person_id: int) -> Withdrawal:
    """The person's withdrawal; raises NotFound for a stranger's."""
    mine = Withdrawal.person_id == person_id
    return one(select(Withdrawal).where(Withdrawal.number == number, mine))


def top_up_of(number: str, person_id: int) -> TopUp:
    """The person's top-up; raises NotFound for a stranger's."""
    return one(select(TopUp).where(TopUp.number == number, TopUp.person_id == person_id))


def used_today(table: type[TopUp] | type[Withdrawal], person_id: int, currency: str) -> Money:
    """What was paid in (or taken out) today, under way or done."""
    query = select(func.coalesce(func.sum(table.amount), 0)).where(
        table.person_id == person_id,
        table.currency == currency,
        table.state.not_in(("refused", "failed")),
        table.created_at >= clock.start_of(clock.today()),
    )
    found: Any = db.session.scalar(query)
    return Money(int(found), currency)
