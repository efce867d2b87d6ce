"""The rows of a plan before anything has happened to it, and anew for a smaller purchase."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from core.money import MILLION, Money, round_fraction
from finance.lending.calendar import add_months
from finance.lending.life.state import Row, State
from finance.lending.life.statements import due_after
from finance.lending.life.terms import DAILY, DAY, FLAT, LEVEL, Terms
from finance.lending.schedules import equal_installments, spread

_LEAST = 100  # minor units a payment from which the formula of equal installments is used


def dates(terms: Terms, start: date) -> list[date]:
    """The due day of each row when the clock starts on `start`."""
    if terms.pricing == DAILY:
        return [due_after(start, terms)]
    steps = [terms.first + place * terms.step for place in range(terms.count)]
    if terms.every == DAY:
        return [start + timedelta(days) for days in steps]
    return [add_months(start, months) for months in steps]


def amounts(terms: Terms, principal: int) -> list[tuple[int, int]]:
    """(principal, fee) of each row for `principal` ≥ 0 minor units lent from the first day."""
    count = terms.count
    if terms.pricing == LEVEL and principal >= _LEAST * count:
        rows = equal_installments(
            Money(principal, "CNY"), count, terms.rate_ppm, terms.began_on
        )  # the currency does not matter to whole minor units
        return [(row.principal.minor, row.fee.minor) for row in rows]
    if terms.pricing == LEVEL:
        return _scaled_to(terms, principal)
    fee = Fraction(principal * terms.rate_ppm * count, MILLION) if terms.pricing == FLAT else 0
    parts, fees = spread(Fraction(principal), count), spread(Fraction(fee), count)
    return list(zip(parts, fees, strict=True))


def _scaled_to(terms: Terms, principal: int) -> list[tuple[int, int]]:
    if terms.principal < _LEAST * terms.count:
        return [(part, 0) for part in spread(Fraction(principal), terms.count)]
    whole = amounts(terms, terms.principal)
    share = Fraction(principal, terms.principal)
    return list(
        zip(
            scaled([part for part, _ in whole], share),
            scaled([fee for _, fee in whole], share),
            strict=True,
        )
    )


def scaled(values: Sequence[int], share: Fraction) -> list[int]:
    """Each value times `share`, rounded so that the running sums are exact."""
    found, before, running = [], 0, 0
    for value in values:
        running += value
        upto = round_fraction(running * share)
        found.append(upto - before)
        before = upto
    return found


def new_rows(terms: Terms) -> list[Row]:
    """The plan on the day of the purchase."""
    days = dates(terms, terms.starts_by or terms.began_on)
    parts = amounts(terms, terms.principal)
    return [
        Row(number, day, part, fee)
        for number, (day, (part, fee)) in enumerate(zip(days, parts, strict=True), 1)
    ]


def rebuilt(state: State, terms: Terms, principal: int) -> list[Row]:
    """The rows had only `principal` been lent: what is paid of each stays as far as it fits."""
    if state.reshaped:
        share = Fraction(principal, sum(row.principal for row in state.rows) or 1)
        parts = scaled([row.principal for row in state.rows], share)
        fees = scaled([row.fee for row in state.rows], share)
    else:
        pairs = amounts(terms, principal)
        parts = [part for part, _ in pairs]
        fees = [
            round_fraction(fee * row.keep) for (_, fee), row in zip(pairs, state.rows, strict=True)
        ]
    return [_kept(row, part, fee) for row, part, fee in zip(state.rows, parts, fees, strict=True)]


def _kept(old: Row, principal: int, fee: int) -> Row:
    """The row with new amounts and what of its payments they can hold.

    Its fee comes first once earned, unless its principal was paid in advance of it.
    """
    fee = 0 if old.fee_free else fee
    paid = min(old.paid, principal + fee)
    if old.accrued_on and old.principal_paid and old.fee_paid < old.fee:
        principal_paid = min(old.principal_paid + max(0, old.fee_paid - fee), principal)
        fee_paid = min(paid - principal_paid, fee)
    else:
        fee_paid = min(paid, fee) if old.accrued_on else 0
        principal_paid = min(paid - fee_paid, principal)
    return replace(
        old, principal=principal, fee=fee, principal_paid=principal_paid, fee_paid=fee_paid
    )


def pause(state: State, terms: Terms) -> None:
    """Work out which part of each row is not due because of open returns and disputes."""
    disputed = sum(order.paused for order in state.orders.values())
    principal = sum(row.principal for row in state.rows)
    after = rebuilt(state, terms, principal - min(disputed, principal))
    for row, new in zip(state.rows, after, strict=True):
        unpaid = row.payment - row.paid
        row.paused = max(0, min(unpaid, unpaid - (new.payment - new.paid)))
