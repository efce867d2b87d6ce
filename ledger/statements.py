"""The two statements every journal costs, written out for their number of rows.

One statement for each number of rows lets PostgreSQL keep its plan: with arrays it plans anew
each time, because it cannot know how many there are. Whole numbers are sent as `Int8`, so that
their size does not make another statement of it.
"""

from functools import lru_cache

_SEEN = (
    "a.id, a.path, a.currency, a.side = 'credit', a.limited, "
    "case a.side when 'credit' then a.credits_posted - a.debits_posted "
    "else a.debits_posted - a.credits_posted end, "
    "case a.side when 'credit' then a.debits_pending else a.credits_pending end, a.version"
)
_LINE = (
    "%s::bigint, %s::bigint, %s::bigint, %s::bigint, %s::bigint, %s::bigint, %s::bigint, "
    "%s::text, %s::text, %s::text"
)


@lru_cache(maxsize=256)
def open_and_lock(new: int, all: int) -> str:
    """Open `new` accounts and lock those of `all` that were there, in id order.

    Values: id, path, currency, code, side, limited of each new one; path, currency of all.
    Rows: id, path, currency, credit-normal, limited, posted balance, pending outflow, version.
    """
    lock = f"""
        select {_SEEN} from ledger_account a
          join (values {_times("(%s::text, %s::text)", all)}) as w (path, currency)
            on a.path = w.path and a.currency = w.currency
         order by a.id for no key update of a
    """
    if not new:
        return lock
    return f"""
        with made as (
          insert into ledger_account as a (id, path, currency, code, side, limited)
          values {_times("(%s, %s, %s, %s, %s, %s)", new)}
          on conflict (path, currency) do nothing
          returning {_SEEN})
        select * from made union all select * from ({lock}) as there
    """


@lru_cache(maxsize=256)
def write(lines: int) -> str:
    """Write a journal with its lines, or nothing when its key is taken.

    Values: the journal's twelve; then of each line debit, credit, amount, both versions, both
    balances, currency, reason, state.
    """
    rows = ", ".join(f"({line}, {_LINE})" for line in range(1, lines + 1))
    return f"""
        with j as (
          insert into ledger_journal (id, idempotency_key, request_hash, form, kind, ref,
            business_date, event_at, line_count, expires_at, resolves_id, reverses_id)
          values ({_times("%s", 12)})
          on conflict (idempotency_key) do nothing
          returning id)
        insert into ledger_transfer (journal_id, line, debit_account_id, credit_account_id, amount,
          debit_version, credit_version, debit_balance, credit_balance, currency, reason, state)
        select j.id, l.* from j, (values {rows}) as l
    """


def _times(text: str, count: int) -> str:
    return ", ".join([text] * count)
