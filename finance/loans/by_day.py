"""Interest by the night of purchases with a price by the day: a function of a few columns.

What has accrued of a purchase through a day is `micro` and each night since `through` of what
`bearing` owes; no row a night exists. The lender's day brings it into `accrued_interest:shoppers`.
An event changes the columns, and the database itself writes down what lies there less for it.
"""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from core import owned, triggers
from core.db import Base, db
from finance.lending.life import by_day
from finance.lending.life.state import ACTIVE, State
from finance.loans import bookkeeping
from finance.loans.models import Loan
from ledger import book

STEP = "interest of lines accrued"


class LoanByDay(Base):
    """What nights cost of one purchase. Amounts in minor units.

    bearing  the principal a night is paid for
    micro    millionths of a minor unit that accrued through `through`, and are not billed yet
    entry    of the event that left it so
    """

    __tablename__ = "loan_by_day"
    __table_args__ = (
        CheckConstraint("bearing >= 0 and micro >= 0", name="amounts_are_positive"),
        {"info": {"frozen": "currency daily_ppm"}},
    )

    loan_id: Mapped[int] = mapped_column(
        ForeignKey("loan.id"), primary_key=True, autoincrement=False
    )
    currency: Mapped[str] = mapped_column(String(3))
    daily_ppm: Mapped[int]
    bearing: Mapped[int] = mapped_column(BigInteger)
    micro: Mapped[int] = mapped_column(BigInteger)
    through: Mapped[date]
    entry: Mapped[int]


class NightsTaken(Base):
    """Written by the database: what an event took out of `accrued_interest` for a purchase.

    amount  what lies there less than before; below zero: more. on: the night up to which it lay there
    """

    __tablename__ = "nights_taken"
    __table_args__ = ({"info": {"read_only": True}},)

    loan_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[int] = mapped_column(BigInteger)
    on: Mapped[date]


def micro(n: str, day: str) -> str:
    """SQL: whole minor units that accrued of the row `n` through a day."""
    nights = f"greatest(0, {day} - {n}.through)"
    return f"(({n}.micro + {n}.bearing * {n}.daily_ppm * {nights} + 500000) / 1000000)"


owned.function(
    "nights_of",
    "n loan_by_day, p_day date",
    "bigint",
    lambda: f"\nbegin\n  return {micro('n', 'p_day')};\nend ",
    definer=False,
)
triggers.expect(
    {"loan_by_day_takes": "loan_by_day_takes", "nights_are_booked": "nights_are_booked"},
    {
        "loan_by_day_takes": "9e751e3789fd649dc70d80ee521b80b3",
        "nights_are_booked": "3761d8f189bb10a96ea6af6e1133c485",
    },
)


def columns_of(loan: Loan, state: State) -> dict[str, Any]:
    """`LoanByDay` as a state has it: nothing of what is paid, void or lost."""
    since = max(state.free_until or loan.began_on, state.accrued_to or date.min)
    runs = state.state == ACTIVE
    return {
        "currency": loan.currency,
        "daily_ppm": int(loan.terms["rate_ppm"]),
        "bearing": by_day.bearing(state) if runs and not state.converted else 0,
        "micro": state.accrued if runs else 0,
        "through": since,
    }


def write(loan: Loan, state: State, entry: int, on: date) -> None:
    """Keep what nights cost from an event on; what lies apart less for it leaves the control account."""
    kept = db.session.get(LoanByDay, loan.id, populate_existing=True, with_for_update=True)
    values = columns_of(loan, state) | {"entry": entry}
    if kept is None:
        db.session.add(LoanByDay(loan_id=loan.id, **values))
    else:
        for name, value in values.items():
            setattr(kept, name, value)
    db.session.flush()
    which = (NightsTaken.loan_id == loan.id, NightsTaken.entry == entry)
    taken = db.session.scalars(select(NightsTaken).where(*which)).one_or_none()
    if taken is not None:
        money = loan.money(taken.amount)
        book.post(bookkeeping.nights_taken(loan.number, money, entry, max(on, taken.on)))


def differs(loan: Loan, state: State) -> bool:
    """Whether the columns say another interest, on any day, than the state."""
    kept = db.session.get(LoanByDay, loan.id)
    if kept is None:
        return False  # written with its next event
    so = columns_of(loan, state)
    if kept.bearing != so["bearing"]:
        return True
    later = max(kept.through, so["through"])
    return _on(kept.micro, kept.bearing, kept.daily_ppm, kept.through, later) != _on(
        so["micro"], so["bearing"], so["daily_ppm"], so["through"], later
    )


def _on(micro: int, bearing: int, ppm: int, through: date, day: date) -> int:
    return micro + bearing * ppm * (day - through).days
