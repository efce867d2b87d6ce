"""Interest by the day: one journal a chunk, nothing written a loan, and the sum always agrees."""

from datetime import timedelta

import pytest

from core import clock
from finance.capital import queries, repaying, services
from finance.capital.term_loan.services import take_term_loan
from finance.collections import accruing, chunks
from finance.collections.services import run_day
from finance.collections.through import STEP
from ledger import audit, book
from ledger.accounts import account
from ledger.reading import recent
from mall.orders import services as orders
from mall.orders.rules import OrderState
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import make_order
from tests.finance.money import yuan


@pytest.fixture(autouse=True)
def audited(db):
    yield
    assert [finding for finding in audit.run() if not finding.ok] == []


def receive(order):
    orders.confirm_receipt(order.number, order.buyer_id)


def control():
    return book.balance(account("accrued_interest", "sellers"), "CNY")


def term_loan(seller):
    number = take_term_loan(seller.id, yuan("12000.00"), 3, key="T").number
    return queries.advance_of(seller.id, number)


def test_a_night_books_the_interest_of_all_in_one_journal(db):
    loans = [term_loan(make_steady_seller()) for _ in range(3)]
    with clock.travel(clock.now() + timedelta(1)):
        run_day(clock.today())
        assert control() == yuan("21.60")  # 600 ppm of 12,000.00, three times
        run_day(clock.today())
        assert control() == yuan("21.60")
    assert all(loan.fee_charged == 0 and loan.accrued_until == loan.began_on for loan in loans)
    assert [j.kind for j in recent(20)].count("interest.accrued") == 1


def test_missed_nights_give_one_journal_each(db):
    loan = term_loan(make_steady_seller())
    run_day(loan.began_on)
    with clock.travel(clock.now() + timedelta(7)):
        report = run_day(clock.today())
        assert len(report.days) == 7
        assert control() == yuan("50.40")
    kept = [j for j in recent(20) if j.kind == "interest.accrued"]
    assert len({j.on for j in kept}) == len(kept) == 7


def test_an_event_takes_its_part_out_again(db):
    seller = make_steady_seller()
    loan = term_loan(seller)
    start = clock.now()
    with clock.travel(start + timedelta(4)):
        run_day(clock.today())
        assert control() == yuan("28.80")
    with clock.travel(start + timedelta(6)):
        run_day(clock.today())
        receive(*ship_orders(seller, 1))
        repaying.pay_off(seller.id, loan.number)
        assert control() == yuan("0")
        assert loan.fee_paid == 43_20
    with clock.travel(start + timedelta(7)):
        run_day(clock.today())
        assert control() == yuan("0")


def test_an_event_before_the_run_and_one_between_two_runs(db):
    seller = make_steady_seller()
    ship_orders(seller, 10)
    number = services.draw_on_orders(seller.id, yuan("8000.00"), key="D").number
    advance = queries.advance_of(seller.id, number)
    start = clock.now()
    with clock.travel(start + timedelta(2)):
        run_day(clock.today())
        assert control() == yuan("8.00")  # 500 ppm of 8,000.00, two days
    with clock.travel(start + timedelta(5)):
        receive(make_order(None, seller, "300.00", state=OrderState.SHIPPED))
        repaying.pay_off(seller.id, advance.number)
        assert (control(), advance.fee_paid) == (yuan("0"), 20_00)


def test_chunks_are_small_and_sum_to_the_whole(db, monkeypatch):
    loans = sorted([term_loan(make_steady_seller()) for _ in range(3)], key=lambda a: a.id)
    small = chunks.Step(
        STEP, accruing.SELLERS_INTEREST.pick, accruing.SELLERS_INTEREST.act, size=1, closes=True
    )
    day = loans[0].began_on + timedelta(1)
    for number in range(1, 4):
        chunks.work_chunk(small, day)
        assert control() == number * yuan("7.20")
        assert chunks.reached(STEP, day) == loans[number - 1].id
        assert [f for f in audit.run() if not f.ok] == []
    with clock.travel(clock.now() + timedelta(1)):
        assert chunks.run(small, day).count == 0
        assert chunks.work_chunk(small, day) is None
