"""A book of loans, written by sets as the owner: half plans of shoppers, half term loans of sellers."""

from datetime import date
from typing import Any

import psycopg

from benchmarks import lending_plans
from benchmarks.lending_writing import insert
from finance.capital.models import Advance
from finance.risk.models import Decision

_LATE = 25  # one of so many has something late, by 1 to 119 days


def fill(owner: "psycopg.Connection[Any]", loans: int, rows: int, day: date) -> None:
    """Write `loans` running loans as they stand on the evening before `day`; plans have `rows` rows."""
    half = loans // 2
    owner.execute("set session_replication_role = replica")  # no keys to others are checked
    _decision(owner)
    _term_loans(owner, loans - half, day)
    lending_plans.write(owner, half, rows, day)
    owner.commit()
    owner.autocommit = True
    owner.execute("vacuum analyze")


def _decision(owner: "psycopg.Connection[Any]") -> None:
    insert(
        owner, Decision, "from generate_series(1, 5) n",
        id="n", subject="'buyer'", subject_id="n", product="'installments'", asked="1",
        currency="'CNY'", inputs="'{}'", facts_at="now()", card="'bench'", card_hash="''",
        policy="'bench'", score="600", grade="substr('ABCDE', n, 1)", pd_ppm="20000",
        approved="true", credit_limit="1", reasons="'[]'", outcome="''", cost_us="1",
    )  # fmt: skip


def _term_loans(owner: "psycopg.Connection[Any]", count: int, day: date) -> None:
    began = f"date '{day}' - 1 - (n % 300)"
    late = f"case when n % {_LATE} = 0 then date '{day}' - 1 - (n / {_LATE}) % 118 end"
    insert(
        owner, Advance, f"from generate_series(1, {count}) n",
        id="n", number="'A-' || n", seller_id="n", key="'k'", product="'term_loan'",
        decision_id="1 + n % 5", grade="substr('ABCDE', 1 + n % 5, 1)", currency="'CNY'",
        principal="100000 + n % 900000", rate_ppm="500 + n % 100", terms="'{}'",
        began_on=began, accrued_until=began, late_since=late, next_due_on=f"date '{day}' + 20",
    )  # fmt: skip
