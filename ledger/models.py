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
    String,
    Table,
    UniqueConstraint,
    func,
)

from core.db import Base

FORMS = ("entry", "hold", "settlement", "void", "reversal")
STATES = ("posted", "pending", "settled", "voided")

# counters move by the database's own function; `version` is left so that a row may be locked
_FIXED = ("path", "currency", "code", "side", "limited")
_COUNTERS = ("debits_posted", "credits_posted", "debits_pending", "credits_pending")

accounts = Table(
    "ledger_account",
    Base.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("path", String(120), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("code", Integer, nullable=False, index=True),
    Column("side", String(6), nullable=False),
    Column("limited", Boolean, nullable=False),
    Column("debits_posted", BigInteger, nullable=False, server_default="0"),
    Column("credits_posted", BigInteger, nullable=False, server_default="0"),
    Column("debits_pending", BigInteger, nullable=False, server_default="0"),
    Column("credits_pending", BigInteger, nullable=False, server_default="0"),
    Column("version", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("path", "currency"),
    UniqueConstraint("id", "currency"),
    CheckConstraint("side in ('debit','credit')", name="side_is_known"),
    CheckConstraint(
        "debits_posted >= 0 and credits_posted >= 0"
        " and debits_pending >= 0 and credits_pending >= 0 and version >= 0",
        name="counters_are_not_negative",
    ),
    CheckConstraint(
        "not limited or case side"
        " when 'credit' then credits_posted - debits_posted - debits_pending >= 0"
        " else debits_posted - credits_posted - credits_pending >= 0 end",
        name="limit_holds",
    ),
    info={"frozen": _FIXED + _COUNTERS},
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
    Column("resolves_id", BigInteger, ForeignKey("ledger_journal.id"), unique=True),
    Column("reverses_id", BigInteger, ForeignKey("ledger_journal.id"), unique=True),
    CheckConstraint(
        "form in ('entry','hold','settlement','void','reversal')", name="form_is_known"
    ),
    CheckConstraint("line_count > 0", name="has_lines"),
    CheckConstraint(
        "(form in ('settlement','void')) = (resolves_id is not null)", name="resolves_a_hold"
    ),
    CheckConstraint("(form = 'reversal') = (reverses_id is not null)", name="reverses_a_journal"),
    CheckConstraint("expires_at is null or form = 'hold'", name="only_holds_expire"),
    info={"append_only": True},
)

transfers = Table(
    "ledger_transfer",
    Base.metadata,
    Column("journal_id", BigInteger, ForeignKey("ledger_journal.id"), primary_key=True),
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
    # currency is part of the key: both sides are in the currency that moves
    ForeignKeyConstraint(
        ["debit_account_id", "currency"], ["ledger_account.id", "ledger_account.currency"]
    ),
    ForeignKeyConstraint(
        ["credit_account_id", "currency"],
        ["ledger_account.id", "ledger_account.currency"],
        name="fk_ledger_transfer_credit_account_id_ledger_account",
    ),
    UniqueConstraint("debit_account_id", "debit_version"),
    UniqueConstraint("credit_account_id", "credit_version"),
    CheckConstraint("amount > 0", name="amount_is_positive"),
    CheckConstraint("debit_account_id <> credit_account_id", name="sides_differ"),
    CheckConstraint("line > 0", name="line_is_positive"),
    CheckConstraint("state in ('posted','pending','settled','voided')", name="state_is_known"),
    info={"append_only": True},
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
    info={"append_only": True},
)

heads = Table(
    "chain_head",
    Base.metadata,
    Column("seq", BigInteger, ForeignKey("chain_link.seq"), primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False),
    info={"append_only": True},
)
