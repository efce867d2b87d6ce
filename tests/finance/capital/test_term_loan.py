"""S1 worked by hand: what may be lent, its price, its parts, and what happens to them."""

from datetime import date, timedelta

import pytest

from core import clock
from core.errors import InvalidInput
from core.money import Money
from finance.capital import exposure, nightly, queries, repaying
from finance.capital.fold.apply import apply, to_day
from finance.capital.fold.state import Contract, Event, Row
from finance.capital.services import Drawn, Refused
from finance.capital.term_loan import linked, rules, services
from finance.capital.terms import CN, TERM_LOAN
from mall.orders import services as orders
from mall.wallet import services as wallet
from payments import cards
from payments import services as payments
from tests.factories.capital import make_steady_seller, ship_orders, spend_all
from tests.factories.orders import assert_clean, balance, saved_card, yuan
from tests.factories.people import make_seller

S1 = CN.term_loan
NEW_YEAR = date(2026, 1, 1)


class TestRules:
    def test_the_smallest_limit_counts(self):
        months = [yuan("78000.00")] * 12
        assert rules.most(yuan("936000.00"), months, S1) == yuan("117000.00")
        assert rules.most(yuan("400000.00"), months, S1) == yuan("100000.00")
        assert rules.most(yuan("90000000.00"), [yuan("9000000.00")], S1) == yuan("1000000.00")

    def test_of_two_middles_the_mean(self):
        months = [yuan(t) for t in ("10.00", "40.00", "20.01", "30.00")]
        assert rules.median(months) == yuan("25.00")

    def test_parts_are_equal_and_the_last_takes_the_difference(self):
        assert rules.parts(yuan("1000.00"), 3) == [yuan("333.33"), yuan("333.33"), yuan("333.34")]

    def test_the_plan(self):
        offer = rules.offer(yuan("12000.00"), 3, 500, NEW_YEAR)
        assert [(r.due_on, r.interest) for r in offer.rows] == [
            (date(2026, 2, 1), yuan("186.00")),  # 31 days of 12,000.00
            (date(2026, 3, 1), yuan("112.00")),  # 28 of 8,000.00
            (date(2026, 4, 1), yuan("62.00")),  # 31 of 4,000.00
        ]
        assert (offer.total, offer.apr_ppm) == (yuan("12360.00"), 182_500)

    @pytest.mark.parametrize(
        ("pd", "aprs"),
        [
            (4_000, (736, 741, 744)),
            (9_000, (781, 793, 800)),
            (20_000, (881, 907, 922)),
            (42_000, (1084, 1137, 1165)),
        ],
    )
    def test_the_price_formula_gives_the_table(self, pd, aprs):
        found = [rules.apr_of_risk(pd, months, S1) for months in (3, 6, 12)]
        assert tuple(round(apr / 100) for apr in found) == aprs

    def test_no_grade_below_c(self):
        assert rules.daily_ppm("A", 4_000, 12, S1) == 500
        assert rules.daily_ppm("D", 4_000, 12, S1) == 0


def loan(principal=1_200_000, parts=3):
    """12,000.00 at 500 ppm a day from 1 January in three parts."""
    offer = rules.offer(Money(principal, "CNY"), parts, 500, NEW_YEAR)
    rows = [Row(r.number, r.due_on, r.principal.minor) for r in offer.rows]
    return Contract(TERM_LOAN, "CNY", NEW_YEAR, {}, principal, rate_ppm=500, rows=rows)


class TestFold:
    def test_a_part_falls_due_with_the_interest_of_its_days(self):
        c = loan()
        to_day(c, date(2026, 2, 10))
        assert (c.rows[0].owed, c.late_since) == (4_186_00, date(2026, 2, 1))
        assert c.fee_charged == 240_00  # 40 days of 12,000.00 at 6.00

    def test_interest_goes_first_and_the_oldest_part(self):
        c = loan()
        effect = apply(c, Event("paid", date(2026, 3, 1), 5_000_00))
        # by 1 March: 186.00 + 4,000.00, then the 168.00 of 28 more days on 12,000.00
        assert (effect.principal, effect.fee) == (4_646_00, 354_00)
        assert c.rows[1].owed == 3_354_00

    def test_paid_early_makes_it_shorter_or_smaller(self):
        shorter, smaller = loan(), loan()
        apply(shorter, Event("paid", date(2026, 1, 11), 3_060_00, {"how": "shorter"}))
        apply(smaller, Event("paid", date(2026, 1, 11), 3_060_00, {"how": "smaller"}))
        assert [row.principal for row in shorter.rows] == [4_000_00, 4_000_00, 1_000_00]
        assert [row.principal for row in smaller.rows] == [3_000_00, 3_000_00, 3_000_00]
        to_day(smaller, date(2026, 2, 1))
        # 60.00 of the first ten days was paid; 21 days of 9,000.00 are 94.50
        assert (smaller.rows[0].interest, smaller.rows[0].interest_owed) == (154_50, 94_50)

    def test_early_payoff_costs_the_days_only(self):
        c = loan()
        effect = apply(c, Event("early", date(2026, 1, 11)))
        assert (effect.principal, effect.fee, c.state) == (12_000_00, 60_00, "repaid")

    def test_canceled_costs_nothing(self):
        c = loan()
        effect = apply(c, Event("canceled", date(2026, 1, 4)))
        assert (effect.principal, effect.fee, effect.fee_off) == (12_000_00, 0, 18_00)
        assert c.state == "canceled"


def take(seller, amount="12000.00", months=3, key="K"):
    answer = services.take_term_loan(seller.id, yuan(amount), months, key=key)
    assert isinstance(answer, Drawn), answer
    return queries.advance_numbered(answer.number)


def top_up(person_id, amount):
    paid = wallet.top_up(person_id, yuan(amount), "T", saved_token(person_id))
    payments.refresh(paid.id)


def saved_token(person_id):
    saved_card(person_id)
    return cards.of(person_id)[0].token


def payable(seller):
    return balance("seller_payable", seller.id)


class TestTaking:
    def test_the_money_is_there_and_the_exposure_counts(self, db):
        seller = make_steady_seller()
        advance = take(seller)
        assert (advance.grade, advance.rate_ppm, advance.apr_ppm) == ("C", 600, 219_000)
        assert payable(seller) == yuan("12000.00")
        assert exposure.of(seller.id).used == 12_000_00
        assert take(seller).id == advance.id
        assert_clean()

    def test_more_than_the_median_month_bears_is_refused_with_the_number(self, db):
        seller = make_steady_seller()
        answer = services.take_term_loan(seller.id, yuan("117000.01"), 12, key="K")
        assert [why.code for why in answer.outcome.reasons] == ["RS26"]
        assert answer.outcome.free == 117_000_00

    def test_a_young_shop_reads_why_not(self, db):
        answer = services.take_term_loan(make_seller().id, yuan("1000.00"), 3, key="K")
        assert isinstance(answer, Refused)
        assert [why.code for why in answer.outcome.reasons][:2] == ["RS01", "RS02"]

    def test_other_months_are_not_lent_for(self, db):
        with pytest.raises(services.NoSuchTerm, match="3, 6, 12"):
            services.take_term_loan(make_steady_seller().id, yuan("1000.00"), 5, key="K")

    def test_half_repaid_and_nothing_late_may_renew(self, db):
        seller = make_steady_seller()
        old = take(seller)
        refused = services.take_term_loan(seller.id, yuan("2000.00"), 3, key="K-2")
        assert refused.outcome.reasons[0].code == "RS23"
        repaying.pay(seller.id, old.number, yuan("6000.00"), key="P")
        new = take(seller, "9000.00", key="K-3")
        assert queries.running(seller.id, TERM_LOAN).id == new.id
        assert exposure.of(seller.id).used == 9_000_00
        assert payable(seller) == yuan("9000.00")
        assert_clean()


class TestRepaying:
    def test_what_fell_due_is_taken_of_settlements_within_the_ceiling(self, db):
        seller = make_steady_seller()
        advance = take(seller)
        with clock.travel(clock.start_of(advance.rows[0].due_on)):
            days = (advance.rows[0].due_on - advance.began_on).days
            due = 4_000_00 + days * 7_20  # 600 ppm of 12,000.00
            (order,) = ship_orders(seller, 1)
            before = payable(seller)
            orders.confirm_receipt(order.number, order.buyer_id)
            assert payable(seller) - before == yuan("650.00")  # 35 % of 1,000.00 go to the loan
            assert sum(row.owed for row in advance.rows if row.fell_due) == due - 350_00
            assert (advance.fee_paid, advance.principal_paid) == (days * 7_20, 350_00 - days * 7_20)
        assert_clean()

    def test_the_rest_comes_from_the_balance_the_night_after(self, db):
        seller = make_steady_seller()
        advance = take(seller)
        due_on = advance.rows[0].due_on
        with clock.travel(clock.start_of(due_on)):
            assert nightly.run(due_on).collected == 0
        with clock.travel(clock.start_of(due_on + timedelta(1))):
            night = nightly.run(due_on + timedelta(1))
            days = (due_on - advance.began_on).days
            assert night.collected == 4_000_00 + days * 7_20
            assert nightly.run(due_on + timedelta(1)).collected == 0
        assert (advance.late_since, advance.days_late_max) == (None, 0)
        assert_clean()

    def test_what_is_short_comes_from_the_wallet_then_the_card_if_linked(self, db):
        seller = make_steady_seller()
        advance = take(seller)
        spend_all(seller)
        owner, card = seller.owner_id, saved_card(seller.owner_id)
        top_up(owner, "1000.00")
        with pytest.raises(InvalidInput):
            linked.link(seller.id, advance.number, owner, wallet=True, card_id=1)
        card_id = int(card.partition(":")[2])
        linked.link(seller.id, advance.number, owner, wallet=True, card_id=card_id)
        on = advance.rows[0].due_on + timedelta(1)
        with clock.travel(clock.start_of(on)):
            nightly.run(on)
            nightly.run(on)
            assert balance("wallet", owner) == yuan("0.00")
            assert advance.late_since is None
            assert advance.principal_paid == 4_000_00
            sources = [e.data.get("source") for e in advance.events if e.kind == "paid"]
            assert sources == ["wallet", "card"]
        assert_clean()

    def test_a_card_refused_is_asked_again_for_seven_days_only(self, db):
        seller = make_steady_seller()
        advance = take(seller)
        spend_all(seller)
        card = saved_card(seller.owner_id, "4000000000009995")
        card_id = int(card.partition(":")[2])
        linked.link(seller.id, advance.number, seller.owner_id, wallet=False, card_id=card_id)
        for days in (1, 4, 8, 12):
            on = advance.rows[0].due_on + timedelta(days)
            with clock.travel(clock.start_of(on)):
                nightly.run(on)
        db.session.expire_all()
        refused = [e.on for e in advance.events if e.kind == "card_refused"]
        assert refused and max(refused) <= advance.rows[0].due_on + timedelta(7)
        assert advance.is_running and advance.late_since == advance.rows[0].due_on

    def test_paid_off_early_costs_the_interest_of_the_days(self, db):
        seller = make_steady_seller()
        advance = take(seller)
        with clock.travel(clock.now() + timedelta(10)):
            assert repaying.quote_payoff(advance)[0] == yuan("12072.00")
            with pytest.raises(repaying.BalanceTooSmall):
                repaying.pay_off(seller.id, advance.number)
            (order,) = ship_orders(seller, 1)
            orders.confirm_receipt(order.number, order.buyer_id)
            assert repaying.pay_off(seller.id, advance.number) == yuan("12072.00")
        assert advance.state == "repaid"
        assert_clean()

    def test_canceled_within_three_days_costs_nothing(self, db):
        seller = make_steady_seller()
        advance = take(seller)
        with clock.travel(clock.now() + timedelta(3)):
            nightly.run(clock.today())
            assert repaying.cancel(seller.id, advance.number) == yuan("12000.00")
        assert payable(seller) == yuan("0")
        assert_clean()

    def test_a_payment_counts_once(self, db):
        seller = make_steady_seller()
        advance = take(seller)
        for _ in range(2):
            paid = repaying.pay(seller.id, advance.number, yuan("500.00"), key="P", how="smaller")
            assert paid == yuan("500.00")
        assert advance.principal_owed == yuan("11500.00")
        assert_clean()
