"""Money comes in, is taken back, or was too much."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from core.money import MILLION, round_fraction
from finance.lending.life import by_day, plan
from finance.lending.life.events import SETTLED, SHORTER, SMALLER, Event
from finance.lending.life.state import Payment, Row, State, earn, reopen
from finance.lending.life.terms import DAILY, LEVEL, Terms

Part = tuple[Row, str, int]
_ACCOUNTS = {"late_fee": "loan_fee", "fee": "loan_interest", "principal": "loan_principal"}


def pay(state: State, terms: Terms, event: Event) -> None:
    """Oldest row first: its late fee, its fee, its principal; what is paused comes last.

    settled          fees of months that have not fallen due are never charged, if all the
                     principal is paid
    extra: shorter   after what is due, the last rows are paid; their fees are never charged
    extra: smaller   … all rows to come shrink alike, fees too

    With a price by the day, the days since the last statement are charged once all the rest is paid.
    """
    state.payments.append(Payment(event.entry, event.amount))
    extra = event.details.get("extra")
    left = event.amount
    if event.kind == SETTLED and left >= state.principal_owed:
        _waive_fees(state, event)
    elif extra in (SHORTER, SMALLER) and not state.charged_off_on:
        left -= _take(state, _parts(state.rows, upto=event.on), left, event)
        left -= _in_advance(state, terms, event, left)
    left -= _take(state, _parts(state.rows), left, event)
    if terms.pricing == DAILY and by_day.charge_the_rest(state, event):
        left -= _take(state, _parts(state.rows), left, event)
    _too_much(state, event, left)


def _parts(rows: list[Row], upto: date | None = None) -> Iterable[Part]:
    """Every unpaid part of the rows due by `upto` in the order of paying."""
    todo = [row for row in rows if upto is None or row.due_on <= upto]
    todo.sort(key=lambda row: (row.due_on, row.number))
    for row in todo:
        yield row, "late_fee", row.late_fee - row.late_fee_paid
        yield row, "fee", row.fee - row.fee_paid
        yield row, "principal", row.principal_owed - min(row.paused, row.principal_owed)
    if upto is None:
        for row in todo:
            yield row, "principal", min(row.paused, row.principal_owed)


def _take(state: State, parts: Iterable[Part], amount: int, event: Event) -> int:
    """Pay these parts from at most `amount`; gives how much was used."""
    used = dict.fromkeys(_ACCOUNTS, 0)
    left = amount
    for row, part, owed in list(parts):
        taken = min(left, owed)
        if taken <= 0:
            continue
        if not state.charged_off_on:
            earn(state, row, event.on)
        elif part == "fee" and row.accrued_on is None:
            row.accrued_on = event.on  # earned now that it is paid; the book has a recovery
        name = f"{part}_paid"
        setattr(row, name, getattr(row, name) + taken)
        row.paused = min(row.paused, row.owed)
        used[part] += taken
        left -= taken
    _book(state, used)
    return amount - left


def _book(state: State, used: dict[str, int]) -> None:
    if state.charged_off_on:
        state.recovered += sum(used.values())
        state.move("source", "recovery", sum(used.values()), "recovered")
        return
    for part, amount in used.items():
        state.move("source", _ACCOUNTS[part], amount, part)


def _too_much(state: State, event: Event, left: int) -> None:
    if left:
        state.over += left
        state.move("source", "over", left, "over")


def _waive_fees(state: State, event: Event) -> None:
    saved = 0
    for row in state.rows:
        if row.accrued_on is None and row.payment:
            saved += row.fee
            row.fee, row.fee_free, row.accrued_on = 0, True, event.on
    state.saved[event.entry] = saved


def _in_advance(state: State, terms: Terms, event: Event, left: int) -> int:
    """Pay principal of rows to come and lower their fees; gives how much was used."""
    rows = [r for r in state.rows if r.due_on > event.on and r.principal_owed > r.paused]
    owed = sum(row.principal_owed - row.paused for row in rows)
    amount = min(left, owed)
    if amount <= 0:
        return 0
    fees = sum(row.fee for row in state.rows)
    if amount == owed or event.details["extra"] == SMALLER:
        _smaller(rows, amount, Fraction(amount, owed))
    elif terms.pricing == LEVEL:
        _level_shorter(state, rows, amount, terms)
    else:
        _shorter(rows, amount)
    state.saved[event.entry] = fees - sum(row.fee for row in state.rows)
    _book(state, {"principal": amount})
    return amount


def _smaller(rows: list[Row], amount: int, share: Fraction) -> None:
    parts = plan.scaled([row.principal_owed - row.paused for row in rows], share)
    for row, part in zip(rows, parts, strict=True):
        row.principal_paid += part
        if row.accrued_on is None:
            row.fee -= round_fraction(row.fee * share)
            row.keep *= 1 - share
            row.fee_free = row.keep == 0


def _shorter(rows: list[Row], amount: int) -> None:
    for row in reversed(rows):
        part = min(amount, row.principal_owed - row.paused)
        row.principal_paid += part
        amount -= part
        if row.principal_owed == 0 and row.accrued_on is None:
            row.fee, row.fee_free = 0, True


def _level_shorter(state: State, rows: list[Row], amount: int, terms: Terms) -> None:
    """The same payment on less principal: the plan ends earlier; what was paid lies on its end."""
    left = sum(row.principal_owed for row in rows) - amount
    rate, payment = Fraction(terms.rate_ppm, 12 * MILLION), max(row.payment for row in rows)
    for row in rows:
        fee = round_fraction(left * rate) if row.accrued_on is None else row.fee
        part = left if row is rows[-1] else min(left, max(0, payment - fee))
        row.principal, row.fee = row.principal_paid + part, fee if part else row.fee_paid
        left -= part
    rows[-1].principal += amount
    rows[-1].principal_paid += amount
    state.reshaped = True


def withdraw(state: State, terms: Terms, event: Event) -> None:
    """As if the money had been lent for nothing; too little is an ordinary payment."""
    paid = sum(row.paid for row in state.rows)
    needed = sum(row.principal for row in state.rows) - paid
    if event.amount < needed or state.charged_off_on:
        pay(state, terms, event)
        return
    state.payments.append(Payment(event.entry, event.amount))
    fees_paid = sum(row.fee_paid for row in state.rows)
    state.saved[event.entry] = sum(row.fee for row in state.rows)
    state.move("loan_interest_income", "loan_principal", fees_paid, "withdrawn")
    state.move("loan_interest_income", "loan_interest", state.interest_owed, "withdrawn")
    state.move("source", "loan_principal", needed, "principal")
    for row in state.rows:
        row.fee, row.fee_paid, row.fee_free = 0, 0, True
        row.principal_paid, row.paused = row.principal, 0
        row.accrued_on = row.accrued_on or event.on
    _too_much(state, event, event.amount - needed)


def charge_back(state: State, terms: Terms, event: Event) -> None:
    """A bank took a payment back: it is owed again, the newest rows first."""
    unpay(state, event.amount, event.on, f"disputed_funds:{event.ref}")
    for payment in state.payments:
        if payment.entry == event.details.get("payment"):
            payment.returned += event.amount


def give_overpaid(state: State, terms: Terms, event: Event) -> None:
    """What was too much goes to the shopper's balance; a replay that finds less has it owed again.

    Whose payments it had been (`details["payers"]`) is a fact that no replay changes.
    """
    state.over -= event.amount
    state.move("over", "wallet", event.amount, "overpaid")
    named = event.details.get("payers")
    give_from(state, newest(state, event.amount) if named is None else named)
    if state.over < 0:
        unpay(state, -state.over, event.on, "over")


def newest(state: State, amount: int) -> list[tuple[int, int]]:
    """Which payments `amount` goes back of: (entry, part), the newest first."""
    found, left = [], amount
    for payment in sorted(state.payments, key=lambda p: p.entry, reverse=True):
        part = min(left, payment.amount - payment.returned)
        if part > 0:
            found.append((payment.entry, part))
            left -= part
    return found


def give_from(state: State, payers: Iterable[tuple[int, int]]) -> None:
    """Count these parts of payments as gone back."""
    by_entry = {payment.entry: payment for payment in state.payments}
    for entry, part in payers:
        if entry in by_entry:
            by_entry[entry].returned += part


def unpay(state: State, amount: int, on: date, to: str) -> None:
    """Take `amount` off what is paid, the newest row first, and owe it to `to`."""
    left = amount
    for row in reversed(state.rows):
        for part in ("principal", "fee", "late_fee"):
            taken = min(left, getattr(row, f"{part}_paid"))
            if taken:
                setattr(row, f"{part}_paid", getattr(row, f"{part}_paid") - taken)
                owed = "recovery" if state.charged_off_on else _ACCOUNTS[part]
                state.move(owed, to, taken, f"row_{row.number}")
                reopen(state, row, on)
                left -= taken
    if state.charged_off_on:
        state.recovered -= amount - left
    state.move("credit_loss", to, left, "nothing_left")  # more was taken than ever lay here
    if to == "over":
        state.over += amount
