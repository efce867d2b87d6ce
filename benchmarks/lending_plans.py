"""Plans of shoppers with all that happened to them, written by sets: what the day's guards ask for.

Row k of a plan is due `first + (k - 1) * step` days after its start; the rows before the one that
comes next are paid, each on its day. One in thirty falls due on the same day.
"""

from datetime import date
from typing import Any

import psycopg

from benchmarks.lending_writing import insert
from finance.loans.models import (
    Claim,
    Exposure,
    Installment,
    Loan,
    LoanEvent,
    LoanOrder,
    LoanPayment,
)

PLANS = 10**12  # ids of plans begin here
LATE = 25  # one of so many has something late, by 1 to 118 days
AHEAD, CYCLE = 3, 30  # a thirtieth falls due so many days after the first, the next a day later
_PART, _FEE = 10_000, 300
_ONE = f"{_PART} + {_FEE}"


def write(owner: "psycopg.Connection[Any]", count: int, rows: int, day: date) -> None:
    """`count` plans of `rows` rows as they stand on the evening before `day`."""
    _lay_out(owner, count, rows, day)
    whole = f"{rows * _PART}"
    insert(
        owner, Loan, "from plan",
        id="id", number="'L-' || n", borrower_id="n", product="'installments'",
        checkout_number="'C-' || n", decision_id="1 + n % 5", principal=whole,
        currency="'CNY'", months=f"{rows}", monthly_fee_ppm="5000",
        terms=f"jsonb_build_object('count', {rows}, 'pricing', 'flat', 'rate_ppm', 5000, 'every',"
              " 'day', 'step', step, 'first', step, 'starts_at', 'receipt', 'latest', 0)",
        apr_ppm="100000", began_on="start", starts_on="start",
    )  # fmt: skip
    insert(
        owner, LoanOrder, "from plan", id="id", loan_id="id", order_number="'O-' || n",
        seller_id="1", amount=whole, shipped_on="start", received_on="start",
    )  # fmt: skip
    insert(
        owner,
        Exposure,
        "from plan",
        id="id",
        person_id="n",
        used=f"({rows} - paid) * {_PART}",
        waived_late_on="start",
    )
    insert(
        owner, Claim, "from plan", id="id", person_id="n", ref="'C-' || n", expires_at="null",
        amount=f"({rows} - paid) * {_PART}",
        state="case when paid > 0 then 'partly_repaid' else 'drawn' end",
    )  # fmt: skip
    _rows(owner, rows)
    _lives(owner, whole)
    _book(owner, rows)
    owner.execute("drop table plan")


def _lay_out(owner: "psycopg.Connection[Any]", count: int, rows: int, day: date) -> None:
    """paid: rows that are; next: the day of the first that is not; step: days between two.

    is_told: it is late and three days of grace are over.
    """
    late = f"(n % {LATE} = 0 and n % {rows} > 0)"
    owner.execute(f"""
        create temporary table plan as
        select *, next - (paid::int + 1) * step as start, {PLANS} + n as id,
               is_late and next <= date '{day}' - 5 as is_told from (
          select n, {late} as is_late, n % {rows} - {late}::int as paid,
                 case when {late} then 130 else 40 end as step,
                 case when {late} then date '{day}' - 1 - ((n / {LATE}) % 118)::int
                      else date '{day}' + {AHEAD} + ((n / {rows}) % {CYCLE})::int end as next
            from generate_series(1, {count}) n) x""")


def _rows(owner: "psycopg.Connection[Any]", rows: int) -> None:
    due, told = "start + (k * step)::int", "is_late and k = paid + 1"
    insert(
        owner, Installment, f"from plan cross join generate_series(1, {rows}) k",
        id="id + (n * 63 + k)", loan_id="id", number="k", due_on=due,
        principal=f"{_PART}", fee=f"{_FEE}",
        principal_paid=f"case when k <= paid then {_PART} else 0 end",
        fee_paid=f"case when k <= paid then {_FEE} else 0 end",
        paid_on=f"case when k <= paid then {due} end",
        state=f"case when k <= paid then 'paid' when {told} and is_told then 'late'"
              f" when {told} then 'due' else 'scheduled' end",
        accrued_on=f"case when k <= paid or {told} then {due} end",
    )  # fmt: skip


def _lives(owner: "psycopg.Connection[Any]", whole: str) -> None:
    """Lent, received; each row due and paid; what is late: due, and late four days after."""
    _event(owner, "from plan", "lent", "1", "'lent'", "start", amount=whole)
    ref = {"ref": "'O-' || n"}
    _event(owner, "from plan", "received", "2", "'received:O-' || n", "start", **ref)
    each = "from plan cross join lateral generate_series(1, paid + is_late::int) k"
    due, entry = "start + (k * step)::int", "1 + 2 * k"
    row = {"details": "jsonb_build_object('row', k)", "amount": _ONE}
    _event(owner, each, "due", entry, f"'due:' || k || ':' || ({due})", due, **row)
    paid = "from plan cross join lateral generate_series(1, paid) k"
    _event(owner, paid, "paid", "2 + 2 * k", "'paid:' || k", due, amount=_ONE)
    insert(
        owner, LoanPayment, paid, id="id + (n * 63 + k)", loan_id="id", payment_id="null",
        on=due, amount=_ONE,
    )  # fmt: skip
    late = "from plan cross join lateral (select paid + 1 as k) x where is_told"
    _event(owner, late, "late", "2 + 2 * k", "'late:' || k || ':' || next", "next + 4", **row)


def _event(
    owner: "psycopg.Connection[Any]",
    source: str,
    kind: str,
    entry: str,
    key: str,
    on: str,
    **given: str,
) -> None:
    insert(
        owner, LoanEvent, source, id=f"{PLANS} + n * 64 + {entry}", loan_id="id", entry=entry,
        key=key, kind=f"'{kind}'", on=on, **given,
    )  # fmt: skip


def _book(owner: "psycopg.Connection[Any]", rows: int) -> None:
    """What is owed stands on each plan's accounts; where it came from is left out."""
    owed = (("1300:loan_principal", f"({rows} - paid) * {_PART}", "true"),
            ("1310:loan_interest", f"{_FEE}", "is_late"))  # fmt: skip
    for path, amount, which in owed:
        owner.execute(f"""
            insert into ledger_account (id, path, currency, shard, code, side, limited, debits_posted,
                                        version)
            select nextval('ledger_account_id'), '{path}:L-' || n, 'CNY', 0, k.code, k.side,
                   k.limited, {amount}, 1
              from plan join ledger_chart k on k.code = {path[:4]} where {which}""")
