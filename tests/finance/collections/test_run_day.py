"""The lender's day: due, paid by card, late, lost; and twice is once."""

from datetime import date, timedelta

import pytest

from core import clock
from finance.collections.rules import late_fee
from finance.collections.services import run_day
from finance.loans.queries import own_book
from finance.loans.rules import LoanState
from finance.products import LateRule
from ledger import audit, book
from ledger.accounts import account
from tests.factories.loans import make_loan, owed, pay_loan
from tests.factories.people import make_shopper
from tests.finance.money import yuan

BOUGHT = date(2026, 3, 10)
FIRST = date(2026, 4, 10)


@pytest.fixture
def phone(db):
    return make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)


@pytest.fixture(autouse=True)
def audited(db):
    yield
    assert [finding for finding in audit.run() if not finding.ok] == []


def days(first, last):
    """Run every night from first to last, at that day's time."""
    for number in range((last - first).days + 1):
        day = first + timedelta(number)
        with clock.travel(day):
            run_day(day)


def allowance():
    return book.balance(account("loss_allowance", "shoppers"), "CNY")


def kinds(db, loan):
    db.session.expire_all()
    return [event.kind for event in sorted(loan.events, key=lambda e: e.id)]


def test_a_row_falls_due_and_its_fee_is_earned_once(db, phone):
    assert run_day(FIRST).counts["fallen due"] == 1
    assert run_day(FIRST).counts["fallen due"] == 0
    assert owed(phone)["loan_interest"] == yuan("18.00")
    assert phone.rows[0].state == "due"


def test_nothing_falls_due_before_the_goods_have_come(db):
    loan = make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT)
    run_day(date(2026, 7, 1))
    assert not owed(loan)["loan_interest"]


def test_missed_nights_are_caught_up(db, phone):
    run_day(date(2026, 4, 1))
    report = run_day(date(2026, 5, 11))
    assert (len(report.days), report.counts["fallen due"]) == (40, 2)
    assert report.counts["late"] == 1
    earned = [event.on for event in phone.events if event.kind == "due"]
    assert earned == [FIRST, date(2026, 5, 10)]


def test_she_is_reminded_five_days_one_day_and_no_day_before(db, phone):
    days(date(2026, 4, 4), FIRST)
    days(FIRST, FIRST)
    assert kinds(db, phone).count("reminded") == 3


def test_late_after_grace_blocks_new_credit_from_the_first_day(db, phone):
    days(FIRST, date(2026, 4, 13))
    assert phone.rows[0].state == "due"
    assert own_book(phone.borrower_id, date(2026, 4, 11)).overdue == 31_800
    days(date(2026, 4, 14), date(2026, 4, 14))
    assert phone.rows[0].state == "late"


@pytest.mark.parametrize(
    ("unpaid", "days_late", "charged", "month", "fee"),
    [
        (31_800, 10, 0, 0, 0),
        (31_800, 11, 0, 0, 175),  # 318.00 × 0.05 % × 11 = 1.749
        (400_000, 11, 0, 0, 500),
        (400_000, 11, 0, 2_800, 200),
        (400_000, 11, 89_900, 0, 100),
    ],
)
def test_a_late_fee_is_small_and_capped(unpaid, days_late, charged, month, fee):
    assert fee == late_fee(
        LateRule(),
        unpaid=unpaid,
        days=days_late,
        financed=360_000,
        charged=charged,
        this_month=month,
    )


def test_the_first_late_fee_is_waived_and_the_second_is_charged(db, phone):
    days(FIRST, date(2026, 4, 21))
    assert "waived" in kinds(db, phone)
    assert not owed(phone)["loan_fee"]
    days(date(2026, 4, 22), date(2026, 5, 21))
    assert owed(phone)["loan_fee"] == yuan("1.75")
    with clock.travel(date(2026, 5, 22)):
        pay_loan(phone, yuan("637.75"), date(2026, 5, 22))
    assert not owed(phone)["loan_fee"]
    assert phone.rows[2].owed == 31_800


def test_ninety_days_are_set_aside_and_a_hundred_and_twenty_are_lost(db, phone):
    run_day(date(2026, 4, 1))
    run_day(FIRST + timedelta(90))
    due = yuan("3654.00") + owed(phone)["loan_fee"]  # three fees had fallen due
    assert allowance() == due.ppm(600_000)  # PD is 1 in the third stage
    run_day(FIRST + timedelta(120))
    assert phone.state == LoanState.CHARGED_OFF
    assert not any(owed(phone).values())
    assert not allowance()
    assert own_book(phone.borrower_id, date(2026, 9, 1)).used == 0

    pay_loan(phone, yuan("100.00"), date(2026, 9, 1))
    assert book.sum_of("recovery", "CNY") == yuan("100.00")


def test_paying_up_after_default_gives_the_allowance_back(db, phone):
    run_day(date(2026, 4, 1))
    day = FIRST + timedelta(90)
    run_day(day)
    with clock.travel(day):
        pay_loan(phone, yuan("3900.00"), day, settle=True)
    assert phone.state == LoanState.PAID
    run_day(day + timedelta(1))
    assert not book.sum_of("loss_allowance", "CNY")
    assert not book.sum_of("credit_loss", "CNY")


def test_the_terminal_says_what_was_done(app, phone):
    said = app.test_cli_runner().invoke(args=["finance", "run-day", "--date", "2026-04-10"])
    assert said.exit_code == 0, said.output
    assert "1 business day up to 2026-04-10." in said.output
    assert "fallen due" in said.output
