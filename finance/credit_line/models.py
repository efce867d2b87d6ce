"""A shopper's line, the purchases drawn on it, its statements as they were said, and its history."""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import triggers
from core.db import Model
from core.money import Money
from finance.loans.models import Loan

OPEN, CLOSED = "open", "closed"
LEAST, FULL = "least", "full"


class CreditLine(Model):
    """Amounts in minor units of `currency`. What is owed on it is what its purchases owe.

    credit_limit     the most it may owe; own_ceiling: less, chosen by the shopper
    offered_limit    more, if the shopper agrees by `offered_until`
    terms            `finance.products.line.Line` as agreed
    closes           the day of the month on which statements close, 1 to 28
    next_closing_on  of the statement to come
    autopay          least, full, or "" (the shopper pays); autopay_card_id: where the balance is short
    """

    __tablename__ = "credit_line"
    __table_args__ = (
        Index(
            "uq_credit_line_one_open", "person_id", unique=True, postgresql_where="state = 'open'"
        ),
        Index("ix_credit_line_closing", "next_closing_on"),
        CheckConstraint("state in ('open','closed')", name="state_is_known"),
        CheckConstraint("credit_limit >= 0 and daily_ppm > 0", name="terms_are_positive"),
        CheckConstraint("own_ceiling >= 0", name="own_ceiling_is_positive"),
        CheckConstraint(
            "(offered_limit is null) = (offered_until is null) and offered_limit > credit_limit",
            name="more_is_offered_until_a_day",
        ),
        CheckConstraint("closes between 1 and 28", name="closes_on_every_month"),
        CheckConstraint("autopay in ('','least','full')", name="autopay_is_known"),
        {"info": {"frozen": "number person_id currency daily_ppm terms closes opened_on"}},
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    person_id: Mapped[int] = mapped_column(BigInteger, index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    currency: Mapped[str] = mapped_column(String(3))
    credit_limit: Mapped[int] = mapped_column(BigInteger)
    own_ceiling: Mapped[int | None] = mapped_column(BigInteger)
    offered_limit: Mapped[int | None] = mapped_column(BigInteger)
    offered_until: Mapped[date | None]
    daily_ppm: Mapped[int]
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    closes: Mapped[int] = mapped_column(SmallInteger)
    opened_on: Mapped[date]
    next_closing_on: Mapped[date]
    autopay: Mapped[str] = mapped_column(String(5), default="")
    autopay_card_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(6), default=OPEN)
    closed_on: Mapped[date | None]

    draws: Mapped[list["LineDraw"]] = relationship(order_by="LineDraw.id")

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    @property
    def most(self) -> int:
        """The most it may owe now."""
        own = self.own_ceiling
        return self.credit_limit if own is None else min(own, self.credit_limit)

    @property
    def is_open(self) -> bool:
        return self.state == OPEN


class LineDraw(Model):
    """A purchase on the line: the loan that it is."""

    __tablename__ = "line_draw"
    __table_args__ = ({"info": {"append_only": True}},)

    line_id: Mapped[int] = mapped_column(ForeignKey("credit_line.id"), index=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), unique=True)

    loan: Mapped[Loan] = relationship()
    line: Mapped[CreditLine] = relationship(viewonly=True)


class LineStatement(Model):
    """A month's statement as it was said; append-only.

    before, bought, interest, came   owed at the last closing, bought since, charged since, and what
             came in or was given back: before + bought + interest - came = owed
    full     what pays for all of it by the due day; least: what has to be paid by then
    lines    one a purchase: loan, orders, owed, least, interest, converted
    """

    __tablename__ = "line_statement"
    __table_args__ = (
        UniqueConstraint("line_id", "serial"),
        UniqueConstraint("line_id", "closed_on"),
        CheckConstraint('"full" >= least and least >= 0', name="least_is_a_part"),
        CheckConstraint("before + bought + interest - came = owed", name="adds_up"),
        {"info": {"append_only": True}},
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("credit_line.id"))
    serial: Mapped[int] = mapped_column(SmallInteger)
    closed_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)
    before: Mapped[int] = mapped_column(BigInteger)
    bought: Mapped[int] = mapped_column(BigInteger)
    interest: Mapped[int] = mapped_column(BigInteger)
    came: Mapped[int] = mapped_column(BigInteger)
    owed: Mapped[int] = mapped_column(BigInteger)
    full: Mapped[int] = mapped_column(BigInteger)
    least: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[list[Any]] = mapped_column(JSONB)


class LineEvent(Model):
    """What was done with the line itself; append-only. `key` makes each thing happen once."""

    __tablename__ = "line_event"
    __table_args__ = (UniqueConstraint("line_id", "key"), {"info": {"append_only": True}})

    line_id: Mapped[int] = mapped_column(ForeignKey("credit_line.id"))
    key: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
    note: Mapped[str] = mapped_column(String(240), default="")


triggers.expect(
    {
        "credit_line_stays": "lender_refuse",
        "line_draw_stays": "lender_refuse",
        "line_statement_stays": "lender_refuse",
        "line_event_stays": "lender_refuse",
    },
    {},
)
