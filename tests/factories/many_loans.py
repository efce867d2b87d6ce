"""Thousands of plans, and payments on them, written by sets: as the actions would, without their time."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import selectinload

from core import clock, ids
from core.db import db
from core.money import Money
from core.use_case import use_case
from finance.lending.life import terms as life_terms
from finance.lending.life.events import LENT, PAID, RECEIVED, Event
from finance.lending.life.fold import fold
from finance.lending.life.terms import DAY, FLAT, FREE, LEVEL, MONTH, Terms
from finance.loans import bookkeeping
from finance.loans.bookkeeping import Whose
from finance.loans.folding import lived, terms_of
from finance.loans.models import (
    Claim,
    Exposure,
    Installment,
    Loan,
    LoanEvent,
    LoanOrder,
    LoanPayment,
)
from finance.risk.models import Decision
from ledger import book
from ledger.accounts import account
from ledger.entries import Journal
from tests.factories.loans import PAID as BY_NOBODY

GRADES = "ABCDE"
_PRICES = ((FLAT, 5_000), (FLAT, 12_000), (LEVEL, 90_000), (FREE, 0))
_CLOCKS = ((MONTH, 1, 1), (MONTH, 1, 1), (DAY, 14, 14), (DAY, 7, 3))
_PAY = text("""
    update installment i set principal_paid = n.principal, fee_paid = n.fee,
           late_fee_paid = n.late_fee, state = n.state, paid_on = n.paid_on
      from unnest(cast(:ids as bigint[]), cast(:principal as bigint[]), cast(:fee as bigint[]),
                  cast(:late_fee as bigint[]), cast(:state as text[]), cast(:paid_on as date[]))
           as n (id, principal, fee, late_fee, state, paid_on)
     where i.id = n.id
""")


@use_case
def make_many(dice: Random, count: int, first: date, last: date) -> None:
    """`count` plans of random terms, bought from `first` to `last` and received the same day."""
    grades = _decisions()
    made = [_plan(dice, grades, first + timedelta(dice.randint(0, (last - first).days)))
            for _ in range(count)]  # fmt: skip
    for model in (Exposure, Claim, Loan, LoanOrder, Installment, LoanEvent):
        rows = [row for tables in made for row in tables[model]]
        db.session.execute(insert(model), rows)
    book.post_all([journal for tables in made for journal in tables[Journal]])


def _row(**values: Any) -> dict[str, Any]:
    return {"id": ids.new_id(), "created_at": clock.now()} | values


def _decisions() -> dict[str, int]:
    """A decision of each grade."""
    common = {
        "subject": "buyer", "subject_id": 1, "product": "installments", "asked": 1, "ref": "",
        "currency": "CNY", "inputs": {}, "facts_at": clock.now(), "card": "test", "card_hash": "",
        "policy": "test", "score": 600, "approved": True, "credit_limit": 1, "reasons": [],
        "outcome": "", "cost_us": 1,
    }  # fmt: skip
    pds = {"A": 4_000, "B": 9_000, "C": 20_000, "D": 42_000, "E": 100_000}
    made = {grade: _row(grade=grade, pd_ppm=pds[grade], **common) for grade in GRADES}
    db.session.execute(insert(Decision), list(made.values()))
    return {grade: row["id"] for grade, row in made.items()}


def _plan(dice: Random, grades: dict[str, int], on: date) -> dict[Any, list[Any]]:
    """The rows of one plan, table by table, and its first journal."""
    number, principal = ids.code("L"), dice.randint(10_000, 800_000)
    order, borrower = ids.code("O"), ids.new_id()
    pricing, rate = dice.choice(_PRICES)
    every, step, first = dice.choice(_CLOCKS)
    orders = ((order, principal),)
    terms = Terms(principal, on, dice.choice((1, 3, 4, 6, 12)), pricing, rate, orders, every, step,
                  first)  # fmt: skip
    life = [Event(LENT, on, 1, principal), Event(RECEIVED, on, 2, ref=order)]
    state = fold(terms, life)
    loan = _row(
        number=number, borrower_id=borrower, product="installments", checkout_number=f"C{number}",
        decision_id=grades[dice.choice(GRADES)], principal=principal, currency="CNY",
        months=terms.count, monthly_fee_ppm=0, terms=life_terms.as_data(terms), apr_ppm=100_000,
        began_on=on, starts_on=on, state="active", refunded=0, provisioned=0, recovered=0,
    )  # fmt: skip
    rows = [
        _row(loan_id=loan["id"], **{k: v for k, v in asdict(row).items() if k != "keep"})
        for row in state.rows
    ]
    events = [
        _row(loan_id=loan["id"], entry=e.entry, kind=e.kind, on=on, amount=e.amount, ref=e.ref,
             note="", details={}, key="lent" if e.kind == LENT else f"received:{order}")
        for e in life
    ]  # fmt: skip
    lent = bookkeeping.lent(number, [(order, Money(principal, "CNY"))], on)
    return {
        Exposure: [_row(person_id=borrower, used=principal)],
        Claim: [
            _row(person_id=borrower, ref=loan["checkout_number"], amount=principal, state="drawn")
        ],
        Loan: [loan],
        LoanOrder: [
            _row(loan_id=loan["id"], order_number=order, seller_id=1, amount=principal,
                 refunded=0, paused=0, shipped_on=on, received_on=on)
        ],
        Installment: rows,
        LoanEvent: events,
        Journal: [lent],
    }  # fmt: skip


@use_case
def pay_many(payments: dict[int, int], on: date) -> None:
    """Shoppers pay: minor units by the id of a running loan, of at most what is due there."""
    query = select(Loan).where(Loan.id.in_(payments)).order_by(Loan.id).with_for_update()
    parts = (Loan.rows, Loan.orders, Loan.events)
    loans = db.session.scalars(query.options(*(selectinload(part) for part in parts))).all()
    done = [_paid(loan, payments[loan.id], on) for loan in loans]
    for model in (LoanEvent, LoanPayment):
        db.session.execute(insert(model), [tables[model] for tables in done])
    changed = [row for tables in done for row in tables[Installment]]
    columns = zip(*changed, strict=True)
    names = ("ids", "principal", "fee", "late_fee", "state", "paid_on")
    db.session.execute(_PAY, dict(zip(names, map(list, columns), strict=True)))
    _settle(done)
    book.post_all([tables[Journal] for tables in done])
    db.session.expire_all()


def _paid(loan: Loan, amount: int, on: date) -> dict[Any, Any]:
    """What a payment changes, by table."""
    life = lived(sorted(loan.events, key=lambda event: event.entry))
    entry = max(event.entry for event in loan.events) + 1
    ref = f"many:{entry}"
    event = Event(PAID, on, entry, amount, ref=ref)
    before, after = fold(terms_of(loan), life), fold(terms_of(loan), [*life, event])
    assert not after.over, "more was paid than is due"
    whose = Whose(loan.number, loan.borrower_id, loan.currency)
    lines = bookkeeping.paid(whose, after.moves[entry], account("clearing", "test"))
    rows = [
        (kept.id, row.principal_paid, row.fee_paid, row.late_fee_paid, row.state, row.paid_on)
        for kept, row in zip(loan.rows, after.rows, strict=True)
    ]
    return {
        LoanEvent: _row(loan_id=loan.id, entry=entry, key=f"paid:{ref}", kind=PAID, on=on,
                        amount=amount, ref=ref, note="", details={}),
        LoanPayment: _row(loan_id=loan.id, on=on, amount=amount, returned=0,
                          payment_id=ids.new_id()),
        Installment: rows,
        Journal: Journal(f"pay:{loan.number}:{entry}", BY_NOBODY, loan.number, on, lines),
        "repaid": (loan.checkout_number, before.on_the_book[0] - after.on_the_book[0]),
        "loan": (loan.id, after.state, after.defaulted_on, after.closed_on),
    }  # fmt: skip


def _settle(done: Iterable[dict[Any, Any]]) -> None:
    """Limits and the loans' own columns."""
    claims: Sequence[tuple[str, int]] = [tables["repaid"] for tables in done]
    values = {"refs": [ref for ref, _ in claims], "parts": [part for _, part in claims]}
    given = "unnest(cast(:refs as text[]), cast(:parts as bigint[])) as n (ref, part)"
    db.session.execute(
        text(f"""update exposure e set used = used - n.part from {given} join claim c on c.ref = n.ref
                  where e.person_id = c.person_id"""),
        values,
    )
    db.session.execute(
        text(f"""update claim c set amount = c.amount - n.part,
                        state = case when c.amount = n.part then 'released' else 'partly_repaid' end
                   from {given} where c.ref = n.ref and n.part > 0"""),
        values,
    )
    ids_, states, defaults, closed = zip(*(tables["loan"] for tables in done), strict=True)
    db.session.execute(
        text("""update loan l set state = n.state, defaulted_on = n.def, closed_on = n.closed
                  from unnest(cast(:ids as bigint[]), cast(:states as text[]),
                              cast(:defs as date[]), cast(:closed as date[]))
                       as n (id, state, def, closed) where l.id = n.id"""),
        {
            "ids": list(ids_),
            "states": list(states),
            "defs": list(defaults),
            "closed": list(closed),
        },
    )
