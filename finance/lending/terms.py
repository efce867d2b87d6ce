"""What a loan was agreed on: one immutable object from which the whole schedule follows."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from core.money import MILLION, Money, Rounding, round_fraction
from finance.lending.day_counts import THIRTIES, DayCount
from finance.lending.due_dates import Frequency, Holidays, MonthEnd, Roll

MOST_ROWS = 1_200


class Amortization(StrEnum):
    """How principal comes back: equal payments, equal principal, or all at the end."""

    EQUAL_INSTALLMENTS = "EQUAL_INSTALLMENTS"
    EQUAL_PRINCIPAL = "EQUAL_PRINCIPAL"
    INTEREST_ONLY = "INTEREST_ONLY"


class Interest(StrEnum):
    """On what is still owed, or flat: on what was lent, whatever has been repaid."""

    DECLINING = "DECLINING_BALANCE"
    FLAT = "FLAT"


class When(StrEnum):
    """What makes a fee due."""

    START = "START"
    ROW = "ROW"
    EVENT = "EVENT"


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee: `minor` whole minor units plus `ppm` millionths of what it is reckoned on.

    when   START: at disbursement, of the principal; ROW: in every row, of the row's principal
           and interest; EVENT: when `event` happens, of the amount it concerns
    event  its name (`late`, `early`); only with EVENT
    """

    when: When
    minor: int = 0
    ppm: int = 0
    event: str = ""

    def __post_init__(self) -> None:
        if self.minor < 0 or self.ppm < 0 or (self.when is When.EVENT) != bool(self.event):
            raise ValueError("a fee is not below zero, and names an event only if one causes it")

    def on(self, minor: int, rounding: Rounding) -> int:
        """The fee in minor units on an amount of `minor`."""
        return self.minor + round_fraction(Fraction(minor * self.ppm, MILLION), rounding)


@dataclass(frozen=True, slots=True)
class Terms:
    """All that decides a schedule; two equal Terms and one day give equal schedules.

    principal          lent, above zero
    count              rows, 1 to 1,200; with `installment` only the most there may be
    yearly_ppm         rate a year in millionths (180,000 is 18 %), ≥ 0
    compounding        the rate is effective: a twelfth of a year earns (1 + r)^(1/12) − 1
    day_count          by which periods are measured
    whole_periods      every regular period counts alike (a month 1/12, a week 1/52) and only a
                       longer or shorter first one by its days
    first_due          first due day; None: one period after disbursement
    principal_grace    first rows without principal, < count
    interest_grace     first rows whose interest is asked for only with the next row after them
    interest_free      first rows that earn no interest
    down_payment_ppm   of the principal, due at disbursement; the rest is spread
    balloon            of the principal, kept for the last row; at most what is spread
    installment        agreed payment a row; the rows then follow from it
    multiple           installments are whole multiples of so many minor units
    installment_rounding  how an installment becomes whole; `rounding` serves everything else
    """

    principal: Money
    count: int
    yearly_ppm: int
    amortization: Amortization = Amortization.EQUAL_INSTALLMENTS
    interest: Interest = Interest.DECLINING
    compounding: bool = False
    frequency: Frequency = field(default_factory=Frequency)
    day_count: DayCount = DayCount.ACT_365
    whole_periods: bool = False
    first_due: date | None = None
    month_end: MonthEnd = MonthEnd.CLAMP
    roll: Roll = Roll.NONE
    holidays: Holidays = field(default_factory=Holidays)
    interest_follows: bool = False
    principal_grace: int = 0
    interest_grace: int = 0
    interest_free: int = 0
    down_payment_ppm: int = 0
    balloon: Money | None = None
    installment: Money | None = None
    multiple: int = 1
    fees: tuple[Fee, ...] = ()
    rounding: Rounding = Rounding.HALF_UP
    installment_rounding: Rounding = Rounding.HALF_UP

    def __post_init__(self) -> None:
        for problem, wrong in self._problems():
            if wrong:
                raise ValueError(problem)

    def _problems(self) -> tuple[tuple[str, bool], ...]:
        balloon, installment = self.balloon, self.installment
        graces = (self.principal_grace, self.interest_grace, self.interest_free)
        return (
            ("principal: must be above zero", self.principal.minor < 1),
            (f"count: must be 1 to {MOST_ROWS}", not 1 <= self.count <= MOST_ROWS),
            ("yearly_ppm: must not be below zero", self.yearly_ppm < 0),
            ("multiple: must be at least one minor unit", self.multiple < 1),
            ("principal_grace: must be below count", not 0 <= graces[0] < self.count),
            ("interest_grace: must be below count", not 0 <= graces[1] < self.count),
            ("interest_free: must be 0 to count", not 0 <= graces[2] <= self.count),
            ("down_payment_ppm: must be below 100 %", not 0 <= self.down_payment_ppm < MILLION),
            ("balloon: must be 0 to what is spread", balloon is not None
             and not 0 <= balloon.minor <= self.spread),
            ("installment: must be above zero", installment is not None and installment.minor < 1),
            ("installment: fits only equal installments", installment is not None
             and self.amortization is not Amortization.EQUAL_INSTALLMENTS),
            ("compounding: fits only declining interest", self.compounding
             and self.interest is Interest.FLAT),
            ("interest_grace: fits only declining interest", graces[1] > 0
             and self.interest is Interest.FLAT),
        )  # fmt: skip

    @property
    def down_payment(self) -> int:
        """Due at disbursement, minor units."""
        share = Fraction(self.principal.minor * self.down_payment_ppm, MILLION)
        return round_fraction(share, self.rounding)

    @property
    def spread(self) -> int:
        """What the rows repay, minor units."""
        return self.principal.minor - self.down_payment

    @property
    def rate(self) -> Fraction:
        """A year's rate; one percent is 1/100."""
        return Fraction(self.yearly_ppm, MILLION)

    @property
    def thirty_days(self) -> bool:
        """Whether months have thirty days in this contract."""
        return self.day_count in THIRTIES

    def event_fee(self, event: str, amount: Money) -> Money:
        """What `event` costs now, reckoned on `amount`; zero where no fee names it."""
        fees = [fee.on(amount.minor, self.rounding) for fee in self.fees if fee.event == event]
        return Money(sum(fees), amount.currency)
