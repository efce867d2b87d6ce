"""What is measured a loan at a time: schedules, replays, and the day row by row through the ORM."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from core.money import MILLION, Money
from finance.lending.life import events as kinds
from finance.lending.life.events import Event
from finance.lending.life.fold import fold
from finance.lending.life.terms import FLAT, Terms
from finance.lending.schedules import flat_fee

CHUNK = 500  # loans a transaction, generous to this side
_START = date(2026, 1, 10)
_PRICE = Money(360_000, "CNY")


def schedule() -> object:
    """3,600.00 in 12."""
    return flat_fee(_PRICE, 12, 5_000, _START)


def replay() -> Callable[[], object]:
    """Two years of a plan in 17 paid rows: lent, received, due and paid each month."""
    terms = Terms(340_000, _START, 17, FLAT, 5_000, (("O-1", 340_000),))
    events = [Event(kinds.LENT, _START, 1), Event(kinds.RECEIVED, _START, 2, ref="O-1")]
    for row in fold(terms, events).rows:
        owed, entry = row.payment, len(events)
        events.append(Event(kinds.DUE, row.due_on, entry + 1, owed, row.number))
        events.append(Event(kinds.PAID, row.due_on, entry + 2, owed))
    if len(events) != 36 or fold(terms, events).state != "paid":
        raise RuntimeError("the life that is measured is not the one described")
    return lambda: fold(terms, events)


def row_by_row(day: date, sample: int) -> int:
    """Interest, days late, stage and allowance of `sample` loans, each an object; how many."""
    from sqlalchemy import select

    from core.db import db
    from finance.capital.models import Advance
    from finance.loans.models import Loan

    half, done = sample // 2, 0
    for model, count in ((Advance, sample - half), (Loan, half)):
        ids = db.session.scalars(select(model.id).order_by(model.id).limit(count)).all()
        for place in range(0, len(ids), CHUNK):
            done += _chunk(model, ids[place : place + CHUNK], day)
    return done


def _chunk(model: Any, ids: Sequence[int], day: date) -> int:
    from core.db import db
    from core.use_case import use_case
    from finance.collections import bookkeeping
    from finance.collections.models import DayChunk
    from finance.loans.models import Loan
    from ledger import book

    @use_case
    def work() -> int:
        new = changed = 0
        # the mall itself may not write these: there a function of the owner's works by sets
        db.session.connection().exec_driver_sql("set local role none")
        of = "shoppers" if model is Loan else "sellers"
        for id in ids:
            contract = db.session.get_one(model, id)
            new += 0 if of == "shoppers" else _interest(contract, day)
            changed += _stand(contract, of, day)
        journals = {}
        if of == "sellers":
            journals["interest accrued"] = bookkeeping.accrued, new
        plans = "plans" if of == "shoppers" else "advances"
        journals[f"provisions of {plans}"] = bookkeeping.provisioned, changed
        for step, (entry, amount) in journals.items():
            booked = {"CNY": amount} if amount else {}
            chunk = DayChunk(on=day, step=step, first_id=ids[0], last_id=ids[-1], booked=booked)
            chunk.done = len(ids)
            db.session.add(chunk)  # the cause of the journal
            if amount:
                book.post(entry(of, Money(amount, "CNY"), day, ids[-1]))
        return len(ids)

    return work()


def _interest(advance: Any, day: date) -> int:
    """A day's interest of one loan."""
    daily = advance.principal_owed.minor * advance.rate_ppm
    days = (day - advance.accrued_until).days
    to_day, before = (advance.micro + daily * n for n in (days, days - 1))
    half = MILLION // 2
    return int((to_day + half) // MILLION - (before + half) // MILLION)


def _stand(contract: Any, of: str, day: date) -> int:
    """Write how one loan stands; gives the change of its allowance."""
    from core.db import db
    from finance.collections.models import Standing
    from finance.collections.provision_rules import rules
    from finance.risk.models import Decision

    settings = rules()
    if of == "shoppers":
        grade = db.session.get_one(Decision, contract.decision_id).grade
        late = [r.due_on for r in contract.rows if r.due_on < day and r.payable > 0]
        oldest = min(late, default=day)
        owed = contract.principal_owed + contract.interest_owed + contract.late_fee_owed
    else:
        grade, owed = contract.grade, contract.owed
        oldest = contract.late_since if contract.late_since else day
    days = max(0, (day - oldest) // timedelta(1))
    stage = settings.stage(days)
    rate = settings.rate_ppm(contract.product, stage, grade)
    kept = db.session.get_one(Standing, (of, contract.id))
    before = kept.allowance
    kept.days_late, kept.stage, kept.exposure, kept.rate_ppm = days, stage, owed.minor, rate
    kept.bucket = sum(days > upto for upto, _ in settings.buckets if upto is not None)
    kept.allowance = (owed.minor * rate + MILLION // 2) // MILLION
    return int(kept.allowance - before)
