"""Shoppers who ask for air, and money on plans that two admins give up."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model
from finance.loans.models import Loan

ASKED, GRANTED, DECLINED = "asked", "granted", "declined"
PROPOSED, DONE, REFUSED = "proposed", "done", "refused"
CHARGE_OFF, WAIVE = "charge_off", "waive"


class Relief(Model):
    """A shopper asks for air on a plan; the first in twelve months is granted at once.

    calm_until   no late fee of this plan before that day, from the click on
    """

    __tablename__ = "loan_relief"
    __table_args__ = (
        UniqueConstraint("borrower_id", "key"),
        Index("ix_loan_relief_asked", "id", postgresql_where="state = 'asked'"),
        CheckConstraint("state in ('asked','granted','declined')", name="state_is_known"),
        CheckConstraint("choice in ('move','halve','freeze','longer')", name="choice_is_known"),
        CheckConstraint("days between 0 and 60", name="days_are_few"),
        {"info": {"frozen": "loan_id borrower_id key choice days why"}},
    )

    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), index=True)
    borrower_id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(String(60))
    choice: Mapped[str] = mapped_column(String(10))
    days: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(String(400))
    calm_until: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default=ASKED)
    answer: Mapped[str] = mapped_column(String(240), default="")
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]

    loan: Mapped[Loan] = relationship(viewonly=True)


class LoanGiveUp(Model):
    """Money on a plan that one admin proposes to give up and another decides on."""

    __tablename__ = "loan_give_up"
    __table_args__ = (
        Index(
            "uq_loan_give_up_one_open",
            "loan_id",
            unique=True,
            postgresql_where="state = 'proposed'",
        ),
        CheckConstraint("state in ('proposed','done','refused')", name="state_is_known"),
        CheckConstraint("kind in ('charge_off','waive')", name="kind_is_known"),
        CheckConstraint("amount > 0 and why <> ''", name="says_how_much_and_why"),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_by is null)", name="decided_by_somebody"),
        {"info": {"frozen": "loan_id kind amount why proposed_by"}},
    )

    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int] = mapped_column(BigInteger)
    why: Mapped[str] = mapped_column(String(240))
    proposed_by: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default=PROPOSED)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]

    loan: Mapped[Loan] = relationship(viewonly=True)
