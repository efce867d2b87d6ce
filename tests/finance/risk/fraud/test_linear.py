"""The look at the graph costs as much as it has edges: twice the edges, twice the steps."""

from finance.risk.fraud.evidence import DAY, Mall
from finance.risk.fraud.signals import judge
from mall.facts.marks import Move
from tests.factories.fraud import NOW, mall, sale, shop


def world(scale: int) -> Mall:
    """`scale` × (20 shops with 30 buyers of two orders each, pairs behind one door, and a ring)."""
    sales, moves, shops = [], [], []
    for number in range(1, 20 * scale + 1):
        shops.append(shop(number))
        moves.append(Move(NOW - 20 * DAY, f"s:{number}", f"t:account {number}", 900, "payout"))
        for n in range(30):
            buyer = 1_000 * number + n
            door = f"door {buyer // 2}"
            sales.append(sale(buyer, 5 + n, seller_id=number, place=door))
            other = number % (20 * scale) + 1
            sales.append(sale(buyer, 4 + n, seller_id=other, place=door))
        ring = {"device": f"ring {number % 7}", "instrument": f"owner's card {number}"}
        sales.append(sale(5 + number, 10, seller_id=number, **ring))
    return mall(sales, shops=shops, moves=moves)


def steps(scale: int) -> int:
    found = world(scale)
    for each in found.shops:
        judge(found, "seller", each.seller_id)
    for buyer in list(found.by_buyer):
        judge(found, "buyer", buyer)
    return found.steps.count


def test_twice_the_edges_cost_twice_the_steps() -> None:
    one, two, four = steps(1), steps(2), steps(4)
    assert one > 20_000
    assert two <= one * 2.1 and four <= two * 2.1, (one, two, four)


def test_one_device_of_thousands_is_not_spelled_out_pair_by_pair() -> None:
    """A clique of 4,000 accounts has eight million pairs; the look touches each account a few times."""
    from finance.risk.fraud import graph

    def of(accounts: int) -> int:
        found = mall([sale(n, 5, device="one phone") for n in range(2, accounts + 2)])
        assert set(graph.cores(found, found.by_buyer).values()) == {accounts - 1}
        return found.steps.count

    assert of(4_000) <= 4 * of(1_000) + 100
