"""Every signal fires on what it names, and none on forty strangers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from finance.risk.fraud import looks_orders
from finance.risk.fraud.evidence import DAY, Draw, Mall
from finance.risk.fraud.signals import CLEAR, all_signals, judge, not_computed, signal
from mall.facts.marks import Move, Opinion
from tests.factories.fraud import NOW, calm, mall, sale, shop

HOUR, MINUTE = 3_600, 60


def fired(world: Mall, subject: str = "seller", id: int = 1) -> dict[str, frozenset[int]]:
    return {f.signal.id: f.measure.orders for f in judge(world, subject, id).findings}


def test_forty_strangers_are_no_ring() -> None:
    judgment = judge(mall(calm()), "seller", 1)
    assert (judgment.action, judgment.findings, judgment.orders) == (CLEAR, (), frozenset())


def test_every_signal_of_the_list_is_computed_or_says_why_not() -> None:
    known = {each.id for each in all_signals()} | {id for id, _, _ in not_computed()}
    assert known == {f"X{n}" for n in range(1, 26)}


def _owners_phone() -> Mall:
    return mall([*calm(), sale(2, 3, device="owner's device 1")])


def _one_door() -> Mall:
    return mall([*calm(), sale(2, 3, place="owner's door 1"), sale(3, 3, place="owner's door 1")])


def _one_phone() -> Mall:
    """Six accounts behind one device are a clique: core number five."""
    return mall([*calm(), *(sale(n, n, device="one phone") for n in range(2, 8))])


def _loyal() -> Mall:
    """Five accounts that bought five times each, and nowhere else."""
    return mall([*calm(), *(sale(n, day) for n in range(2, 7) for day in (3, 9, 15, 21, 27))])


def _exclusive() -> Mall:
    return mall([*calm(7), *(sale(n, day) for n in (2, 3) for day in (3, 6, 9))])


def _round_trip() -> Mall:
    """1,000.00 paid out to the owner's account, and her card pays an order of 600.00 a day later."""
    moves = [Move(NOW - 5 * DAY, "s:1", "t:account 1", 100_000, "payout")]
    order = sale(2, 4, 60_000, instrument="owner's card 1", device="x")
    return mall([*calm(), order], moves=moves)


def _lent_round_trip() -> Mall:
    moves = [
        Move(NOW - 6 * DAY, "lender", "s:1", 80_000, "lent"),
        Move(NOW - 5 * DAY, "s:1", "t:account 1", 80_000, "payout"),
        Move(NOW - 4 * DAY, "t:account 1", "w:9", 50_000, "top_up"),
    ]
    return mall([*calm(), sale(9, 3, 50_000, instrument="w:9")], moves=moves)


def _cash_out() -> Mall:
    moves = [Move(NOW - DAY, "s:1", "t:account 1", 10_000, "payout")]
    order = sale(2, 9, on_credit=True, instrument="", device="owner's device 1")
    return mall([*calm(), order], moves=moves)


def _empty_boxes() -> Mall:
    return mall([*calm(3), *(sale(n, 5, weight=100, listed=900) for n in range(2, 6))])


def _too_fast() -> Mall:
    at = NOW - 5 * DAY
    odd = [sale(n, 6, scanned_at=at, delivered_at=at + 600) for n in range(2, 5)]
    return mall([*calm(), *odd])


def _burst() -> Mall:
    at = NOW - 9 * DAY + 20
    return mall([*calm(), *(replace(sale(n, 9), at=at + n) for n in range(2, 9))])


def _dust() -> Mall:
    return mall([*calm(), *(sale(n, 5, 500) for n in range(2, 12))])


def _spike() -> Mall:
    return mall([*_owners_phone().sales, *(sale(100 + n, 2, 50_000) for n in range(8))])


def _quick_receipts() -> Mall:
    at = NOW - 5 * DAY
    done = [sale(n, 6, delivered_at=at, received_at=at + 60) for n in range(2, 6)]
    return mall([*calm(), *done])


def _quick_praise() -> Mall:
    at = NOW - 5 * DAY
    sold = [sale(n, 6, received_at=at) for n in range(2, 6)]
    said = [Opinion(s.order_id, 1, at + 300, 5, 4, f"words {s.order_id}") for s in sold]
    return mall([*calm(), *sold], opinions=said)


def _silent_crowd() -> Mall:
    """Sixty orders and no review here; elsewhere each of thirty orders has one."""
    there = [replace(sale(500 + n, 4), seller_id=2) for n in range(30)]
    said = [Opinion(s.order_id, 2, s.at, 4, 40, str(s.order_id)) for s in there]
    many = [sale(n, 5) for n in range(2, 62)]
    return mall([*many, *there], opinions=said * 20, shops=[shop(), shop(2)])


def _never_moved() -> Mall:
    back = [sale(n, 9, refunded=10_000, shipped_at=NOW - 8 * DAY) for n in range(2, 5)]
    return mall([*calm(), *back])


def _two_shops() -> Mall:
    draws = [Draw(NOW - DAY, n, f"A-{n}", 1, 0, 100) for n in (1, 2)]
    return mall(calm(), shops=[shop(), shop(2, payout="account 1")], draws=draws)


def _new_account() -> Mall:
    owner = shop(payout_changed_at=NOW - 4 * DAY)
    return mall(calm(), shops=[owner], draws=[Draw(NOW - 3 * DAY, 1, "A-1", 1, 0, 100)])


def _bust_out() -> Mall:
    draws = [Draw(NOW - DAY + n, 1, f"A-{n}", 32, 32 * n, 100) for n in range(3)]
    return mall(calm(), draws=draws, stock={1: (5, 90)})


def _woken() -> Mall:
    return mall([sale(2, 120, 1_000), *(sale(n, 2, 1_000) for n in range(3, 8))])


def _circle() -> Mall:
    """700 shops that share strangers; buyers of shop 1 buy in the same two shops, all of them."""
    shops = [shop(n) for n in range(1, 702)]
    strangers = [
        replace(sale(10_000 + n * 7 + k, 5), seller_id=n) for n in range(4, 702) for k in (0, 1)
    ]
    walks = [replace(sale(10_000 + n * 7, 6), seller_id=(n % 690) + 5) for n in range(4, 702)]
    ring = [replace(sale(b, d), seller_id=s) for b in (2, 3) for s in (1, 2, 3) for d in (4,)]
    return mall([*strangers, *walks, *ring], shops=shops)


CASES: dict[str, Callable[[], Mall]] = {
    "X2": _one_phone,
    "X3": _exclusive,
    "X4": _owners_phone,
    "X5": _one_door,
    "X6": _round_trip,
    "X7": _lent_round_trip,
    "X8": _cash_out,
    "X9": _empty_boxes,
    "X10": _too_fast,
    "X11": _burst,
    "X12": _dust,
    "X13": _spike,
    "X14": _quick_receipts,
    "X15": _quick_praise,
    "X16": _silent_crowd,
    "X18": _never_moved,
    "X19": _two_shops,
    "X20": _new_account,
    "X21": _bust_out,
    "X24": _woken,
}


@pytest.mark.parametrize("id", CASES)
def test_a_signal_fires_on_what_it_names(id: str) -> None:
    world = CASES[id]()
    found = fired(world)
    assert id in found, found
    assert judge(world, "seller", 1).action != CLEAR
    strangers = {s.order_id for s in world.sales if s.buyer_id >= 1_000 and s.seller_id == 1}
    assert not found[id] & strangers


def test_a_ring_denser_than_its_category() -> None:
    world = _circle()
    assert "X1" in fired(world)
    assert "X1" not in fired(world, id=50)


def test_loyal_accounts_are_counted_too() -> None:
    assert fired(_loyal()).keys() >= {"X2"}


def test_a_jump_alone_says_nothing() -> None:
    jump = [*calm(), *(sale(100 + n, 2, 50_000) for n in range(8))]
    assert fired(mall(jump)) == {}


def test_the_way_of_money_is_kept_with_its_hops() -> None:
    from finance.risk.fraud.money_path import followed

    (back,) = followed(_lent_round_trip())
    assert (back.amount, back.lent, back.seller_id) == (50_000, True, 1)
    assert [station for station, _ in back.path] == ["p:1", "w:9", "s:1"]


@pytest.mark.parametrize(("days", "comes"), [(13, True), (15, False)])
def test_money_older_than_two_weeks_is_no_longer_followed(days: int, comes: bool) -> None:
    moves = [Move(NOW - 20 * DAY, "s:1", "t:account 1", 100_000, "payout")]
    order = sale(2, 20 - days, 60_000, instrument="owner's card 1", device="x")
    world = mall([replace(order, at=NOW - (20 - days) * DAY)], moves=moves)
    assert ("X6" in fired(world)) is comes


def test_buyers_are_looked_at_too() -> None:
    crowd = mall([*calm(), *(sale(n, n, device="one phone") for n in range(2, 7))])
    assert fired(crowd, "buyer", 2).keys() == {"X22"}
    quick = mall([replace(sale(2, 5), at=NOW - DAY + n * 60) for n in range(10)])
    assert fired(quick, "buyer", 2).keys() == {"X23"}
    tried = [(2, NOW - DAY + n * 60) for n in range(9)]
    both = mall([replace(sale(2, 5), at=NOW - DAY + 600)], refusals=tried)
    assert fired(both, "buyer", 2).keys() == {"X23"}
    assert fired(mall([], refusals=tried), "buyer", 2) == {}  # nine are not ten
    moves: list[Any] = []
    for n in range(2):
        moves.append(Move(NOW - (5 + n) * DAY, f"t:in {n}", "w:2", 10_000, "top_up"))
        moves.append(Move(NOW - (5 + n) * DAY + 900, "w:2", f"t:out {n}", 9_900, "withdrawal"))
    assert fired(mall([], moves=moves), "buyer", 2).keys() == {"X25"}


def test_thresholds_are_those_that_were_proposed() -> None:
    assert {id: signal(id).at_least for id in ("X2", "X3", "X4", "X5", "X6", "X7", "X9")} == {
        "X2": 5, "X3": 200_001, "X4": 50_001, "X5": 30_001, "X6": 50_001, "X7": 10_001,
        "X9": 600_001,
    }  # fmt: skip


def test_a_box_around_light_goods_is_no_gap():
    shop_id = sale(2, 5).seller_id
    boxed = mall([sale(n, 5, weight=43 + 238, listed=43) for n in range(2, 6)])
    stones = mall([sale(n, 5, weight=43 + 500, listed=43) for n in range(2, 6)])
    assert looks_orders.weight_gap(boxed, shop_id).value == 0
    assert looks_orders.weight_gap(stones, shop_id).value > 600_000
