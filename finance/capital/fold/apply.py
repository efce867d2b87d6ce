"""Terms and events to a state: one event after the other, or all of them again."""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from datetime import date

from finance.capital.fold import orders, sales, term
from finance.capital.fold.state import (
    ACTIVE,
    CANCELED,
    CHARGED_OFF,
    REPAID,
    Contract,
    Effect,
    Event,
)
from finance.capital.terms import SALES_SHARE, TERM_LOAN

Step = Callable[[Contract, Event], Effect]


def _nothing(c: Contract, event: Event) -> Effect:
    return Effect()


def _charge_off(c: Contract, event: Event) -> Effect:
    """`charged_off`: all that is owed leaves the book, interest stops."""
    to_day(c, event.on)
    lost = Effect(fee_off=c.fee_owed, principal_off=c.principal_owed)
    c.lost = c.owed
    c.principal_forgiven += c.principal_owed
    c.fee_forgiven += c.fee_owed
    for pledge in orders.open_of(c):
        pledge.closed_on = event.on
    c.state, c.closed_on = CHARGED_OFF, event.on
    return lost


def _recover(c: Contract, event: Event) -> Effect:
    """`recovered`: `amount` was paid after all."""
    c.recovered += event.amount
    return Effect()


def _waive(c: Contract, event: Event) -> Effect:
    """`waived`: `amount` of what is owed is given up, the fee before the principal (S1, S3)."""
    to_day(c, event.on)
    fee = min(event.amount, c.fee_owed)
    principal = min(event.amount - fee, c.principal_owed)
    if c.product == TERM_LOAN:
        term.give_up(c, fee, principal)
    c.fee_forgiven += fee
    c.principal_forgiven += principal
    return Effect(fee_off=fee, principal_off=principal)


_EVERY: Mapping[str, Step] = {
    "charged_off": _charge_off,
    "recovered": _recover,
    "waived": _waive,
}
_ORDERS: Mapping[str, Step] = {
    "released": orders.released,
    "refund_due": orders.given_back,
    "recourse": orders.recourse,
    "lapsed": orders.lapsed,
    "early": orders.end,
}
_SALES: Mapping[str, Step] = {
    "sale": sales.sale,
    "paid": sales.paid,
    "sales_back": sales.sales_back,
    "early": sales.end,
    "renewed": sales.end,
    "canceled": sales.cancel,
    "minimum_met": sales.minimum_met,
    "minimum_missed": sales.minimum_missed,
    "share_paused": sales.share_paused,
    "minimums_changed": sales.minimums_changed,
}
_TERM: Mapping[str, Step] = {
    "paid": term.pay,
    "early": term.end,
    "renewed": term.end,
    "canceled": term.cancel,
    "replanned": term.replan,
}


def _step(c: Contract, kind: str) -> Step:
    by_product = {SALES_SHARE: _SALES, TERM_LOAN: _TERM}.get(c.product, _ORDERS)
    return by_product.get(kind) or _EVERY.get(kind) or _nothing


def apply(c: Contract, event: Event) -> Effect:
    """Let `event` happen to `c`, and close it when nothing is owed any more."""
    effect = _step(c, event.kind)(c, event)
    if c.state == ACTIVE and not c.owed:
        c.state = CANCELED if event.kind == "canceled" else REPAID
        c.closed_on = event.on
        for pledge in c.pledges:
            pledge.closed_on = pledge.closed_on or event.on
    return effect


def to_day(c: Contract, on: date) -> None:
    """Interest and rows through `on`; nothing happens to one that has ended."""
    if c.state != ACTIVE:
        return
    if c.product == TERM_LOAN:
        term.to_day(c, on)
    else:
        orders.reckon(c, orders.open_of(c), on)


def fold(start: Contract, events: Iterable[Event]) -> tuple[Contract, list[Effect]]:
    """The state after all events in the order of their days, and what each of them moved.

    start   as it was agreed; it is not changed
    """
    state = deepcopy(start)
    ordered = sorted(events, key=lambda event: (event.on, event.id))
    undone = {event.data["of"] for event in ordered if event.kind == "reversed"}
    effects = [Effect() if e.id in undone else apply(state, e) for e in ordered]
    return state, effects
