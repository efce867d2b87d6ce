"""Whether every journal ever written is one that some `bookkeeping.py` declares."""

from collections.abc import Iterator

from sqlalchemy import text

from core.db import db
from ledger import postings

# one row for each kind of journal with each pair of accounts; an answer stands for its original
_WRITTEN = text("""
    select j.form, j.kind, coalesce(o.kind, '') as original, d.path as debit, c.path as credit,
           min(j.idempotency_key) as key
      from ledger_transfer t
      join ledger_journal j on j.id = t.journal_id
      left join ledger_journal o on o.id = coalesce(j.resolves_id, j.reverses_id)
      join (select id, split_part(path, ':', 2) as path from ledger_account) d
        on d.id = t.debit_account_id
      join (select id, split_part(path, ':', 2) as path from ledger_account) c
        on c.id = t.credit_account_id
     group by 1, 2, 3, 4, 5
     order by key
""")


def undeclared() -> Iterator[str]:
    """Keys of journals with a line that no posting of their kind declares."""
    for row in db.session.connection().execute(_WRITTEN):
        pair = (row.debit, row.credit)
        kind = row.kind
        if row.form == "reversal":
            kind, pair = row.original, (row.credit, row.debit)
            if row.kind != f"{row.original}.reversed":
                yield f"{row.key}: {row.kind} reverses {row.original}"
        elif row.form == "void":
            kind = row.original
        if pair not in postings.lines_of(kind):
            yield f"{row.key}: {kind} does not declare {' > '.join(pair)}"
