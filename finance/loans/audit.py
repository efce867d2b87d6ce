"""What must hold between the loans and the book; registered with the ledger's audit."""

from finance.loans.verifying import NEWEST, verify
from ledger import audit

_SUMS = """
    select l.number, l.principal - l.refunded as financed, l.currency, l.charged_off_on,
           sum(i.principal) as principal, sum(i.principal - i.principal_paid) as principal_owed,
           sum(case when i.accrued_on is not null then i.fee - i.fee_paid else 0 end)
             as interest_owed,
           sum(i.late_fee - i.late_fee_paid) as late_fee_owed
      from loan l join installment i on i.loan_id = l.id
     group by l.id
"""

_BOOK = """
    select split_part(path, ':', 3) as number, split_part(path, ':', 2) as kind,
           debits_posted - credits_posted as balance
      from ledger_account where path like '13%%'
"""

_KINDS = (
    ("loan_principal", "principal_owed"),
    ("loan_interest", "interest_owed"),
    ("loan_fee", "late_fee_owed"),
)


def _agrees(kind: str, column: str) -> str:
    return f"""
        select format('%s: rows say %s, the book %s', s.number, s.owed, coalesce(b.balance, 0))
          from (select number, case when charged_off_on is null then {column} else 0 end as owed
                  from ({_SUMS}) x) s
          left join ({_BOOK.replace("%%", "%")}) b on b.number = s.number and b.kind = '{kind}'
         where s.owed <> coalesce(b.balance, 0)
    """


def register() -> None:
    """Add the credit invariants (28 to 31 of the ledger's list)."""
    audit.add(
        "rows of a loan sum to what it financed",
        f"""
        select format('%s: rows %s, financed %s', number, principal, financed)
          from ({_SUMS}) x where principal <> financed
        """,
    )
    audit.add(
        "rows, limits and accounts of the newest loans are the fold of their events",
        lambda: verify(NEWEST).wrong,
    )
    for kind, column in _KINDS:
        audit.add(f"{kind} of a loan is what its rows owe", _agrees(kind, column))
    audit.add(
        "fees are earned only when due or paid",
        """
        select format('%s row %s', l.number, i.number) from installment i
          join loan l on l.id = i.loan_id
         where i.accrued_on is null and i.fee_paid > 0
        """,
    )
    audit.add(
        "what was paid on a loan and not returned lies on its rows",
        """
        select format('%s: paid %s, on rows %s', l.number, coalesce(p.paid, 0), i.paid)
          from loan l
          join (select loan_id, sum(principal_paid + fee_paid + late_fee_paid) as paid
                  from installment group by loan_id) i on i.loan_id = l.id
          left join (select loan_id, sum(amount - returned) as paid
                       from loan_payment group by loan_id) p on p.loan_id = l.id
         where coalesce(p.paid, 0) <> i.paid
        """,
    )
    _add_exposure()


def _add_exposure() -> None:
    audit.add(
        "a person's exposure is the sum of the open claims",
        """
        select format('person %s: used %s, claims %s', e.person_id, e.used, coalesce(c.sum, 0))
          from exposure e left join (
            select person_id, sum(amount) as sum from claim group by person_id) c
            on c.person_id = e.person_id
         where e.used <> coalesce(c.sum, 0)
        """,
    )
    audit.add(
        "a drawn claim is the principal its loan owes",
        f"""
        select format('%s: claim %s, owed %s', l.number, c.amount, s.principal_owed)
          from loan l join claim c on c.ref = l.checkout_number
          join ({_SUMS}) s on s.number = l.number
         where l.charged_off_on is null and c.amount <> s.principal_owed
        """,
    )
