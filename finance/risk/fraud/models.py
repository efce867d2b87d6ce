"""Cases of suspected fraud: what was found, which orders, what was proved, who held."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model

OPEN, CLOSED = "open", "closed"
ASKED, ACCEPTED, REFUSED = "asked", "accepted", "refused"
PROPOSED, DONE = "proposed", "done"


class FraudCase(Model):
    """One suspicion about one subject; a subject has one open case at a time.

    action   of the last look: stop, review or haircut
    """

    __tablename__ = "fraud_case"
    __table_args__ = (
        Index(
            "uq_fraud_case_one_open",
            "subject",
            "subject_id",
            unique=True,
            postgresql_where="state = 'open'",
        ),
        Index("ix_fraud_case_subject", "subject", "subject_id"),
        CheckConstraint("subject in ('seller','buyer')", name="subject_is_known"),
        CheckConstraint("state in ('open','closed')", name="state_is_known"),
        CheckConstraint("action in ('stop','review','haircut')", name="action_is_known"),
        CheckConstraint(
            "(state = 'closed') = (closed_at is not null)", name="closed_at_an_instant"
        ),
        {"info": {"frozen": "number subject subject_id opened_on"}},
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    subject: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    opened_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    action: Mapped[str] = mapped_column(String(10))
    closed_at: Mapped[datetime | None]

    events: Mapped[list["FraudEvent"]] = relationship(order_by="FraudEvent.id", viewonly=True)
    orders: Mapped[list["SuspectOrder"]] = relationship(
        order_by="SuspectOrder.order_id", viewonly=True
    )
    proofs: Mapped[list["FraudProof"]] = relationship(order_by="FraudProof.id", viewonly=True)
    holds: Mapped[list["FraudHold"]] = relationship(order_by="FraudHold.id", viewonly=True)


class FraudEvent(Model):
    """One step of a case; `key` may happen once in it."""

    __tablename__ = "fraud_event"
    __table_args__ = (
        UniqueConstraint("case_id", "key"),
        {"info": {"append_only": True}},
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("fraud_case.id"))
    key: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    by: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class SuspectOrder(Model):
    """An order that counts in no base from `created_at` until `cleared_at`."""

    __tablename__ = "fraud_suspect_order"
    __table_args__ = (
        UniqueConstraint("order_id"),
        Index("ix_fraud_suspect_order_seller", "seller_id"),
        CheckConstraint("amount > 0", name="amount_is_positive"),
        {"info": {"frozen": "order_id order_number seller_id amount"}},
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("fraud_case.id"), index=True)
    order_id: Mapped[int] = mapped_column(BigInteger)
    order_number: Mapped[str] = mapped_column(String(20))
    seller_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    signals: Mapped[list[str]] = mapped_column(JSONB)
    cleared_at: Mapped[datetime | None]


class FraudProof(Model):
    """What a seller says and shows about one suspected order; decided by an admin."""

    __tablename__ = "fraud_proof"
    __table_args__ = (
        UniqueConstraint("case_id", "key"),
        Index("ix_fraud_proof_asked", "id", postgresql_where="state = 'asked'"),
        CheckConstraint("state in ('asked','accepted','refused')", name="state_is_known"),
        CheckConstraint("(state = 'asked') = (decided_by is null)", name="decided_by_somebody"),
        {"info": {"frozen": "case_id order_id key words name media_type body"}},
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("fraud_case.id"))
    order_id: Mapped[int] = mapped_column(BigInteger)
    order_number: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60))
    words: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(120), default="")
    media_type: Mapped[str] = mapped_column(String(40), default="")
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(String(10), default=ASKED)
    answer: Mapped[str] = mapped_column(String(240), default="")
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class FraudHold(Model):
    """Financing of a shop held by two people: one proposes, another agrees."""

    __tablename__ = "fraud_hold"
    __table_args__ = (
        Index(
            "uq_fraud_hold_one_open",
            "case_id",
            unique=True,
            postgresql_where="state = 'proposed'",
        ),
        CheckConstraint("state in ('proposed','done','refused')", name="state_is_known"),
        CheckConstraint("why <> ''", name="says_why"),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_by is null)", name="decided_by_somebody"),
        {"info": {"frozen": "case_id why proposed_by"}},
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("fraud_case.id"), index=True)
    why: Mapped[str] = mapped_column(String(160))
    proposed_by: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default=PROPOSED)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
