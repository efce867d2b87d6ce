"""Stages, expected losses and their sum in the book; numbers to be checked by hand."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core import clock
from finance.capital import giving_up
from finance.capital.queries import advance_numbered
from finance.capital.services import take_sales_share
from finance.capital.term_loan.services import take_term_loan
from finance.collections import warnings
from finance.collections.models import Standing
from finance.collections.provision_rules import rules
from finance.collections.services import run_day
from finance.risk.models import Decision
from ledger import audit, book
from ledger.accounts import account
from tests.factories.capital import make_steady_seller
from tests.factories.loans import make_loan, pay_loan
from tests.factories.people import make_shopper
from tests.finance.money import yuan

BOUGHT, FIRST = date(2026, 3, 10), date(2026, 4, 10)


@pytest.fixture(autouse=True)
def audited(db):
    yield
    assert [finding for finding in audit.run() if not finding.ok] == []


@pytest.fixture
def phone(db):
    """3,600.00 in 12, a shopper of grade B."""
    return make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)


def set_aside(of="shoppers"):
    return book.balance(account("loss_allowance", of), "CNY")


def standing(db, loan):
    db.session.expire_all()
    return db.session.scalars(select(Standing).where(Standing.contract_id == loan.id)).one()


@pytest.mark.parametrize(("days", "stage"), [(0, 1), (29, 1), (30, 2), (89, 2), (90, 3), (200, 3)])
def test_the_stages(days, stage):
    assert rules().stage(days) == stage


def test_pd_times_lgd():
    assert rules().rate_ppm("installments", 1, "B") == 5_400  # 0.9 % × 60 %
    assert rules().rate_ppm("order_advance", 2, "A") == 12_000  # 8 % × 15 %
    assert rules().rate_ppm("term_loan", 3, "E") == 600_000


def test_a_loan_goes_through_the_stages_and_only_changes_are_booked(db, phone):
    run_day(date(2026, 4, 1))
    assert set_aside() == yuan("19.44")  # 0.54 % of 3,600.00
    run_day(FIRST)
    assert set_aside() == yuan("19.54")  # the first fee, 18.00, is owed too
    run_day(FIRST)
    assert set_aside() == yuan("19.54")
    run_day(FIRST + timedelta(30))
    kept = standing(db, phone)
    assert (kept.days_late, kept.bucket, kept.stage, kept.rate_ppm) == (30, 1, 2, 72_000)
    assert kept.allowance == set_aside().minor == round(kept.exposure * 0.072)
    run_day(FIRST + timedelta(31))
    assert standing(db, phone).bucket == 2


def test_paid_up_it_is_in_the_first_stage_again_and_paid_off_nothing_is_left(db, phone):
    run_day(date(2026, 4, 1))
    day = FIRST + timedelta(40)
    run_day(day)
    assert standing(db, phone).stage == 2
    with clock.travel(day):
        pay_loan(phone, yuan("636.00"), day)
    run_day(day + timedelta(1))
    assert standing(db, phone).stage == 1
    assert set_aside() < yuan("19.00")
    with clock.travel(day + timedelta(1)):
        pay_loan(phone, yuan("3900.00"), day + timedelta(1), settle=True)
    run_day(day + timedelta(2))
    assert not set_aside() and not db.session.scalars(select(Standing)).all()


def ask_again(db, loan, pd_ppm):
    """The shopper asks for another plan; the decision says what it thinks of her now."""
    first = db.session.get_one(Decision, loan.decision_id)
    names = {column.name for column in Decision.__table__.columns} - {"id", "created_at"}
    again = {name: getattr(first, name) for name in names} | {"pd_ppm": pd_ppm}
    db.session.add(Decision(**again))
    db.session.commit()


def test_a_pd_that_doubled_and_rose_by_a_point_is_the_second_stage(db, phone):
    first = db.session.get_one(Decision, phone.decision_id).pd_ppm
    enough = max(2 * first, first + 10_000)
    ask_again(db, phone, enough - 1)
    run_day(date(2026, 4, 1))
    assert (standing(db, phone).stage, set_aside()) == (1, yuan("19.44"))
    ask_again(db, phone, enough)
    run_day(date(2026, 4, 2))
    assert (standing(db, phone).stage, set_aside()) == (2, yuan("259.20"))  # 12 % × 60 %
    ask_again(db, phone, first)
    run_day(date(2026, 4, 3))
    assert standing(db, phone).stage == 1


def test_sellers_have_a_book_of_their_own(db):
    take_term_loan(make_steady_seller().id, yuan("12000.00"), 3, key="T")  # of grade C
    run_day(clock.today())
    assert (set_aside(), set_aside("sellers")) == (yuan("0"), yuan("144.00"))  # 2 % × 60 %


def lost():
    return book.balance(account("credit_loss"), "CNY")


@pytest.mark.parametrize("product", ["term loan", "sales share"])
def test_an_advance_given_up_uses_what_was_set_aside_for_it_first(db, product):
    seller, other, today = make_steady_seller(), make_steady_seller(), clock.today()
    if product == "term loan":
        number = take_term_loan(seller.id, yuan("12000.00"), 3, key="T").number
    else:
        number = take_sales_share(seller.id, yuan("12000.00"), 150_000, key="T").number
    take_term_loan(other.id, yuan("12000.00"), 3, key="O")
    run_day(today)
    assert set_aside("sellers") == yuan("288.00")  # 2 % × 60 % of 12,000.00, twice
    made = giving_up.propose(number, "charge_off", amount=None, why="It burnt down", by=1)
    giving_up.decide(made.id, yes=True, by=2)
    owed = advance_numbered(number)
    interest = owed.lost - 1_200_000 if product == "term loan" else 0  # a flat fee is no loss
    assert set_aside("sellers") == yuan("144.00")
    assert lost() == yuan("12000.00") + owed.money(interest) - yuan("144.00") + yuan("288.00")
    assert [finding for finding in audit.run() if not finding.ok] == []
    run_day(today + timedelta(1))  # the other's stays, nothing is released twice
    assert set_aside("sellers") == yuan("144.00")


def test_chunks_of_one_book_the_same(db, app, monkeypatch):
    monkeypatch.setitem(app.config, "LENDERS_CHUNK", 1)
    for _ in range(3):
        make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)
    run_day(date(2026, 4, 1))
    assert set_aside() == yuan("58.32")


def test_whoever_warns_is_asked_once_a_day(db, phone, monkeypatch):
    asked = []
    monkeypatch.setattr(warnings, "_looks", {})
    warnings.plug("sales fall", lambda day: asked.append(day) or 1)
    assert run_day(FIRST).counts["early warnings"] == 1
    assert asked == [FIRST]
