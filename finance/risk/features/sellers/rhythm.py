"""M: how a shop's weeks and months differ from each other."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import CTE, Select, case, func, select

from finance.risk.features.building import Measures, block, feature
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    AS_OF,
    PPM,
    bigint,
    count,
    distances,
    div,
    grouped,
    most_if,
    percentiles,
    share,
    stretches,
    swing,
    total,
    total_if,
    total_over,
    within,
)

WEEKS, HALF, MONTH, YEAR = 26, 13, 4, 52
WEEKS_MIN = 8


def _weeks(base: Base) -> CTE:
    """Net settled sales of the last 26 weeks."""
    rows = base["fact_settlements"]
    return base.kept("weeks", lambda: stretches(rows, rows.c.amount, 7, WEEKS, "weeks"))


@block("seller")
def weeks_swing(base: Base) -> Select[Any]:
    weeks = _weeks(base)
    return distances(weeks, weeks.c.value, "week")


@block("seller")
def weeks_each(base: Base) -> Select[Any]:
    weeks = _weeks(base)
    each = {f"week_{i}": total_if(weeks.c.n == i, weeks.c.value) for i in range(WEEKS)}
    return grouped(weeks, **each)


@block("seller")
def weeks_slope(base: Base) -> Select[Any]:
    """The middle one of the rises over 13 weeks, in thousandths of a minor unit a week."""
    newer = _weeks(base)
    older = newer.alias("weeks_old")
    pairs = newer.join(
        older, (older.c.subject == newer.c.subject) & (older.c.n == newer.c.n + HALF)
    )
    slopes = (
        select(newer.c.subject, div((newer.c.value - older.c.value) * 1_000, HALF).label("slope"))
        .select_from(pairs)
        .subquery("slopes")
    )
    return percentiles(slopes, slopes.c.slope, slope_p50=50)


@block("seller")
def weeks_fall(base: Base) -> Select[Any]:
    """How far four weeks lay below the best four weeks before them, the deepest."""
    weeks = _weeks(base)
    by_age: dict[str, Any] = {"partition_by": weeks.c.subject, "order_by": weeks.c.n.desc()}
    four = func.sum(weeks.c.value).over(**by_age, rows=(-3, 0))
    rolling = select(weeks.c.subject, weeks.c.seen, weeks.c.n, bigint(four).label("four"))
    every = rolling.subquery("four_weeks")
    whole = select(*every.c).where(every.c.n <= every.c.seen - MONTH).subquery("four_whole")
    peak = func.max(whole.c.four).over(
        partition_by=whole.c.subject, order_by=whole.c.n.desc(), rows=(None, 0)
    )
    falls = select(whole.c.subject, whole.c.four, bigint(peak).label("peak")).subquery("falls")
    fall = share(falls.c.peak - falls.c.four, falls.c.peak)
    return grouped(falls, fall_180=most_if(falls.c.peak > 0, fall))


@block("seller")
def months_low(base: Base) -> Select[Any]:
    rows = base["fact_settlements"]
    months = stretches(rows, rows.c.amount, 30, 12, "months")
    return percentiles(months, months.c.value, month_p25=25)


@block("seller")
def baskets(base: Base) -> Select[Any]:
    """The mean order of each month that had one."""
    rows = base["fact_orders"]
    back = div(AS_OF - 1 - rows.c.known_day, 30)
    dated = select(rows.c.subject, back.label("n"), rows.c.total).where(within(rows, 360))
    orders = dated.subquery("basket_dated")
    means = (
        select(orders.c.subject, orders.c.n, div(total(orders.c.total), count()).label("mean"))
        .group_by(orders.c.subject, orders.c.n)
        .subquery("basket_means")
    )
    return distances(means, means.c.mean, "basket")


@feature("seller", "M5", "ppm", "+", 182)
def slope_26w_ppm(m: Measures) -> Any:
    """Rise of a week's net over 13 weeks, the middle one of up to 13, against the mean week."""
    return case((m.week_sum > 0, share(m.slope_p50 * m.week_n, m.week_sum * 1_000)))


@feature("seller", "M6", "ppm", "-", 182)
def swing_ppm(m: Measures) -> Any:
    """Mean distance of a week's net from the mean week, against that; of eight weeks at least."""
    return swing(m.week_n, m.week_sum, m.week_away, WEEKS_MIN)


@feature("seller", "M7", "money", "+", 360)
def p25_month(m: Measures) -> Any:
    """Net of a weak month: a quarter of the shop's months had no more."""
    return m.month_p25


@feature("seller", "M8", "ppm", "-", 182)
def drawdown_180_ppm(m: Measures) -> Any:
    """Largest fall of the net of four weeks from the best four weeks before."""
    return m.fall_180


@block("seller")
def seasons(base: Base) -> Select[Any]:
    """Two years by week: how far weeks lie from the mean, and from the same week a year apart."""
    rows = base["fact_settlements"]
    weeks = stretches(rows, rows.c.amount, 7, 2 * YEAR, "two_years")
    whole = total_over(weeks.c.value, weeks.c.subject)
    each = select(*weeks.c, whole.label("whole")).cte("season_weeks")
    older = each.alias("season_before")
    pairs = each.join(older, (older.c.subject == each.c.subject) & (older.c.n == each.c.n + YEAR))
    named = (each.c.value.label("now"), older.c.value.label("past"), each.c.whole)
    both = select(each.c.subject, *named).select_from(pairs).subquery("season_pairs")
    b = both.c
    away = func.abs(b.now * 2 * YEAR - b.whole) + func.abs(b.past * 2 * YEAR - b.whole)
    return grouped(
        both,
        season_pairs=count(),
        season_away=total(away),
        season_apart=total(func.abs(b.now - b.past) * 2 * YEAR),
    )


@feature("seller", "M10", "ppm", "0", 728)
def season_share_ppm(m: Measures) -> Any:
    """How much of the weeks' swing comes again a year later: one less the distance of the same
    weeks of two years, against that of all weeks from their mean; of 48 pairs at least."""
    known = (m.season_pairs >= 48) & (m.season_apart <= m.season_away)
    return case((known, PPM - share(m.season_apart, m.season_away)), (m.season_pairs >= 48, 0))


@feature("seller", "M11", "ppm", "-", 360)
def basket_swing_ppm(m: Measures) -> Any:
    """Mean distance of a month's mean order from the mean of them, against that."""
    return swing(m.basket_n, m.basket_sum, m.basket_away, 3)


def _numbered(of: Callable[[Measures, int], Any], number: int) -> Callable[[Measures], Any]:
    """One of a series that a forecast reads: `name_0` is the last stretch."""

    def one(m: Measures) -> Any:
        return of(m, number)

    one.__name__, one.__doc__ = f"{of.__name__}_{number}", of.__doc__
    return one


def net_week(m: Measures, number: int) -> Any:
    """Net of a week, the last one first, as far back as any had sales."""
    return getattr(m, f"week_{number}")


def net_month(m: Measures, number: int) -> Any:
    """Net of 30 days, the last first."""
    return getattr(m, f"net_month_{number}")


for _number in range(WEEKS):
    feature("seller", "M21", "money", "0", 7 * WEEKS)(_numbered(net_week, _number))
for _number in range(12):
    feature("seller", "M22", "money", "0", 360)(_numbered(net_month, _number))
