"""What is owed on a line today, and which purchase a payment goes to: the oldest due first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.errors import InvalidInput
from core.money import Money
from finance.credit_line import queries
from finance.credit_line.models import FULL, LEAST, CreditLine
from finance.lending.life import by_day
from finance.loans.folding import state_of, terms_of
from finance.loans.models import Loan

ALL, AMOUNT = "all", "amount"
_LAST = date.max


@dataclass(frozen=True, slots=True)
class Bought:
    """One purchase as it stands; minor units.

    unbilled   nights since the last statement, charged when all the rest is paid
    billed     it was in a statement; converted: it is a plan with payments of its own
    """

    loan: Loan
    unbilled: int
    billed: bool
    converted: bool

    @property
    def settles(self) -> int:
        """What ends it today: of a plan, fees of months to come are not charged."""
        owed = self.loan.principal_owed + self.loan.interest_owed + self.loan.late_fee_owed
        return owed.minor + self.unbilled

    def asked(self, upto: date, *, full: bool) -> int:
        """What a statement due on `upto` asks of it."""
        if full and self.billed and not self.converted:
            return sum(row.payable for row in self.loan.rows)
        return sum(row.payable for row in self.loan.rows if row.due_on <= upto)


@dataclass(frozen=True, slots=True)
class Owing:
    """A line on a day; `due_on` is the last statement's, None before the first."""

    line: CreditLine
    purchases: Sequence[Bought]
    due_on: date | None

    def amount(self, kind: str, typed: Money | None = None) -> Money:
        """What one press pays: `least` or `full` of the last statement, `all`, or what was typed.

        Raises InvalidInput where an amount was typed that is nothing or more than all.
        """
        if kind == AMOUNT:
            whole = self.amount(ALL)
            if typed is None or not 0 < typed.minor <= whole.minor:
                raise InvalidInput(f"Pay between 0.01 and {whole.grouped()}, which is all of it.")
            return typed
        if kind == ALL:
            return self.line.money(sum(each.settles for each in self.purchases))
        if kind not in (LEAST, FULL):
            raise InvalidInput("Choose what to pay.")
        upto = self.due_on
        parts = [each.asked(upto, full=kind == FULL) for each in self.purchases] if upto else []
        return self.line.money(sum(parts))

    def split(self, amount: Money) -> list[tuple[Bought, Money]]:
        """Which purchase gets how much of a payment; what is more than all goes to nobody.

        In the order of due days, a billed purchase before a new one, an older before a younger;
        what a return holds back, and nights since the last statement, come last.
        """
        if amount >= self.amount(ALL):
            return [(each, self.line.money(each.settles)) for each in self.purchases]
        found: dict[str, int] = {}
        left = amount.minor
        for _, _, place, part in sorted(self._parts()):
            number = self.purchases[place].loan.number
            found[number] = found.get(number, 0) + min(left, part)
            left -= min(left, part)
        return [
            (each, self.line.money(found[each.loan.number]))
            for each in self.purchases
            if found.get(each.loan.number)
        ]

    def _parts(self) -> list[tuple[date, bool, int, int]]:
        parts = []
        for place, each in enumerate(self.purchases):
            for row in each.loan.rows:
                parts.append((row.due_on, not each.billed, place, row.payable))
                parts.append((_LAST, False, place, row.owed - row.payable))
            parts.append((_LAST, True, place, each.unbilled))
        return parts


def owing(line: CreditLine, on: date, *, lock: bool = False) -> Owing:
    """What is owed on a (locked) line at the end of a day."""
    last = queries.last_statement(line)
    loans = queries.owing(line, lock=lock)
    return Owing(line, [_bought(loan, on) for loan in loans], last.due_on if last else None)


def _bought(loan: Loan, on: date) -> Bought:
    state = state_of(loan)
    converted, billed = state.converted, len(state.rows) > 1
    unbilled = by_day.unbilled(state, terms_of(loan), on) if loan.is_running else 0
    return Bought(loan, unbilled, billed, converted)
