"""The book's three tables: accounts with counters, sealed journals, and their transfers."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    false,
    func,
)

from core.db import Base

FORMS = ("entry", "hold", "settlement", "void", "reversal")
STATES = ("posted", "pending", "settled", "voided")

# What of these three tables is true of every row is made true by `ledger_post`, the only one that
# writes them, and by triggers: PostgreSQL parses a CHECK anew for each statement, which cost as
# much as the rest of a posting. What depends on what is asked for stays a CHECK.
accounts = Table(
    "ledger_account",
    Base.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("path", String(120), nullable=False),
    Column("currency", String(3), nullable=False),
    # busy accounts are several rows that are read as one, so that sessions need not wait
    Column("shard", SmallInteger, nullable=False, server_default="0"),
    Column("code", Integer, nullable=False, index=True),
    Column("side", String(6), nullable=False),
    Column("limited", Boolean, nullable=False),
    Column("debits_posted", BigInteger, nullable=False, server_default="0"),
    Column("credits_posted", BigInteger, nullable=False, server_default="0"),
    Column("debits_pending", BigInteger, nullable=False, server_default="0"),
    Column("credits_pending", BigInteger, nullable=False, server_default="0"),
    Column("version", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("path", "currency", "shard"),
    info={"read_only": True},
)

journals = Table(
    "ledger_journal",
    Base.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("idempotency_key", String(200), nullable=False, unique=True),
    Column("request_hash", String(64), nullable=False),
    Column("form", String(10), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("ref", String(80), nullable=False, index=True),
    Column("business_date", Date, nullable=False),
    Column("event_at", DateTime(timezone=True), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("line_count", Integer, nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("resolves_id", BigInteger, unique=True),
    Column("reverses_id", BigInteger, unique=True),
    info={"read_only": True},
)

transfers = Table(
    "ledger_transfer",
    Base.metadata,
    Column("journal_id", BigInteger, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("debit_account_id", BigInteger, nullable=False),
    Column("credit_account_id", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("state", String(8), nullable=False),
    Column("debit_version", BigInteger, nullable=False),
    Column("credit_version", BigInteger, nullable=False),
    Column("debit_balance", BigInteger, nullable=False),
    Column("credit_balance", BigInteger, nullable=False),
    UniqueConstraint("debit_account_id", "debit_version"),
    UniqueConstraint("credit_account_id", "credit_version"),
    CheckConstraint("amount > 0", name="amount_is_positive"),
    CheckConstraint("debit_account_id <> credit_account_id", name="sides_differ"),
    info={"read_only": True},
)

# What may be written: the chart, and the lines that postings declare; see `ledger.declaring`.

chart = Table(
    "ledger_chart",
    Base.metadata,
    Column("code", Integer, primary_key=True, autoincrement=False),
    Column("name", String(40), nullable=False, unique=True),
    Column("side", String(6), nullable=False),
    Column("limited", Boolean, nullable=False),
    Column("owned", Boolean, nullable=False),
    Column("busy", Boolean, nullable=False),
    # moved accounts of these are looked at when the transaction ends
    Column("asked", Boolean, nullable=False, server_default=false()),
    CheckConstraint("side in ('debit','credit')", name="side_is_known"),
    CheckConstraint("not (busy and limited)", name="busy_has_no_limit"),
    info={"read_only": True},
)

declared = Table(
    "ledger_posting",
    Base.metadata,
    Column("kind", String(60), primary_key=True),
    Column("debit", Integer, primary_key=True, autoincrement=False),
    Column("credit", Integer, primary_key=True, autoincrement=False),
    Column("debit_busy", Boolean, nullable=False),
    Column("credit_busy", Boolean, nullable=False),
    Column("debit_asked", Boolean, nullable=False, server_default=false()),
    Column("credit_asked", Boolean, nullable=False, server_default=false()),
    info={"read_only": True},
)

GENESIS = "0" * 64  # what the first link follows

links = Table(
    "chain_link",
    Base.metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("journal_id", BigInteger, ForeignKey("ledger_journal.id"), nullable=False, unique=True),
    Column("previous", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
    Column("sealed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # so that a link can only be added after the one it follows
    Column("after", BigInteger, Computed("nullif(seq - 1, 0)", persisted=True)),
    UniqueConstraint("seq", "hash"),
    ForeignKeyConstraint(["after", "previous"], ["chain_link.seq", "chain_link.hash"]),
    CheckConstraint("seq > 0", name="seq_is_positive"),
    CheckConstraint(f"seq > 1 or previous = '{GENESIS}'", name="begins_with_nothing"),
    CheckConstraint("length(hash) = 64", name="hash_is_whole"),
    info={"read_only": True},  # `ledger_seal` adds links, as the owner,
)

heads = Table(
    "chain_head",
    Base.metadata,
    Column("seq", BigInteger, ForeignKey("chain_link.seq"), primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(
        ["seq", "hash"], ["chain_link.seq", "chain_link.hash"], name="fk_chain_head_seq_hash"
    ),
    info={"append_only": True},
)
