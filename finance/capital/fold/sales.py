"""S3 in the fold: a share of net settled sales, minimums, and a fee that falls when it is early."""

from dataclasses import replace
from datetime import date
from typing import Any

from core.money import Money
from finance.capital import rules
from finance.capital.fold.state import Contract, Effect, Event
from finance.capital.sales_share import rules as share_rules
from finance.capital.terms import SalesShare


def terms_of(c: Contract) -> SalesShare:
    """The settings it was agreed with."""
    return SalesShare.from_data(c.terms)


def rebate_on(c: Contract, on: date) -> Money:
    """The part of the flat fee that is not earned on this day."""
    used = (on - c.began_on).days
    return share_rules.rebate(c.money(c.fee), used, c.forecast_days, terms_of(c))


def payoff(c: Contract, on: date) -> Money:
    """What ends it on this day."""
    return max(c.money(c.owed) - rebate_on(c, on), c.money(0))


def sale(c: Contract, event: Event) -> Effect:
    """`sale`: an order is released; the share is taken of it, less refunds not taken off yet.

    amount   what may be taken at most
    data     gross (released for the order)
    """
    if c.paused_until and event.on < c.paused_until:
        return Effect()
    gross = c.money(event.data["gross"])
    share, carried = share_rules.share_of(gross, c.money(c.carry), c.share_ppm)
    offset, c.carry = c.carry - carried.minor, carried.minor
    ends = payoff(c, event.on)
    amount = min(share, c.money(event.amount), ends)
    back = _give_back(c, rebate_on(c, event.on)) if amount and amount == ends else Effect()
    return replace(back, **_pay(c, amount), offset=offset)


def paid(c: Contract, event: Event) -> Effect:
    """`paid`: up to `amount` from the balance, toward a minimum."""
    ends = payoff(c, event.on)
    amount = min(c.money(event.amount), ends)
    back = _give_back(c, rebate_on(c, event.on)) if amount and amount == ends else Effect()
    return replace(back, **_pay(c, amount))


def sales_back(c: Contract, event: Event) -> Effect:
    """`sales_back`: `amount` was given back after its release and comes off the next sales."""
    c.carry += event.amount
    return Effect()


def end(c: Contract, event: Event) -> Effect:
    """`early`: all of it, the unearned fee comes back."""
    return _end(c, rebate_on(c, event.on))


def cancel(c: Contract, event: Event) -> Effect:
    """`canceled`: as if never taken, no fee at all."""
    return _end(c, c.money(c.fee))


def _end(c: Contract, rebate: Money) -> Effect:
    back = _give_back(c, rebate)
    return replace(back, **_pay(c, c.money(c.owed)))


def _pay(c: Contract, amount: Money) -> dict[str, Any]:
    """Principal and fee in proportion to what is owed of each."""
    principal, fee = rules.split_pro_rata(amount, c.money(c.principal_owed), c.money(c.fee_owed))
    c.principal_paid += principal.minor
    c.fee_paid += fee.minor
    return {"principal": principal.minor, "fee": fee.minor}


def _give_back(c: Contract, rebate: Money) -> Effect:
    parts = rules.split_rebate(rebate, c.money(c.principal_owed), c.money(c.fee_owed))
    c.fee_forgiven += parts.fee.minor
    c.principal_forgiven += parts.principal.minor
    return Effect(
        fee_off=parts.fee.minor, principal_off=parts.principal.minor, back=parts.back.minor
    )


def minimum_met(c: Contract, event: Event) -> Effect:
    """`minimum_met`: the share is again what was agreed."""
    c.minimums_met += 1
    c.share_ppm = c.share_agreed_ppm
    return Effect()


def minimum_missed(c: Contract, event: Event) -> Effect:
    """`minimum_missed`: the share rises until one is met. data: share_ppm"""
    c.minimums_met += 1
    c.minimums_missed += 1
    c.share_ppm = event.data["share_ppm"]
    c.share_max_ppm = max(c.share_max_ppm, c.share_ppm)
    return Effect()


def share_paused(c: Contract, event: Event) -> Effect:
    """`share_paused`: nothing is taken of sales before the day. data: until"""
    c.paused_until = date.fromisoformat(event.data["until"])
    return Effect()


def minimums_changed(c: Contract, event: Event) -> Effect:
    """`minimums_changed`: other steps from now on, all of it at the cap still. data: minimums"""
    c.minimums = event.data["minimums"]
    return Effect()
