"""The ladder of S1 and S3: it begins at a year's commission and climbs by what was repaid in time."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core import clock
from core.money import Money
from finance.capital import nightly, offering, queries, repaying, services
from finance.capital.services import Drawn, Refused
from finance.capital.term_loan import services as loans
from finance.capital.terms import CN, SALES_SHARE, TERM_LOAN
from finance.risk import replaying, scorecard, seller_policy
from finance.risk.models import Decision
from finance.risk.rungs import Ended, Proof, Rung, climb
from mall.orders import services as orders
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import assert_clean, yuan
from tests.finance.risk.test_reasons import altered, prove, shop

RULES, CARD = CN.rungs, scorecard.load("seller_expert_1")
DAY = date(2026, 1, 1)


def ended(start, days, repaid, bore=1_000, in_time=True):
    began = DAY + timedelta(start)
    return Ended(began, began + timedelta(days), bore, repaid, in_time)


class TestClimb:
    def test_half_more_than_was_repaid_in_time(self):
        assert climb([ended(0, 180, 300)], RULES) == Rung(proven=450)

    def test_never_more_than_the_sales_bore_when_it_was_agreed(self):
        """So sales faked after that raise nothing."""
        assert climb([ended(0, 200, 900, bore=1_000)], RULES).proven == 1_000

    def test_short_contracts_add_up_to_a_step(self):
        first, second = ended(0, 80, 300), ended(90, 99, 200)
        assert climb([first, second], RULES) == Rung(days=179, largest=300, bore=1_000)
        assert (
            climb([first, replace(second, ended=second.ended + timedelta(1))], RULES).proven == 450
        )

    def test_days_of_two_at_once_count_once(self):
        assert climb([ended(0, 100, 300), ended(0, 100, 300)], RULES).days == 100

    def test_what_was_late_halves_it_and_begins_again(self):
        late = climb([ended(0, 180, 300), ended(200, 90, 400, in_time=False)], RULES)
        assert late == Rung(proven=225)


def proof(**changed):
    known = Proof(Rung(), RULES, net_365=94_900_000, commission_ppm=50_000, owed={})
    return replace(known, **changed)


class TestProof:
    def test_it_begins_at_a_years_commission(self):
        assert proof().free(SALES_SHARE, 100_000) == 4_745_000

    def test_the_smallest_amount_is_always_open(self):
        assert proof(commission_ppm=0).free(SALES_SHARE, 100_000) == 100_000

    def test_loan_and_share_have_one_limit(self):
        found = proof(owed={TERM_LOAN: 4_000_000, SALES_SHARE: 600_000})
        assert found.free(SALES_SHARE, 100_000) == 745_000
        assert found.free(TERM_LOAN, 100_000) == 4_145_000  # a running loan is paid off by the next

    def test_a_decision_keeps_it(self):
        assert Proof.from_data(proof().as_data()) == proof()


@pytest.mark.parametrize("product", [SALES_SHARE, TERM_LOAN])
@pytest.mark.parametrize("rung", [Rung(), Rung(proven=8_000_000, days=30, largest=9, bore=9)])
def test_the_reason_names_what_is_open_and_what_opens_more(product, rung):
    inputs = shop(product, rungs=proof(rung=rung).as_data())
    prove(seller_policy.decide, CARD, inputs, "RS26", {"asked__amount": "target"})
    why = seller_policy.decide(inputs, CARD).reasons[0]
    most = max(4_745_000, rung.proven)
    days, after = 180 - rung.days, min(most * 3 // 2, 15_600_000)
    assert why.target == most
    opens = f"over {days} days, it opens {Money(after, 'CNY').grouped()}."
    assert why.change.endswith(opens)
    repaid = climb([ended(0, days, most, bore=15_600_000)], replace(RULES, cycle_days=days))
    more = altered(inputs, {"rungs": proof(rung=repaid).as_data()})
    assert seller_policy.decide(more, CARD).free == after


def test_orders_need_no_ladder():
    inputs = shop("order_advance", rungs=proof().as_data())
    assert seller_policy.decide(inputs, CARD).approved


@pytest.fixture
def ladder(app, monkeypatch):
    monkeypatch.setitem(app.config, "CAPITAL_LADDER", True)


def test_a_shop_climbs_by_repaying(db, ladder):
    """949,000.00 a year at 5 %: 47,450.00; repaid after 180 days: 71,175.00; S1 has the rest."""
    start, seller = clock.now(), make_steady_seller(commission=50_000)
    refused = services.take_sales_share(seller.id, yuan("100000.00"), 250_000, key="K-0")
    assert isinstance(refused, Refused) and refused.outcome.free == 4_745_000
    page = offering.share_page(seller.id)
    assert page.most == yuan("47400.00")
    assert ("what your sales of a year paid us", yuan("47450.00")) in page.limits
    taken = services.take_sales_share(seller.id, yuan("47450.00"), 250_000, key="K-1")
    assert isinstance(taken, Drawn)
    loan = loans.take_term_loan(seller.id, yuan("1000.00"), 3, key="K-2")
    assert (
        isinstance(loan, Refused) and loan.outcome.reasons[0].change == "Pay back what is running."
    )
    with clock.travel(start + timedelta(180)):
        (order,) = ship_orders(seller, 1, "90000.00")

        orders.confirm_receipt(order.number, order.buyer_id)
        advance = queries.advance_numbered(taken.number)
        if advance.is_running:
            repaying.pay_off(seller.id, taken.number)
        assert advance.state == "repaid" and not advance.minimums_missed
        assert offering.share_page(seller.id).asked.rungs.rung == Rung(proven=7_117_500)
        nightly.run(clock.today())
        assert_clean()
    decision = db.session.query(Decision).filter_by(subject_id=seller.id).first()
    assert decision.inputs["rungs"]["commission_ppm"] == 50_000
    assert replaying.differs(decision) == ""
