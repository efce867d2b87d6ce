"""Each night the part of sellers' prices is earned whose rows have fallen due."""

from datetime import date

from sqlalchemy import Select, func, select

from core import clock, jobs
from core.db import db
from core.use_case import use_case
from finance.campaigns import bookkeeping
from finance.campaigns.models import Subsidy
from finance.loans.models import Installment, Loan
from ledger import book

CHUNK = 200


@jobs.job("campaigns.earn", cron="25 16 * * *")  # 00:25 in Shanghai
def earn_job() -> None:
    """Today's part."""
    earn(clock.today())


def earn(on: date) -> int:
    """Earn what is due by `on`; gives how many prices moved. The same day again changes nothing."""
    done, last = 0, 0
    while chunk := db.session.scalars(_unearned(last)).all():
        done += sum(_earn(subsidy_id, on) for subsidy_id in chunk)
        last = chunk[-1]
    return done


def _unearned(last: int) -> Select[int]:
    return (
        select(Subsidy.id)
        .where(Subsidy.id > last, Subsidy.earned < Subsidy.taken - Subsidy.given_back)
        .order_by(Subsidy.id)
        .limit(CHUNK)
    )


@use_case
def _earn(subsidy_id: int, on: date) -> bool:
    query = select(Subsidy).where(Subsidy.id == subsidy_id).with_for_update()
    subsidy = db.session.scalars(query.execution_options(populate_existing=True)).one()
    due, rows = _rows(subsidy.loan_number)
    kept = subsidy.taken - subsidy.given_back
    more = kept * due // rows - subsidy.earned
    if more <= 0:
        return False
    subsidy.earned += more
    amount = subsidy.money(more)
    book.post(bookkeeping.earned(subsidy.order_number, subsidy.loan_number, amount, on))
    return True


def _rows(loan_number: str) -> tuple[int, int]:
    """(rows that fell due or were paid, all rows)."""
    query = (
        select(func.count(Installment.accrued_on), func.count())
        .join(Loan, Loan.id == Installment.loan_id)
        .where(Loan.number == loan_number)
    )
    due, rows = db.session.execute(query).one()
    return int(due), int(rows)
