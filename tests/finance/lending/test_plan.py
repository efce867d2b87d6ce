"""Schedules: every term does what it says, and whatever the terms nothing is lost."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import Money, Rounding
from finance.lending import schedules
from finance.lending.day_counts import DayCount
from finance.lending.due_dates import Frequency, Holidays, MonthEnd, Roll, Unit
from finance.lending.plan import Plan, schedule
from finance.lending.terms import Amortization, Fee, Interest, Terms, When

JAN_31 = date(2026, 1, 31)
THIRTY = DayCount.THIRTY_360


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def _plan(principal: int, count: int, yearly_ppm: int, /, **more: Any) -> Plan:
    on = more.pop("on", date(2026, 1, 1))
    return schedule(Terms(eur(principal), count, yearly_ppm, **more), on)


def _parts(plan: Plan) -> list[tuple[int, int]]:
    return [(row.principal.minor, row.interest.minor) for row in plan.rows]


def test_equal_installments_and_equal_principal() -> None:
    level = _plan(100_000, 12, 120_000, day_count=THIRTY)
    assert {row.payment.minor for row in level.rows[:-1]} == {88_85}
    assert level.rows[-1].payment.minor == 88_84
    equal = _plan(120_000, 4, 120_000, day_count=THIRTY, amortization=Amortization.EQUAL_PRINCIPAL)
    assert _parts(equal) == [(30_000, 1_200), (30_000, 900), (30_000, 600), (30_000, 300)]


def test_flat_interest_is_on_what_was_lent() -> None:
    flat = _plan(120_000, 4, 120_000, day_count=THIRTY, interest=Interest.FLAT)
    assert _parts(flat) == [(30_000, 1_200)] * 4
    spread = _plan(100_000, 3, 120_000, interest=Interest.FLAT, on=date(2026, 1, 1))
    assert [row.interest.minor for row in spread.rows] == [986, 986, 987]  # 90 days: 29.59
    assert [row.payment.minor for row in spread.rows] == [34_320, 34_320, 34_319]


def test_a_balloon_waits_for_the_last_row() -> None:
    plan = _plan(100_000, 3, 120_000, day_count=THIRTY, balloon=eur(40_000))
    # (1,000.00·1.01³ − 400.00) / 3.0301 = 208.01
    first, second, last = _parts(plan)
    assert (first, second) == ((19_801, 1_000), (19_999, 802))
    assert last == (20_200 + 40_000, 602)
    flat = _plan(90_000, 3, 0, interest=Interest.FLAT, balloon=eur(30_000))
    assert _parts(flat) == [(20_000, 0), (20_000, 0), (50_000, 0)]


def test_graces() -> None:
    free = _plan(90_000, 4, 120_000, day_count=THIRTY, principal_grace=1)
    assert _parts(free)[0] == (0, 900)
    assert {row.payment.minor for row in free.rows[1:3]} == {30_602}
    later = _plan(90_000, 3, 120_000, day_count=THIRTY, interest_grace=1)
    assert _parts(later)[0][1] == 0
    assert _parts(later)[1][1] == 900 + 603  # the first row's interest, and its own on 602.98
    gift = _plan(90_000, 3, 120_000, day_count=THIRTY, interest_free=2)
    assert [row.interest.minor for row in gift.rows] == [0, 0, 298]  # on 298.02


def test_a_down_payment_and_fees_fall_due_when_they_should() -> None:
    fees = (
        Fee(When.START, ppm=10_000),
        Fee(When.ROW, minor=50, ppm=10_000),
        Fee(When.EVENT, minor=500, event="late"),
    )
    plan = _plan(100_000, 3, 0, down_payment_ppm=250_000, fees=fees)
    start = plan.rows[0]
    assert (start.number, start.due_on) == (0, date(2026, 1, 1))
    assert (start.principal.minor, start.fee.minor, start.balance.minor) == (25_000, 1_000, 75_000)
    assert [row.fee.minor for row in plan.rows[1:]] == [50 + 250] * 3
    assert plan.terms.event_fee("late", eur(25_000)) == eur(500)
    assert plan.terms.event_fee("early", eur(25_000)) == eur(0)
    assert plan.sum_of("payment") == eur(100_000 + 1_000 + 900)


def test_an_installment_is_a_whole_multiple() -> None:
    # 1,000.00 at 12 % in 3: 340.02
    up = {"multiple": 100, "installment_rounding": Rounding.UP}
    plan = _plan(100_000, 3, 120_000, day_count=THIRTY, **up)
    assert [row.payment.minor for row in plan.rows] == [34_100, 34_100, 33_804]
    near = _plan(100_000, 3, 120_000, day_count=THIRTY, multiple=1_000)
    assert [row.payment.minor for row in near.rows] == [34_000, 34_000, 34_007]
    early = _plan(1_000, 12, 0, multiple=300, installment_rounding=Rounding.UP)
    assert [row.payment.minor for row in early.rows] == [300, 300, 300, 100]


def test_roundings() -> None:
    # 12.50 at 1.2 % for a month: 1.25 cents; 50.00: 5 cents
    def interest(rounding: Rounding, principal: int) -> int:
        terms = {"day_count": THIRTY, "rounding": rounding}
        return _plan(principal, 1, 12_000, **terms).rows[0].interest.minor

    assert [interest(Rounding.HALF_UP, 2_500), interest(Rounding.HALF_EVEN, 2_500)] == [3, 2]
    assert [interest(Rounding.UP, 1_250), interest(Rounding.DOWN, 1_750)] == [2, 1]


def test_an_agreed_installment_that_never_repays_is_refused() -> None:
    with pytest.raises(ValueError, match="installment: does not repay"):
        _plan(100_000, 24, 120_000, day_count=THIRTY, installment=eur(1_000))
    with pytest.raises(ValueError, match="installment: does not repay"):
        _plan(100_000, 3, 120_000, day_count=THIRTY, installment=eur(30_000))


def test_day_counts_measure_a_month() -> None:
    def january(count: DayCount) -> int:
        return _plan(3_650_000, 1, 100_000, day_count=count).rows[0].interest.minor

    counts = [january(count) for count in DayCount]
    # 30/360, 30/365, 31/360, 31/364, 31/365, 31/365 of 3,650.00
    assert counts == [30_417, 30_000, 31_431, 31_085, 31_000, 31_000]
    leap = _plan(3_660_000, 1, 100_000, day_count=DayCount.ACT_ACT, on=date(2024, 1, 1))
    assert leap.rows[0].interest.minor == 31_000
    new_year = _plan(36_500 * 366, 1, 10_000, day_count=DayCount.ACT_ACT, on=date(2023, 12, 15))
    assert new_year.rows[0].interest.minor == 17 * 366 + 14 * 365


def test_whole_periods_count_alike_and_a_long_first_one_by_its_days() -> None:
    plan = _plan(1_200_000, 2, 120_000, whole_periods=True, amortization=Amortization.INTEREST_ONLY)
    assert [row.interest.minor for row in plan.rows] == [12_000, 12_000]
    week = {"frequency": Frequency(Unit.WEEKS), "amortization": Amortization.INTEREST_ONLY}
    weekly = _plan(5_200_000, 2, 10_000, whole_periods=True, **week)
    assert [row.interest.minor for row in weekly.rows] == [1_000, 1_000]
    days = {"frequency": Frequency(Unit.DAYS, 10), "amortization": Amortization.INTEREST_ONLY}
    ten = _plan(3_600_000, 1, 100_000, whole_periods=True, day_count=DayCount.ACT_360, **days)
    assert ten.rows[0].interest.minor == 10_000  # a period of days has no other measure
    thirty = _plan(3_600_000, 2, 100_000, day_count=THIRTY, on=date(2026, 1, 28), **days)
    assert [row.interest.minor for row in thirty.rows] == [10_000, 10_000]  # over a month's end
    long = _plan(3_650_000, 1, 120_000, whole_periods=True, first_due=date(2026, 2, 11))
    assert long.rows[0].interest.minor == 36_500 + 12_000  # a month and ten days


def test_a_long_or_short_first_period() -> None:
    long = _plan(100_000, 3, 120_000, day_count=THIRTY, first_due=date(2026, 2, 16))
    assert [row.due_on.day for row in long.rows] == [16, 16, 16]
    assert long.rows[0].interest.minor == 1_500  # 45 of 360 days
    short = _plan(100_000, 3, 120_000, day_count=THIRTY, first_due=date(2026, 1, 16))
    assert short.rows[0].interest.minor == 500
    with pytest.raises(ValueError, match="first_due: due days must rise"):
        _plan(100_000, 3, 120_000, first_due=date(2026, 1, 1))


def test_an_effective_rate_compounds() -> None:
    plan = _plan(100_000_000, 12, 126_825, compounding=True, day_count=THIRTY)
    assert plan.rows[0].interest.minor == 1_000_000  # 12.6825 % a year is 1 % a month


def test_due_days_by_frequency() -> None:
    def days(unit: Unit, every: int = 1, on: date = JAN_31, **more: Any) -> list[str]:
        plan = _plan(400, 4, 0, frequency=Frequency(unit, every), on=on, **more)
        return [f"{row.due_on:%m-%d}" for row in plan.rows]

    assert days(Unit.MONTHS) == ["02-28", "03-31", "04-30", "05-31"]
    next_first = {"month_end": MonthEnd.FIRST_OF_NEXT}
    assert days(Unit.MONTHS, **next_first) == ["03-01", "03-31", "05-01", "05-31"]
    assert days(Unit.MONTHS, 3) == ["04-30", "07-31", "10-31", "01-31"]
    assert days(Unit.WEEKS, 2) == ["02-14", "02-28", "03-14", "03-28"]
    assert days(Unit.DAYS, 10) == ["02-10", "02-20", "03-02", "03-12"]
    assert days(Unit.YEARS, on=date(2024, 2, 29)) == ["02-28", "02-28", "02-28", "02-29"]
    halves = [days(Unit.SEMI_MONTHS, on=date(2026, 1, day)) for day in (1, 15, 16, 31)]
    assert halves[0] == ["01-16", "02-01", "02-16", "03-01"]
    assert halves[1] == ["01-30", "02-15", "02-28", "03-15"]
    assert halves[2] == ["02-01", "02-16", "03-01", "03-16"]
    assert halves[3] == ["02-15", "02-28", "03-15", "03-31"]


def test_holidays_move_due_days() -> None:
    # 28 February 2026 is a Saturday, 31 May a Sunday
    def moved(roll: Roll, **more: Any) -> list[str]:
        plan = _plan(400, 4, 0, roll=roll, on=JAN_31, **more)
        return [f"{row.due_on:%m-%d}" for row in plan.rows]

    assert moved(Roll.NONE) == ["02-28", "03-31", "04-30", "05-31"]
    assert moved(Roll.FOLLOWING) == ["03-02", "03-31", "04-30", "06-01"]
    assert moved(Roll.MODIFIED_FOLLOWING) == ["02-27", "03-31", "04-30", "05-29"]
    assert moved(Roll.PRECEDING) == ["02-27", "03-31", "04-30", "05-29"]
    closed = Holidays(frozenset({date(2026, 4, 30), date(2026, 5, 1)}), frozenset())
    assert moved(Roll.FOLLOWING, holidays=closed) == ["02-28", "03-31", "05-02", "05-31"]


def test_interest_follows_a_moved_day_only_where_agreed() -> None:
    moved = {"roll": Roll.FOLLOWING, "on": JAN_31, "amortization": Amortization.INTEREST_ONLY}
    stays = _plan(3_650_000, 2, 100_000, **moved)
    assert [row.interest.minor for row in stays.rows] == [28_000, 31_000]
    follows = _plan(3_650_000, 2, 100_000, interest_follows=True, **moved)
    assert [row.interest.minor for row in follows.rows] == [30_000, 29_000]


def test_interest_is_earned_by_the_day() -> None:
    plan = _plan(3_650_000, 2, 100_000, day_count=DayCount.ACT_365, interest_grace=1)
    # 310.00 in January, a day 10.00; asked for with February's row
    days = [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 17), date(2026, 2, 1)]
    assert [plan.earned_by(day).minor for day in days] == [0, 1_000, 16_000, 31_000]
    assert plan.rows[0].interest.minor == 0
    assert plan.earned_by(date(2030, 1, 1)) == plan.sum_of("interest")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("principal", eur(0)),
        ("count", 0),
        ("count", 1_201),
        ("yearly_ppm", -1),
        ("multiple", 0),
        ("principal_grace", 3),
        ("interest_grace", 3),
        ("interest_free", 4),
        ("down_payment_ppm", 1_000_000),
        ("balloon", eur(1_001)),
        ("installment", eur(0)),
    ],
)
def test_terms_that_cannot_be_name_the_field(field: str, value: object) -> None:
    terms: Any = Terms(eur(1_000), 3, 0)
    with pytest.raises(ValueError, match=f"{field}: "):
        replace(terms, **{field: value})


@st.composite
def some_terms(draw: st.DrawFn) -> Terms:
    count = draw(st.integers(1, 30))
    principal = draw(st.integers(1, 10_000_000))
    down = draw(st.sampled_from([0, 0, 250_000]))
    interest = draw(st.sampled_from(Interest))
    unit = draw(st.sampled_from(Unit))
    return Terms(
        eur(principal),
        count,
        draw(st.sampled_from([0, 1, 70_000, 359_999, 4_000_000])),
        draw(st.sampled_from(Amortization)),
        interest,
        interest is Interest.DECLINING and draw(st.booleans()),
        Frequency(unit, 1 if unit is Unit.SEMI_MONTHS else draw(st.integers(1, 3))),
        draw(st.sampled_from(DayCount)),
        draw(st.booleans()),
        month_end=draw(st.sampled_from(MonthEnd)),
        principal_grace=draw(st.integers(0, count - 1)),
        interest_grace=draw(st.integers(0, count - 1)) if interest is Interest.DECLINING else 0,
        interest_free=draw(st.integers(0, count)),
        down_payment_ppm=down,
        balloon=draw(st.none() | st.builds(eur, st.integers(0, principal // 2))),
        multiple=draw(st.sampled_from([1, 1, 100])),
        rounding=draw(st.sampled_from(Rounding)),
        installment_rounding=draw(st.sampled_from(Rounding)),
        fees=draw(st.sampled_from([(), (Fee(When.START, ppm=9), Fee(When.ROW, minor=3))])),
    )


@settings(max_examples=300)
@given(some_terms(), st.dates(date(2020, 1, 1), date(2032, 12, 31)))
def test_nothing_is_lost_whatever_the_terms(terms: Terms, on: date) -> None:
    plan = schedule(terms, on)
    assert plan.sum_of("principal") == terms.principal
    assert plan.rows[-1].balance.minor == 0
    left = terms.principal
    for row in plan.rows:
        assert min(row.principal.minor, row.interest.minor, row.fee.minor) >= 0
        left = left - row.principal
        assert row.balance == left
    days = [row.due_on for row in plan.rows]
    assert days == sorted(set(days))
    assert schedule(terms, on) == plan
    assert plan.earned_by(on) == eur(0)
    assert plan.earned_by(days[-1]) <= plan.sum_of("interest") == plan.sum_of("earned")


@settings(max_examples=60)
@given(st.integers(2_400, 10_000_000), st.integers(1, 24), st.integers(0, 30_000))
def test_the_loans_of_the_mall_are_plans_too(minor: int, months: int, monthly_ppm: int) -> None:
    """Its two kinds of loan, made by functions of their own, are two sets of terms."""
    terms = Terms(
        eur(minor),
        months,
        12 * monthly_ppm,
        Amortization.EQUAL_PRINCIPAL,
        Interest.FLAT,
        day_count=THIRTY,
    )
    flat = schedules.flat_fee(eur(minor), months, monthly_ppm, JAN_31)
    told = [(row.due_on, row.principal, row.interest) for row in schedule(terms, JAN_31).rows]
    assert told == [(row.due_on, row.principal, row.fee) for row in flat]
    level = replace(
        terms, amortization=Amortization.EQUAL_INSTALLMENTS, interest=Interest.DECLINING
    )
    equal = schedules.equal_installments(eur(minor), months, 12 * monthly_ppm, JAN_31)
    told = [(row.due_on, row.principal, row.interest) for row in schedule(level, JAN_31).rows]
    assert told == [(row.due_on, row.principal, row.fee) for row in equal]


@settings(max_examples=100)
@given(some_terms(), st.dates(date(2020, 1, 1), date(2032, 12, 31)))
def test_a_dearer_loan_costs_at_least_as_much(terms: Terms, on: date) -> None:
    terms = replace(terms, rounding=Rounding.HALF_UP, installment_rounding=Rounding.HALF_UP)
    dearer = replace(terms, yearly_ppm=terms.yearly_ppm + 200_000)
    slack = terms.count * max(terms.multiple, 2)
    cheap, dear = (schedule(each, on).sum_of("interest").minor for each in (terms, dearer))
    assert cheap <= dear + slack
