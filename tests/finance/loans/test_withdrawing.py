"""A shopper changes her mind about a plan: the money goes back, and it has cost nothing."""

from datetime import date

import pytest

from core import clock
from finance.lending.early import withdrawal
from finance.loans import services as loans
from finance.loans.paying import PayingAlready
from finance.loans.queries import own_book
from finance.loans.rules import LoanState
from finance.loans.services import CannotWithdraw
from finance.products import REGIMES
from ledger import book
from ledger.accounts import account
from mall.accounts.queries import person
from payments import services as payments
from tests.factories.loans import make_loan, owed, pay_loan
from tests.factories.orders import assert_clean, saved_card
from tests.factories.payments import ASKS, DECLINED, make_card
from tests.factories.people import make_shopper, sign_in
from tests.finance.loans.test_paying_twice import fund
from tests.finance.money import yuan

BOUGHT, SOON, LAST, OVER = (date(2026, 3, day) for day in (10, 12, 17, 18))


@pytest.fixture
def phone(db):
    """3,600.00 in 12 on 10 March; seven days to withdraw."""
    return make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)


@pytest.fixture(autouse=True)
def audited(db):
    yield
    assert_clean()


def withdraw(loan, source, on, key="K-1"):
    with clock.travel(on):
        asked = loans.withdraw_by_card(loan.number, loan.borrower_id, source=source, key=key)
        return payments.refresh(asked.id)


def income():
    return book.sum_of("loan_interest_income", "CNY")


def test_each_regime_says_how_long():
    days = {name: terms.withdraw_until(BOUGHT) for name, terms in REGIMES.items()}
    assert (days["CN"], days["EU"], days["UK"]) == (LAST, date(2026, 3, 24), date(2026, 3, 24))
    assert days["US"] is None


def test_the_whole_principal_and_not_a_cent_more(db, phone):
    assert loans.open_until(phone, SOON).quote.saving == yuan("216.00")
    paid = withdraw(phone, make_card(phone.borrower_id), SOON)
    assert (paid.state, paid.amount) == ("succeeded", yuan("3600.00"))
    assert phone.state == LoanState.PAID and not any(owed(phone).values())
    assert sum(row.fee for row in phone.rows) == 0 and not income()
    assert own_book(phone.borrower_id, SOON).used == 0
    event = next(event for event in phone.events if event.kind == "withdrawn")
    assert (event.amount, event.details) == (360_000, {"fee_back": 0, "saving": 21_600})


def test_a_fee_paid_in_advance_comes_back(db, phone):
    pay_loan(phone, yuan("318.00"), SOON)
    assert income() == yuan("18.00")
    assert withdrawal([row.standing("CNY") for row in phone.rows]).fee_back == yuan("18.00")
    paid = withdraw(phone, make_card(phone.borrower_id), LAST)
    assert paid.amount == yuan("3282.00")  # with the 318.00 before: 3,600.00
    assert phone.state == LoanState.PAID and not income()


def test_the_right_ends_with_its_last_day(db, phone):
    card = make_card(phone.borrower_id)
    assert loans.open_until(phone, LAST).last_day == LAST
    assert loans.open_until(phone, OVER) is None
    with pytest.raises(CannotWithdraw):
        withdraw(phone, card, OVER)
    assert phone.state == LoanState.ACTIVE


def test_a_declined_card_changes_nothing_and_a_second_try_may_follow(db, phone):
    bad, good = (make_card(phone.borrower_id, number) for number in (DECLINED, "4242424242424242"))
    assert withdraw(phone, bad, SOON).state == "refused"
    assert phone.state == LoanState.ACTIVE and owed(phone)["loan_principal"] == yuan("3600.00")
    assert withdraw(phone, good, SOON).state == "succeeded"
    assert phone.state == LoanState.PAID


def test_a_withdrawal_that_arrives_weeks_late_is_a_payment_like_any_other(db, phone):
    with clock.travel(LAST):
        asked = loans.withdraw_by_card(
            phone.number, phone.borrower_id, source=make_card(phone.borrower_id), key="K-1"
        )
    with clock.travel(date(2026, 4, 20)):
        payments.refresh(asked.id)
    assert phone.state == LoanState.ACTIVE  # eleven rows of 318.00, and 102.00 of the last
    assert income() == yuan("216.00") and owed(phone)["loan_principal"] == yuan("216.00")


def test_a_second_tab_waits_while_the_first_one_pays(db, phone):
    card = make_card(phone.borrower_id)
    with clock.travel(SOON):
        first = loans.withdraw_by_card(phone.number, phone.borrower_id, source=card, key="K-1")
        with pytest.raises(PayingAlready):
            loans.withdraw_by_card(phone.number, phone.borrower_id, source=card, key="K-2")
        payments.refresh(first.id)
    assert book.balance(account("wallet", phone.borrower_id), "CNY") == yuan("0.00")


def test_paid_twice_the_second_lies_in_the_wallet(db, phone, client):
    with clock.travel(SOON):
        asks = make_card(phone.borrower_id, ASKS)
        first = loans.withdraw_by_card(phone.number, phone.borrower_id, source=asks, key="K-1")
        first = payments.refresh(first.id)  # it waits for her, so she pays with another card
        withdraw(phone, make_card(phone.borrower_id), SOON, "K-2")
        sign_in(client, person(phone.borrower_id))
        assert client.post(f"{first.action_url}/approve").status_code == 302
        payments.refresh(first.id)
    assert book.balance(account("wallet", phone.borrower_id), "CNY") == yuan("3600.00")


def test_from_the_wallet_a_double_click_counts_once(db, phone):
    fund(phone.borrower_id, "4000.00")
    with clock.travel(SOON):
        for _ in range(2):
            paid = loans.withdraw_from_wallet(phone.number, phone.borrower_id, key="K-1")
            assert paid == yuan("3600.00")
    assert book.balance(account("wallet", phone.borrower_id), "CNY") == yuan("400.00")


def test_goods_returned_after_it_are_paid_back_whole(db, phone):
    payment = withdraw(phone, make_card(phone.borrower_id), SOON)
    back = loans.give_back(
        phone.number, phone.orders[0].order_number, "R-1", yuan("1200.00"), date(2026, 3, 20)
    )
    assert back.to_cards == ((payment.id, yuan("1200.00")),)
    assert not back.transfers and not back.borne


def test_the_pages_show_the_button_and_its_last_day(db, client, phone):
    make_card(phone.borrower_id)
    sign_in(client, person(phone.borrower_id))
    plan = f"/account/credit/{phone.number}"
    with clock.travel(LAST):
        page = client.get(plan).text
        assert "Withdraw until 17 Mar 2026" in page and "Withdraw for ¥3,600.00" in page
        answers = {"key": "K-1", "way": saved_card(phone.borrower_id)}
        done = client.post(f"{plan}/withdraw", data=answers, follow_redirects=True)
    assert "Thank you, it is paid." in done.text
    assert "Withdrawn: paid back without any fee" in done.text and "You saved 216.00" in done.text
    assert "Withdraw until" not in done.text
    with clock.travel(OVER):
        again = client.post(f"{plan}/withdraw", data=answers)
        assert again.headers["Idempotent-Replayed"] == "true"  # the same form is the same answer
        answers["key"] = "K-2"
        assert client.post(f"{plan}/withdraw", data=answers).status_code == 409


def test_strangers_find_no_plan_to_withdraw_from(db, client, phone):
    sign_in(client, make_shopper())
    assert client.post(f"/account/credit/{phone.number}/withdraw").status_code == 404
