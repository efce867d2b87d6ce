"""The red team in small: what it finds, what it costs, and that no ring of the mark earns anything."""

import pytest

from benchmarks import rings
from benchmarks.rings import Report, Result
from finance.risk.fraud import crediting


@pytest.fixture(scope="module")
def report() -> Report:
    return rings.run(seed=7, shops=40, attacked=8)


def _of(report: Report, name: str) -> Result:
    return next(r for r in report.results if r.attack.name == name)


def test_no_ring_of_the_mark_earns_anything(report: Report) -> None:
    assert rings.holds(report)
    assert all(r.cost > 50_000 for r in report.results)  # commission, tax on it, label


def test_a_naive_ring_is_found_whole_and_honest_orders_are_left_alone(report: Report) -> None:
    naive = _of(report, "naive")
    assert (naive.recall_at_1, naive.orders_found) == (1_000_000, 1_000_000)
    assert report.false_orders < 10_000


def test_a_crowd_is_not_found_and_price_makes_it_useless(report: Report) -> None:
    """Detection is honest about what it cannot see; the base is what holds."""
    crowd = _of(report, "crowd, one order each")
    assert crowd.orders_found < 100_000
    assert crowd.extra["S3"] < crowd.cost and crowd.extra["S1"] < crowd.cost


def test_sudden_growth_raises_an_advance_by_its_cost_at_most() -> None:
    def tenfold(months: object, weeks: object) -> int:
        return sum(months) * 10  # type: ignore[call-overload, no-any-return]

    steady = [78_000] * 12
    grown = [300_000, *steady[1:]]
    plain = crediting.most(tenfold, steady, [0] * 26, 50_000)
    assert plain == 9_360_000
    assert crediting.most(tenfold, grown, [0] * 26, 50_000) - plain == 222_000 * 5 // 100
    young = [78_000, 78_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert crediting.most(tenfold, young, [0] * 26, 50_000) == 156_000 * 5 // 100


def test_weeks_are_cut_like_the_stretches_they_lie_in() -> None:
    cut = crediting.credited([200, *[100] * 11], [50] * 26)
    assert cut.months == (100,) * 12 and cut.excess == 100
    assert cut.weeks[:5] == (25,) * 5 and cut.weeks[5] == 50
