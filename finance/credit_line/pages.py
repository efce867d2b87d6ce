"""What the pages of a line show, read once for each page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import clock
from core.money import Money
from finance.credit_line import converting, limits, queries
from finance.credit_line.models import FULL, LEAST, CreditLine, LineEvent, LineStatement
from finance.credit_line.owing import ALL, Bought, Owing, owing
from finance.loans.queries import loan_of
from ledger import book
from ledger.accounts import account
from payments import cards, retries
from payments.values import PaymentView


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase in one line of the page."""

    bought: Bought
    owed: Money
    next_due: date | None
    word: str
    convertible: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with all its page shows; `amounts` by kind: least, full, all.

    offer, contract   a higher limit that may be agreed to; the number of the contract in force
    """

    line: CreditLine
    standing: Owing
    amounts: dict[str, Money]
    used: Money
    most: Money
    days_late: int
    purchases: list[Purchase]
    statements: Sequence[LineStatement]
    events: Sequence[LineEvent]
    cards: Sequence[Any]
    wallet: Money
    typed_here: bool
    to_confirm: Sequence[PaymentView]
    apr_ppm: int
    offer: limits.Offer | None
    contract: str

    @property
    def last(self) -> LineStatement | None:
        return self.statements[0] if self.statements else None

    @property
    def least_to_pay(self) -> Money:
        """The smallest amount that is offered to be paid."""
        return min(amount for amount in self.amounts.values() if amount)


_EVENTS = 12


def view(number: str, person_id: int) -> LineView:
    """A person's own line; raises NotFound for a stranger's."""
    line, today = queries.line_of(person_id, number), clock.today()
    standing = owing(line, today)
    return LineView(
        line=line,
        standing=standing,
        amounts={kind: standing.amount(kind) for kind in (LEAST, FULL, ALL)},
        used=line.money(queries.used(line)),
        most=line.money(line.most),
        days_late=queries.days_late(line, today),
        purchases=[_purchase(line, each, today) for each in standing.purchases],
        statements=queries.statements(line),
        events=queries.events_of(line)[:_EVENTS],
        cards=cards.of(person_id),
        wallet=book.available(account("wallet", person_id), line.currency),
        typed_here=cards.entered_here(),
        to_confirm=retries.waiting_for(person_id, f"line:{number}:"),
        apr_ppm=line.daily_ppm * 365,
        offer=limits.offer_of(line, today),
        contract=limits.contract_number(line, limits.raised(line)),
    )


def _purchase(line: CreditLine, bought: Bought, today: date) -> Purchase:
    loan = bought.loan
    coming = [row.due_on for row in loan.rows if row.payable > 0]
    late = any(day < today for day in coming)
    word = "late" if late else "plan" if bought.converted else "billed" if bought.billed else "new"
    can = bool(converting.choices(line, loan, today))
    return Purchase(
        bought, line.money(bought.settles), min(coming, default=None), word.capitalize(), can
    )


@dataclass(frozen=True, slots=True)
class ConvertView:
    """A purchase with the plans it may become; `chosen` is the one whose key facts are shown."""

    line: CreditLine
    bought: Bought
    owed: Money
    choices: list[converting.Choice]
    chosen: converting.Choice


def convert_view(number: str, loan_number: str, person_id: int, months: int | None) -> ConvertView:
    """Raises NotFound for a stranger's, NotNow where nothing is open."""
    line, loan = queries.line_of(person_id, number), loan_of(person_id, loan_number)
    found = converting.choices(line, loan, clock.today())
    chosen = next((each for each in found if each.months == months), found[0] if found else None)
    mine = [each for each in owing(line, clock.today()).purchases if each.loan.id == loan.id]
    if chosen is None or not mine:
        raise converting.NotNow()
    return ConvertView(line, mine[0], loan.principal_owed, found, chosen)


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement as it was said."""

    line: CreditLine
    statement: LineStatement
    newest: bool

    @staticmethod
    def bought_on(line: dict[str, Any]) -> date:
        """When what a line of it is about was bought."""
        return date.fromisoformat(line["bought_on"])


def statement_view(number: str, serial: int, person_id: int) -> StatementView:
    """Raises NotFound."""
    line = queries.line_of(person_id, number)
    last = queries.last_statement(line)
    newest = last is not None and last.serial == serial
    return StatementView(line, queries.statement_of(line, serial), newest)
