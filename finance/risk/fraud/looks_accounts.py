"""Signals about who buys: rings, shared devices and addresses, shops of one hand; pure."""

from collections import defaultdict
from collections.abc import Iterable

from core.money import MILLION
from finance.risk.fraud import graph
from finance.risk.fraud.evidence import Mall, marks, own_marks
from finance.risk.fraud.measure import Measure, share
from mall.facts.marks import Sale

_CROWD = 200  # shops in a category before its 99.5th hundredth says anything
_REGULAR = 3  # orders from which on a buyer's habit can be seen


def ring_density(mall: Mall, seller_id: int) -> Measure | None:
    """X1: how far above 99.5 % of the category's shops; 1 when above."""
    found = mall.once("densities", lambda: graph.densities(mall))
    if seller_id not in found:
        return None
    limit = mall.once("density limits", lambda: _limits(mall, found)).get(
        _category(mall, seller_id)
    )
    if limit is None:
        return None
    return Measure(int(found[seller_id] > limit))


def _limits(mall: Mall, found: dict[int, int]) -> dict[int, int]:
    by_category: dict[int, list[int]] = defaultdict(list)
    for seller_id, density in found.items():
        by_category[_category(mall, seller_id)].append(density)
    return {
        category: sorted(values)[len(values) * 995 // 1000]
        for category, values in by_category.items()
        if len(values) >= _CROWD
    }


def _category(mall: Mall, seller_id: int) -> int:
    """The category of most of the shop's orders."""
    return mall.once("categories", lambda: _categories(mall)).get(seller_id, 0)


def _categories(mall: Mall) -> dict[int, int]:
    found = {}
    for seller_id, sales in mall.by_shop.items():
        counts: dict[int, int] = defaultdict(int)
        for sale in sales:
            mall.steps.count += 1
            counts[sale.category] += 1
        found[seller_id] = max(counts, key=lambda c: (counts[c], c))
    return found


def k_core(mall: Mall, seller_id: int) -> Measure | None:
    """X2: accounts that trade with few shops and hang together, by shared marks or by loyalty."""
    few = [s for s in mall.by_shop.get(seller_id, ()) if _few(mall, s.buyer_id)]
    cores = graph.cores(mall, {s.buyer_id for s in few})
    linked = max((cores.get(s.buyer_id, 0) for s in few), default=0)
    loyal = graph.loyal(mall, seller_id)
    value = max(linked, loyal)
    bought = _counts(few)
    orders = [s for s in few if cores.get(s.buyer_id, 0) >= 5 or loyal >= 5 <= bought[s.buyer_id]]
    return Measure(value, ids(orders))


def _few(mall: Mall, buyer_id: int) -> bool:
    return len(graph.shops_of(mall)[buyer_id]) <= graph.FEW_SHOPS


def _counts(sales: Iterable[Sale]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for sale in sales:
        found[sale.buyer_id] += 1
    return found


def exclusive_buyers(mall: Mall, seller_id: int) -> Measure | None:
    """X3: regular buyers who give 80 % of their orders to this shop and its sisters (3 at most)."""
    family = mall.once("families", lambda: graph.families(mall))
    mine = family.get(seller_id, seller_id)
    buyers = {s.buyer_id for s in mall.by_shop.get(seller_id, ())}
    exclusive = 0
    for buyer in buyers:
        orders = mall.by_buyer[buyer]
        here = [s.seller_id for s in orders if family.get(s.seller_id) == mine]
        mall.steps.count += len(orders)
        if len(orders) >= _REGULAR and len(set(here)) <= 3 and len(here) * 5 >= len(orders) * 4:
            exclusive += 1
    return Measure(share(exclusive, len(buyers))) if buyers else None


def shared_device(mall: Mall, seller_id: int) -> Measure | None:
    """X4: buyers behind one device or card with the owner (all of it), or each other.

    Carriers put thousands of strangers behind one network: only the owner's own counts, as a share.
    """
    sales, shop = mall.by_shop.get(seller_id, ()), mall.shop_of.get(seller_id)
    if not sales or shop is None:
        return None
    own = shop.devices | shop.instruments
    with_owner = [s for s in sales if {s.device, s.instrument} & own]
    tied = _among(mall, sales) | {s.buyer_id for s in sales if s.network in shop.networks}
    orders = ids([*with_owner, *(s for s in sales if s.buyer_id in tied)])
    if with_owner:
        return Measure(MILLION, orders, ("with the owner",))
    return Measure(share(len(tied), len({s.buyer_id for s in sales})), orders)


def _among(mall: Mall, sales: Iterable[Sale]) -> set[int]:
    """Buyers of this shop who share a device or card with another buyer of it."""
    behind: dict[str, set[int]] = defaultdict(set)
    for sale in sales:
        for mark in (sale.device, sale.instrument):
            mall.steps.count += 1
            if mark and not mark.startswith("w:"):
                behind[mark].add(sale.buyer_id)
    return {person for people in behind.values() if len(people) > 1 for person in people}


def shared_address(mall: Mall, seller_id: int) -> Measure | None:
    """X5: orders sent to the owner's address, or to that of another shop's owner."""
    sales = mall.by_shop.get(seller_id, ())
    doors = mall.once("doors", lambda: {p for shop in mall.shops for p in shop.places})
    sent = [s for s in sales if s.place and s.place in doors]
    mall.steps.count += len(sales)
    return Measure(share(len(sent), len(sales)), ids(sent)) if sales else None


def multi_shop_owner(mall: Mall, seller_id: int) -> Measure | None:
    """X19: shops of one hand, this one among them, that were lent to in 90 days."""
    family = mall.once("families", lambda: graph.families(mall))
    asking = {d.seller_id for d in mall.draws}
    mine = family.get(seller_id, seller_id)
    sisters = mall.once("sisters", lambda: _sisters(family))[mine] & asking
    return Measure(len(sisters)) if seller_id in sisters and len(sisters) > 1 else Measure(0)


def _sisters(family: dict[int, int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for seller_id, root in family.items():
        found[root].add(seller_id)
    return found


def synthetic_id(mall: Mall, buyer_id: int) -> Measure | None:
    """X22: accounts behind one device or card of this person."""
    own = [m for s in mall.by_buyer.get(buyer_id, ()) for m in marks(s)[:2] if m]
    known = [len(mall.people_of[m]) for m in own]
    return Measure(max(known, default=0), ids(mall.by_buyer.get(buyer_id, ())))


def links_of(mall: Mall, seller_id: int) -> list[tuple[str, int]]:
    """(mark, buyer) pairs of the shop's buyers who share one: what the ring viewer draws."""
    shop = mall.shop_of.get(seller_id)
    own = own_marks(shop) if shop else frozenset()
    people: dict[str, set[int]] = defaultdict(set)
    for sale in mall.by_shop.get(seller_id, ()):
        for mark in marks(sale):
            if mark:
                people[mark].add(sale.buyer_id)
    return sorted(
        (mark, buyer)
        for mark, buyers in people.items()
        if len(buyers) > 1 or mark in own
        for buyer in buyers
    )


def ids(sales: Iterable[Sale]) -> frozenset[int]:
    return frozenset(s.order_id for s in sales)
