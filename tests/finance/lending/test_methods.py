"""Annual rates by each law's method, on flows that can be checked by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finance.lending import methods, roots
from finance.lending.methods import Dated, ManyRates, NoRate, Timed
from finance.lending.roots import Flow
from finance.lending.unit_periods import UnitPeriod
from finance.lending.year_parts import years


def _dated(*flows: tuple[str, int]) -> list[Dated]:
    return [Dated(date.fromisoformat(on), Fraction(amount)) for on, amount in flows]


def _timed(unit: str, *flows: tuple[int, int | str]) -> list[Timed]:
    return [Timed(Fraction(amount), **{unit: Fraction(time)}) for time, amount in flows]


def test_one_payment_within_and_beyond_a_year() -> None:
    """12 CFR 1026 appendix J (c)(5)(ii) to (iv): 6 months, 18 months, two years."""
    half = methods.us_actuarial(_dated(("1978-07-15", 1000), ("1979-01-15", -1044)))
    assert (str(half.shown), str(half.unit_period)) == ("8.80", "month x6")
    flows = [*_dated(("1978-01-17", 1000)), Dated(date(1979, 7, 17), -Fraction("1135.19"))]
    assert str(methods.us_actuarial(flows).shown) == "8.76"  # (1 + i)(1 + i/2) = 1.13519
    two = methods.us_actuarial(_dated(("1978-01-03", 1000), ("1980-01-03", -1240)))
    assert str(two.shown) == "11.36"  # √1.24


def test_times_in_months_or_days_serve_the_us_method_too() -> None:
    monthly = _timed("months", (0, 5000), *[(n, -230) for n in range(1, 25)])
    assert str(methods.us_actuarial(monthly).shown) == "9.69"
    weekly = _timed("days", (0, 1000), *[(7 * n, -250) for n in range(1, 6)])
    rate = methods.us_actuarial(weekly)
    assert (str(rate.shown), str(rate.unit_period)) == ("412.40", "week x1")
    one = methods.us_actuarial(_timed("days", (0, 1000), (255, -1080)))
    assert (str(one.shown), str(one.unit_period)) == ("11.45", "day x255")
    fortnight = methods.us_actuarial(_timed("days", (0, 1000), (14, -1010)))
    assert str(fortnight.unit_period) == "day x14"
    halves = methods.us_actuarial(
        _timed("months", (0, 100), *[(Fraction(n, 2), -26) for n in range(1, 5)])
    )
    assert str(halves.unit_period) == "semimonth"
    with pytest.raises(ValueError, match="give dates instead"):
        methods.us_actuarial(monthly, UnitPeriod.parse("week"))
    with pytest.raises(ValueError, match="give dates instead"):
        methods.us_actuarial(weekly, UnitPeriod.parse("month"))


def test_years_are_counted_back_in_equal_periods() -> None:
    """The directive's remarks: 1/12 a month, days of 365 or 366 before them."""

    def since(*days: str) -> list[Fraction]:
        return years([date.fromisoformat(day) for day in days])[1:]

    assert since("2012-10-10", "2012-11-10", "2012-12-10") == [Fraction(1, 12), Fraction(1, 6)]
    stub = Fraction(3, 365)
    assert since("2014-01-12", "2014-02-15", "2014-03-15") == [
        Fraction(1, 12) + stub,
        Fraction(1, 6) + stub,
    ]
    leap = Fraction(3, 366)  # the year up to 15 March 2016 holds a 29 February
    assert since("2016-03-12", "2016-04-15", "2016-05-15")[0] == Fraction(1, 12) + leap
    assert since("2016-02-12", "2016-03-15", "2016-04-15")[0] == Fraction(1, 12) + stub
    yearly = since("2014-01-12", "2014-02-15", "2015-02-15", "2016-02-15")
    assert yearly == [Fraction(34, 365) + n for n in range(3)]
    assert since("2014-01-01", "2014-07-01", "2015-07-01")[0] == Fraction(1, 2)
    assert since("2014-01-01", "2014-01-15", "2014-01-29", "2014-02-12") == [
        Fraction(2 * n, 52) for n in (1, 2, 3)
    ]
    assert since("2014-01-04", "2014-01-09", "2014-01-16", "2014-01-23")[2] == Fraction(
        2, 52
    ) + Fraction(5, 365)
    assert since("2013-01-31", "2013-02-28", "2013-03-31") == [Fraction(1, 12), Fraction(1, 6)]
    assert since("2013-01-01", "2013-01-15") == [Fraction(2, 52)]
    assert since("2013-01-01", "2013-02-01") == [Fraction(1, 12)]
    assert since("2012-10-10", "2012-10-15") == [Fraction(5, 366)]


def test_equal_months_make_another_rate_than_days() -> None:
    """500 against two payments of 270: 85.59 % by months, 84.63 % by days of 365."""
    dated = _dated(("2012-10-10", 500), ("2012-11-10", -270), ("2012-12-10", -270))
    assert round(methods.effective(dated).percent, 2) == Decimal("85.59")
    by_days = _timed("days", (0, 500), (31, -270), (61, -270))
    assert round(methods.effective(by_days).percent, 2) == Decimal("84.63")


def test_the_monthly_rate_is_nominal_and_its_compound_form_effective() -> None:
    flows = _timed("months", (0, 100), (1, -101))
    rate = methods.monthly_nominal(flows)
    assert (rate.percent, rate.effective) == (12, Decimal("12.682503013197"))
    assert methods.effective(flows).percent == Decimal("12.682503013197")


def test_a_rate_below_zero_and_a_very_large_one() -> None:
    assert methods.effective(_timed("years", (0, 100), (1, -50))).percent == -50
    assert methods.effective(_timed("years", (0, 100), (2, -1))).percent == -90
    assert methods.us_actuarial(_timed("days", (0, 100), (1, -125))).percent == 9125
    huge = methods.effective(_timed("days", (0, 100), (1, -125))).percent
    assert huge == pytest.approx(Decimal(5) ** 365 / Decimal(4) ** 365 * 100 - 100)
    assert methods.effective(_timed("years", (0, 100), (1, -100))).percent == 0
    shown = methods.effective(_timed("years", (0, "1e-9"), (1, "-1e30"))).shown
    assert abs(shown / Decimal(10) ** 41 - 1) < Decimal("1e-20")


def test_no_rate_or_more_than_one_says_so() -> None:
    with pytest.raises(NoRate, match="no rate"):
        methods.effective(_timed("years", (0, 100), (1, 5)))
    with pytest.raises(NoRate, match="one day"):
        methods.effective(_timed("years", (0, 100), (0, -5)))
    with pytest.raises(NoRate, match="no rate"):
        methods.effective(_timed("years", (0, 100), (1, -150), (2, 100)))
    with pytest.raises(ManyRates) as many:
        methods.effective(_timed("years", (0, -1600), (1, 10000), (2, -10000)))
    assert [round(growth, 20) for growth in many.value.growths] == [Decimal("1.25"), 5]
    with pytest.raises(ValueError, match="none of"):
        methods.by_name("apr", _timed("years", (0, 1), (1, -1)))


def test_a_borrower_who_lends_back_for_a_while_still_has_one_rate() -> None:
    flows = _timed("years", (0, 100), (1, -130), (2, 20), (3, -5))
    assert methods.effective(flows).percent > 0


def test_a_lenders_view_gives_the_same_rate() -> None:
    lent = _timed("months", (0, 100), (1, -60), (2, -60))
    seen = [Timed(-flow.amount, months=flow.months) for flow in lent]
    assert methods.effective(seen) == methods.effective(lent)


@settings(max_examples=60)
@given(
    st.integers(100, 1_000_000),
    st.lists(st.tuples(st.integers(1, 3_000), st.integers(1, 100_000)), min_size=1, max_size=12),
)
def test_an_independent_sum_is_nothing_at_the_rate(lent: int, paid: list[tuple[int, int]]) -> None:
    growth = roots.growth(
        [Flow(Fraction(lent), Fraction(0))]
        + [Flow(Fraction(-amount), Fraction(day, 365)) for day, amount in paid]
    )
    worth = lent - sum(amount * growth ** (Decimal(-day) / 365) for day, amount in paid)
    assert abs(worth) < Decimal("1e-12") * lent


@settings(max_examples=60)
@given(st.integers(1, 400_000), st.integers(1, 60), st.integers(0, 29))
def test_the_us_method_finds_the_rate_a_loan_was_made_with(
    yearly_ppm: int, count: int, odd_days: int
) -> None:
    """Payments made from a monthly rate, after a first period with odd days."""
    rate = Fraction(yearly_ppm, 12_000_000)
    first = 1 + rate * Fraction(odd_days, 30)
    lent = sum((1 / (1 + rate) ** n for n in range(1, count + 1)), Fraction(0)) / first
    flows = [Flow(lent, Fraction(0))]
    flows += [Flow(Fraction(-1), Fraction(n), Fraction(odd_days, 30)) for n in range(1, count + 1)]
    assert abs(Fraction(roots.growth(flows)) - 1 - rate) < Fraction(1, 10**20)
