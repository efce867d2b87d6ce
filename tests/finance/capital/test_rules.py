"""The numbers of the stories J6, J7 and J8, worked by hand."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money
from finance.capital.early_settlement import rules as s4
from finance.capital.fold import accrual
from finance.capital.order_advance import rules as s2
from finance.capital.sales_share import rules as s3
from finance.capital.sales_share.forecast import Outlook, outlook
from finance.capital.terms import CN, CURRENCIES, REGIMES, Terms, terms_of
from tests.finance.money import yuan

STEADY = outlook([1_820_000] * 26, [7_800_000] * 12)  # 2,600.00 a day


def line(number, amount="1000.00", **said):
    money = yuan(amount)
    known = {"age_days": 1, "scanned": True, "disputed": False, "linked": False, "pledged": False}
    return s2.Line(
        number, f"O-{number}", number, 1, money, said.pop("reaches", money), **known | said
    )


def base_of(lines, grade="C", refunds=None):
    return s2.base(lines, grade, refunds or {}, CN.order_advance, "CNY")


class TestOrderAdvance:
    def test_the_story(self):
        base = base_of([line(n) for n in range(46)])
        assert (base.amount, base.capacity) == (yuan("46000.00"), yuan("36800.00"))
        parts = s2.allocate(base.counted, yuan("30000.00"))
        assert [part.advance for part in parts] == [yuan("800.00")] * 37 + [yuan("400.00")]
        repaid = 12 * 800_00
        assert accrual.whole(accrual.micro(repaid, 500, 4)) == 19_20
        assert yuan("12000.00") - Money(repaid, "CNY") - yuan("19.20") == yuan("2380.80")

    @pytest.mark.parametrize(
        ("grade", "rate"), [("A", 90), ("B", 85), ("C", 80), ("D", 70), ("E", 50)]
    )
    def test_the_rate_falls_with_the_grade(self, grade, rate):
        assert s2.rate_ppm(CN.order_advance, grade, 0) == rate * 10_000

    def test_refunds_of_the_category_cut_the_rate_but_not_below_the_floor(self):
        assert s2.rate_ppm(CN.order_advance, "C", 40_000) == 740_000
        assert s2.rate_ppm(CN.order_advance, "E", 400_000) == 300_000

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ({"scanned": False}, "not scanned"),
            ({"disputed": True}, "return is open"),
            ({"linked": True}, "share a person"),
            ({"pledged": True}, "another advance"),
            ({"age_days": 21}, "more than 20 days"),
        ],
    )
    def test_what_does_not_count_says_why(self, said, why):
        base = base_of([line(1, **said), line(2)])
        assert base.amount == yuan("1000.00")
        assert why in base.excluded[0].why

    def test_one_buyer_counts_for_a_fifth_of_a_large_base(self):
        base = base_of([*(line(n) for n in range(30)), line(99, "20000.00")])
        assert base.counted[-1].counted == yuan("10000.00")
        assert "up to 10,000.00" in base.counted[-1].note

    def test_a_first_small_order_counts_in_full(self):
        assert base_of([line(1, "1500.00")], "E").capacity == yuan("750.00")

    def test_never_more_than_reaches_the_seller(self):
        base = base_of([line(1, reaches=yuan("850.00"))], "A")
        assert base.capacity == yuan("807.50")

    def test_the_oldest_lines_carry_the_draw(self):
        base = base_of([line(1, age_days=2), line(2, age_days=9)])
        assert [p.line.line_id for p in s2.allocate(base.counted, yuan("800.00"))] == [2]

    def test_a_part_given_back_makes_its_part_due(self):
        assert s2.due_share(yuan("800.00"), yuan("1000.00"), yuan("1000.00")) == yuan("800.00")
        assert s2.due_share(yuan("800.00"), yuan("250.00"), yuan("1000.00")) == yuan("200.00")


class TestPaidToday:
    def test_the_story(self):
        quote = s4.quote(yuan("1000.00"), yuan("1000.00"), CN.paid_today, 20_000)
        assert (quote.advance, quote.fee, quote.now, quote.later) == (
            yuan("900.00"),
            yuan("2.52"),
            yuan("897.48"),
            yuan("100.00"),
        )
        assert quote.apr_ppm // 1_000 == 146  # 14.6 %

    def test_commission_leaves_less_for_later(self):
        quote = s4.quote(yuan("1000.00"), yuan("950.00"), CN.paid_today, 20_000)
        assert (quote.advance, quote.later) == (yuan("900.00"), yuan("50.00"))


class TestSalesShare:
    def test_the_story(self):
        found = s3.offer(yuan("100000.00"), 150_000, STEADY, "C", CN.sales_share)
        assert (found.fee, found.a_day, found.days) == (yuan("8000.00"), yuan("390.00"), 277)
        assert (found.apr_ppm + 500) // 1_000 == 205  # 20.5 %
        assert found.soon < 277 < found.late
        fast, slow = found.apr_at(found.soon), found.apr_at(found.late)
        assert fast > found.apr_ppm > slow  # selling faster makes it dearer: shown, and rebated

    def test_a_better_grade_pays_less(self):
        fees = [
            s3.offer(yuan("100000.00"), 150_000, STEADY, grade, CN.sales_share).fee
            for grade in "ABCD"
        ]
        assert fees == sorted(fees, key=lambda fee: fee.minor)
        assert s3.offer(yuan("100000.00"), 150_000, STEADY, "E", CN.sales_share) is None

    def test_the_share_is_taken_of_net_sales(self):
        assert s3.share_of(yuan("3000.00"), yuan("400.00"), 150_000) == (yuan("390.00"), yuan("0"))

    def test_refunds_above_sales_are_carried_on(self):
        taken, carried = s3.share_of(yuan("300.00"), yuan("400.00"), 150_000)
        assert (taken, carried) == (yuan("0"), yuan("100.00"))

    def test_early_payoff_gives_the_unearned_fee_back(self):
        assert s3.rebate(yuan("8000.00"), 140, 277, CN.sales_share) == yuan("3956.68")
        assert s3.rebate(yuan("8000.00"), 10, 277, CN.sales_share) == yuan("6000.00")
        assert s3.rebate(yuan("8000.00"), 300, 277, CN.sales_share) == yuan("0")

    def test_at_most_a_fifth_of_a_year_and_twice_the_p25_month(self):
        months = [yuan("78000.00")] * 12
        most = s3.most(yuan("936000.00"), months, STEADY, 150_000, CN.sales_share)
        assert most == yuan("156000.00")
        thin = [yuan("1000.00")] * 3 + [yuan("78000.00")] * 9
        assert s3.most(yuan("705000.00"), thin, STEADY, 150_000, CN.sales_share) == yuan("2000.00")

    def test_minimums_end_at_all_of_it(self):
        steps = s3.minimums(yuan("108000.00"), STEADY, CN.sales_share)
        assert len(steps) == 9
        assert steps[0] == yuan("12000.00") and steps[-1] == yuan("108000.00")

    def test_minimums_follow_the_season(self):
        months = [7_800_000] * 10 + [15_600_000] * 2  # the coming two stretches were twice as good
        steps = s3.minimums(yuan("90000.00"), outlook([1_820_000] * 26, months), CN.sales_share)
        assert steps[0] > yuan("10000.00") * 1
        assert steps[0].minor > steps[1].minor - steps[0].minor

    def test_a_young_shop_is_measured_by_the_weeks_it_has(self):
        young = outlook([700_000] * 4 + [0] * 22, [3_000_000] + [0] * 11)
        assert young.daily == Fraction(100_000)

    def test_one_very_good_week_long_ago_lowers_nothing(self):
        usual, better = (
            outlook([10_000] * 20 + [week] + [10_000] * 5, ()) for week in (10_000, 100_000)
        )
        assert usual.sum_of(180, usual.careful_ppm) == 10_000 * Fraction(180, 7) * Fraction(95, 100)
        assert better.sum_of(180, better.careful_ppm) > usual.sum_of(180, usual.careful_ppm)
        assert better.days_to(40_000, 150_000, better.slow_ppm) <= usual.days_to(
            40_000, 150_000, usual.slow_ppm
        )

    @given(
        st.lists(st.integers(0, 10**6), min_size=1, max_size=25),
        st.integers(1, 10**6),
        st.integers(0, 25),
        st.integers(1, 10**7),
    )
    def test_more_sales_of_any_week_never_lower_the_forecast(self, weeks, first, which, more):
        weeks = [*weeks, first]  # the first sale, longest ago
        better = list(weeks)
        better[which % len(weeks)] += more
        before, after = outlook(weeks, ()), outlook(better, ())
        assert after.daily >= before.daily
        for speed in ("slow_ppm", "careful_ppm", "fast_ppm"):
            # a millionth of the day's sales is what rounding to ppm may take
            least = before.a_day(0, getattr(before, speed)) - after.daily / 10**6
            assert after.a_day(0, getattr(after, speed)) >= least

    def test_no_sales_no_forecast(self):
        nothing = outlook([0] * 26, [0] * 12)
        assert nothing.days_to(1, 150_000) is None

    @given(st.integers(1, 10**9), st.integers(0, 600), st.integers(1, 540))
    def test_a_rebate_keeps_a_quarter_and_never_more_than_the_fee(self, fee, used, forecast):
        money = Money(fee, "CNY")
        given_back = s3.rebate(money, used, forecast, CN.sales_share)
        assert 0 <= given_back.minor <= fee - -(-fee // 4)

    @given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30), st.integers(0, 10**6))
    def test_the_share_over_time_is_the_share_of_net_sales(self, sales, refunds):
        carried, bases = Money(refunds, "CNY"), 0
        for sale in sales:
            taken, left = s3.share_of(Money(sale, "CNY"), carried, 1_000_000)
            bases, carried = bases + taken.minor, left
        assert bases == max(0, sum(sales) - refunds)


def test_terms_survive_being_kept():
    assert Terms.from_data(CN.as_data()) == CN
    other = replace(CN, load_max_ppm=1)
    assert Terms.from_data(other.as_data()) == other


def test_an_outlook_counts_whole_days():
    assert Outlook(Fraction(100), (1_000_000,) * 12, 1, 1, 1).days_to(1_001, 1_000_000) == 11


class TestSettings:
    @pytest.mark.parametrize("regime", REGIMES)
    @pytest.mark.parametrize("currency", CURRENCIES)
    def test_every_regime_and_currency_has_whole_and_sane_terms(self, regime, currency):
        terms = terms_of(regime, currency)
        assert Terms.from_data(json.loads(json.dumps(terms.as_data()))) == terms
        assert 800_000 <= terms.paid_today.rate_ppm <= 950_000
        assert terms.paid_today.hold_min_ppm >= 100_000
        assert list(terms.limits.values()) == sorted(terms.limits.values(), reverse=True)
        assert max(terms.term_loan.daily_ppm.values()) * 365 <= terms.term_loan.apr_cap_ppm

    def test_a_regime_lies_over_the_base_and_a_currency_over_both(self):
        assert (CN.term_loan.price, terms_of("EU", "EUR").term_loan.price) == ("preset", "formula")
        assert terms_of("EU", "EUR").order_advance.amount_min == 1_500
        assert terms_of("IN", "INR").term_loan.daily_ppm["C"] == 650

    def test_an_unknown_regime_is_a_mistake(self):
        with pytest.raises(KeyError):
            terms_of("XX")

    def test_a_decision_from_before_a_setting_reads_the_base(self):
        kept = CN.as_data()
        del kept["term_loan"], kept["hardship"], kept["paid_today"]["hold_min_ppm"]
        assert Terms.from_data(kept) == CN
