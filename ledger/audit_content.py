"""What only Python can ask: whether content still hashes to its hash, and fits the chart."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import select

from core.db import db
from core.errors import DomainError
from core.money import Money
from ledger.accounts import at
from ledger.entries import BadJournal, Journal, Transfer
from ledger.models import accounts, journals, transfers

_AT_ONCE = 5_000  # rows fetched at once


def contents_changed() -> Iterator[str]:
    """Keys of journals whose kind, ref, date or lines are not those their hash was made of."""
    debit, credit, column = accounts.alias(), accounts.alias(), transfers.c
    query = (
        select(journals, transfers, debit.c.path.label("debit"), credit.c.path.label("credit"))
        .join(transfers, column.journal_id == journals.c.id)
        .join(debit, debit.c.id == column.debit_account_id)
        .join(credit, credit.c.id == column.credit_account_id)
        .order_by(journals.c.id, column.line)
        .execution_options(yield_per=_AT_ONCE)
    )
    rows = db.session.execute(query).mappings()
    for _, lines in groupby(rows, key=lambda row: row["journal_id"]):
        journal = list(lines)
        if _hash_of(journal) != journal[0]["request_hash"]:
            yield journal[0]["idempotency_key"]


def _hash_of(rows: list[Any]) -> str:
    head = rows[0]
    try:
        lines = tuple(
            Transfer(
                at(row["debit"]),
                at(row["credit"]),
                Money(row["amount"], row["currency"]),
                row["reason"],
            )
            for row in rows
        )
        key, kind, ref = head["idempotency_key"], head["kind"], head["ref"]
        return Journal(key, kind, ref, head["business_date"], lines).content_hash()
    except (BadJournal, DomainError, ValueError) as error:
        return str(error)


def accounts_off_the_chart() -> Iterator[str]:
    """Paths of accounts whose code, side or limit is not what the chart says."""
    for row in db.session.connection().execute(select(accounts).order_by(accounts.c.path)):
        try:
            kind = at(row.path).kind
        except DomainError:
            yield row.path
            continue
        if (kind.code, kind.side.value, kind.limited) != (row.code, row.side, row.limited):
            yield row.path
