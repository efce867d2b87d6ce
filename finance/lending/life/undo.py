"""A refund by the seller: the plan as if that part had never been bought."""

from dataclasses import dataclass

from finance.lending.life import by_day, plan
from finance.lending.life.events import Event
from finance.lending.life.paying import give_from, newest, unpay
from finance.lending.life.state import Row, State
from finance.lending.life.terms import Terms


@dataclass(frozen=True, slots=True)
class Said:
    """What a refund gives back, minor units.

    back     what the shopper has paid too much, to be returned at once
    payers   (entry of the payment, how much of it goes back), the newest first
    rest     of `back`, what no payment of this loan had brought
    borne    fees already earned on what is returned: the seller bears them, or the mall
    relief   old payments less new ones
    """

    back: int
    payers: tuple[tuple[int, int], ...]
    rest: int
    borne: int
    relief: int


@dataclass(slots=True)
class _Change:
    principal_less: int
    interest_less: int
    fee_added: int
    fee_earned: int
    cash_back: int
    late_paid: int = 0
    late_unpaid: int = 0

    @property
    def back(self) -> int:
        return self.cash_back + self.late_paid

    @property
    def borne(self) -> int:
        return self.fee_earned + self.late_paid + self.late_unpaid


def refund(state: State, terms: Terms, event: Event) -> None:
    """Undo `event.amount` of the order `event.details["order"]`.

    amount + borne = principal, interest and late fee less + back. What had moved outside the
    loan when the refund was made (`back`, `borne`) stays; what a replay finds different is
    owed to the shopper (`over`), or is owed by her again.
    """
    order = state.orders[event.details["order"]]
    order.refunded += event.amount
    order.paused = min(order.paused, order.amount - order.refunded)
    state.refunded += event.amount
    before = sum(row.payment for row in state.rows)
    change = _rewrite(state, terms, event.amount)
    _give_late_fees_up(state, change)
    relief = before - sum(row.payment for row in state.rows)
    _book(state, event, change)
    state.said[event.entry] = _said(state, event, change, relief)
    plan.pause(state, terms)
    if state.over < 0:
        unpay(state, -state.over, event.on, "over")


def would_bear(state: State, terms: Terms, amount: int) -> int:
    """What the plan has earned on `amount` of the purchase, were it undone now; changes `state`."""
    everything = amount == sum(row.principal for row in state.rows)
    change = _rewrite(state, terms, amount)
    late = sum(row.late_fee for row in state.rows) if everything else 0
    return change.fee_earned + late


def _rewrite(state: State, terms: Terms, amount: int) -> _Change:
    rows, before = state.rows, sum(row.principal for row in state.rows)
    after = plan.rebuilt(state, terms, before - amount)
    by_day.shrink(state, before - amount, before)
    _keep_pennies(rows, after)
    earned = _sum(rows, "fee", accrued=True) - _sum(after, "fee", accrued=True)
    added = max(0, -earned)
    change = _Change(
        principal_less=_sum(rows, "principal_owed") - _sum(after, "principal_owed"),
        interest_less=_sum(rows, "fee_owed") + added - _sum(after, "fee_owed"),
        fee_added=added,
        fee_earned=max(0, earned),
        cash_back=_sum(rows, "paid") - _sum(after, "paid"),
    )
    state.rows = after
    return change


def _keep_pennies(before: list[Row], after: list[Row]) -> None:
    """Pennies that the last row's rounding made owed again count as paid, not as cash back."""
    for part in ("fee", "principal"):
        grown = _sum(after, f"{part}_owed") - _sum(before, f"{part}_owed")
        for row in reversed(after):
            take = min(grown, getattr(row, f"{part}_owed"))
            if take > 0:
                setattr(row, f"{part}_paid", getattr(row, f"{part}_paid") + take)
                grown -= take


def _sum(rows: list[Row], what: str, *, accrued: bool = False) -> int:
    return sum(getattr(row, what) for row in rows if row.accrued_on or not accrued)


def _give_late_fees_up(state: State, change: _Change) -> None:
    """When everything has been returned, late fees are given back too."""
    if any(not order.is_gone for order in state.orders.values()):
        return
    change.late_paid = sum(row.late_fee_paid for row in state.rows)
    change.late_unpaid = sum(row.late_fee for row in state.rows) - change.late_paid
    for row in state.rows:
        row.late_fee = row.late_fee_paid = 0


def _book(state: State, event: Event, change: _Change) -> None:
    """Out of what is promised to the shopper, into what is owed."""
    promised = f"refund_payable:{event.ref}"
    over = change.back - event.details.get("back", change.back)
    income = event.details.get("borne", change.borne) - change.borne
    if state.charged_off_on:
        less = change.principal_less + change.interest_less + change.late_unpaid
        state.move(promised, "recovery", less, "recovered")
    else:
        state.move("loan_interest", "loan_interest_income", change.fee_added, "rounding")
        state.move(promised, "loan_principal", change.principal_less, "principal")
        state.move(promised, "loan_interest", change.interest_less, "fee")
        state.move(promised, "loan_fee", change.late_unpaid, "late_fee")
    state.move(promised, "over", over, "over")
    state.move(promised, "loan_interest_income", income, "borne")
    state.over += over


def _said(state: State, event: Event, change: _Change, relief: int) -> Said:
    """Whose money goes back: the newest payment's first, as far as it still lies here."""
    back = int(event.details.get("back", change.back))
    named = event.details.get("payers")
    payers = newest(state, back) if named is None else [(e, part) for e, part in named]
    give_from(state, payers)
    rest = back - sum(part for _, part in payers)
    borne = int(event.details.get("borne", change.borne))
    return Said(back, tuple(payers), rest, borne, relief)
