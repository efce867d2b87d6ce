"""What was collected for a bank goes to it, in one journal of a line for each of its loans."""

from collections.abc import Sequence

from sqlalchemy import select

from core import clock, ids
from core.db import db
from core.use_case import use_case
from finance.funding import bookkeeping
from finance.funding.bookkeeping import Owed, Share
from finance.funding.models import Funder, FundingTransfer, Participation
from ledger import book

AT_A_TIME = 500  # loans in one journal


def transfer_all() -> list[FundingTransfer]:
    """Transfer to every bank what waits for it; each journal is its own transaction."""
    codes = db.session.scalars(select(Funder.code).order_by(Funder.code)).all()
    made = []
    for code in codes:
        while (sent := transfer(code)) is not None:
            made.append(sent)
    return made


@use_case
def transfer(code: str) -> FundingTransfer | None:
    """Transfer what waits for a bank, of at most 500 loans; None when nothing does."""
    bank = db.session.scalars(select(Funder).where(Funder.code == code)).one()
    parts = _waiting(bank)
    if not parts:
        return None
    number, today = ids.code("FT"), clock.today()
    owed = [Owed(Share(code, p.ref, p.currency), p.due, p.interest_due) for p in parts]
    sent = FundingTransfer(
        number=number,
        funder_id=bank.id,
        on=today,
        due=sum(each.due for each in owed),
        interest=sum(each.interest for each in owed),
    )
    db.session.add(sent)
    for part in parts:
        part.due, part.interest_due, part.due_since = 0, 0, None
    book.post(bookkeeping.transferred(code, number, owed, today))
    return sent


def _waiting(bank: Funder) -> Sequence[Participation]:
    query = (
        select(Participation)
        .where(Participation.funder_id == bank.id, Participation.due_since.is_not(None))
        .order_by(Participation.id)
        .limit(AT_A_TIME)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()
