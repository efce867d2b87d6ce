"""What must hold between lines, their purchases and their statements; registered with the audit."""

from finance.credit_line.accruing import DIFFERS
from ledger import audit

_INVARIANTS = {
    "interest of nights is what every purchase's columns say": DIFFERS,
    "a purchase by the day is on one line of the same person and money": """
        select format('%s is on %s', l.number, coalesce(c.number, 'no line'))
          from loan l left join line_draw d on d.loan_id = l.id
          left join credit_line c on c.id = d.line_id
         where (coalesce(l.terms->>'pricing', '') = 'daily') <> (d.id is not null)
            or c.person_id <> l.borrower_id or c.currency <> l.currency
            or (l.terms->>'rate_ppm')::int <> c.daily_ppm
            or (l.terms->>'closes')::int <> c.closes
    """,
    "a statement is the sum of its purchases and follows the one before": """
        select format('%s statement %s', c.number, s.serial)
          from line_statement s join credit_line c on c.id = s.line_id
          left join line_statement b on b.line_id = s.line_id and b.serial = s.serial - 1
          cross join lateral (
            select coalesce(sum((x->>'owed')::bigint), 0) as owed,
                   coalesce(sum((x->>'full')::bigint), 0) as "full",
                   coalesce(sum((x->>'least')::bigint), 0) as least
              from jsonb_array_elements(s.lines) x) l
         where (s.owed, s."full", s.least) <> (l.owed, l."full", l.least)
            or s.before <> coalesce(b.owed, 0) or (s.serial > 1 and b.id is null)
    """,
    "nothing is bought on a line after it was closed": """
        select format('%s: %s', c.number, l.number)
          from credit_line c join line_draw d on d.line_id = c.id join loan l on l.id = d.loan_id
         where l.began_on < c.opened_on or l.began_on > c.closed_on
    """,
}


def register() -> None:
    """Add the invariants of lines."""
    for name, query in _INVARIANTS.items():
        audit.add(name, query)
