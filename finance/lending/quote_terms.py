"""Terms of a plan from the `config` of a quote, for all that the replayed loans do not know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from core.money import MILLION, Money, Rounding
from finance.lending.day_counts import DayCount
from finance.lending.due_dates import Frequency, Holidays, MonthEnd, Roll, Unit
from finance.lending.replay import fields as f
from finance.lending.replay.fields import FieldError, Fields
from finance.lending.terms import MOST_ROWS, Amortization, Fee, Interest, Terms, When

# words of a config that only `schedule(terms, day)` understands
OWN_WORDS = frozenset(
    {
        "principal",
        "day_count",
        "rate_is_effective",
        "whole_periods",
        "first_due_date",
        "month_end_due_date_strategy",
        "holiday_rule",
        "holidays",
        "weekend",
        "interest_follows_due_date",
        "grace_on_principal_periods",
        "grace_on_interest_periods",
        "interest_free_periods",
        "balloon",
        "fixed_payment",
        "fees",
        "installment_rounding",
        "start",
    }
)
_OTHER_NAMES = {
    "level": "EQUAL_INSTALLMENTS",
    "equalp": "EQUAL_PRINCIPAL",
    "bullet": "INTEREST_ONLY",
}
E = TypeVar("E", bound=StrEnum)
_ROUNDINGS = tuple(rounding.name for rounding in Rounding)
_NO_DAYS: tuple[date, ...] = ()
_DAY_COUNTS = {
    ("360", "30"): DayCount.THIRTY_360,
    ("365", "30"): DayCount.THIRTY_365,
    ("360", "ACTUAL"): DayCount.ACT_360,
    ("364", "ACTUAL"): DayCount.ACT_364,
    ("365", "ACTUAL"): DayCount.ACT_365,
    ("ACTUAL", "ACTUAL"): DayCount.ACT_ACT,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """terms of the quote; decimals of its amounts; start: the config's own first day."""

    terms: Terms
    decimals: int
    start: date | None
    unused: tuple[str, ...]


def is_for_plan(config: Mapping[str, object]) -> bool:
    """Whether `schedule` is to make the rows: equal installments alone are replayed."""
    usual = config.get("amortization", "EQUAL_INSTALLMENTS") == "EQUAL_INSTALLMENTS"
    replayed = config.get("frequency", "MONTHS") != Unit.SEMI_MONTHS
    return not usual or not replayed or bool(OWN_WORDS & config.keys())


def read_terms(value: object, path: str = "config") -> Asked:
    """Terms from a config; raises FieldError with the field's path."""
    config = Fields(value, path)
    currency = config.get("currency", f.text, "EUR")
    if len(currency) != 3 or not currency.isalpha() or not currency.isupper():
        raise FieldError(config.name("currency"), "must be a code of three letters such as EUR")
    decimals = config.get("decimals", f.whole(0, 6), 2)
    read = _Reader(config, currency, decimals)
    start = config.maybe("start", f.day)
    terms = _agreed(read)
    return Asked(terms, decimals, start, tuple(config.unasked()))


def _agreed(read: "_Reader") -> Terms:
    config = read.config
    get, word = config.get, f.one_of
    principal = read.money("principal" if config.has("principal") else "principal_approved")
    amortization = get("amortization", word(*Amortization, *_OTHER_NAMES), "EQUAL_INSTALLMENTS")
    fixed = read.maybe_money("fixed_payment")
    multiple = config.maybe("installment_in_multiples_of", f.positive)
    try:
        return Terms(
            principal,
            read.count(fixed is not None),
            read.ppm("annual_rate_percent"),
            Amortization(_OTHER_NAMES.get(amortization, amortization)),
            _one(config, "interest_method", Interest.DECLINING),
            get("rate_is_effective", f.truth, False),
            read.frequency(),
            read.day_count(),
            read.whole_periods(),
            read.first_due(),
            _one(config, "month_end_due_date_strategy", MonthEnd.CLAMP),
            _one(config, "holiday_rule", Roll.NONE),
            read.holidays(),
            get("interest_follows_due_date", f.truth, False),
            get("grace_on_principal_periods", f.whole(0, MOST_ROWS), 0),
            get("grace_on_interest_periods", f.whole(0, MOST_ROWS), 0),
            get("interest_free_periods", f.whole(0, MOST_ROWS), 0),
            read.ppm("down_payment_percent", Decimal(0)),
            read.maybe_money("balloon"),
            fixed,
            read.minor(multiple, "installment_in_multiples_of") if multiple else 1,
            read.fees(),
            Rounding[get("rounding", word(*_ROUNDINGS), "HALF_EVEN")],
            Rounding[get("installment_rounding", word(*_ROUNDINGS), "HALF_EVEN")],
        )
    except ValueError as problem:
        raise _named(problem, config) from None


_NAMES = {
    "count": "number_of_repayments",
    "yearly_ppm": "annual_rate_percent",
    "multiple": "installment_in_multiples_of",
    "principal_grace": "grace_on_principal_periods",
    "interest_grace": "grace_on_interest_periods",
    "interest_free": "interest_free_periods",
    "down_payment_ppm": "down_payment_percent",
    "installment": "fixed_payment",
    "compounding": "rate_is_effective",
    "first_due": "first_due_date",
}


def _named(problem: ValueError, config: Fields) -> FieldError:
    """A problem of Terms under the name its field has in a config."""
    if isinstance(problem, FieldError):
        return problem
    field, colon, words = str(problem).partition(": ")
    if not colon:
        return FieldError(config.path, field)
    return FieldError(config.name(_NAMES.get(field, field)), words)


def renamed(problem: ValueError, path: str = "config") -> FieldError:
    """What `schedule` refuses, by the field of the config."""
    return _named(problem, Fields({}, path))


def _one(config: Fields, key: str, default: E) -> E:
    """A word of the default's own list."""
    kind = type(default)
    return kind(config.get(key, f.one_of(*kind), str(default)))


@dataclass(slots=True)
class _Reader:
    """Reads one config in its currency's decimals."""

    config: Fields
    currency: str
    decimals: int

    def minor(self, amount: Decimal, key: str) -> int:
        exact = Fraction(amount) * 10**self.decimals
        if exact.denominator != 1:
            raise FieldError(self.config.name(key), f"has more than {self.decimals} decimals")
        return exact.numerator

    def money(self, key: str) -> Money:
        return Money(self.minor(self.config.get(key, f.positive), key), self.currency)

    def maybe_money(self, key: str) -> Money | None:
        amount = self.config.maybe(key, f.not_negative)
        return None if amount is None else Money(self.minor(amount, key), self.currency)

    def ppm(self, key: str, default: Decimal | None = None) -> int:
        percent = Fraction(self.config.get(key, f.not_negative, default)) * (MILLION // 100)
        if percent.denominator != 1:
            raise FieldError(self.config.name(key), "has more than four decimals")
        return percent.numerator

    def count(self, found_by_payment: bool) -> int:
        default = MOST_ROWS if found_by_payment else None
        return self.config.get("number_of_repayments", f.whole(1, MOST_ROWS), default)

    def frequency(self) -> Frequency:
        unit = _one(self.config, "frequency", Unit.MONTHS)
        most = 1 if unit is Unit.SEMI_MONTHS else 3_660
        return Frequency(unit, self.config.get("repay_every", f.whole(1, most), 1))

    def day_count(self) -> DayCount:
        if self.config.has("day_count"):
            return DayCount(self.config.get("day_count", f.one_of(*DayCount)))
        year = self.config.get("days_in_year", f.one_of("360", "364", "365", "ACTUAL"), "ACTUAL")
        month = self.config.get("days_in_month", f.one_of("30", "ACTUAL"), "ACTUAL")
        if (year, month) not in _DAY_COUNTS:
            raise FieldError(self.config.name("days_in_year"), f"{year} fits no month of {month}")
        return _DAY_COUNTS[year, month]

    def whole_periods(self) -> bool:
        words = f.one_of("DAILY", "SAME_AS_REPAYMENT_PERIOD")
        by = self.config.get("interest_calculation_period", words, "DAILY")
        return self.config.get("whole_periods", f.truth, by != "DAILY")

    def first_due(self) -> date | None:
        dues = self.config.get("first_due_dates", f.many(f.day), _NO_DAYS)
        return self.config.maybe("first_due_date", f.day) or (dues[0] if dues else None)

    def holidays(self) -> Holidays:
        days = self.config.get("holidays", f.many(f.day), _NO_DAYS)
        weekend = self.config.maybe("weekend", f.many(f.whole(0, 6)))
        weekend = (5, 6) if weekend is None else weekend
        if len(set(weekend)) > 6:
            raise FieldError(self.config.name("weekend"), "must leave a business day")
        return Holidays(frozenset(days), frozenset(weekend))

    def fees(self) -> tuple[Fee, ...]:
        nothing: tuple[Fee, ...] = ()
        return self.config.get("fees", f.many(self._fee), nothing)

    def _fee(self, value: object, name: str) -> Fee:
        fee = _Reader(Fields(value, name), self.currency, self.decimals)
        get = fee.config.get
        when = When(get("when", f.one_of(*When)))
        amount = get("amount", f.not_negative, Decimal(0))
        percent = fee.ppm("percent", Decimal(0))
        event = fee.config.maybe("event", f.text) or ""
        if (when is When.EVENT) != bool(event):
            raise FieldError(f"{name}.event", "names what causes a fee of when EVENT, no other")
        fee.config.unasked()
        return Fee(when, fee.minor(amount, "amount"), percent, event)


def in_units(minor: int, decimals: int) -> Decimal:
    """Minor units as an amount with its decimals."""
    return Decimal(minor).scaleb(-decimals)
