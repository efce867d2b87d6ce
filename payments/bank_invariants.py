"""What must hold of our bank account at any time; asked by `flask ledger audit` (37 and 38)."""

from ledger import audit

# Every line taken in moved `bank` by its amount in one journal, and nothing else moves `bank`.
LINES = """
    select coalesce('line ' || l.line_id, 'journal ' || m.key) from bank_line l
    full join (
        select j.idempotency_key as key, t.currency,
               sum(case when d.path = '1200:bank' then t.amount else -t.amount end) as amount
          from ledger_transfer t
          join ledger_journal j on j.id = t.journal_id
          join ledger_account d on d.id = t.debit_account_id
          join ledger_account c on c.id = t.credit_account_id
         where t.state in ('posted', 'settled') and '1200:bank' in (d.path, c.path)
         group by j.idempotency_key, t.currency
    ) m on m.key = l.journal_key and m.currency = l.currency
    where l.state is distinct from 'new' and l.amount is distinct from m.amount
"""
# What lies in suspense is what open cases ask about, line by line.
SUSPENSE = """
    select format('%s: suspense %s, open lines %s', currency, sum(book), sum(open)) from (
        select currency, debits_posted - credits_posted as book, 0 as open
          from ledger_account where path = '1900:suspense'
        union all
        select currency, 0, -sum(amount) from bank_line where state = 'suspended'
         group by currency
        union all
        select currency, 0, -sum(amount) from bank_rest where cleared is null group by currency
    ) both_sides group by currency having sum(book) <> sum(open)
"""
CASES = """
    select 'line ' || l.line_id from bank_line l
     where l.state = 'suspended' and not exists (
        select from payment_case c
         where c.key = 'bank:' || l.id and c.state = 'open' and c.currency = l.currency
           and c.amount = l.amount)
    union all
    select 'case ' || c.key from payment_case c
      join bank_line l on c.key = 'bank:' || l.id
     where c.state = 'open' and l.state <> 'suspended'
    union all
    select 'rest of ' || r.line_id from bank_rest r
      left join payment_case c on c.key = concat_ws(':', 'bank', r.line_id, 'kept')
     where c.id is null or (r.cleared is null) <> (c.state = 'open')
        or (c.amount, c.currency) <> (r.amount, r.currency)
"""
PASSES_THROUGH = """
    select 'clearing:bank ' || currency from ledger_account
     where path = '1100:clearing:bank' or path like '1100:clearing:bank:%'
     group by currency having sum(debits_posted) <> sum(credits_posted)
"""
ORDERS = """
    select 'order ' || o.ref || ' ' || o.state from bank_order o
      left join gateway_op g on g.id = o.op_id
     where g.id is null or (o.state, g.state) not in (
        ('waiting', 'sending'), ('waiting', 'unknown'), ('waiting', 'requires_action'),
        ('ordered', 'processing'), ('paid', 'succeeded'), ('returned', 'failed'),
        ('refused', 'refused'))
"""
RUNS = """
    select 'run ' || r.id from reconciliation_run r
      left join (select run_id, sum(effect) as effect, count(*) filter (where explained) as fine,
                        count(*) filter (where not explained) as open
                   from reconciliation_item group by run_id) i on i.run_id = r.id
     where r.theirs - r.ours <> coalesce(i.effect, 0) or r.explained <> coalesce(i.fine, 0)
        or r.unexplained <> coalesce(i.open, 0)
"""
CHECKS = {
    "reconciliation: every difference of a run is named, to the last unit": RUNS,
    "bank: each statement line is one journal, and nothing else moves our account": LINES,
    "bank: suspense is the lines that wait for a person": SUSPENSE,
    "bank: each line in suspense has its open case": CASES,
    "bank: nothing is left in between our account and its payments": PASSES_THROUGH,
    "bank: each order is where its operation is": ORDERS,
}


def plug() -> None:
    """Let the audit of the book ask these too."""
    for name, query in CHECKS.items():
        audit.add(name, query)
