"""J6, J7 and J8 as use cases: money in, money back out of settlements, the book always even."""

from datetime import timedelta

import pytest

from core import clock
from core.errors import NotFound
from core.money import Money
from finance.capital import exposure, nightly, queries, repaying, services
from finance.capital.services import Drawn, Refused
from finance.risk import services as risk
from finance.risk.seller import Questions
from mall.orders import returns
from mall.orders import services as orders
from mall.orders.rules import Cause
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import assert_clean, balance, make_order, yuan
from tests.factories.people import make_seller
from tests.finance.money import yuan as money


def payable(seller):
    return balance("seller_payable", seller.id)


def receive(order):
    return orders.confirm_receipt(order.number, order.buyer_id)


def refund(order, amount):
    return returns.give_refund(
        order.number, yuan(amount), by=f"seller:{order.seller_id}", cause=Cause.GOODWILL
    )


def draw(seller, amount, key="K-1"):
    answer = services.draw_on_orders(seller.id, yuan(amount), key=key)
    assert isinstance(answer, Drawn), answer
    return queries.advance_numbered(answer.number)


def base(seller):
    asked = Questions(seller.id, clock.now())
    return queries.base_of(seller.id, asked.score.grade, asked.as_of, asked.terms, "CNY")


class TestOrderAdvance:
    def test_the_story(self, db):
        seller = make_steady_seller()
        shipped = ship_orders(seller, 46)
        assert (base(seller).amount, base(seller).capacity) == (yuan("46000"), yuan("36800"))
        advance = draw(seller, "30000.00")
        assert payable(seller) == yuan("30000.00")
        assert base(seller).capacity == yuan("6400.00")
        with clock.travel(clock.now() + timedelta(4)):
            before = payable(seller)
            for order in shipped[:12]:
                receive(order)
            assert payable(seller) - before == yuan("2380.80")
            assert advance.principal_paid == 9_600_00
            assert advance.fee_paid == 19_20
            assert exposure.of(seller.id).used == 20_400_00
            assert_clean()

    def test_a_refunded_order_is_due_with_three_free_days(self, db):
        seller = make_steady_seller()
        shipped = ship_orders(seller, 10)
        advance = draw(seller, "8000.00")
        start = clock.now()
        with clock.travel(start + timedelta(4)):
            refund(shipped[0], "1000.00")
            assert advance.fee_owed == money("1.60")
            nightly.run(clock.today())
        with clock.travel(start + timedelta(7)):
            before = payable(seller)
            receive(make_order(None, seller, "3000.00", state=orders.OrderState.SHIPPED))
            taken = yuan("3000.00") - (payable(seller) - before)
            assert taken == yuan("801.60")
            ((remittance, contract),) = queries.remittances_from(
                seller.id, advance.remittances[-1].order_number
            )
            assert contract.number == advance.number and not remittance.tied
            assert "was given back" in remittance.note
        assert_clean()

    def test_what_the_ceiling_leaves_is_collected_after_the_free_days(self, db):
        seller = make_steady_seller()
        shipped = ship_orders(seller, 10)
        advance = draw(seller, "8000.00")
        start = clock.now()
        refund(shipped[0], "1000.00")
        receive(make_order(None, seller, "1000.00", state=orders.OrderState.SHIPPED))
        assert advance.principal_paid == 350_00
        with clock.travel(start + timedelta(3)):
            nightly.run(clock.today())
            assert advance.principal_paid == 800_00
            night = nightly.run(clock.today())
            assert (night.collected, night.interest) == (0, 0)
        assert_clean()

    def test_half_given_back_makes_half_of_it_due(self, db):
        seller = make_steady_seller()
        (order,) = ship_orders(seller, 1)
        advance = draw(seller, "800.00")
        refund(order, "500.00")
        assert advance.pledges[0].recourse == 400_00
        receive(order)
        assert advance.state == "active"
        assert advance.principal_owed == money("300.00")
        assert_clean()

    def test_more_than_the_base_bears_is_refused_with_the_number(self, db):
        seller = make_steady_seller()
        ship_orders(seller, 2)
        answer = services.draw_on_orders(seller.id, yuan("1600.01"), key="K")
        assert isinstance(answer, Refused)
        assert answer.outcome.reasons[0].code == "RS26"
        assert answer.outcome.free == 1_600_00

    def test_the_same_form_draws_once(self, db):
        seller = make_steady_seller()
        ship_orders(seller, 4)
        assert draw(seller, "500.00").id == draw(seller, "500.00").id
        assert payable(seller) == yuan("500.00")

    def test_paid_off_at_once_frees_the_lines(self, db):
        seller = make_steady_seller()
        ship_orders(seller, 4)
        advance = draw(seller, "3200.00")
        assert not base(seller).counted
        assert repaying.quote_payoff(advance) == (money("3200.00"), money("0"))
        repaying.pay_off(seller.id, advance.number)
        assert advance.state == "repaid"
        assert base(seller).capacity == yuan("3200.00")
        draw(seller, "3200.00", key="K-2")
        assert_clean()

    def test_nothing_is_offered_while_money_is_held(self, db):
        seller = make_steady_seller()
        ship_orders(seller, 2)
        exposure.put_on_hold(seller.id, "parcels are checked", by="admin:1")
        answer = services.draw_on_orders(seller.id, yuan("500.00"), key="K")
        assert answer.outcome.reasons[0].code == "H07"
        assert "parcels are checked" in answer.outcome.reasons[0].text

    def test_orders_that_take_too_long_are_called_in(self, db):
        seller = make_steady_seller()
        ship_orders(seller, 1)
        advance = draw(seller, "800.00")
        start = clock.today()
        nightly.run(start + timedelta(40))
        assert advance.principal_owed == money("800.00")
        nightly.run(start + timedelta(41))
        assert advance.principal_paid > 0
        assert_clean()

    def test_orders_that_go_abroad_have_twice_the_time(self, db):
        """60 days, and ten more while the parcel is under way; the one at home has 30 and ten."""
        seller = make_steady_seller()
        _, abroad = ship_orders(seller, 2)
        abroad.address = abroad.address | {"country": "GB"}
        advance = draw(seller, "1600.00")
        start = clock.today()
        nightly.run(start + timedelta(41))
        assert [p.recourse + p.paid for p in advance.pledges] == [800_00, 0]
        nightly.run(start + timedelta(70))
        assert advance.pledges[1].paid == 0
        nightly.run(start + timedelta(71))
        assert advance.pledges[1].recourse + advance.pledges[1].paid == 800_00
        assert_clean()


class TestPaidToday:
    def test_the_story(self, db):
        seller = make_seller()
        seller.commission_ppm = 0
        (order,) = ship_orders(seller, 1)
        answer = services.sell_order(seller.id, order.number, key="K")
        advance = queries.advance_numbered(answer.number)
        assert payable(seller) == yuan("897.48")
        receive(order)
        assert payable(seller) == yuan("997.48")
        assert advance.state == "repaid"
        assert balance("unearned_fee", advance.number) == yuan("0")
        assert_clean()

    def test_an_order_backs_one_thing_only(self, db):
        seller = make_steady_seller()
        (order,) = ship_orders(seller, 1)
        services.sell_order(seller.id, order.number, key="K")
        again = services.sell_order(seller.id, order.number, key="K-2")
        assert isinstance(again, Refused)
        assert base(seller).excluded[0].why == "It backs another advance."

    def test_a_strangers_order_is_not_found(self, db):
        (order,) = ship_orders(make_seller(), 1)
        with pytest.raises(NotFound):
            services.sell_order(make_seller().id, order.number, key="K")

    def test_an_order_without_a_scan_waits(self, db):
        seller = make_seller()
        order = make_order(None, seller, state=orders.OrderState.SHIPPED)
        answer = services.sell_order(seller.id, order.number, key="K")
        assert isinstance(answer, Refused)


class TestSalesShare:
    def take(self, seller, amount="100000.00", share=150_000, key="K"):
        answer = services.take_sales_share(seller.id, yuan(amount), share, key=key)
        assert isinstance(answer, Drawn), answer
        return queries.advance_numbered(answer.number)

    def test_the_story(self, db):
        seller = make_steady_seller()
        advance = self.take(seller)
        assert (advance.grade, advance.fee, advance.forecast_days) == ("C", 8_000_00, 277)
        assert (advance.apr_ppm + 500) // 1000 == 205
        assert balance("unearned_fee", advance.number) == yuan("8000.00")
        orders_of_the_day = ship_orders(seller, 3)
        refund(orders_of_the_day[0], "400.00")
        before = payable(seller)
        for order in orders_of_the_day:
            receive(order)
        assert yuan("2600.00") - (payable(seller) - before) == yuan("390.00")
        assert advance.repaid == money("390.00")
        assert_clean()

    def test_refunds_after_release_come_off_the_next_sales(self, db):
        seller = make_steady_seller()
        advance = self.take(seller)
        one, two = ship_orders(seller, 2)
        receive(one)
        refund(one, "400.00")
        receive(two)
        assert advance.repaid == money("240.00")  # 15 % of 1,000 + 600
        assert_clean()

    def test_early_payoff_gives_the_unearned_fee_back(self, db):
        seller = make_steady_seller()
        advance = self.take(seller)
        receive(ship_orders(seller, 1, "26000.00")[0])
        with clock.travel(clock.now() + timedelta(140)):
            assert repaying.quote_payoff(advance) == (money("100143.32"), money("3956.68"))
            assert repaying.pay_off(seller.id, advance.number) == money("100143.32")
            assert advance.state == "repaid"
            assert_clean()

    def test_canceled_within_three_days_costs_nothing(self, db):
        seller = make_steady_seller()
        advance = self.take(seller)
        with clock.travel(clock.now() + timedelta(3)):
            assert repaying.cancel(seller.id, advance.number) == money("100000.00")
            assert payable(seller) == yuan("0")
            assert_clean()

    def test_too_late_to_cancel(self, db):
        seller = make_steady_seller()
        advance = self.take(seller)
        with (
            clock.travel(clock.now() + timedelta(4)),
            pytest.raises(repaying.TooLateToCancel),
        ):
            repaying.cancel(seller.id, advance.number)

    def test_one_at_a_time_until_sixty_percent_are_repaid(self, db):
        seller = make_steady_seller()
        self.take(seller, "1000.00", 50_000)
        refused = services.take_sales_share(seller.id, yuan("2000.00"), 50_000, key="K-2")
        assert refused.outcome.reasons[0].code == "RS23"
        receive(ship_orders(seller, 1, "15000.00")[0])
        renewed = self.take(seller, "2000.00", 50_000, key="K-3")
        assert queries.running_share(seller.id).id == renewed.id
        assert_clean()

    def test_a_missed_minimum_lets_the_share_rise_once(self, db):
        seller = make_steady_seller()
        advance = self.take(seller)
        start = clock.today()
        assert nightly.run(start + timedelta(70)).missed == 0
        assert nightly.run(start + timedelta(71)).missed == 1
        assert nightly.run(start + timedelta(71)).missed == 0
        assert advance.share_ppm == 200_000

    def test_a_young_shop_reads_why_not(self, db):
        seller = make_seller()
        answer = services.take_sales_share(seller.id, yuan("5000.00"), 150_000, key="K")
        assert [why.code for why in answer.outcome.reasons][:3] == ["RS01", "RS02", "RS03"]
        assert len(answer.outcome.reasons) <= 4

    def test_decisions_replay_to_the_same_bytes(self, db):
        seller = make_steady_seller()
        advance = self.take(seller)
        db.session.expire_all()
        assert risk.replay(advance.decision_id).same


def test_settlement_never_takes_more_than_the_ceiling_beside_the_tied_part(db):
    seller = make_steady_seller()
    TestSalesShare().take(seller)
    (order,) = ship_orders(seller, 1)
    services.sell_order(seller.id, order.number, key="K-2")
    before = payable(seller)
    receive(order)
    assert payable(seller) - before == Money(0, "CNY")  # 900.00 tied, 100.00 of the 150.00 share
    assert_clean()
