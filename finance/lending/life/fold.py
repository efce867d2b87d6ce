"""Terms and events make the state: the one rule of what a shopper owes on any day."""

from collections.abc import Callable, Iterable
from datetime import date

from finance.lending.life import by_day, plan
from finance.lending.life import events as kinds
from finance.lending.life.events import Event
from finance.lending.life.paying import charge_back, give_overpaid, pay, withdraw
from finance.lending.life.snapshot import restore
from finance.lending.life.state import (
    ACTIVE,
    CHARGED_OFF,
    DUE,
    LATE,
    PAID,
    SCHEDULED,
    Order,
    Row,
    State,
    close_rows,
    earn,
)
from finance.lending.life.terms import DAILY, PURCHASE, SHIPPING, Terms
from finance.lending.life.undo import refund

Step = Callable[[State, Terms, Event], None]


def fold(terms: Terms, events: Iterable[Event], as_of: date | None = None) -> State:
    """The state of a loan after its events up to `as_of` (None: all), in the order of their days.

    Order of entry decides within a day only, so an event that is heard of late changes what
    follows it exactly as if it had been heard of in time. An `opening` stands for all that
    happened before it was written: events of earlier entry are left out.
    """
    todo = sorted(events, key=lambda event: event.place)
    opened = max((e.entry for e in todo if e.kind == kinds.OPENING), default=0)
    state = begin(terms)
    for event in todo:
        if event.entry >= opened and (as_of is None or event.on <= as_of):
            step(state, terms, event)
    return state


def begin(terms: Terms) -> State:
    """A loan to which nothing has happened yet."""
    orders = {number: Order(number, amount) for number, amount in terms.orders}
    rows = plan.new_rows(terms)
    free_until = rows[0].due_on if terms.pricing == DAILY else None
    return State(rows, orders, starts_on=terms.starts_by, free_until=free_until)


def step(state: State, terms: Terms, event: Event) -> None:
    """Let one event happen; raises KeyError for a kind that does not belong to a loan's life."""
    state.now = []
    by_day.accrue(state, terms, event.on)
    STEPS[event.kind](state, terms, event)
    if event.kind not in (kinds.OPENING, kinds.CHARGED_OFF, kinds.DEFAULT):
        close_rows(state, event.on)
    state.moves[event.entry] = state.now


def _lent(state: State, terms: Terms, event: Event) -> None:
    for number, amount in terms.orders:
        state.move("loan_principal", f"escrow:{number}", amount, "lent")


def _opening(state: State, terms: Terms, event: Event) -> None:
    restore(state, event)


def _received(state: State, terms: Terms, event: Event) -> None:
    order = state.orders[event.ref]
    order.received_on = order.received_on or event.on
    order.shipped_on = order.shipped_on or event.on
    start_clock(state, terms)


def _shipped(state: State, terms: Terms, event: Event) -> None:
    order = state.orders[event.ref]
    order.shipped_on = order.shipped_on or event.on
    start_clock(state, terms)


def start_clock(state: State, terms: Terms) -> None:
    """The first row is counted from the last receipt (or shipping); the dates move once.

    Dates move only later, except where the contract names a latest start.
    """
    if terms.starts_at == PURCHASE:
        return
    orders = state.orders.values()
    at = [o.shipped_on if terms.starts_at == SHIPPING else o.received_on for o in orders]
    begun = [day for day in at if day]
    waits = any(day is None and not o.is_gone for day, o in zip(at, orders, strict=True))
    by = terms.starts_by
    if waits or not begun or state.reshaped or (state.starts_on and state.starts_on != by):
        return
    start = max([terms.began_on, *begun])
    state.starts_on = min(start, by) if by else start
    for row, day in zip(state.rows, plan.dates(terms, state.starts_on), strict=True):
        row.due_on = day if by else max(row.due_on, day)


def _paused(state: State, terms: Terms, event: Event) -> None:
    order = state.orders[event.ref]
    change = event.amount if event.kind == kinds.PAUSED else -event.amount
    order.paused = max(0, min(order.amount - order.refunded, order.paused + change))
    plan.pause(state, terms)


def _refunded(state: State, terms: Terms, event: Event) -> None:
    refund(state, terms, event)
    start_clock(state, terms)


def _due(state: State, terms: Terms, event: Event) -> None:
    row = state.row(event.row)
    earn(state, row, event.on)
    if row.state == SCHEDULED:
        row.state = DUE if row.owed else PAID


def _late(state: State, terms: Terms, event: Event) -> None:
    row = state.row(event.row)
    if row.state == DUE and row.payable > 0:
        row.state = LATE


def _late_fee(state: State, terms: Terms, event: Event) -> None:
    """Only of a row that is late: a payment heard of afterward undoes the fee."""
    row = state.row(event.row)
    row.late_fee_on = event.on
    if row.state == LATE and event.kind == kinds.LATE_FEE and not state.charged_off_on:
        row.late_fee += event.amount
        state.move("loan_fee", "late_fee_income", event.amount, f"row_{row.number}")


def _forgiven(state: State, terms: Terms, event: Event) -> None:
    """The lender gives up a late fee, or an earned fee (`details["part"]`), of one row."""
    row = state.row(event.row)
    if event.details["part"] == "late_fee":
        less = min(event.amount, row.late_fee - row.late_fee_paid)
        row.late_fee -= less
        accounts = ("late_fee_income", "loan_fee")
    else:
        less = min(event.amount, row.fee - row.fee_paid)
        row.fee -= less
        accounts = ("loan_interest_income", "loan_interest")
        if row.accrued_on is None:
            return
    if not state.charged_off_on:
        state.move(*accounts, less, f"row_{row.number}")


def _rescheduled(state: State, terms: Terms, event: Event) -> None:
    """Rows get new due days: `details["dates"]` is {row: ISO date}; what is then not due is not late.

    `details["rows"]` is [[row, ISO date, principal, fee], …]: rows may shrink, and new ones carry
    what is taken off them; the sums stay.
    """
    by_day.calm(state, event)
    for number, iso in event.details.get("dates", {}).items():
        _move(state.row(int(number)), date.fromisoformat(iso), event.on)
    for number, iso, principal, fee in event.details.get("rows", ()):
        due_on = date.fromisoformat(iso)
        if number > len(state.rows):
            state.rows.append(Row(number, due_on, principal, fee))
            state.reshaped = True
            continue
        row = state.row(number)
        row.principal, row.fee = max(principal, row.principal_paid), max(fee, row.fee_paid)
        _move(row, due_on, event.on)


def _move(row: Row, due_on: date, on: date) -> None:
    row.due_on = due_on
    if row.state in (DUE, LATE) and due_on > on:
        row.state = SCHEDULED
    elif row.state == LATE and due_on == on:
        row.state = DUE


def _default(state: State, terms: Terms, event: Event) -> None:
    if state.state == ACTIVE and any(_is_late(row) for row in state.rows):
        state.defaulted_on = event.on


def _is_late(row: Row) -> bool:
    return row.state in (DUE, LATE) and row.payable > 0


def _charged_off(state: State, terms: Terms, event: Event) -> None:
    """`details["allowance"]` of the loss had been set aside: a fact that no replay changes."""
    if state.state != ACTIVE:
        return
    owing = dict(zip(("principal", "interest", "fee"), state.on_the_book, strict=True))
    set_aside = int(event.details.get("allowance", 0))
    for part, amount in owing.items():
        held = min(amount, set_aside)
        set_aside -= held
        state.move("loss_allowance", f"loan_{part}", held, "charged_off")
        state.move("credit_loss", f"loan_{part}", amount - held, "charged_off")
    state.move("loss_allowance", "credit_loss", set_aside, "cured")
    state.charged_off_on = event.on
    state.state, state.closed_on = CHARGED_OFF, event.on


STEPS: dict[str, Step] = {
    kinds.OPENING: _opening,
    kinds.LENT: _lent,
    kinds.SHIPPED: _shipped,
    kinds.RECEIVED: _received,
    kinds.PAUSED: _paused,
    kinds.RESUMED: _paused,
    kinds.DUE: _due,
    kinds.LATE: _late,
    kinds.LATE_FEE: _late_fee,
    kinds.WAIVED: _late_fee,
    kinds.NO_LATE_FEE: _late_fee,
    kinds.FORGIVEN: _forgiven,
    kinds.RESCHEDULED: _rescheduled,
    kinds.PAID: pay,
    kinds.SETTLED: pay,
    kinds.WITHDRAWN: withdraw,
    kinds.OVERPAID: give_overpaid,
    kinds.REFUNDED: _refunded,
    kinds.CHARGED_BACK: charge_back,
    kinds.BILLED: by_day.bill,
    kinds.CONVERTED: by_day.convert,
    kinds.DEFAULT: _default,
    kinds.CHARGED_OFF: _charged_off,
}
