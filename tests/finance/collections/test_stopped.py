"""The lender's day is killed in the middle, runs twice at once, and does everything once."""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from core import clock
from core.db import db
from finance.capital.term_loan.services import take_term_loan
from finance.collections.models import BusinessDay, DayChunk
from finance.collections.services import run_day
from finance.loans.models import LoanEvent
from ledger import audit, book
from ledger.accounts import account
from tests.factories.capital import make_steady_seller
from tests.factories.loans import make_loan
from tests.factories.owner import without_orders
from tests.factories.people import make_shopper
from tests.finance.money import yuan

LOANS = 7


@pytest.fixture
def lender(committed_app):
    """Seven plans of which a year of rows is due, and three term loans that accrue since yesterday."""
    committed_app.config["LENDERS_CHUNK"] = 2
    with committed_app.app_context(), without_orders():
        today = clock.today()
        with clock.travel(clock.now() - timedelta(1)):
            for _ in range(3):
                take_term_loan(make_steady_seller().id, yuan("12000.00"), 3, key="T")
        bought = date(today.year - 1, today.month, min(today.day, 28))
        for _ in range(LOANS):
            make_loan(make_shopper().id, yuan("1200.00"), on=bought, received_on=bought, months=12)
        db.session.commit()
    return committed_app


def killed(app, point, nth):
    """Run the day in a process of its own, which dies at its nth passing of that point."""
    environment = os.environ | {
        "DATABASE_URL": app.config["DATABASE_URL"],
        "SECRET_KEY": "only for tests",
        "LENDERS_CHUNK": "2",
        "CRASHPOINT": point,
        "CRASHPOINT_NTH": str(nth),
        "ALLOW_VOLATILE_DATABASE": "1",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "finance", "run-day"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def assert_each_loan_once(app):
    with app.app_context():
        fell_due = select(LoanEvent.loan_id).where(LoanEvent.kind == "due")
        counted = Counter(db.session.scalars(fell_due))
        assert len(counted) == LOANS and set(counted.values()) == {12}  # a year of parts, once each
        assert book.balance(account("accrued_interest", "sellers"), "CNY") == yuan("21.60")
        assert [f for f in audit.run() if not f.ok and "seal" not in f.name] == []
        db.session.remove()


@pytest.mark.parametrize(("point", "nth"), [("before:work_chunk", 2), ("after:work_chunk", 6)])
def test_killed_in_the_middle_of_a_chunk_it_goes_on_where_it_was(lender, point, nth):
    assert killed(lender, point, nth).returncode == -9
    with lender.app_context():
        begun = db.session.scalar(select(func.count()).select_from(DayChunk))
        assert begun == (1 if point.startswith("before") else 6)  # two of rows that fall due
        assert db.session.scalar(select(func.count()).select_from(BusinessDay)) == 0
        run_day(clock.today())
        again = run_day(clock.today())
        assert not any(again.counts.values())
        db.session.remove()
    assert_each_loan_once(lender)


def test_two_runs_at_once_take_turns(lender):
    start = Barrier(2)

    def run(_):
        with lender.app_context():
            start.wait()
            try:
                return run_day(clock.today()).counts
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(run, range(2))
    assert one["interest accrued"] + other["interest accrued"] == 3
    assert_each_loan_once(lender)
    with lender.app_context():
        assert one["fallen due"] + other["fallen due"] == LOANS * 12
        db.session.remove()
