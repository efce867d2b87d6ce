"""What is heard of late counts for its own day; the book is corrected, never edited."""

from datetime import date

import pytest

from core import clock
from finance.collections.services import run_day
from finance.loans import services as loans
from finance.loans.folding import state_of
from finance.loans.verifying import verify
from ledger import book
from ledger.accounts import account
from tests.factories.loans import make_loan, owed, pay_loan
from tests.factories.orders import assert_clean
from tests.factories.owner import as_owner
from tests.factories.people import make_shopper
from tests.finance.money import yuan

BOUGHT = date(2026, 3, 10)


@pytest.fixture
def phone(db):
    """3,600.00 in 12, received at once; nothing paid until 22 May."""
    loan = make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)
    run_day(date(2026, 4, 1))
    run_day(date(2026, 5, 22))
    return loan


@pytest.fixture(autouse=True)
def audited(db):
    yield
    assert_clean()


def test_a_payment_found_late_takes_the_late_fee_back(db, phone):
    assert owed(phone)["loan_fee"] == yuan("1.75")  # of the second row; the first was waived
    with clock.travel(date(2026, 5, 22)):
        pay_loan(phone, yuan("636.00"), date(2026, 4, 10))
        pay_loan(phone, yuan("0.01"), date(2026, 5, 22))
    assert owed(phone)["loan_fee"] == yuan("0.00")
    assert not book.sum_of("late_fee_income", "CNY")
    kinds = [journal.kind for journal in book.journals_of(phone.number)]
    assert kinds.count("loan.corrected") == 1
    assert state_of(phone, date(2026, 4, 10)).rows[1].owed == 0  # on that day, as we know it now


def test_a_plan_settled_earlier_than_we_knew_earns_less(db, phone):
    income = book.sum_of("loan_interest_income", "CNY")
    assert income == yuan("36.00")
    with clock.travel(date(2026, 5, 22)):
        pay_loan(phone, yuan("3600.00"), date(2026, 4, 1), settle=True)
    assert phone.state == "paid" and not any(owed(phone).values())
    assert not book.sum_of("loan_interest_income", "CNY")


def test_what_was_paid_too_much_since_lies_in_the_balance(db, phone):
    with clock.travel(date(2026, 5, 22)):
        pay_loan(phone, yuan("3655.75"), date(2026, 5, 22), settle=True)
        assert phone.state == "paid"
    with clock.travel(date(2026, 5, 30)), pytest.raises(loans.NothingOwed):
        pay_loan(phone, yuan("318.00"), date(2026, 4, 10))
    assert phone.state == "paid"


def test_a_row_changed_by_hand_is_found(db, phone, app):
    with as_owner():
        phone.rows[3].principal_paid = 1
        db.session.flush()
    found = verify()
    assert found.loans == 1 and len(found.wrong) == 1
    assert found.wrong[0].startswith(f"{phone.number}: rows are")
    phone.rows[3].principal_paid = 0
    db.session.flush()
    said = app.test_cli_runner().invoke(args=["finance", "verify"])
    assert said.output == "1 loans recomputed, 0 differences.\n" and said.exit_code == 0


def test_the_balance_gets_what_a_replay_finds_too_much(db, phone):
    """Paid up on 22 May with a late fee; then 318.00 of 10 April turn up."""
    with clock.travel(date(2026, 5, 22)):
        pay_loan(phone, yuan("3500.00"), date(2026, 5, 22))
    with clock.travel(date(2026, 5, 30)):
        pay_loan(phone, yuan("318.00"), date(2026, 4, 10))
    assert phone.state == "paid" and not any(owed(phone).values())
    # 3,816.00 and 1.75 for the second row, which was late all the same
    assert book.balance(account("wallet", phone.borrower_id), "CNY") == yuan("0.25")
