"""What must always hold between banks, their parts of loans, and the book; registered with the audit."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import text

from core import clock
from core.db import db
from finance.funding import rules
from ledger import audit

_BOOK = """
select split_part(path, ':', 2) as name, split_part(path, ':', 3) as bank,
       split_part(path, ':', 4) as ref, credits_posted - debits_posted as balance,
       debits_posted, credits_posted
  from ledger_account where code in (2300, 2310, 2320)
"""


def _is_in_the_book(name: str, column: str) -> str:
    """A column of the banks' parts is what one of their accounts holds, loan by loan."""
    return f"""
select format('%s %s: part %s, book %s', coalesce(p.code, b.bank), coalesce(p.ref, b.ref),
              p.amount, b.balance)
  from (select f.code, p.ref, p.{column} as amount
          from participation p join funder f on f.id = p.funder_id) p
  full join (select * from ({_BOOK}) x where name = '{name}') b
    on b.bank = p.code and b.ref = p.ref
 where coalesce(p.amount, 0) <> coalesce(b.balance, 0)
"""


PAYABLE_IS_DRAWN_LESS_REPAID = f"""
select format('%s: owed %s, drawn %s, back %s, lost %s, open %s', f.code, b.owed, x.drawn, x.back,
              x.lost, p.open)
  from funder f
  left join (select bank, sum(balance) as owed from ({_BOOK}) y where name = 'partner_payable'
              group by bank) b on b.bank = f.code
  left join (select p.funder_id, sum(w.drawn) as drawn, sum(w.back) as back, sum(w.lost) as lost
               from participation_flow w join participation p on p.id = w.participation_id
              group by p.funder_id) x on x.funder_id = f.id
  left join (select funder_id, sum(open) as open from participation group by funder_id) p
    on p.funder_id = f.id
 where coalesce(b.owed, 0) <> coalesce(x.drawn - x.back - x.lost, 0)
    or coalesce(b.owed, 0) <> coalesce(p.open, 0)
"""

USED_IS_WHAT_IS_OPEN = """
select format('%s: used %s, open %s', f.code, f.used, coalesce(p.open, 0))
  from funder f
  left join (select funder_id, sum(open) as open from participation group by funder_id) p
    on p.funder_id = f.id
 where f.used <> coalesce(p.open, 0)
union all
select format('%s step %s: used %s, open %s', s.product, s.position, s.used, coalesce(p.open, 0))
  from waterfall_step s
  left join (select step_id, sum(open) as open from participation group by step_id) p
    on p.step_id = s.id
 where s.used <> coalesce(p.open, 0)
"""

SHARES_ARE_ALL = """
select format('%s: %s ppm of it, %s lent', ref, sum(share_ppm), sum(principal))
  from participation group by ref having sum(share_ppm) <> 1000000
"""

PARTS_ARE_THE_LOAN = """
select format('%s: parts %s of %s, book %s', p.ref, p.open, p.principal, coalesce(b.balance, 0))
  from (select ref, sum(open) as open, sum(principal) as principal
          from participation group by ref) p
  left join (select split_part(path, ':', 3) as ref, sum(debits_posted - credits_posted) as balance
               from ledger_account where code in (1300, 1400) group by 1) b on b.ref = p.ref
 where p.open <> coalesce(b.balance, 0)
"""

PARTS_ARE_THEIR_FLOWS = """
select format('%s of %s: sums differ from what happened', p.code, p.ref)
  from participation p
  join (select participation_id, sum(drawn) as drawn, sum(drawn - back - lost) as open,
               sum(interest) as interest, sum(fees) as fees, sum(lost) as lost,
               sum(recovered) as recovered
          from participation_flow group by participation_id) w on w.participation_id = p.id
 where (p.principal, p.open, p.interest, p.fees, p.lost, p.recovered)
    <> (w.drawn, w.open, w.interest, w.fees, w.lost, w.recovered)
"""

TRANSFERS_ARE_IN_THE_BOOK = """
select format('%s: %s + %s, book %s', t.number, t.due, t.interest, coalesce(b.sent, 0))
  from funding_transfer t join funder f on f.id = t.funder_id
  left join lateral (
    select sum(case when a.code = 1100 then -x.amount else x.amount end) as sent
      from ledger_journal j join ledger_transfer x on x.journal_id = j.id
      join ledger_account a on a.id = x.debit_account_id
     where j.idempotency_key = concat_ws(':', 'funding', f.code, 'transfer', t.number)) b on true
 where t.due + t.interest <> coalesce(b.sent, 0)
"""

_LATE = """
select f.code, p.ref, p.due_since from participation p join funder f on f.id = p.funder_id
 where p.due_since < :before
"""


def transferred_late() -> list[str]:
    """Money collected for banks that waits longer than the rules allow."""
    days = rules.of(current_app.config["MALL_REGIME"]).transfer_days
    before = clock.today() - timedelta(days)
    rows = db.session.execute(text(_LATE), {"before": before})
    return [f"{code} {ref}: waits since {since}" for code, ref, since in rows]


INVARIANTS = {
    "a funding bank is owed what was drawn and not repaid or lost": PAYABLE_IS_DRAWN_LESS_REPAID,
    "what is used of a commitment is what is open": USED_IS_WHAT_IS_OPEN,
    "the shares of a loan's lenders are all of it": SHARES_ARE_ALL,
    "lenders' open principal is what the loan owes": PARTS_ARE_THE_LOAN,
    "a bank's part of a loan is the sum of what happened": PARTS_ARE_THEIR_FLOWS,
    "a bank's principal is in the book": _is_in_the_book("partner_payable", "open"),
    "what waits for a bank is in the book": _is_in_the_book("partner_due", "due"),
    "interest that waits for a bank is in the book": _is_in_the_book(
        "partner_interest", "interest_due"
    ),
    "transfers to banks are in the book": TRANSFERS_ARE_IN_THE_BOOK,
}


def register() -> None:
    """Invariant 33 of the ledger's list, and what stands behind it."""
    for name, query in INVARIANTS.items():
        audit.add(name, query)
    audit.add("banks have their money within the days of the rules", transferred_late)
