"""What holds for every loan and everything that happens to it."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal, localcontext

from hypothesis import given, settings

from finance.lending.replay import entries as book
from finance.lending.replay import events as e
from finance.lending.replay.config import Terms
from finance.lending.replay.events import Event
from finance.lending.replay.fold import fold, step
from finance.lending.replay.state import Parts, State, difference, replay
from tests.finance.lending.replay.lives import lives, terms

ZERO = Decimal(0)
quick = settings(max_examples=40)


def after(loan: Terms, life: tuple[Event, ...]) -> State:
    return replay(loan, life, max(each.entered for each in life))


def amounts(parts: Parts) -> tuple[Decimal, ...]:
    return (parts.principal, parts.interest, parts.fee, parts.penalty)


@quick
@given(terms(), lives())
def test_no_penny_is_made_or_lost(loan: Terms, life: tuple[Event, ...]) -> None:
    state = after(loan, life)
    lent = sum((a.amount for a in state.allocations if a.kind == e.DISBURSEMENT), ZERO)
    back = sum((a.parts.principal for a in state.allocations if a.kind == e.CHARGEBACK), ZERO)
    assert sum((row.due.principal for row in state.rows), ZERO) == lent + back
    for each in state.allocations:
        if each.kind in e.PAYMENTS:
            assert each.parts.total + each.overpaid == each.amount
            assert sum((share for _, _, share in each.shares), ZERO) == each.parts.total


@quick
@given(terms(), lives())
def test_nothing_is_negative_and_nobody_owes_and_is_owed(
    loan: Terms, life: tuple[Event, ...]
) -> None:
    state = after(loan, life)
    for row in state.rows:
        assert min(*amounts(row.due), *amounts(row.paid), *amounts(row.outstanding)) >= 0
    assert state.outstanding.total == sum((row.outstanding.total for row in state.rows), ZERO)
    assert state.overpaid == 0 or state.outstanding.total == 0
    assert state.overpaid >= 0
    assert state.accrued >= state.paid.interest


@quick
@given(terms(), lives())
def test_the_book_is_the_loan(loan: Terms, life: tuple[Event, ...]) -> None:
    state = after(loan, life)
    stands = book.balances(state.entries)
    assert stands.get("loans_receivable", ZERO) == state.outstanding.principal
    assert stands.get("fee_receivable", ZERO) == state.outstanding.fee
    assert stands.get("penalty_receivable", ZERO) == state.outstanding.penalty
    assert stands.get("interest_receivable", ZERO) == state.accrued - state.paid.interest
    assert -stands.get("overpayment", ZERO) == state.overpaid


@quick
@given(terms(), lives(late=False))
def test_one_by_one_is_all_at_once(loan: Terms, life: tuple[Event, ...]) -> None:
    in_order = e.in_force(life)
    kinds = [each.kind for each in in_order]
    for count in range(kinds.index(e.DISBURSEMENT) + 1, len(in_order)):
        # a rate to come decides from the start whether interest follows the days
        if e.RATE in kinds and not loan.rate:
            return
        grown = fold(loan, in_order[:count])
        assert grown
        with localcontext(loan.unit.context()):
            step(grown, in_order[count])
        whole = fold(loan, in_order[: count + 1])
        assert whole
        assert shape(grown.rows) == shape(whole.rows)
        assert grown.overpaid == whole.overpaid


def shape(rows: list) -> list:
    return [(row.number, row.due, row.charged, row.paid) for row in rows]


@quick
@given(terms(), lives())
def test_the_order_in_the_list_does_not_matter(loan: Terms, life: tuple[Event, ...]) -> None:
    mixed = list(life)
    random.Random(len(life)).shuffle(mixed)
    assert after(loan, tuple(mixed)) == after(loan, life)


@quick
@given(terms(), lives(late=False))
def test_told_late_is_told_in_time(loan: Terms, life: tuple[Event, ...]) -> None:
    """The last payment, had it been entered days after its day, leaves the same state."""
    last = life[-1]
    told_late = replace(last, entered=last.entered + timedelta(days=8))
    day = told_late.entered
    assert replay(loan, (*life[:-1], told_late), day) == replay(loan, life, day)


@quick
@given(terms(), lives())
def test_taking_the_last_event_back_restores_what_was(loan: Terms, life: tuple[Event, ...]) -> None:
    if len(life) == 1:
        return
    last = life[-1]
    undo = Event(e.REVERSE, last.entered, last.entered, last.order + 1, of=last.id)
    assert replay(loan, (*life, undo), last.entered) == replay(loan, life[:-1], last.entered)


@quick
@given(terms(), lives())
def test_a_correction_brings_the_book_from_one_state_to_the_other(
    loan: Terms, life: tuple[Event, ...]
) -> None:
    day = max(each.entered for each in life)
    before, now = replay(loan, life[:-1] or life, day), replay(loan, life, day)
    correction = difference(before, now)
    posted = (*before.entries, *([correction.entry] if correction.entry else []))
    want, have = book.balances(now.entries), book.balances(posted)
    assert {k: v for k, v in want.items() if v} == {k: v for k, v in have.items() if v}
    assert before.outstanding + correction.parts == now.outstanding


@quick
@given(
    terms(futures=("NEXT_INSTALLMENT", "REAMORTIZATION")),
    lives(kinds=("REPAYMENT", e.CHARGE), late=False),
)
def test_a_payoff_costs_at_most_what_is_left_and_ends_the_loan(
    loan: Terms, life: tuple[Event, ...]
) -> None:
    state = after(loan, life)
    assert state.payoff <= state.outstanding.total
    if state.payoff:
        last = life[-1]
        end = Event("REPAYMENT", last.entered, last.entered, 99, id=99, payoff=True)
        done = replay(loan, (*life, end), last.entered)
        assert (done.status, done.outstanding.total) == ("CLOSED_OBLIGATIONS_MET", 0)
