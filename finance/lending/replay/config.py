"""The terms of a loan, read from the `config` object of a case or a quote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from finance.lending.replay import fields as f
from finance.lending.replay import orders
from finance.lending.replay.fields import FieldError, Fields
from finance.lending.replay.numbers import ROUNDINGS, ZERO, Unit

REFUNDS = ("MERCHANT_ISSUED_REFUND", "PAYOUT_REFUND")
_DECIMALS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "KWD": 3, "BHD": 3, "OMR": 3, "TND": 3}
MOST_YEARS = 500
_NO_DAYS: tuple[date, ...] = ()
_NO_MOVES: tuple[tuple[date, date], ...] = ()
_NO_WORDS: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed; amounts in the currency, rates in percent a year.

    approved             principal agreed, shown as the plan before anything is paid out
    count                number of installments; one every `every` × `frequency`
    frequency            DAYS, WEEKS, MONTHS or YEARS
    flat                 interest on what was lent, not on what is still owed
    whole_periods        interest by whole period (a month is a twelfth), not by day
    partial_periods      with whole_periods: a part of a period still counts by its days
    days_in_year/month   "360", "364", "365" or "ACTUAL"; "30" or "ACTUAL"
    feb29_only           a year has 366 days only for a period that holds 29 February
    new_year_on          the first day counted with the new year: "31 Dec" or "1 Jan"
    recalculates         late and early days change interest
    rest_by_period       recalculation only on due dates
    payoff_to_rest       a payoff pays interest to the next due date
    past_due_interest    overdue principal keeps earning
    by_installment       money goes installment by installment, not part by part
    waterfalls           per type of payment; always has DEFAULT
    refund_interest_on   payments that also give back the interest on what they refund
    credit_order         parts in which a chargeback comes back; empty: all as principal
    multiple             installments are rounded to it; None: to the minor unit
    down_percent         of each disbursement, due at once; zero: none
    fixed_length         from the first day to the last due date, in units of frequency
    due_moves            due dates that stand elsewhere in the end (an event moves them)
    rate_comes           a later event gives a rate to a loan that began without
    unused               fields of the config that nobody reads
    """

    approved: Decimal
    count: int
    rate: Decimal
    every: int = 1
    frequency: str = "MONTHS"
    currency: str = "EUR"
    unit: Unit = field(default_factory=Unit)
    product: str = ""
    first_dues: tuple[date, ...] = ()
    flat: bool = False
    whole_periods: bool = False
    partial_periods: bool = False
    days_in_year: str = "ACTUAL"
    days_in_month: str = "ACTUAL"
    feb29_only: bool = False
    new_year_on: str = "1 Jan"
    recalculates: bool = False
    rest_by_period: bool = False
    payoff_to_rest: bool = False
    past_due_interest: bool = True
    multi_disburse: bool = False
    by_installment: bool = True
    waterfalls: Mapping[str, orders.Waterfall] = field(
        default_factory=lambda: {"DEFAULT": orders.Waterfall(orders.DEFAULT_ORDER)}
    )
    refund_interest_on: tuple[str, ...] = ()
    credit_order: tuple[str, ...] = ()
    multiple: Decimal | None = None
    down_percent: Decimal = ZERO
    auto_down: bool = False
    fixed_length: int | None = None
    due_moves: tuple[tuple[date, date], ...] = ()
    rate_comes: bool = False
    unused: tuple[str, ...] = ()

    def waterfall(self, kind: str) -> orders.Waterfall:
        return self.waterfalls.get(kind, self.waterfalls["DEFAULT"])

    @property
    def living(self) -> bool:
        """Interest that changes with what is paid when; flat interest never does."""
        return self.recalculates and not self.flat and (self.rate > 0 or self.rate_comes)


def read_config(value: object, path: str = "config", order_set: str = "schedules") -> Terms:
    """Terms from a case's `config`; raises FieldError with the field's name.

    order_set  which published list the names ORDER_n mean ("schedules" or "events"), unless the
               config brings its own `orders` ({name: twelve buckets})
    """
    config = Fields(value, path)
    terms = Terms(
        approved=config.get("principal_approved", f.positive),
        count=config.get("number_of_repayments", f.whole(1, 1_200)),
        rate=config.get("annual_rate_percent", f.not_negative),
        **_when(config),
        **_interest(config),
        **_payments(config, order_set),
        **_money(config),
        **_extras(config),
    )
    _agree(terms, path)
    object.__setattr__(terms, "unused", tuple(config.unasked()))
    return terms


def years(count: int, unit: str) -> int:
    """Whole years that `count` units fill at most."""
    return count // {"DAYS": 365, "WEEKS": 52, "MONTHS": 12, "YEARS": 1}[unit]


def _when(config: Fields) -> dict[str, Any]:
    return {
        "every": config.get("repay_every", f.whole(1, 3_660), 1),
        "frequency": config.get(
            "frequency", f.one_of("DAYS", "WEEKS", "MONTHS", "YEARS"), "MONTHS"
        ),
        "first_dues": config.get("first_due_dates", f.many(f.day), _NO_DAYS),
        "fixed_length": config.maybe("fixed_length", f.whole(1, 36_600)),
        "due_moves": config.get("due_date_moves", _moves, _NO_MOVES),
    }


def _moves(value: object, name: str) -> tuple[tuple[date, date], ...]:
    pairs = list(value.items()) if isinstance(value, Mapping) else value
    if not isinstance(pairs, list | tuple):
        raise FieldError(name, "must map due dates to their new dates")
    for place, pair in enumerate(pairs):
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise FieldError(f"{name}[{place}]", "must be a pair of dates")
    return tuple((f.day(old, name), f.day(new, f"{name}.{old}")) for old, new in pairs)


def _interest(config: Fields) -> dict[str, Any]:
    get, word = config.get, f.one_of
    method = get("interest_method", word("DECLINING_BALANCE", "FLAT"), "DECLINING_BALANCE")
    by = get("interest_calculation_period", word("DAILY", "SAME_AS_REPAYMENT_PERIOD"), "DAILY")
    rest = get("recalculation_rest", word("DAILY", "SAME", "SAME_AS_REPAYMENT_PERIOD"), "DAILY")
    get("amortization", word("EQUAL_INSTALLMENTS"), "EQUAL_INSTALLMENTS")
    get("schedule_type", word("PROGRESSIVE"), "PROGRESSIVE")
    boundary = get("year_boundary", f.text, "1 Jan")
    if not boundary.startswith(("31 Dec", "1 Jan")):
        raise FieldError(config.name("year_boundary"), "must begin with 31 Dec or 1 Jan")
    return {
        "flat": method == "FLAT",
        "whole_periods": by != "DAILY",
        "partial_periods": get("allow_partial_period_interest", f.truth, False),
        "days_in_year": get("days_in_year", word("360", "364", "365", "ACTUAL"), "ACTUAL"),
        "days_in_month": get("days_in_month", word("30", "ACTUAL"), "ACTUAL"),
        "feb29_only": get("days_in_year_feb29_only", f.truth, False),
        "new_year_on": "31 Dec" if boundary.startswith("31 Dec") else "1 Jan",
        "recalculates": get("interest_recalculation", f.truth, False),
        "rest_by_period": rest != "DAILY",
        "payoff_to_rest": get("preclosure", word("TILL_PRECLOSE", "TILL_REST"), "TILL_PRECLOSE")
        == "TILL_REST",
        "past_due_interest": get("interest_on_past_due_principal", f.truth, True),
    }


def _payments(config: Fields, order_set: str) -> dict[str, Any]:
    strategy = "ADVANCED_PAYMENT_ALLOCATION"
    config.get("payment_strategy", f.one_of(strategy), strategy)
    named = dict(orders.NAMED[order_set])
    if config.has("orders"):
        own = Fields(config.values["orders"], config.name("orders"))
        named |= {name: own.get(name, orders.read_order) for name in own.values}
    waterfalls = {"DEFAULT": orders.Waterfall(orders.DEFAULT_ORDER)}
    if config.has("payment_allocation"):
        name = config.name("payment_allocation")
        waterfalls = orders.read_waterfalls(config.values["payment_allocation"], name, named)
    processing = config.get("processing", f.one_of("HORIZONTAL", "VERTICAL"), "HORIZONTAL")
    credit = config.get("chargeback_credit_order", f.many(f.one_of(*orders.PARTS)), _NO_WORDS)
    if len(set(credit)) != len(credit) or len(credit) not in (0, len(orders.PARTS)):
        raise FieldError(config.name("chargeback_credit_order"), "must hold each part once")
    return {
        "by_installment": processing == "HORIZONTAL",
        "waterfalls": waterfalls,
        "refund_interest_on": config.get(
            "interest_refund_on", f.many(f.one_of(*REFUNDS)), _NO_WORDS
        ),
        "credit_order": credit,
    }


def _money(config: Fields) -> dict[str, Any]:
    currency = config.get("currency", f.text, "EUR")
    if len(currency) != 3 or not currency.isupper():
        raise FieldError(config.name("currency"), "must be a code of three letters such as EUR")
    decimals = config.get("decimals", f.whole(0, 6), _DECIMALS.get(currency, 2))
    rounding = config.get("rounding", f.one_of(*ROUNDINGS), "HALF_EVEN")
    digits = config.get("digits", f.whole(8, 34), 19)
    return {"currency": currency, "unit": Unit(decimals, rounding, digits)}


def _extras(config: Fields) -> dict[str, Any]:
    return {
        "product": config.get("product", f.text, "-"),
        "multi_disburse": config.get("multi_disburse", f.truth, False),
        "multiple": config.maybe("installment_in_multiples_of", f.positive),
        "down_percent": config.get("down_payment_percent", f.not_negative, ZERO),
        "auto_down": config.get("auto_down_payment", f.truth, False),
    }


def _agree(terms: Terms, path: str) -> None:
    """Words that are fine alone and wrong together."""
    if years(terms.count * terms.every, terms.frequency) > MOST_YEARS:
        raise FieldError(
            f"{path}.number_of_repayments", f"the last row falls after {MOST_YEARS} years"
        )
    if terms.down_percent >= 100:
        raise FieldError(f"{path}.down_payment_percent", "must be below 100")
    if list(terms.first_dues) != sorted(set(terms.first_dues)):
        raise FieldError(f"{path}.first_due_dates", "must rise from date to date")
    if terms.approved != terms.unit.money(terms.approved):
        raise FieldError(
            f"{path}.principal_approved", f"has more than {terms.unit.decimals} decimals"
        )
