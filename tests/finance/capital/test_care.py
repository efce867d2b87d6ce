"""Sellers in trouble: air at once, money given up by two, and what is paid after all."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core import clock
from finance.capital import giving_up, hardship, nightly, queries, repaying
from finance.capital.care_models import CHARGE_OFF, WAIVE
from finance.capital.terms import CN
from mall.orders import services as orders
from tests.factories.capital import make_steady_seller, ship_orders, spend_all
from tests.factories.orders import assert_clean, balance, yuan
from tests.factories.people import make_admin
from tests.finance.capital import test_services as told
from tests.finance.capital.test_services import draw, refund
from tests.finance.capital.test_term_loan import take as take_loan

STEPS = [["2026-03-02", 100], ["2026-05-01", 200], ["2026-06-30", 300], ["2026-08-29", 400]]


class TestAir:
    def test_lowered_minimums_still_sum_to_all(self):
        found = hardship.lowered(STEPS, 0, CN.hardship)
        assert [least for _, least in found] == [50, 100, 250, 400]
        assert hardship.lowered(STEPS, 2, CN.hardship) == []

    def test_the_first_is_granted_at_once_the_second_by_a_person(self, db):
        seller = make_steady_seller()
        advance = told.TestSalesShare().take(seller)
        first = hardship.ask(seller.id, advance.number, "pause", why="Flood", key="1")
        assert first.state == "granted"
        assert hardship.ask(seller.id, advance.number, "pause", why="Flood", key="1").id == first.id
        receive_one(seller)
        assert advance.repaid == yuan("0.00")  # nothing is taken of sales for thirty days
        second = hardship.ask(seller.id, advance.number, "lower", why="Still flooded", key="2")
        assert second.state == "asked"
        before = list(advance.minimums)
        done = hardship.decide(second.id, grant=True, answer="Take your time", by=make_admin().id)
        assert (done.state, done.answer) == ("granted", "Take your time")
        assert advance.minimums[0][1] < before[0][1] and advance.minimums[-1] == before[-1]
        with clock.travel(clock.now() + timedelta(31)):
            receive_one(seller)
            assert advance.repaid == yuan("150.00")
        with pytest.raises(hardship.DecidedBefore):
            hardship.decide(second.id, grant=True, answer="", by=make_admin().id)
        assert_clean()

    def test_a_longer_plan_makes_parts_smaller_and_ends_arrears(self, db):
        seller = make_steady_seller()
        advance = take_loan(seller)
        spend_all(seller)
        with clock.travel(clock.now() + timedelta(45)):
            nightly.run(clock.today())
            assert advance.late_since == advance.rows[0].due_on
            hardship.ask(seller.id, advance.number, "longer", why="A slow winter", key="1")
            open_rows = [row for row in advance.rows if row.owed]
            # 12,000.00 over the two parts to come and six more; interest so far comes with the first
            assert [row.principal for row in open_rows] == [1_500_00] * 8
            assert advance.late_since is None
            assert_clean()
        with clock.travel(clock.start_of(open_rows[0].due_on)):
            nightly.run(clock.today())
            days = (open_rows[0].due_on - advance.began_on).days
            assert open_rows[0].interest == days * 7_20
            assert_clean()


def receive_one(seller, amount="1000.00"):
    (order,) = ship_orders(seller, 1, amount)
    orders.confirm_receipt(order.number, order.buyer_id)


class TestGivingUp:
    def test_who_proposes_does_not_decide(self, db):
        seller = make_steady_seller()
        advance = take_loan(seller)
        one, two = make_admin(), make_admin()
        made = giving_up.propose(
            advance.number, WAIVE, amount=yuan("500.00"), why="Our mistake", by=one.id
        )
        with pytest.raises(giving_up.SamePerson):
            giving_up.decide(made.id, yes=True, by=one.id)
        with pytest.raises(giving_up.ProposedAlready):
            giving_up.propose(advance.number, CHARGE_OFF, amount=None, why="Again", by=two.id)
        raw = text("update give_up set state = 'done', decided_by = proposed_by")
        with pytest.raises(IntegrityError, match="two_people"), db.session.begin_nested():
            db.session.execute(raw)
        giving_up.decide(made.id, yes=True, by=two.id)
        assert advance.principal_owed == yuan("11500.00")
        assert advance.rows[0].principal == 3_500_00
        assert balance("credit_loss") == yuan("500.00")
        with pytest.raises(giving_up.DecidedBefore):
            giving_up.decide(made.id, yes=True, by=two.id)
        assert_clean()

    @pytest.mark.parametrize("make", [take_loan, told.TestSalesShare().take])
    def test_charged_off_by_two_and_recovered_within_the_ceiling(self, db, make):
        seller = make_steady_seller()
        advance = make(seller)
        lost = advance.owed
        made = giving_up.propose(
            advance.number, CHARGE_OFF, amount=None, why="The shop burnt down", by=make_admin().id
        )
        giving_up.decide(made.id, yes=True, by=make_admin().id)
        assert (advance.state, advance.lost) == ("charged_off", lost.minor)
        assert balance("credit_loss") == yuan("0") + advance.money(advance.principal)
        assert_clean()
        before = balance("seller_payable", seller.id)
        receive_one(seller)
        assert balance("seller_payable", seller.id) - before == yuan("650.00")
        assert balance("recovery") == yuan("350.00")
        assert repaying.pay(seller.id, advance.number, yuan("50.00"), key="P") == yuan("50.00")
        assert (advance.recovered, balance("recovery")) == (400_00, yuan("400.00"))
        assert_clean()

    def test_the_ladder_to_a_charge_off_after_120_days(self, db):
        seller = make_steady_seller()
        advance = take_loan(seller)
        spend_all(seller)
        due_on = advance.rows[0].due_on
        steps = {8: "retries_ended", 30: "plan_offered", 60: "frozen", 90: "default"}
        for days in (1, 8, 30, 60, 90, 119, 120):
            with clock.travel(clock.start_of(due_on + timedelta(days))):
                nightly.run(clock.today())
                nightly.run(clock.today())
                db.session.expire_all()
                said = [e.kind for e in advance.events if e.kind in steps.values()]
                assert said == [kind for day, kind in steps.items() if day <= days]
        assert advance.state == "charged_off"
        assert advance.lost == advance.principal + advance.fee_charged
        assert_clean()

    def test_an_order_advance_charged_off_frees_nothing_to_pledge_again(self, db):
        seller = make_steady_seller()
        (order,) = ship_orders(seller, 1)
        advance = draw(seller, "800.00")
        spend_all(seller)
        refund(order, "1000.00")
        with clock.travel(clock.now() + timedelta(130)):
            nightly.run(clock.today())
        assert advance.state == "charged_off"
        assert queries.open_pledges(seller.id) == []
        assert_clean()

    def test_two_minimums_missed_and_far_behind_a_person_looks(self, db):
        seller = make_steady_seller()
        advance = told.TestSalesShare().take(seller)
        with clock.travel(clock.now() + timedelta(131)):
            assert nightly.run(clock.today()).missed == 2
            db.session.expire_all()
        assert [e.kind for e in advance.events].count("review") == 1
        assert advance.is_running
