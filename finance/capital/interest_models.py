"""Interest of advances that lies in the control account: what events take out of it."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Base, Model


class InterestTaken(Model):
    """What an event took out of `accrued_interest` for an advance; the cause of journal `entry`.

    amount  what lies there less than before; below zero: more
    """

    __tablename__ = "interest_taken"
    __table_args__ = (UniqueConstraint("advance_id", "entry"), {"info": {"append_only": True}})

    advance_id: Mapped[int] = mapped_column(ForeignKey("advance.id"))
    entry: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    on: Mapped[date]


class InterestApart(Base):
    """Counted by the database: what an advance's columns changed of it and no row has taken yet."""

    __tablename__ = "interest_apart"
    __table_args__ = {"info": {"read_only": True}}

    advance_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    rest: Mapped[int] = mapped_column(BigInteger)


triggers.expect(
    {
        "advance_counts_interest": "interest_counts",
        "interest_apart_adds_up": "interest_adds_up",
        "interest_taken_adds_up": "interest_adds_up",
        "interest_taken_counts": "interest_counts",
        "pledge_counts_interest": "interest_counts",
    },
    {
        "interest_adds_up": "a0857d92f0666f5e79d69ec6dedc5b32",
        "interest_counts": "2db6400badec97c227e4fc0cab1bd57a",
    },
)
