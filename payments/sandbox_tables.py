"""The sandbox bank's own tables; nothing of ours refers to them, as if they were elsewhere."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, String, Table, text

from core.db import Base

# these are the books of a bank elsewhere: the mall promises nothing about them
_THEIRS = {"removable": True}

cards = Table(
    "sandbox_card",
    Base.metadata,
    Column("token", String(60), primary_key=True),
    Column("brand", String(20), nullable=False),
    Column("last4", String(4), nullable=False),
    Column("expires", String(7), nullable=False),
    Column("behavior", String(30), nullable=False),
    info=_THEIRS,
)

# A charge, refund or payout. `status` becomes `next_status` at `ready_at`.
objects = Table(
    "sandbox_object",
    Base.metadata,
    Column("id", String(80), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("idempotency_key", String(60), nullable=False, unique=True),
    Column("params_hash", String(64), nullable=False),
    Column("op_id", BigInteger, nullable=False),
    Column("parent_id", String(80), nullable=False, server_default=""),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("refunded", BigInteger, nullable=False, server_default="0"),
    Column("behavior", String(30), nullable=False),
    Column("status", String(16), nullable=False),
    Column("next_status", String(16), nullable=False, server_default=""),
    Column("ready_at", DateTime(timezone=True)),
    Column("code", String(60), nullable=False, server_default=""),
    Column("description", String(240), nullable=False, server_default=""),
    Column("return_url", String(500), nullable=False, server_default=""),
    Column("keeps_500", Boolean, nullable=False, server_default="false"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    info=_THEIRS,
)

# A cardholder's complaint; what it is now follows from these instants and the clock.
disputes = Table(
    "sandbox_dispute",
    Base.metadata,
    Column("id", String(80), primary_key=True),
    Column("charge_id", String(80), nullable=False, index=True),
    Column("op_id", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("takes_money", Boolean, nullable=False),
    Column("opens_at", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("opened_at", DateTime(timezone=True)),
    Column("answered_at", DateTime(timezone=True)),
    Column("decides_at", DateTime(timezone=True)),
    Column("proved", Boolean, nullable=False, server_default="false"),
    Column("reinstated_at", DateTime(timezone=True)),
    info=_THEIRS,
)

notices = Table(
    "sandbox_notice",
    Base.metadata,
    Column("id", String(90), primary_key=True),
    Column("object_id", String(80), nullable=False),
    Column("op_id", BigInteger, nullable=False, index=True),
    Column("type", String(40), nullable=False),
    Column("copies", Integer, nullable=False, server_default="1"),
    Column("deliver_at", DateTime(timezone=True), nullable=False),
    Column("delivered_at", DateTime(timezone=True)),
    info=_THEIRS,
)
Index(
    "ix_sandbox_notice_waiting",
    notices.c.deliver_at,
    postgresql_where=text("delivered_at is null"),
)
