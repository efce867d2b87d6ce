"""What is done on the lender's day, in this order, and how each step goes through its loans."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from flask import current_app
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from core import clock
from core.db import db
from finance import products
from finance.collections import (
    accruing,
    balances,
    by_sets,
    charging,
    checking,
    chunks,
    losing,
    plugged,
    provisioning,
    reminding,
    selecting,
    set_events,
    steps,
)
from finance.collections.chunks import Done, Part, Step
from finance.collections.set_events import Acted
from finance.loans.models import Loan
from finance.products import LateRule

TOLD = ("reminded", "longer plans offered")  # steps that do nothing but tell
Pick = Callable[[date, LateRule], Select[int]]
Act = Callable[[Loan, date, LateRule], int]
Sets = Callable[[Sequence[int], date, LateRule], Acted]


def steps_of(day: date) -> list[Step]:
    """What is done on a day, in this order."""
    rule = products.installments(current_app.config["MALL_REGIME"]).late
    behind = (chunks.latest(accruing.STEP) or day) > day  # sums of sets never go back in time
    past = day < clock.today()  # a day that is caught up tells nobody what was true then
    plans, advances = provisioning.STEPS
    found = [
        replace(accruing.SELLERS_INTEREST, check=checking.advances),
        *plugged.FIRST,
        _by_sets(rule, "fallen due", selecting.fallen_due, by_sets.fall_due, steps.fall_due),
        _by_sets(
            rule,
            "paid from balances",
            selecting.with_balance,
            balances.pay,
            steps.pay_from_balance,
        ),
        Step(
            "asked of cards",
            lambda on: selecting.autopaid(on, rule),
            lambda part: _ask_cards(part, rule),
            asks=True,
        ),
        *plugged.THEN,
        _by_sets(rule, "reminded", selecting.reminded, reminding.remind, steps.remind),
        _by_sets(rule, "late", selecting.late, by_sets.mark_late, steps.mark_late),
        _by_sets(rule, "late fees", selecting.late_fee_due, charging.charge, steps.charge_late_fee),
        _of_loans(rule, TOLD[1], selecting.longer_offered, steps.offer_longer),
        replace(plans, check=checking.allowances),
        replace(advances, check=checking.set_aside),
        _by_sets(rule, "defaulted", selecting.defaulted, by_sets.default, steps.default),
        replace(
            _by_sets(rule, "charged off", selecting.lost, losing.charge_off, steps.charge_off),
            check=checking.allowances,
        ),
    ]
    return [s for s in found if not ((behind and s.closes) or (past and s.name in TOLD))]


def _of_loans(rule: LateRule, name: str, pick: Pick, act: Act) -> Step:
    """A step that acts on each loan of a chunk, locked."""

    def work(part: Part) -> Done:
        loans = [loan for loan in _locked(part.ids) if loan.is_running]
        return Done(sum(act(loan, part.day, rule) for loan in loans))

    return Step(name, lambda day: pick(day, rule), work, check=checking.loans)


def _by_sets(rule: LateRule, name: str, pick: Pick, sets: Sets, act: Act) -> Step:
    """A step done by sets; `act` does the loans that sets leave."""

    def work(part: Part) -> Done:
        acted = sets(part.ids, part.day, rule)
        left = [loan for loan in _locked(acted.left) if loan.is_running]
        return Done(acted.count + sum(act(loan, part.day, rule) for loan in left))

    return Step(name, lambda day: pick(day, rule), work, set_events.SIZE, check=checking.loans)


def _ask_cards(part: Part, rule: LateRule) -> Done:
    """Write the charges down; the gateway is asked outside any transaction."""
    ops = [op for loan in _locked(part.ids) for op in steps.ask_card(loan, part.day, rule)]
    return Done(len(ops), ops)


def _locked(chunk: Sequence[int]) -> Sequence[Loan]:
    """These loans with their rows, locked in the order of their ids."""
    query = (
        select(Loan)
        .where(Loan.id.in_(chunk))
        .order_by(Loan.id)
        .options(selectinload(Loan.rows), selectinload(Loan.orders))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()
