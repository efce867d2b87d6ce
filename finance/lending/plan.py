"""From terms and a day to the whole schedule."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from core.money import Money, Rounding, round_fraction, total
from finance.lending import amortizing
from finance.lending.amortizing import Part, Shape, Whole
from finance.lending.periods import Period, periods
from finance.lending.terms import Amortization, Interest, Terms, When


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One payment of a schedule.

    number     1, 2, …; 0 is what falls due at disbursement (down payment, fees at the start)
    start      the first day that earns its interest
    planned    due day before holidays moved it
    principal, interest, fee  its parts, none below zero
    balance    principal owed after it
    end, earned  the day its period ends, and what the period earns (a grace on interest asks
               for it in a later row)
    """

    number: int
    start: date
    planned: date
    due_on: date
    principal: Money
    interest: Money
    fee: Money
    balance: Money
    end: date
    earned: Money

    @property
    def payment(self) -> Money:
        return self.principal + self.interest + self.fee


@dataclass(frozen=True, slots=True)
class Plan:
    """A schedule; its rows' principal sums to what was lent."""

    terms: Terms
    disbursed_on: date
    rows: tuple[PlanRow, ...]

    def sum_of(self, part: str) -> Money:
        """All of `principal`, `interest`, `fee` or `payment`."""
        return total((getattr(row, part) for row in self.rows), self.terms.principal.currency)

    @property
    def flows(self) -> list[tuple[date, Money]]:
        """What the borrower gets (above zero) and pays (below zero), by day, for annual rates.

        On the planned days: laws let rates pass over days moved because they were no business
        days (12 CFR 1026.17(c)(3)).
        """
        paid = [(row.planned, -row.payment) for row in self.rows]
        return [(self.disbursed_on, self.terms.principal), *paid]

    def earned_by(self, day: date) -> Money:
        """Interest earned up to the beginning of `day`: whole periods, and of the one under way
        its share of days, rounded half-up. Days differ by what each earns and sum to all of it.
        """
        return total((_earned_by(row, day) for row in self.rows), self.terms.principal.currency)


def _earned_by(row: PlanRow, day: date) -> Money:
    length = (row.end - row.start).days
    if day >= row.end or not length:
        return row.earned
    return row.earned.times(Fraction(max(0, (day - row.start).days), length))


def schedule(terms: Terms, disbursed_on: date) -> Plan:
    """The rows of a loan paid out on `disbursed_on`.

    Raises ValueError (`field: problem`) for terms that no rows fit: due days that do not rise,
    an agreed installment that does not repay.
    1,000.00 at 12 % in 12 months (30/360): eleven rows of 88.85 and 88.84.
    """
    spans = periods(terms, disbursed_on)
    rates = [span.rate for span in spans]
    spread, shape = Fraction(terms.spread), _shape(terms)
    fill = amortizing.flat if terms.interest is Interest.FLAT else amortizing.declining
    parts = fill(spread, rates, shape)
    rows = [_row(terms, *pair) for pair in enumerate(zip(spans, parts, strict=False), 1)]
    return Plan(terms, disbursed_on, (*_at_start(terms, disbursed_on), *rows))


def _shape(terms: Terms) -> Shape:
    balloon = terms.balloon.minor if terms.balloon else 0
    if terms.amortization is Amortization.INTEREST_ONLY:
        balloon = terms.spread
    agreed = terms.installment
    return Shape(
        equal_principal=terms.amortization is not Amortization.EQUAL_INSTALLMENTS,
        balloon=Fraction(balloon),
        principal_grace=terms.principal_grace,
        interest_grace=terms.interest_grace,
        installment=Fraction(agreed.minor) if agreed else None,
        whole=_whole(terms.rounding),
        whole_payment=_whole(terms.installment_rounding, terms.multiple),
    )


def _whole(rounding: Rounding, multiple: int = 1) -> Whole:
    return lambda value: Fraction(round_fraction(value / multiple, rounding) * multiple)


def _row(terms: Terms, number: int, placed: tuple[Period, Part]) -> PlanRow:
    span, part = placed
    fees = [fee for fee in terms.fees if fee.when is When.ROW]
    fee = sum(fee.on(int(part.payment), terms.rounding) for fee in fees)
    currency = terms.principal.currency
    amounts = (int(part.principal), int(part.interest), fee, int(part.left))
    principal, interest, charged, left = (Money(minor, currency) for minor in amounts)
    days = (span.start, span.planned, span.due_on)
    end = span.due_on if terms.interest_follows else span.planned
    earned = Money(int(part.earned), currency)
    return PlanRow(number, *days, principal, interest, charged, left, end, earned)


def _at_start(terms: Terms, day: date) -> tuple[PlanRow, ...]:
    """Row 0, where anything is due at disbursement."""
    fees = [fee for fee in terms.fees if fee.when is When.START]
    fee = sum(each.on(terms.principal.minor, terms.rounding) for each in fees)
    if not fee and not terms.down_payment:
        return ()
    amounts = (terms.down_payment, 0, fee, terms.spread)
    down, nothing, due, left = (Money(minor, terms.principal.currency) for minor in amounts)
    return (PlanRow(0, day, day, day, down, nothing, due, left, day, nothing),)
