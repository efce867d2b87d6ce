"""A seller's advance: paid back as a fixed share of expected sales, its one fee earned by day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from core.money import MILLION, Money, Rounding, round_fraction
from finance.lending import roots
from finance.lending.roots import Flow

_EIR_PLACES = Decimal("0.000001")
MOST_PAYMENTS = 10_000


@dataclass(frozen=True, slots=True)
class AdvanceTerms:
    """What was agreed with the seller.

    net        paid out, above zero
    fee        the fixed fee on top, ≥ 0; net + fee is to be paid back
    volume     expected sales of a whole year
    rate_ppm   share of sales that pays back, millionths (180,000 is 18 %)
    day_count  days the year of `volume` is spread over (360)
    start      day of the payout; the first payment is due the day after
    """

    net: Money
    fee: Money
    volume: Money
    rate_ppm: int
    start: date
    day_count: int = 360
    rounding: Rounding = Rounding.HALF_EVEN

    def __post_init__(self) -> None:
        if self.net.minor < 1 or self.fee.minor < 0 or self.day_count < 1:
            raise ValueError("net: an advance pays something out, and its fee is not below zero")
        if self.payment.minor < 1 or self.count > MOST_PAYMENTS:
            raise ValueError(f"volume: the share of sales pays back in over {MOST_PAYMENTS} days")

    @property
    def total(self) -> Money:
        return self.net + self.fee

    @property
    def payment(self) -> Money:
        """What a day is expected to pay back: volume · rate / day_count, rounded once."""
        return self.volume.times(Fraction(self.rate_ppm, MILLION * self.day_count), self.rounding)

    @property
    def count(self) -> int:
        """Days until all is paid back; the last one pays the rest."""
        return -(-self.total.minor // self.payment.minor)

    @property
    def eir(self) -> Decimal:
        """Effective yearly rate: (1 + daily IRR)^day_count − 1, to six decimals (half-even)."""
        return _eir(self.net.minor, self.fee.minor, self.payment.minor, self.day_count)

    @property
    def daily(self) -> Decimal:
        """The rate of a day, taken back from `eir`."""
        with localcontext() as context:
            context.prec = roots.DIGITS
            return ((1 + self.eir).ln() / self.day_count).exp() - 1

    def with_fee(self, fee: Money) -> "AdvanceTerms":
        """The same advance with another fee: the whole plan anew from the payout."""
        return replace(self, fee=fee)


@lru_cache(maxsize=512)
def _eir(net: int, fee: int, payment: int, day_count: int) -> Decimal:
    if not fee:
        return Decimal(0)
    flows = [Flow(Fraction(net), Fraction(0))]
    left, day = net + fee, 0
    while left > 0:
        day += 1
        flows.append(Flow(Fraction(-min(left, payment)), Fraction(day)))
        left -= payment
    growth = roots.growth(flows)
    with localcontext() as context:
        context.prec = roots.DIGITS
        return (growth**day_count - 1).quantize(_EIR_PLACES, "ROUND_HALF_EVEN")


@dataclass(frozen=True, slots=True)
class AdvanceRow:
    """One day.

    payment   paid or, in the future, expected
    income    fee earned by the day
    balance   what is lent still (the worth of what is to come)
    unearned  fee not earned yet
    """

    number: int
    on: date
    payment: Money
    income: Money
    balance: Money
    unearned: Money


def plan(terms: AdvanceTerms, paid: Mapping[date, Money] | None = None) -> tuple[AdvanceRow, ...]:
    """Every day until all is paid back, row 0 the payout.

    paid  what really came on a day (zero for a day without sales); other days pay as expected

    A day that pays as expected earns balance · daily rate. After any other payment the balance
    is the worth, at the original rate, of what is still to be paid from the next day on, and
    the difference is earned or given up at once: 9,000.00 + 1,000.00 at 50.00 a day, and
    1,234.00 on the first day: balance 7,990.47, unearned 775.53.
    """
    with localcontext() as context:
        context.prec = roots.DIGITS
        return tuple(_rows(terms, dict(paid or {})))


def _rows(terms: AdvanceTerms, paid: dict[date, Money]) -> list[AdvanceRow]:
    rate, expected = terms.daily, terms.payment.minor
    left, balance = terms.total.minor, Decimal(terms.net.minor)
    rows = [_row(terms, 0, 0, balance, left)]
    while left > 0:
        number = len(rows)
        if number > 2 * MOST_PAYMENTS:
            raise ValueError("paid: the advance is not paid back within 20,000 days")
        usual = min(left, expected)
        came = paid.get(terms.start + timedelta(number))
        payment = usual if came is None else min(came.minor, left)
        left -= payment
        if payment == usual:
            balance = balance * (1 + rate) - payment if left else Decimal(0)
        else:
            balance = _worth(left, expected, rate)
        rows.append(_row(terms, number, payment, balance, left, rows[-1].unearned))
    return rows


def _row(
    terms: AdvanceTerms,
    number: int,
    payment: int,
    balance: Decimal,
    left: int,
    unearned: Money | None = None,
) -> AdvanceRow:
    """Income is what the unearned fee has become less, so that all income sums to the fee."""
    owed = round_fraction(Fraction(balance), terms.rounding)
    paid, lent, later = (Money(minor, terms.net.currency) for minor in (payment, owed, left - owed))
    income = (later if unearned is None else unearned) - later
    return AdvanceRow(number, terms.start + timedelta(number), paid, income, lent, later)


def _worth(left: int, payment: int, rate: Decimal) -> Decimal:
    """What `left`, paid by `payment` a day from tomorrow, is worth today."""
    full, rest = divmod(left, payment)
    if not rate:
        return Decimal(left)
    factor = 1 / (1 + rate)
    level = payment * (1 - factor**full) / rate
    return level + rest * factor ** (full + 1)


def longer(end: date, paused_from: date, paused_to: date) -> date:
    """A period's end after a pause: later by paused_to − paused_from days (the last day of a
    pause is a day of business again). 28 February, paused 15 to 25 January: 10 March."""
    if paused_to < paused_from:
        raise ValueError("paused_to: a pause ends before it begins")
    return end + (paused_to - paused_from)
