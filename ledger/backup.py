"""What a backup says about the book, and what is asked of a restored one."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from core import ops
from ledger import audit

_ACCOUNTS = text(
    """
    select path, currency, debits_posted, credits_posted, debits_pending, credits_pending, version
      from ledger_account order by path collate "C", currency
    """
)
_LAST = text("select id, idempotency_key as key from ledger_journal order by id desc limit 1")
_CHAIN = text("select to_regclass('chain_link') is not null")
_HEAD = text("select seq, hash from chain_link order by seq desc limit 1")


def plug() -> None:
    """Let backups carry the book's figures, and restores prove them."""
    ops.describe("ledger", facts)
    ops.check("ledger audit", faults)


def facts(connection: Connection) -> dict[str, Any]:
    """Counts, the last journal, a digest of every account's counters, the head of the chain."""
    mark = sha256()
    for row in connection.execute(_ACCOUNTS):
        mark.update(repr(tuple(row)).encode())
    last = connection.execute(_LAST).one_or_none()
    return {
        "journals": connection.scalar(text("select count(*) from ledger_journal")),
        "transfers": connection.scalar(text("select count(*) from ledger_transfer")),
        "last_journal": [str(last.id), last.key] if last else None,
        "trial_balance": mark.hexdigest(),
        "chain_head": _chain_head(connection),
    }


def _chain_head(connection: Connection) -> list[str] | None:
    if not connection.scalar(_CHAIN):
        return None
    head = connection.execute(_HEAD).one_or_none()
    return [str(head.seq), _written(head.hash)] if head else None


def _written(value: Any) -> str:
    return value.hex() if isinstance(value, bytes | memoryview) else str(value)


def faults() -> Iterable[str]:
    """The invariants of the book that are broken."""
    return [f"{found.name}: {found.detail}" for found in audit.run() if not found.ok]
