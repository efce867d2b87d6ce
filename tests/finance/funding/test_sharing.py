"""Shares worked by hand: 70/20/10 at 6/7/12 %, and what banks refuse."""

from finance.funding.sharing import (
    Moved,
    Place,
    Standing,
    Wanted,
    blended_ppm,
    choose,
    interest_ppm,
    moved,
)

A, B = Place(1, 700_000, 60_000), Place(2, 200_000, 70_000)
LOAN = Wanted(10_000_00, "B", 83_000)


def chosen(places, wanted=LOAN, refused=()):
    return choose(places, wanted, lambda place, amount: place.id not in refused)


def test_70_20_10_at_6_7_12_percent_is_6_8_and_with_1_5_service_8_3():
    assert blended_ppm([(700_000, 60_000), (200_000, 70_000), (100_000, 120_000)]) == 68_000
    assert LOAN.apr_ppm == 68_000 + 15_000


def test_of_1000_00_interest_at_8_3_percent_the_banks_get_their_price():
    a, b = (interest_ppm(p.share_ppm, p.price_ppm, LOAN.apr_ppm) for p in (A, B))
    assert (a, b) == (506_024, 168_674)  # 4.2 / 8.3 and 1.4 / 8.3
    of = Standing(principal=0, interest=1_000_00)
    parts = [of.share(700_000, a), of.share(200_000, b)]
    assert [p.interest for p in parts] == [506_02, 168_67]
    assert of.less(parts).interest == 325_31  # 2.7 / 8.3: its own 1.2 and 1.5 of service


def test_each_takes_its_share():
    assert chosen([A, B]) == [(1, 700_000), (2, 200_000)]


def test_a_share_that_is_refused_is_offered_to_the_next_beside_its_own():
    assert chosen([A, B], refused={1}) == [(2, 900_000)]
    assert chosen([A, B], refused={2}) == [(1, 700_000)]
    assert chosen([A, B], refused={1, 2}) == []
    paused = Place(1, 700_000, 60_000, paused=True)
    assert chosen([paused, B]) == [(2, 900_000)]


def test_a_bank_without_room_for_both_lends_its_own_share():
    room = {1: 0, 2: 2_000_00}
    found = choose([A, B], LOAN, lambda place, amount: amount <= room[place.id])
    assert found == [(2, 200_000)]


def test_filters_are_grades_and_the_price():
    picky = Place(1, 700_000, 60_000, grades="A")
    assert chosen([picky, B]) == [(2, 900_000)]
    assert chosen([A, B], Wanted(10_000_00, "B", 65_000)) == [(1, 700_000)]
    assert chosen([A, B], Wanted(10_000_00, "B", 0)) == []  # free for the borrower


def test_the_cent_that_cannot_be_split_is_the_malls():
    of = Standing(principal=100_01, fees=1)
    bank = of.share(700_000, 0)
    assert (bank.principal, bank.fees) == (70_00, 0)
    assert (of.less([bank]).principal, of.less([bank]).fees) == (30_01, 1)


def test_what_moved_is_the_difference_and_losses_are_not_repaid():
    before, after = Standing(70_00), Standing(0, interest=5, lost=20_00, recovered=3)
    assert moved(before, after) == Moved(50_00, 5, 0, 20_00, 3)
    assert moved(after, before) == Moved(-50_00, -5, 0, -20_00, -3)
