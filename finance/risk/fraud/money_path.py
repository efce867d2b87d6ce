"""Money that comes back: payouts and advances of a shop followed to its own orders; pure.

What flows is marked money. Every move takes marked money first, as long as it is younger than 14
days and has made fewer than 4 hops. Two marked sums of one origin that arrive together become one,
as old as the older: so a move makes at most a few sums, and the whole is linear in moves.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from finance.risk.fraud.evidence import DAY, Mall
from mall.facts.marks import Move, Sale

HOPS_MAX, AGE_MAX = 4, 14 * DAY


@dataclass(slots=True)
class Sum:
    """Marked money in one place: of which shop, since when, over which stations, lent or earned."""

    seller_id: int
    began: int
    amount: int
    lent: bool
    path: tuple[tuple[str, int], ...]  # (station, when)


@dataclass(slots=True)
class Return:
    """Part of an order of a shop that its own money paid; `path` shows the stations and times."""

    order_id: int
    number: str
    seller_id: int
    amount: int
    lent: bool
    at: int
    path: tuple[tuple[str, int], ...]


@dataclass
class _Flow:
    mall: Mall
    pools: dict[str, list[Sum]] = field(default_factory=lambda: defaultdict(list))
    returns: list[Return] = field(default_factory=list)
    hands: dict[str, str] = field(default_factory=dict)


def followed(mall: Mall) -> list[Return]:
    """Every piece of an order paid with what its shop had been paid or lent, in time order."""
    flow = _Flow(mall)
    for shop in mall.shops:  # what is the owner's is one pocket: account, cards
        for mark in {shop.payout, *shop.instruments} - {""}:
            flow.hands[f"t:{mark}"] = f"p:{shop.owner_id}"
    events: list[tuple[int, int, Move | Sale]] = [(m.at, 0, m) for m in mall.moves]
    events += [(s.at, 1, s) for s in mall.sales if s.instrument and not s.canceled]
    events.sort(key=lambda e: (e[0], e[1]))
    for _, _, event in events:
        mall.steps.count += 1
        if isinstance(event, Sale):
            _buy(flow, event)
        else:
            _move(flow, event)
    return flow.returns


def _place(flow: _Flow, name: str) -> str:
    return flow.hands.get(name, name)


def _move(flow: _Flow, move: Move) -> None:
    source, target = _place(flow, move.source), _place(flow, move.target)
    if source == target:
        return
    if move.kind == "lent":
        seller_id = int(move.target[2:])
        flow.pools[target].append(Sum(seller_id, move.at, move.amount, True, ()))
        return
    taken = _take(flow, source, move.amount, move.at, target)
    rest = move.amount - sum(each.amount for each in taken)
    if move.kind == "payout" and rest > 0:
        path = ((target, move.at),)
        taken.append(Sum(int(move.source[2:]), move.at, rest, False, path))
    flow.pools[target] = _merged(flow, flow.pools[target] + taken)


def _take(flow: _Flow, source: str, wanted: int, at: int, target: str) -> list[Sum]:
    """Marked money out of a pool, the oldest first; what is too old or far is no longer marked."""
    kept: list[Sum] = []
    taken: list[Sum] = []
    for each in flow.pools.get(source, ()):
        flow.mall.steps.count += 1
        if at - each.began > AGE_MAX or len(each.path) >= HOPS_MAX:
            continue
        part = min(wanted, each.amount)
        if part:
            path = (*each.path, (target, at))
            taken.append(Sum(each.seller_id, each.began, part, each.lent, path))
            wanted -= part
        if each.amount > part:
            each.amount -= part
            kept.append(each)
    flow.pools[source] = kept
    return taken


def _merged(flow: _Flow, sums: list[Sum]) -> list[Sum]:
    found: dict[tuple[int, bool, int], Sum] = {}
    for each in sorted(sums, key=lambda s: s.began):
        flow.mall.steps.count += 1
        same = found.setdefault((each.seller_id, each.lent, len(each.path)), each)
        if same is not each:
            same.amount += each.amount
    return list(found.values())


def _buy(flow: _Flow, sale: Sale) -> None:
    source = sale.instrument if sale.instrument.startswith("w:") else f"t:{sale.instrument}"
    target = f"s:{sale.seller_id}"
    for each in _take(flow, _place(flow, source), sale.amount, sale.at, target):
        if each.seller_id == sale.seller_id:
            flow.returns.append(
                Return(
                    sale.order_id, sale.number, sale.seller_id, each.amount, each.lent, sale.at,
                    each.path,
                )
            )  # fmt: skip
        else:  # it may come back by way of the other shop
            flow.pools[target].append(each)
