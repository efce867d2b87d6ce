"""What our bank told us, line by line, and what we ordered it to pay."""

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Model
from core.money import Money


class BankStatement(Model):
    """One statement of one account, once: `digest` is over what it says, not over its file."""

    __tablename__ = "bank_statement"
    __table_args__ = (
        UniqueConstraint("account", "digest"),
        CheckConstraint("(opening is null) = (closing is null)", name="balances_come_together"),
        {"info": {"append_only": True}},
    )

    account: Mapped[str] = mapped_column(String(34))
    currency: Mapped[str] = mapped_column(String(3))
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    opening: Mapped[int | None] = mapped_column(BigInteger)
    closing: Mapped[int | None] = mapped_column(BigInteger)
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    line_count: Mapped[int] = mapped_column(Integer)
    new_count: Mapped[int] = mapped_column(Integer)  # the others had come with an earlier file
    taken_by: Mapped[str] = mapped_column(String(60))


_AS_TOLD = (
    "statement_id account line_id booked_on amount currency reference end_to_end_id counterparty "
    "iban text comes_back reason"
)


class BankLine(Model):
    """One movement of our account: `amount` above zero came in, below went out.

    state        new, matched (it has found its place) or suspended (a person must say what it is)
    kind         what it was found to be: incoming, partial, refund, payout, returned, …
    journal_key  the one journal in which the account `bank` moved because of it
    cleared      how it left suspense, once; rest: what of it was too much and is the payer's
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("account", "line_id"),
        CheckConstraint("amount <> 0", name="amount_moves"),
        CheckConstraint("state in ('new','matched','suspended')", name="state_is_known"),
        CheckConstraint("rest between 0 and greatest(amount, 0)", name="rest_is_of_it"),
        CheckConstraint("(state = 'new') = (journal_key is null)", name="posted_once_it_is_placed"),
        Index("ix_bank_line_new", "id", postgresql_where=text("state = 'new'")),
        {"info": {"frozen": _AS_TOLD}},
    )

    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    account: Mapped[str] = mapped_column(String(34))
    line_id: Mapped[str] = mapped_column(String(120))
    booked_on: Mapped[date] = mapped_column(index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reference: Mapped[str] = mapped_column(String(25), index=True)
    end_to_end_id: Mapped[str] = mapped_column(String(140), index=True)
    counterparty: Mapped[str] = mapped_column(String(140))
    iban: Mapped[str] = mapped_column(String(34))
    text: Mapped[str] = mapped_column(String(500))
    comes_back: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="new")
    kind: Mapped[str] = mapped_column(String(20), default="")
    op_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    journal_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    cleared: Mapped[str | None] = mapped_column(String(20))
    rest: Mapped[int] = mapped_column(BigInteger, default=0)

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class BankRest(Model):
    """What of a line was too much and is not the payer's: in suspense until a person has decided.

    cleared   how it left suspense, once: to_wallet, send_back or income
    owner     whose it became: a person's id, the number of the order that returns it, or nobody
    """

    __tablename__ = "bank_rest"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("cleared in ('to_wallet','send_back','income')", name="cleared_is_known"),
        CheckConstraint(
            "(cleared is not null and cleared <> 'income') = (owner <> '')", name="says_whose"
        ),
        {"info": {"frozen": "line_id purpose amount currency"}},
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("bank_line.id"), unique=True)
    purpose: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    cleared: Mapped[str | None] = mapped_column(String(20))
    owner: Mapped[str] = mapped_column(String(20), default="")

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class BankOrderFile(Model):
    """A payment order file (pain.001), kept as it was first downloaded: a second one is the same."""

    __tablename__ = "bank_order_file"
    __table_args__ = (
        CheckConstraint("order_count > 0", name="it_orders_something"),
        {"info": {"append_only": True}},
    )

    number: Mapped[str] = mapped_column(String(35), unique=True)
    order_count: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    content: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[str] = mapped_column(String(60))

    @property
    def money(self) -> Money:
        return Money(self.total, self.currency)


class BankOrder(Model):
    """One payment our bank is to make for us: a payout or a refund, once an operation.

    state   waiting (for a file), ordered (in one), paid (on a statement), returned, refused
    """

    __tablename__ = "bank_order"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("kind in ('payout','refund')", name="kind_is_known"),
        CheckConstraint(
            "state in ('waiting','ordered','paid','returned','refused')", name="state_is_known"
        ),
        CheckConstraint(
            "state in ('waiting','refused') or file_id is not null", name="ordered_by_a_file"
        ),
        Index("ix_bank_order_waiting", "id", postgresql_where=text("state = 'waiting'")),
        {"info": {"frozen": "op_id kind ref amount currency account holder end_to_end_id"}},
    )

    op_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    ref: Mapped[str] = mapped_column(String(80))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    account: Mapped[str] = mapped_column(String(34))
    holder: Mapped[str] = mapped_column(String(140))
    end_to_end_id: Mapped[str] = mapped_column(String(35), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    why: Mapped[str] = mapped_column(String(240), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("bank_order_file.id"), index=True)

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


triggers.expect(
    {
        "bank_line_has_case": "suspense_has_case",
        "bank_rest_has_case": "suspense_has_case",
        "payment_case_has_line": "suspense_has_case",
        "bank_line_is_not_emptied": "bank_line_stays",
        "bank_line_says_once": "bank_line_says_once",
        "bank_line_stays": "bank_line_stays",
        "bank_rest_says_once": "bank_rest_says_once",
    },
    {
        "suspense_has_case": "69389b6ecfc6a4adfdc29ff02f1afce2",
        "bank_rest_says_once": "927450becec83bcb6ae436ef4e995f28",
        "bank_line_says_once": "ab7e12ea43fe017ff28cb53707e656d2",
        "bank_line_stays": "0552195b92f2e274a29a087de14986df",
    },
)
