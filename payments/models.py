"""Payments, the operations sent to the gateway, what the gateway told us, and saved cards."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Base, Model
from core.money import Money
from payments.rules import KINDS, STATES

_STATES = ", ".join(f"'{state}'" for state in STATES)
_KINDS = ", ".join(f"'{kind}'" for kind in KINDS)


class Payment(Model):
    """One amount a person owes for one purpose, over as many tries as it takes.

    `purpose` names what it is for and who is told, `checkout:C-7K2M`. The counters only grow,
    save that a refund which fails, or a dispute which ends, frees what it had taken.
    """

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint(f"state in ({_STATES})", name="state_is_known"),
        CheckConstraint("amount >= authorized_minor", name="authorized_at_most_asked"),
        CheckConstraint("authorized_minor >= captured_minor", name="captured_at_most_authorized"),
        CheckConstraint(
            "captured_minor >= refunded_minor + disputed_lost_minor + disputed_open_minor",
            name="given_back_at_most_captured",
        ),
        CheckConstraint(
            "least(refunded_minor, disputed_lost_minor, disputed_open_minor) >= 0",
            name="counters_are_positive",
        ),
        CheckConstraint("sent_minor between 0 and captured_minor", name="send_at_most_captured"),
        UniqueConstraint("gateway", "charge_id"),
        {"info": {"frozen": "purpose payer_id currency"}},
    )

    purpose: Mapped[str] = mapped_column(String(80), unique=True)
    payer_id: Mapped[int] = mapped_column(BigInteger, index=True)
    gateway: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(16), default="intended")
    op_id: Mapped[int] = mapped_column(BigInteger, default=0)  # the try that counts now
    charge_id: Mapped[str | None] = mapped_column(String(120))
    action_url: Mapped[str] = mapped_column(String(2000), default="")
    code: Mapped[str] = mapped_column(String(60), default="")
    message: Mapped[str] = mapped_column(String(240), default="")
    authorized_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    captured_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    disputed_lost_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    disputed_open_minor: Mapped[int] = mapped_column(  # taken for disputes that are not decided
        BigInteger, default=0, server_default="0"
    )
    sent_minor: Mapped[int] = mapped_column(  # to sellers out of this very charge
        BigInteger, default=0, server_default="0"
    )
    fee_minor: Mapped[int | None] = mapped_column(BigInteger)
    paid_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class GatewayOp(Model):
    """One call of the gateway, written down before it is made; its id is the idempotency key.

    `params` are frozen, so that a resend says the very same. `slot` is what may be under way
    once at a time; `live` is false once refused or failed, which permits another try.
    """

    __tablename__ = "gateway_op"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint(f"kind in ({_KINDS})", name="kind_is_known"),
        CheckConstraint(f"state in ({_STATES})", name="state_is_known"),
        CheckConstraint("reversed_minor between 0 and amount", name="reversed_at_most_paid_out"),
        UniqueConstraint("gateway", "kind", "object_id"),
        Index("uq_gateway_op_live_slot", "slot", unique=True, postgresql_where=text("live")),
        Index("ix_gateway_op_due_at", "due_at", postgresql_where=text("due_at is not null")),
        {"info": {"frozen": "kind gateway slot payment_id ref amount currency params"}},
    )

    kind: Mapped[str] = mapped_column(String(10))
    gateway: Mapped[str] = mapped_column(String(20))
    slot: Mapped[str] = mapped_column(String(100))
    live: Mapped[bool] = mapped_column(default=True)
    payment_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    ref: Mapped[str] = mapped_column(String(80), index=True)  # purpose, refund or payout number
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(String(16), default="intended")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None]
    due_at: Mapped[datetime | None]  # when to look at it again; none once it is final
    first_sent_at: Mapped[datetime | None]
    object_id: Mapped[str | None] = mapped_column(String(120))
    code: Mapped[str] = mapped_column(String(60), default="")
    message: Mapped[str] = mapped_column(String(240), default="")
    journal_key: Mapped[str] = mapped_column(String(120), default="")  # what it posted, if it did
    reversed_minor: Mapped[int] = mapped_column(BigInteger, default=0)  # pulled back of a payout
    answered_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class GatewayEvent(Base):
    """The inbox: every notice once, however often it is sent."""

    __tablename__ = "gateway_event"
    __table_args__ = ({"info": {"frozen": "type object_id account received_at"}},)

    gateway: Mapped[str] = mapped_column(String(20), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    type: Mapped[str] = mapped_column(String(80))
    object_id: Mapped[str] = mapped_column(String(120))
    account: Mapped[str] = mapped_column(String(120), default="")  # the seller's, if not ours
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None] = mapped_column(index=True)
    op_id: Mapped[int | None] = mapped_column(BigInteger)
    result: Mapped[str] = mapped_column(String(60), default="")


class Card(Model):
    """A saved card: the gateway's token and what a person recognizes it by; never its digits."""

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint("gateway", "token"),
        {"info": {"frozen": "person_id gateway token brand last4"}},
    )

    person_id: Mapped[int] = mapped_column(BigInteger, index=True)
    gateway: Mapped[str] = mapped_column(String(20))
    token: Mapped[str] = mapped_column(String(120))
    customer: Mapped[str] = mapped_column(String(120), default="")
    brand: Mapped[str] = mapped_column(String(20))
    last4: Mapped[str] = mapped_column(String(4))
    expires: Mapped[str] = mapped_column(String(7))  # 2028-04
    fingerprint: Mapped[str] = mapped_column(  # the same card of another person has the same
        String(64), default="", server_default=""
    )
    removed_at: Mapped[datetime | None]

    @property
    def label(self) -> str:
        return f"{self.brand} ending in {self.last4}"


triggers.expect(
    {
        "gateway_op_adds_up": "gateway_op_adds_up",
        "gateway_op_begins": "gateway_op_begins",
        "gateway_op_moves_by_rank": "gateway_op_moves_by_rank",
        "gateway_op_stays_live": "column_stays",
        "payment_adds_up": "payment_adds_up",
        "payment_begins": "payment_begins",
        "payment_begins_unsent": "payment_sends_what_is_left",
        "payment_moves_by_rank": "payment_moves_by_rank",
        "payment_sends_what_is_left": "payment_sends_what_is_left",
        "payout_op_is_counted": "payout_op_is_counted",
    },
    {
        "column_stays": "4053857f9dbe70da1ceeab30683747bb",
        "gateway_op_adds_up": "bec6311a3629b0fdb9b3bd261aede69c",
        "gateway_op_begins": "1ad540dae266235658276327c4ad0416",
        "gateway_op_moves_by_rank": "da8e4e37dd5da8e45a46c77b111abe99",
        "payment_adds_up": "8075fae46739bb916e91385e7a02b355",
        "payment_begins": "b404f95d27fa87f756baf51d854e51d4",
        "payment_sends_what_is_left": "4c2630456d4d9697ba19e06495789163",
        "payout_op_is_counted": "0096bfe0b20126ae36b1f74bd188b685",
        "payment_moves_by_rank": "ff01e1db02910f9e8b0f330453150cc8",
    },
)
