"""The loan as a fold: events in the order in which they count, one state after the other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

from finance.lending.replay import changes, credits, events, forgiven, replan
from finance.lending.replay.allocation import spread
from finance.lending.replay.config import Terms
from finance.lending.replay.due import interest_until, outstanding_until
from finance.lending.replay.events import Event
from finance.lending.replay.new_terms import change_terms
from finance.lending.replay.numbers import ZERO
from finance.lending.replay.rows import FEE, PENALTY, PRINCIPAL, Row
from finance.lending.replay.work import Record, Work


def fold(
    terms: Terms,
    happened: Iterable[Event],
    until: date | None = None,
    watch: Callable[[Work, Event], None] | None = None,
) -> Work | None:
    """The state after all events that count; None before the first disbursement.

    until  overdue principal earns up to this day
    watch  is shown the state after each event
    """
    counted = events.in_force(tuple(happened))
    began = next((event.on for event in counted if event.kind == events.DISBURSEMENT), None)
    if began is None:
        return None
    if any(event.kind == events.RATE and event.rate for event in counted):
        terms = replace(terms, rate_comes=True)
    with localcontext(terms.unit.context()):
        work = Work.begin(terms, began)
        for event in counted:
            step(work, event)
            if watch:
                watch(work, event)
        finish(work, until)
    return work


def finish(work: Work, until: date | None) -> None:
    if until:
        work.earn(until)
    work.name_interest()
    if work.overpaid > 0 and work.outstanding > 0:
        _use_late_overpayments(work)
    last = work.rows[-1]
    if last.extra and not last.total:
        work.rows.remove(last)
    for row in work.rows:
        if row.outstanding > 0:
            row.met, row.met_on = False, None


def step(work: Work, event: Event) -> None:
    """One event; a change of terms or a charge does not move time, everything else does."""
    work.seen.append(event)
    if event.kind == events.CHARGE:
        _charge(work, event)
    elif event.kind in events.CHANGES_OF_TERMS:
        change_terms(work, event)
    else:
        amount = _amount(work, event)
        if event.kind in events.PAYMENTS:
            work.payoff = _is_payoff(work, event.on, amount)
        work.earn(event.on)
        _transact(work, event, amount)
    work.name_interest()


def _amount(work: Work, event: Event) -> Decimal:
    if event.amount is None and event.payoff:
        return payoff_amount(work, event.on)
    return event.amount or ZERO


def payoff_amount(work: Work, on: date) -> Decimal:
    """What ends the loan on a day: principal, interest to that day (or to rest), open charges."""
    charges = sum((row.owed(FEE) + row.owed(PENALTY) for row in work.rows), ZERO)
    if not work.living:
        return work.outstanding
    day = on
    if work.terms.payoff_to_rest:
        day = next((row.due for row in work.normal_rows() if row.start < on < row.due), on)
    trial = work.plan.copy()
    if work.terms.past_due_interest:
        changes.earn_overdue(trial, on, work.terms.payoff_to_rest)
    principal, interest = outstanding_until(trial, day)
    beside = sum((row.owed(PRINCIPAL) for row in work.rows if row.down or row.extra), ZERO)
    return principal + interest + charges + beside


def _transact(work: Work, event: Event, amount: Decimal) -> None:
    if event.kind == events.DISBURSEMENT:
        _disburse(work, event, amount)
    elif event.kind == events.CHARGEBACK:
        credits.chargeback(work, event, amount)
    elif event.kind == events.CREDIT_BALANCE_REFUND:
        credits.credit_balance_refund(work, event, amount)
    elif event.kind == events.CHARGE_OFF:
        replan.charge_off(work, event)
    elif event.kind == events.REAMORTIZE:
        replan.reamortize(work, event)
    elif event.kind == events.REAGE:
        replan.reage(work, event)
    elif event.kind in (events.WAIVER, events.WRITE_OFF, events.RECOVERY):
        forgiven.forgive(work, event, amount)
    else:
        _pay(work, work.record(event, amount))
        if event.kind in work.terms.refund_interest_on:
            _refund_interest(work, event)


def _pay(work: Work, record: Record) -> None:
    _earn_to_rest(work, record)
    left, before = record.amount, None
    while left > 0 and left != before:
        # interest may show itself only when all principal is paid
        work.name_interest()
        before, left = left, spread(work, record, left)
    record.overpaid = left
    # an overpayment that is left over stays; a payment that is used up found none
    work.overpaid = work.overpaid + left if left > 0 else ZERO


def _is_payoff(work: Work, on: date, amount: Decimal) -> bool:
    if not (work.terms.payoff_to_rest and work.terms.recalculates):
        # nobody asks: interest runs to the day in any case
        return False
    row = next((row for row in work.rows if row.start <= on <= row.due), None)
    if row is None:
        return False
    return amount >= sum(outstanding_until(work.plan, row.due), ZERO)


def _earn_to_rest(work: Work, record: Record) -> None:
    """A payoff to rest also pays the interest of an open period that looks paid already."""
    if not (work.payoff and work.terms.payoff_to_rest and work.terms.recalculates):
        return
    period = next((p for p in work.plan.ready() if p.start <= record.on < p.due), None)
    if period and period.is_paid:
        interest = outstanding_until(work.plan, period.due)[1]
        if interest > 0:
            period.deferred = interest
            work.plan.stale = True


def _disburse(work: Work, event: Event, amount: Decimal) -> None:
    on, terms = event.on, work.terms
    record = work.record(event, amount)
    down = terms.unit.multiple(amount * terms.down_percent / 100, terms.multiple)
    if terms.down_percent:
        row = Row(on, on, down=True)
        row.charge(PRINCIPAL, down, on)
        work.add_row(row)
    if work.remade:
        _spread_new_principal(work, on, amount - down)
    else:
        changes.disburse(work.plan, on, amount - down)
        if all(row.due < on for row in work.normal_rows()):
            _behind(work, on).charged[PRINCIPAL] += amount - down
        work.follow_plan(on, since=on)
        work.keep_principal(on)
    credits.use_overpayment(work, record)


def _behind(work: Work, on: date) -> Row:
    """The row behind the last due date, reaching to `on`."""
    row = work.extra_row()
    if row is None:
        row = work.add_row(Row(work.rows[-1].due, on, extra=True))
    row.due = max(row.due, on)
    row.met = False
    return row


def _spread_new_principal(work: Work, on: date, amount: Decimal) -> None:
    """After a re-age the plan is no guide: new money goes evenly over the rows to come."""
    unit, multiple = work.terms.unit, work.terms.multiple
    rows = [row for row in work.normal_rows() if row.due > on] or [_behind(work, on)]
    each, left = unit.share(amount, len(rows)), amount
    for row in rows:
        before = row.charged[PRINCIPAL]
        row.charged[PRINCIPAL] = unit.multiple(before + each, multiple)
        left -= row.charged[PRINCIPAL] - before
        row.recheck(on)
    rows[-1].charge(PRINCIPAL, left, on)


def _charge(work: Work, event: Event) -> None:
    due = event.due or event.on
    rows = [row for row in work.rows if not row.down]
    row = next((row for row in rows if due <= row.due), None) or _behind(work, due)
    part = PENALTY if event.penalty else FEE
    row.charge(part, event.amount or ZERO, row.met_on)
    _use_late_overpayments(work)


def _use_late_overpayments(work: Work) -> None:
    """Payments that were too large pay what is charged afterwards, as of their own day."""
    for record in list(work.records):
        usable = min(record.overpaid, work.overpaid)
        if record.kind in (*events.PAYMENTS, events.INTEREST_REFUND) and usable > 0:
            record.overpaid -= usable
            work.overpaid -= usable
            left = spread(work, record, usable)
            record.overpaid += left
            work.overpaid += left


def _refund_interest(work: Work, event: Event) -> None:
    """Interest charged so far, less what it were had the refunded money never been lent."""
    amount = interest_until(work.plan, event.on) - work.refunded_interest
    amount -= _interest_without_refunds(work, event.on)
    if amount > 0:
        work.refunded_interest += amount
        refund = work.record(event, amount, events.INTEREST_REFUND)
        work.payoff = _is_payoff(work, event.on, amount)
        work.earn(event.on)
        _pay(work, refund)


def _interest_without_refunds(work: Work, on: date) -> Decimal:
    """Replay what happened, each refunded amount repaid on the day it was lent."""
    done = [record for record in work.records if record.kind != events.INTEREST_REFUND]
    refunds = [record for record in done if record.kind in work.terms.refund_interest_on]
    left = sum((record.amount for record in refunds), ZERO)
    trial = Work.begin(replace(work.terms, refund_interest_on=()), work.began)
    for event in _as_if(work.seen, refunds):
        step(trial, event)
        if event.kind == events.DISBURSEMENT and left > 0:
            back = min(left, event.amount or ZERO)
            left -= back
            step(trial, replace(event, kind="REPAYMENT", id=None, amount=back))
    finish(trial, on)
    return interest_until(trial.plan, on)


def _as_if(seen: Sequence[Event], refunds: Sequence[Record]) -> list[Event]:
    gone = [record.event for record in refunds]
    return [event for event in seen if event not in gone]
