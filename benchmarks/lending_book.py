"""A book of loans, written by sets as the owner: half plans of shoppers, half term loans of sellers."""

from datetime import date
from typing import Any

import psycopg

from core.db import Model
from finance.capital.models import Advance
from finance.loans.models import Installment, Loan
from finance.risk.models import Decision

_LATE = 25  # one of so many has something late, by 1 to 119 days
_PLANS = 10**12  # ids of plans begin here


def fill(owner: "psycopg.Connection[Any]", loans: int, rows: int, day: date) -> None:
    """Write `loans` running loans as they stand on the evening before `day`; plans have `rows` rows."""
    half = loans // 2
    owner.execute("set session_replication_role = replica")  # no keys to others are checked
    _decision(owner)
    _term_loans(owner, loans - half, day)
    _plans(owner, half, rows, day)
    owner.commit()
    owner.autocommit = True
    owner.execute("vacuum analyze")


def _insert(
    owner: "psycopg.Connection[Any]", model: type[Model], source: str, **given: str
) -> None:
    """Insert one row for each of `source`; columns not given get the model's default."""
    columns = dict(given)
    table: Any = model.__table__
    for column in table.columns:
        default: Any = column.default
        if column.name in columns or column.nullable or column.computed is not None:
            continue
        if default is None or not default.is_scalar:
            if default is not None and column.name not in ("id", "created_at"):
                columns[column.name] = "'{}'" if "dict" in str(default.arg) else "'[]'"
            continue
        value = default.arg
        columns[column.name] = str(value) if type(value) in (int, bool) else f"'{value!s}'"
    columns.setdefault("created_at", "now()")
    names = ", ".join(f'"{name}"' for name in columns)
    owner.execute(
        f"insert into {table.name} ({names}) select {', '.join(columns.values())} {source}"
    )


def _decision(owner: "psycopg.Connection[Any]") -> None:
    _insert(
        owner, Decision, "from generate_series(1, 5) n",
        id="n", subject="'buyer'", subject_id="n", product="'installments'", asked="1",
        currency="'CNY'", inputs="'{}'", facts_at="now()", card="'bench'", card_hash="''",
        policy="'bench'", score="600", grade="substr('ABCDE', n, 1)", pd_ppm="20000",
        approved="true", credit_limit="1", reasons="'[]'", outcome="''", cost_us="1",
    )  # fmt: skip


def _term_loans(owner: "psycopg.Connection[Any]", count: int, day: date) -> None:
    began = f"date '{day}' - 1 - (n % 300)"
    late = f"case when n % {_LATE} = 0 then date '{day}' - 1 - (n / {_LATE}) % 118 end"
    _insert(
        owner, Advance, f"from generate_series(1, {count}) n",
        id="n", number="'A-' || n", seller_id="n", key="'k'", product="'term_loan'",
        decision_id="1 + n % 5", grade="substr('ABCDE', 1 + n % 5, 1)", currency="'CNY'",
        principal="100000 + n % 900000", rate_ppm="500 + n % 100", terms="'{}'",
        began_on=began, accrued_until=began, late_since=late, next_due_on=f"date '{day}' + 20",
    )  # fmt: skip


def _plans(owner: "psycopg.Connection[Any]", count: int, rows: int, day: date) -> None:
    _insert(
        owner, Loan, f"from generate_series(1, {count}) n",
        id=f"{_PLANS} + n", number="'L-' || n", borrower_id="n", product="'installments'",
        checkout_number="'C-' || n", decision_id="1 + n % 5", principal=f"{rows * 10_000}",
        currency="'CNY'", months=f"{rows}", monthly_fee_ppm="5000", terms="'{}'",
        apr_ppm="100000", began_on=f"date '{day}' - 100", starts_on=f"date '{day}' - 100",
    )  # fmt: skip
    paid = f"k <= n % {rows} and not (n % {_LATE} = 0 and k = n % {rows})"
    oldest = f"n % {_LATE} = 0 and k = n % {rows}"
    due = (
        f"case when {oldest} then date '{day}' - 1 - ((n / {_LATE}) % 118)::int"
        f" else date '{day}' + 3 + ((k - n % {rows}) * 30)::int end"
    )
    _insert(
        owner, Installment,
        f"from generate_series(1, {count}) n cross join generate_series(1, {rows}) k",
        id=f"{_PLANS} + n * 64 + k", loan_id=f"{_PLANS} + n", number="k", due_on=due,
        principal="10000", fee="300", principal_paid=f"case when {paid} then 10000 else 0 end",
        fee_paid=f"case when {paid} then 300 else 0 end",
        state=f"case when {paid} then 'paid' when {oldest} then 'late' else 'scheduled' end",
        accrued_on=f"case when {paid} or {oldest} then date '{day}' - 1 end",
    )  # fmt: skip
