"""One form, four choices, the first at once; and money that two people give up."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core import clock
from core.errors import InvalidInput, NotFound
from finance.collections import easing, giving_up, relief
from finance.collections.care_models import CHARGE_OFF, WAIVE
from finance.collections.services import run_day
from finance.loans.models import LoanEvent
from finance.loans.verifying import verify
from ledger import audit, book
from ledger.accounts import account
from tests.factories.loans import make_loan, owed, pay_loan
from tests.factories.people import make_shopper
from tests.finance.money import yuan

BOUGHT, FIRST = date(2026, 3, 10), date(2026, 4, 10)
ONE, OTHER = 1, 2  # two admins


@pytest.fixture(autouse=True)
def audited(db):
    yield
    assert [finding for finding in audit.run() if not finding.ok] == []
    assert verify().wrong == ()


@pytest.fixture
def phone(db):
    """3,600.00 in 12: 300.00 and 18.00 each month from 10 April."""
    return make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)


def ask(loan, choice, on, *, days=0, key="K"):
    with clock.travel(on):
        return relief.ask(loan.number, loan.borrower_id, choice, why="Ill.", key=key, days=days)


def rows(db, loan):
    db.session.expire_all()
    return [(row.due_on, row.owed) for row in loan.rows]


def test_the_payments_move(db, phone):
    made = ask(phone, "move", FIRST - timedelta(2), days=20)
    assert (made.state, made.calm_until) == ("granted", date(2026, 4, 28))
    after = rows(db, phone)
    assert after[0] == (date(2026, 4, 30), 31_800)
    assert len(after) == 12 and sum(o for _, o in after) == 381_600
    again = ask(phone, "move", FIRST - timedelta(2), days=20)
    assert again.id == made.id and rows(db, phone) == after


def test_a_late_row_is_not_late_any_more_and_no_fee_is_charged(db, phone):
    run_day(date(2026, 4, 14))
    assert phone.rows[0].state == "due" or phone.rows[0].state == "late"
    ask(phone, "freeze", date(2026, 4, 14))
    after = rows(db, phone)
    assert after[0] == (date(2026, 6, 13), 31_800)  # 60 days from the click
    run_day(date(2026, 5, 20))
    assert phone.rows[0].state == "scheduled" and not owed(phone)["loan_fee"]


def test_half_for_three_months_and_the_other_halves_at_the_end(db, phone):
    ask(phone, "halve", FIRST - timedelta(1))
    after = rows(db, phone)
    assert [o for _, o in after[:4]] == [15_900, 15_900, 15_900, 31_800]
    assert after[12:] == [
        (date(2027, 4, 10), 15_900),
        (date(2027, 5, 10), 15_900),
        (date(2027, 6, 10), 15_900),
    ]
    assert sum(o for _, o in after) == 381_600
    with clock.travel(FIRST):
        pay_loan(phone, yuan("3816.00"), FIRST, settle=True)
    assert phone.state == "paid"


def test_a_longer_plan_has_twice_the_rows_and_costs_the_same(db, phone):
    run_day(FIRST)
    ask(phone, "longer", FIRST + timedelta(5))
    after = rows(db, phone)
    assert len(after) == 24 and sum(o for _, o in after) == 381_600
    assert after[0] == (date(2026, 4, 15), 16_800)  # its fee, 18.00, was earned: it stays whole
    assert after[-1][0] == date(2028, 3, 15)


def test_the_second_request_is_for_a_person_and_fees_rest_meanwhile(db, phone):
    ask(phone, "move", FIRST, days=5)
    second = ask(phone, "freeze", FIRST + timedelta(1), key="K2")
    assert second.state == "asked"
    with pytest.raises(relief.NoAirHere):
        ask(phone, "halve", FIRST + timedelta(1), key="K3")
    run_day(FIRST + timedelta(30))
    assert not owed(phone)["loan_fee"]
    done = relief.decide(second.id, grant=False, answer="Call us.", by=ONE)
    assert (done.state, done.answer) == ("declined", "Call us.")
    with pytest.raises(relief.DecidedBefore):
        relief.decide(second.id, grant=True, answer="", by=ONE)


def test_a_strangers_plan_is_not_there_and_days_are_few(db, phone):
    with pytest.raises(NotFound):
        relief.ask(phone.number, make_shopper().id, "freeze", why="Ill.", key="K")
    with pytest.raises(InvalidInput, match="1 to 30 days"):
        ask(phone, "move", FIRST, days=31)


def test_two_admins_charge_a_plan_off_and_what_comes_later_is_recovered(db, phone):
    run_day(date(2026, 4, 1))
    with clock.travel(FIRST):
        made = giving_up.propose(phone.number, CHARGE_OFF, amount=None, why="Gone.", by=ONE)
        with pytest.raises(giving_up.ProposedAlready):
            giving_up.propose(phone.number, CHARGE_OFF, amount=None, why="Gone.", by=OTHER)
        with pytest.raises(giving_up.SamePerson):
            giving_up.decide(made.id, yes=True, by=ONE)
        giving_up.decide(made.id, yes=True, by=OTHER)
        with pytest.raises(giving_up.DecidedBefore):
            giving_up.decide(made.id, yes=True, by=OTHER)
    assert phone.state == "charged_off" and not any(owed(phone).values())
    assert not book.balance(account("loss_allowance", "shoppers"), "CNY")
    assert book.sum_of("credit_loss", "CNY") == yuan("3600.00")
    pay_loan(phone, yuan("100.00"), FIRST)
    assert book.sum_of("recovery", "CNY") == yuan("100.00")


def test_two_admins_waive_a_fee(db, phone):
    run_day(FIRST)
    with clock.travel(FIRST):
        with pytest.raises(InvalidInput, match=r"up to 18\.00"):
            giving_up.propose(phone.number, WAIVE, amount=yuan("19.00"), why="Kind.", by=ONE)
        made = giving_up.propose(phone.number, WAIVE, amount=yuan("10.00"), why="Kind.", by=ONE)
        giving_up.decide(made.id, yes=True, by=OTHER)
    assert owed(phone)["loan_interest"] == yuan("8.00")
    query = select(LoanEvent.note).where(LoanEvent.kind == "forgiven")
    assert db.session.scalars(query).all() == ["Kind."]


def test_what_is_refused_changes_nothing(db, phone):
    made = giving_up.propose(phone.number, CHARGE_OFF, amount=None, why="Gone.", by=ONE)
    giving_up.decide(made.id, yes=False, by=OTHER)
    assert phone.state == "active"


def test_limits_are_the_countrys_own(db, phone, monkeypatch):
    tight = replace(easing.limits_of("UK"), move_max=10)
    monkeypatch.setattr(easing, "limits_of", lambda regime: tight if regime == "CN" else None)
    with pytest.raises(InvalidInput, match="1 to 10 days"):
        relief.ask(phone.number, phone.borrower_id, "move", why="Moved.", key="K-1", days=11)
