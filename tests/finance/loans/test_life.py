"""A loan from the click to the last payment, with the book beside it."""

from datetime import date, timedelta

import pytest

from core import clock
from core.errors import InvalidInput
from finance.collections.services import run_day
from finance.loans import exposure
from finance.loans import services as loans
from finance.loans.exposure import OverLimit
from finance.loans.queries import own_book, payment_due
from finance.loans.rules import LoanState
from ledger import audit, book
from ledger.accounts import account
from mall.accounts.queries import person
from tests.factories.loans import make_loan, owed, pay_loan
from tests.factories.orders import saved_card
from tests.factories.people import make_shopper, sign_in
from tests.finance.money import yuan

BOUGHT, GOT_IT = date(2026, 3, 10), date(2026, 3, 14)


@pytest.fixture
def phone(db):
    """3,600.00 in 12, received four days later."""
    return make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=GOT_IT)


@pytest.fixture(autouse=True)
def audited(db):
    yield
    assert [finding for finding in audit.run() if not finding.ok] == []


def test_lending_puts_the_money_into_escrow_and_the_debt_on_the_book(phone):
    assert book.balance(account("escrow", phone.orders[0].order_number), "CNY") == yuan("3600.00")
    assert owed(phone)["loan_principal"] == yuan("3600.00")
    assert {(row.principal, row.fee) for row in phone.rows} == {(30_000, 1_800)}
    assert own_book(phone.borrower_id, BOUGHT).used == 360_000


def test_the_clock_starts_at_receipt_and_moves_the_dates_once(db, phone):
    assert phone.rows[0].due_on == date(2026, 4, 14)
    loans.received(phone.number, phone.orders[0].order_number, date(2026, 5, 1))
    db.session.refresh(phone.rows[0])
    assert phone.rows[0].due_on == date(2026, 4, 14)


def test_the_clock_waits_for_the_last_order(db):
    loan = make_loan(make_shopper().id, yuan("100.00"), yuan("200.00"), months=3, on=BOUGHT)
    first, last = (order.order_number for order in loan.orders)
    loans.received(loan.number, first, GOT_IT)
    assert loan.starts_on is None
    loans.received(loan.number, last, date(2026, 3, 31))
    assert [row.due_on.isoformat() for row in loan.rows] == [
        "2026-04-30", "2026-05-31", "2026-06-30",
    ]  # fmt: skip


def test_twelve_payments_end_it(db, phone):
    for row in phone.rows:
        pay_loan(phone, payment_due(phone, row.due_on), row.due_on)
    assert phone.state == LoanState.PAID
    assert not any(owed(phone).values())
    assert book.sum_of("loan_interest_income", "CNY") == yuan("216.00")
    assert own_book(phone.borrower_id, date(2027, 4, 1)).used == 0


def test_settling_after_two_payments_saves_one_hundred_eighty(db, phone):
    pay_loan(phone, yuan("318.00"), date(2026, 4, 14))
    pay_loan(phone, yuan("318.00"), date(2026, 5, 14))
    quote = loans.payoff_of(phone)
    assert (quote.amount, quote.saving) == (yuan("3000.00"), yuan("180.00"))
    pay_loan(phone, quote.amount, date(2026, 5, 20), settle=True)
    assert phone.state == LoanState.PAID
    assert book.sum_of("loan_interest_income", "CNY") == yuan("36.00")


def test_what_is_paid_too_much_lies_in_the_wallet(db, phone):
    pay_loan(phone, yuan("4000.00"), date(2026, 4, 14))
    assert phone.state == LoanState.PAID
    assert book.balance(account("wallet", phone.borrower_id), "CNY") == yuan("184.00")


def test_the_wallet_pays_a_row_and_is_never_overdrawn(db, phone):
    other = make_loan(phone.borrower_id, yuan("100.00"), months=3, on=BOUGHT)
    pay_loan(other, yuan("421.50"), BOUGHT)  # 101.50 for the plan, 320.00 left over
    with clock.travel(GOT_IT):
        loans.pay_from_wallet(phone.number, phone.borrower_id, key="K-1")
        assert phone.rows[0].owed == 0
        with pytest.raises(InvalidInput, match="smaller than this payment"):
            loans.pay_from_wallet(phone.number, phone.borrower_id, key="K-2")


def test_a_claim_beyond_the_limit_is_refused(db, phone):
    with pytest.raises(OverLimit):
        exposure.hold(phone.borrower_id, "C-MORE", yuan("6400.01"), yuan("10000.00"))
    assert exposure.hold(phone.borrower_id, "C-FITS", yuan("6400.00"), yuan("10000.00"))


def test_an_abandoned_checkout_gives_its_limit_back_after_half_an_hour(db, phone):
    with clock.travel(GOT_IT):
        exposure.hold(phone.borrower_id, "C-LEFT", yuan("1000.00"), yuan("10000.00"))
        assert exposure.release_expired() == 0
    with clock.travel(clock.start_of(GOT_IT) + timedelta(hours=12, minutes=30)):
        assert exposure.release_expired() == 1
        with pytest.raises(OverLimit):
            exposure.draw("C-LEFT")
    assert own_book(phone.borrower_id, GOT_IT).used == 360_000


@pytest.mark.parametrize(
    ("extra", "rows", "last"), [("shorter", 6, 31_800), ("smaller", 11, 17_346)]
)
def test_a_payment_beyond_what_is_due_makes_the_plan_shorter_or_smaller(
    db, phone, client, extra, rows, last
):
    with clock.travel(date(2026, 4, 14)):
        run_day(date(2026, 4, 14))
        sign_in(client, person(phone.borrower_id))
        answers = {
            "key": "K-1", "way": saved_card(phone.borrower_id), "amount": "1818.00", "extra": extra,
        }  # fmt: skip
        page = f"/account/credit/{phone.number}"
        assert client.post(f"{page}/extra", data=answers | {"amount": "9000"}).status_code == 422
        done = client.post(f"{page}/extra", data=answers | {"key": "K-2"}, follow_redirects=True)
    assert "Thank you, it is paid." in done.text and "you saved" in done.text
    db.session.expire_all()
    open_rows = [row.owed for row in phone.rows if row.owed]
    assert (len(open_rows), open_rows[0]) == (rows, last)
    assert owed(phone)["loan_principal"] == yuan("1800.00")
