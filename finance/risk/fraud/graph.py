"""The graph of accounts that share something, its cores, and shops that belong together; pure.

Linear: a mark that many share is never spelled out pair by pair.
"""

from collections import defaultdict, deque
from collections.abc import Iterable

from finance.risk.fraud.evidence import Mall

SPELLED_OUT = 20  # a mark of at most so many accounts becomes pairs; a larger one counts as a whole
FEW_SHOPS = 3


def cores(mall: Mall, accounts: Iterable[int]) -> dict[int, int]:
    """The core number of each of these accounts in the graph of those who share a mark.

    Asked for the buyers of one shop: an office of which one person buys there is no ring of it.

    m accounts behind one mark are a clique: each has at least m − 1 there.
    """
    found: dict[int, int] = {}
    near: dict[int, set[int]] = defaultdict(set)
    for mark, people in _behind(mall, accounts).items():
        mall.steps.count += len(people)
        if len(people) > SPELLED_OUT:
            found |= {p: max(found.get(p, 0), len(people) - 1) for p in people}
        elif len(people) > 1 and mark:
            for person in people:
                near[person] |= people - {person}
                mall.steps.count += len(people)
    for person, core in _peeled(mall, near).items():
        found[person] = max(found.get(person, 0), core)
    return found


def _behind(mall: Mall, accounts: Iterable[int]) -> dict[str, set[int]]:
    people: dict[str, set[int]] = defaultdict(set)
    for person in accounts:
        for mark in mall.marks_of[person]:
            mall.steps.count += 1
            people[mark].add(person)
    return people


def _peeled(mall: Mall, near: dict[int, set[int]]) -> dict[int, int]:
    """Core numbers by taking the least connected away first (buckets: linear in edges)."""
    degree = {person: len(others) for person, others in near.items()}
    buckets: list[deque[int]] = [deque() for _ in range(max(degree.values(), default=0) + 1)]
    for person, count in degree.items():
        buckets[count].append(person)
    core: dict[int, int] = {}
    level = at = 0
    while at < len(buckets):
        if not buckets[at]:
            at += 1
            continue
        person = buckets[at].popleft()
        if person in core or degree[person] != at:
            continue  # moved to a lower bucket meanwhile
        level = max(level, at)
        core[person] = level
        for other in near[person]:
            mall.steps.count += 1
            if other not in core and degree[other] > 0:
                degree[other] -= 1
                buckets[degree[other]].append(other)
                at = min(at, degree[other])
    return core


def families(mall: Mall) -> dict[int, int]:
    """Shops of one hand by their lowest id: same owner, payout account, device, card or address."""
    parent = {shop.seller_id: shop.seller_id for shop in mall.shops}

    def root(seller_id: int) -> int:
        while parent[seller_id] != seller_id:
            parent[seller_id] = parent[parent[seller_id]]
            seller_id = parent[seller_id]
        return seller_id

    first: dict[str, int] = {}
    for shop in mall.shops:
        for mark in _belongings(shop.owner_id, shop.payout, shop.devices, shop.instruments):
            mall.steps.count += 1
            one, other = root(first.setdefault(mark, shop.seller_id)), root(shop.seller_id)
            parent[max(one, other)] = min(one, other)
    return {shop.seller_id: root(shop.seller_id) for shop in mall.shops}


def _belongings(owner_id: int, payout: str, *more: Iterable[str]) -> list[str]:
    return [f"o:{owner_id}", *(m for group in ([payout], *more) for m in group if m)]


def loyal(mall: Mall, seller_id: int) -> int:
    """The largest k such that k buyers who trade with few shops each bought here k times."""
    bought: dict[int, int] = defaultdict(int)
    for sale in mall.by_shop.get(seller_id, ()):
        mall.steps.count += 1
        bought[sale.buyer_id] += 1
    counts = sorted(
        (n for buyer, n in bought.items() if len(shops_of(mall)[buyer]) <= FEW_SHOPS), reverse=True
    )
    return max((min(i + 1, n) for i, n in enumerate(counts)), default=0)


def shops_of(mall: Mall) -> dict[int, set[int]]:
    """The shops each buyer bought from in 90 days."""

    def found() -> dict[int, set[int]]:
        known: dict[int, set[int]] = defaultdict(set)
        for sale in mall.recent:
            mall.steps.count += 1
            known[sale.buyer_id].add(sale.seller_id)
        return known

    return mall.once("shops of buyers", found)


def densities(mall: Mall) -> dict[int, int]:
    """By shop: of the pairs its buyers and their other shops could trade, those that do, in ppm.

    A buyer of more than fifty shops says nothing about any of them and is left out.
    """
    found = {}
    for seller_id, sales in mall.by_shop.items():
        buyers = {s.buyer_id for s in sales}
        reached: set[int] = set()
        edges = 0
        for buyer in buyers:
            others = shops_of(mall)[buyer]
            if len(others) > 50:
                continue
            mall.steps.count += len(others)
            reached |= others
            edges += len(others) - 1
        possible = len(buyers) * (len(reached) - 1)
        if possible > 0:
            found[seller_id] = edges * 1_000_000 // possible
    return found
