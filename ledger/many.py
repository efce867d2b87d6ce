"""Many journals in one statement set: one lock of all accounts, one insert of everything."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from core import ids
from core.db import db
from core.errors import Conflict
from ledger.accounts import Account
from ledger.entries import BadJournal, Journal
from ledger.models import journals
from ledger.writing import (
    Held,
    KeyClash,
    Pair,
    Posted,
    check_at_the_door,
    head_of,
    lines_of,
    refusal_of,
    run,
)

_LOCK = """
    with w as (
      select * from unnest(%s::bigint[], %s::text[], %s::text[], %s::int[], %s::text[], %s::bool[])
        as w (id, path, currency, code, side, limited)),
    made as (
      insert into ledger_account as a (id, path, currency, code, side, limited)
      select * from w where not exists (
        select 1 from ledger_account o where o.path = w.path and o.currency = w.currency)
      on conflict (path, currency) do nothing
      returning {seen})
    select * from made union all select * from (
      select {seen} from ledger_account a join w on a.path = w.path and a.currency = w.currency
       order by a.id for no key update of a) as there
"""
_SEEN = (
    "a.id, a.path, a.currency, a.side = 'credit', a.limited, "
    "case a.side when 'credit' then a.credits_posted - a.debits_posted "
    "else a.debits_posted - a.credits_posted end, "
    "case a.side when 'credit' then a.debits_pending else a.credits_pending end, a.version"
)
_WRITE = """
    with j as (
      insert into ledger_journal (id, idempotency_key, request_hash, form, kind, ref,
        business_date, event_at, line_count)
      select * from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
        %s::date[], %s::timestamptz[], %s::int[])
      on conflict (idempotency_key) do nothing
      returning id)
    insert into ledger_transfer (journal_id, line, debit_account_id, credit_account_id, amount,
      debit_version, credit_version, debit_balance, credit_balance, currency, reason, state)
    select l.* from unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[],
      %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[])
      as l (journal_id, line, d, c, amount, dv, cv, db, cb, currency, reason, state)
      join j on j.id = l.journal_id
"""


class WrittenMeanwhile(Conflict):
    message = "Somebody else wrote one of these journals at this moment. Try again."


def write_all(wanted: Sequence[Journal]) -> list[Posted]:
    """Write `wanted` in order in the caller's transaction, each once for its key.

    All or none: raises KeyClash, Overdrawn (as of the journal that would end below zero), and
    WrittenMeanwhile when another session writes one of the keys at the same time.
    """
    if len({journal.key for journal in wanted}) != len(wanted):
        raise BadJournal("a key is used twice in one set")
    for journal in wanted:
        check_at_the_door(journal)
    if not wanted:
        return []
    held, known = _lock(wanted), _known(wanted)
    answers, heads, lines = [], [], []
    for journal in wanted:
        digest = journal.content_hash()
        if journal.key in known:
            answers.append(_same(known[journal.key], digest, journal.key))
            continue
        head, own = _values(journal, held, digest)
        heads.append(head)
        lines += own
        answers.append(Posted(int(head[0]), True))
    if heads:
        columns = [list(each) for each in (*zip(*heads, strict=True), *zip(*lines, strict=True))]
        if run(_WRITE, columns).rowcount != len(lines):
            raise WrittenMeanwhile()
    return answers


def _values(journal: Journal, held: dict[Pair, Held], digest: str) -> tuple[list[Any], list[Any]]:
    """The journal's row and its lines' rows; moves `held` along."""
    flat = lines_of(journal, held, "posted")
    head = head_of(journal, digest, "entry", None, None)[:9]
    touched = {(a.path, t.amount.currency) for t in journal.transfers for a in (t.debit, t.credit)}
    refusal = refusal_of((held[pair] for pair in touched), "entry", None)
    if refusal is not None:
        raise refusal
    rows = [flat[place : place + 10] for place in range(0, len(flat), 10)]
    return head, [[head[0], line, *row] for line, row in enumerate(rows, 1)]


def _lock(wanted: Sequence[Journal]) -> dict[Pair, Held]:
    pairs: dict[Pair, Account] = {}
    for t in (t for journal in wanted for t in journal.transfers):
        pairs[t.debit.path, t.amount.currency] = t.debit
        pairs[t.credit.path, t.amount.currency] = t.credit
    named = [(ids.new_id(), *pair, a.kind) for pair, a in sorted(pairs.items())]
    rows = [(id, path, cur, k.code, k.side.value, k.limited) for id, path, cur, k in named]
    columns = [list(each) for each in zip(*rows, strict=True)]
    held: dict[Pair, Held] = {}
    while len(held) < len(pairs):  # another session opened one of them at this moment
        found = run(_LOCK.format(seen=_SEEN), columns)
        held = {(row[1], row[2]): Held(*row) for row in found}
    return held


def _known(wanted: Sequence[Journal]) -> dict[str, Any]:
    """Those written before; the locks are held, so whoever wrote them has committed."""
    keys = [journal.key for journal in wanted]
    column = journals.c
    query = select(column.idempotency_key, column.id, column.request_hash, column.form)
    found = db.session.connection().execute(query.where(column.idempotency_key.in_(keys)))
    return {row.idempotency_key: row for row in found}


def _same(row: Any, digest: str, key: str) -> Posted:
    if (row.request_hash, row.form) != (digest, "entry"):
        raise KeyClash(key=key)
    return Posted(row.id, False)
