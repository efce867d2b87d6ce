"""The book proves itself: every invariant is one question that must have no answer.

Rooms above add theirs with `add`; `run` asks all of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import text

from core import clock
from core.db import db
from ledger import chain, guards
from ledger.audit_content import accounts_off_the_chart, contents_changed

Check = str | Callable[[], Iterable[str]]
_SHOWN = 5  # answers named in a finding

_SIGNED = """
    select t.journal_id, t.line, t.debit_account_id as account_id, t.debit_version as version,
           t.debit_balance as balance, t.amount as debit, 0 as credit,
           (t.state in ('posted', 'settled'))::int as posted,
           case t.state when 'posted' then 0 when 'pending' then 1 else -1 end as pending
      from ledger_transfer t
    union all
    select t.journal_id, t.line, t.credit_account_id, t.credit_version, t.credit_balance,
           0, t.amount, (t.state in ('posted', 'settled'))::int,
           case t.state when 'posted' then 0 when 'pending' then 1 else -1 end
      from ledger_transfer t
"""

_OWN: dict[str, Check] = {
    "posted debits equal posted credits": """
        select format('%s: debits %s, credits %s', currency, sum(debits_posted), sum(credits_posted))
          from ledger_account group by currency
        having sum(debits_posted) <> sum(credits_posted)
    """,
    "pending debits equal pending credits": """
        select format('%s: debits %s, credits %s', currency, sum(debits_pending),
                      sum(credits_pending))
          from ledger_account group by currency
        having sum(debits_pending) <> sum(credits_pending)
    """,
    "counters are the sums of their transfers": f"""
        select format('%s %s: counters %s/%s/%s/%s, transfers %s/%s/%s/%s', a.path, a.currency,
                      a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending,
                      coalesce(s.dp, 0), coalesce(s.cp, 0), coalesce(s.dn, 0), coalesce(s.cn, 0))
          from ledger_account a left join (
            select account_id, sum(debit * posted) as dp, sum(credit * posted) as cp,
                   sum(debit * pending) as dn, sum(credit * pending) as cn
              from ({_SIGNED}) x group by account_id) s on s.account_id = a.id
         where (a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending)
            <> (coalesce(s.dp, 0), coalesce(s.cp, 0), coalesce(s.dn, 0), coalesce(s.cn, 0))
         order by a.path
    """,
    "versions run from 1 without gap": f"""
        select format('%s %s: version %s, %s transfers from %s to %s, %s different', a.path,
                      a.currency, a.version, coalesce(s.n, 0), s.first, s.last, coalesce(s.d, 0))
          from ledger_account a left join (
            select account_id, count(*) as n, count(distinct version) as d, min(version) as first,
                   max(version) as last from ({_SIGNED}) x group by account_id) s
            on s.account_id = a.id
         where a.version <> coalesce(s.n, 0) or s.n <> s.d or s.first <> 1 or s.last <> s.n
         order by a.path
    """,
    "a transfer moves something between two accounts of one currency": """
        select format('%s line %s', coalesce(j.idempotency_key, t.journal_id::text), t.line)
          from ledger_transfer t
          left join ledger_journal j on j.id = t.journal_id
          left join ledger_account d on d.id = t.debit_account_id
          left join ledger_account c on c.id = t.credit_account_id
         where t.amount <= 0 or d.id = c.id or d.currency is distinct from t.currency
            or c.currency is distinct from t.currency
         order by t.journal_id, t.line
    """,
    "a journal has its lines, 1 to n": """
        select format('%s: %s of %s lines', coalesce(j.idempotency_key, t.journal_id::text),
                      coalesce(t.n, 0), coalesce(j.line_count, 0))
          from ledger_journal j full join (
            select journal_id, count(*) as n, min(line) as first, max(line) as last
              from ledger_transfer group by journal_id) t on t.journal_id = j.id
         where j.id is null or t.n is distinct from j.line_count or t.first <> 1 or t.last <> t.n
         order by j.id
    """,
    "the state of a line fits its journal": """
        select format('%s line %s: %s in a %s', j.idempotency_key, t.line, t.state, j.form)
          from ledger_transfer t join ledger_journal j on j.id = t.journal_id
         where t.state <> case j.form when 'hold' then 'pending' when 'settlement' then 'settled'
                                      when 'void' then 'voided' else 'posted' end
         order by j.id, t.line
    """,
    "no limited account is below zero, pending included": """
        select format('%s %s', path, currency) from ledger_account
         where limited and case side when 'credit'
               then credits_posted - debits_posted - debits_pending
               else debits_posted - credits_posted - credits_pending end < 0
         order by path
    """,
    "a hold is resolved once, for what it held": """
        select format('%s resolves %s', min(j.idempotency_key), coalesce(h.idempotency_key, 'nothing'))
          from ledger_journal j left join ledger_journal h on h.id = j.resolves_id
          left join ledger_transfer t on t.journal_id = j.id
          left join ledger_transfer p on p.journal_id = h.id and p.line = t.line
         where j.resolves_id is not null
         group by j.resolves_id, h.id
        having h.form is distinct from 'hold' or count(distinct j.id) > 1 or bool_or(
               (p.amount, p.currency, p.debit_account_id, p.credit_account_id) is distinct from
               (t.amount, t.currency, t.debit_account_id, t.credit_account_id))
    """,
    "no hold is open beyond its time": """
        select format('%s expired %s', h.idempotency_key, h.expires_at)
          from ledger_journal h where h.form = 'hold' and h.expires_at < :now
           and not exists (select 1 from ledger_journal j where j.resolves_id = h.id)
         order by h.expires_at
    """,
    "a reversal mirrors its original, once": """
        select format('%s reverses %s', min(j.idempotency_key), coalesce(o.idempotency_key, 'nothing'))
          from ledger_journal j left join ledger_journal o on o.id = j.reverses_id
          left join ledger_transfer t on t.journal_id = j.id
          left join ledger_transfer p on p.journal_id = o.id and p.line = t.line
         where j.reverses_id is not null
         group by j.reverses_id, o.id, j.line_count
        having o.line_count is distinct from j.line_count or count(distinct j.id) > 1 or bool_or(
               (p.amount, p.currency, p.debit_account_id, p.credit_account_id) is distinct from
               (t.amount, t.currency, t.credit_account_id, t.debit_account_id))
    """,
    "every journal has a cause that says the same": """
        select idempotency_key || ': ' || kind from ledger_journal
         where kind not like 'test%' and not ledger_caused(id) order by id
    """,
    "every balance follows from the lines before it": f"""
        select format('%s line %s: %s on %s, replayed %s', j.idempotency_key, r.line, r.balance,
                      r.path, r.replayed)
          from (select x.*, a.path, sum(x.posted * case a.side when 'debit' then x.debit - x.credit
                       else x.credit - x.debit end) over (partition by x.account_id
                       order by x.version) as replayed
                  from ({_SIGNED}) x join ledger_account a on a.id = x.account_id) r
          left join ledger_journal j on j.id = r.journal_id
         where r.balance <> r.replayed
         order by r.account_id, r.version
    """,
    "what journals say is what their hashes say": contents_changed,
    "accounts are as the chart has them": accounts_off_the_chart,
    "every journal is what was sealed into the chain": chain.broken_links,
    "the chain has every head that was published": chain.lost_heads,
    "no journal waits for its seal": chain.unsealed,
    "the guards in the database are in place": guards.missing,
}
_added: dict[str, Check] = {}


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one invariant; `detail` names the first rows that break it."""

    name: str
    ok: bool
    detail: str


def add(name: str, check: Check) -> None:
    """Let rooms above ask with the rest.

    `check` is SQL whose rows each name, in one column, what is broken (`:now` is the clock's
    instant), or a function that gives such names. Added again under its name it is replaced.
    """
    _added[name] = check


def run() -> list[Finding]:
    """Ask every invariant, the book's own first."""
    return run_own() + [_ask(name, check) for name, check in _added.items()]


def run_own() -> list[Finding]:
    """Ask only what the book knows by itself."""
    return [_ask(name, check) for name, check in _OWN.items()]


def _ask(name: str, check: Check) -> Finding:
    broken = _rows(check) if isinstance(check, str) else list(check())
    more = f" … and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
    return Finding(name, not broken, "; ".join(broken[:_SHOWN]) + more)


def _rows(query: str) -> list[str]:
    values = {"now": clock.now()} if ":now" in query else {}
    return [str(row) for row in db.session.connection().execute(text(query), values).scalars()]
