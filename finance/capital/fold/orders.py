"""S2 and S4 in the fold: each order line repays its own part; what a refund makes due is apart."""

from collections.abc import Sequence
from datetime import date, timedelta

from finance.capital.fold import accrual
from finance.capital.fold.state import Contract, Effect, Event, Pledged
from finance.capital.order_advance.rules import due_share


def reckon(c: Contract, pledges: Sequence[Pledged], on: date) -> None:
    """Bring the interest of these pledges up to `on`."""
    for pledge in pledges:
        if on > pledge.accrued_until and pledge.closed_on is None:
            pledge.micro = accrual.of_pledge(pledge, c.rate_ppm, on)
            pledge.accrued_until = on
            fresh = accrual.whole(pledge.micro)
            c.fee_charged += fresh - pledge.interest
            pledge.interest = fresh


def open_of(c: Contract, order_number: str = "") -> list[Pledged]:
    """Pledges that are not paid, of one order or of all."""
    found = [p for p in c.pledges if p.closed_on is None]
    return [p for p in found if p.order_number == order_number] if order_number else found


def _pay(
    c: Contract, pledges: Sequence[Pledged], amount: int, on: date, *, only_recourse: bool
) -> Effect:
    """Interest, then principal, of these pledges in turn."""
    left, principal, interest = amount, 0, 0
    for pledge in pledges:
        fee = min(left, pledge.interest_owed)
        part = min(left - fee, pledge.recourse if only_recourse else pledge.open)
        pledge.interest_paid += fee
        pledge.recourse = max(0, pledge.recourse - part)
        pledge.paid += part
        left, principal, interest = left - fee - part, principal + part, interest + fee
        if pledge.open == 0 and pledge.interest_owed == 0:
            pledge.closed_on = on
    c.principal_paid += principal
    c.fee_paid += interest
    return Effect(principal, interest)


def _due_apart(pledge: Pledged, amount: int, due_on: date, why: str) -> None:
    pledge.recourse = min(pledge.open, pledge.recourse + amount)
    pledge.due_on, pledge.why = due_on, why[:160]


def _free_until(c: Contract, on: date) -> date:
    return on + timedelta(int(c.terms["free_days"]))


def released(c: Contract, event: Event) -> Effect:
    """`released`: `amount` is what the order's release leaves; what it cannot pay is due apart.

    data   order
    """
    order = event.data["order"]
    pledges = open_of(c, order)
    reckon(c, pledges, event.on)
    effect = _pay(c, pledges, event.amount, event.on, only_recourse=False)
    for pledge in pledges:
        if pledge.closed_on is None:
            why = f"Order {order} released less than its advance."
            _due_apart(pledge, pledge.open, _free_until(c, event.on), why)
    return effect


def given_back(c: Contract, event: Event) -> Effect:
    """`refund_due`: `amount` of an order is given back before its release: its part is due.

    data   order, before (what the order was worth before this refund)
    """
    order, before = event.data["order"], c.money(event.data["before"])
    pledges, due = open_of(c, order), 0
    reckon(c, pledges, event.on)
    for pledge in pledges:
        running = c.money(pledge.open - pledge.recourse)
        part = due_share(running, c.money(event.amount), before).minor
        _due_apart(pledge, part, _free_until(c, event.on), f"Order {order} was given back.")
        due += part
    return Effect(due=due)


def recourse(c: Contract, event: Event) -> Effect:
    """`recourse`: up to `amount` of what is due apart.

    data   only_due (what its day has come of), orders (of these only)
    """
    pledges = [p for p in open_of(c) if p.recourse]
    if "orders" in event.data:
        pledges = [p for p in pledges if p.order_number in event.data["orders"]]
    if event.data.get("only_due"):
        pledges = [p for p in pledges if p.due_on and p.due_on <= event.on]
    reckon(c, pledges, event.on)
    return _pay(c, pledges, event.amount, event.on, only_recourse=True)


def lapsed(c: Contract, event: Event) -> Effect:
    """`lapsed`: the order of this line took too long, its advance is due. data: line"""
    due = 0
    for pledge in open_of(c):
        if pledge.line_id == event.data["line"]:
            reckon(c, [pledge], event.on)
            due = pledge.open
            why = f"Order {pledge.order_number} was not received in time."
            _due_apart(pledge, due, event.on, why)
    return Effect(due=due)


def end(c: Contract, event: Event) -> Effect:
    """`early`: all of it with the interest of the days used."""
    pledges = open_of(c)
    reckon(c, pledges, event.on)
    return _pay(c, pledges, c.owed, event.on, only_recourse=False)
