"""Ledger = loans after a chunk of the day: the contracts it worked on against their accounts, by sets.

Asked inside the chunk's transaction, so a chunk that does not add up never was. The whole audit is
asked at the end of the day.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import TextClause, text

from core.db import db
from finance.collections import audit
from finance.collections.chunks import Part

_ROWS = """
    select l.id, l.number, l.currency, l.principal - l.refunded as financed,
           sum(i.principal)::bigint as lent,
           sum(i.principal - i.principal_paid) filter (where l.charged_off_on is null) as principal,
           sum(i.fee - i.fee_paid) filter (where i.accrued_on is not null
                                             and l.charged_off_on is null) as interest,
           sum(i.late_fee - i.late_fee_paid) filter (where l.charged_off_on is null) as late_fee
      from loan l join installment i on i.loan_id = l.id
     where l.id = any(cast(:ids as bigint[])) and i.loan_id = any(cast(:ids as bigint[]))
     group by l.id
"""


def _booked(path: str, of: str, name: str) -> str:
    """A join to what the book has on one account of each contract."""
    return f"""
      left join lateral (
        select k.debits_posted - k.credits_posted as booked from ledger_account k
         where k.path = '{path}:' || {of}.number and k.currency = {of}.currency) {name} on true"""


_LOANS = text(f"""
    select format('%s: rows owe %s + %s + %s of %s, the book %s + %s + %s', s.number,
                  coalesce(s.principal, 0), coalesce(s.interest, 0), coalesce(s.late_fee, 0),
                  s.financed, coalesce(p.booked, 0), coalesce(f.booked, 0), coalesce(o.booked, 0))
      from ({_ROWS}) s
      {_booked("1300:loan_principal", "s", "p")}
      {_booked("1310:loan_interest", "s", "f")}
      {_booked("1320:loan_fee", "s", "o")}
     where s.lent <> s.financed
        or coalesce(s.principal, 0) <> coalesce(p.booked, 0)
        or coalesce(s.interest, 0) <> coalesce(f.booked, 0)
        or coalesce(s.late_fee, 0) <> coalesce(o.booked, 0)
""")
_ADVANCES = f"""
    select format('%s: rows %s + %s, the book %s + %s', a.number, a.principal_owed, a.fee_owed,
                  coalesce(p.booked, 0), coalesce(f.booked, 0))
      from (select number, currency, principal - principal_paid - principal_forgiven
                                     as principal_owed,
                   fee_charged - fee_paid - fee_forgiven as fee_owed
              from advance where WHICH) a
      {_booked("1400:advance_principal", "a", "p")}
      {_booked("1410:advance_fee", "a", "f")}
     where a.principal_owed <> coalesce(p.booked, 0) or a.fee_owed <> coalesce(f.booked, 0)
"""
_SOME_ADVANCES = text(_ADVANCES.replace("WHICH", "id = any(cast(:ids as bigint[]))"))
_ALL_ADVANCES = text(_ADVANCES.replace("WHICH", "state = 'active'"))


def loans(part: Part) -> Iterator[str]:
    """Plans of a chunk whose rows are not what their accounts say."""
    yield from _say(_LOANS, part.ids)


def advances(part: Part) -> Iterator[str]:
    """The same of sellers' contracts, and their interest that is not on their own accounts yet."""
    yield from _say(_SOME_ADVANCES, part.ids)
    yield from audit.accrued()


def every_advance() -> Iterator[str]:
    """The same of all that run."""
    yield from db.session.connection().execute(_ALL_ADVANCES).scalars()
    yield from audit.accrued()


def allowances(part: Part) -> Iterator[str]:
    """Plans, and what is set aside: each book's allowance is the sum of its contracts' parts."""
    yield from loans(part)
    yield from audit.allowances()


def set_aside(part: Part) -> Iterator[str]:
    """What is set aside, after a chunk of provisions."""
    yield from audit.allowances()


def _say(query: TextClause, ids: Sequence[int]) -> list[str]:
    return list(db.session.connection().execute(query, {"ids": list(ids)}).scalars())
