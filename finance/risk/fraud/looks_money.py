"""Signals about money: paths back, credit turned into cash, new payees, bursts of drawing; pure."""

from collections import defaultdict

from finance.risk.fraud.evidence import DAY, WINDOW, Draw, Mall, marks, own_marks
from finance.risk.fraud.looks_accounts import ids
from finance.risk.fraud.measure import Measure, share
from finance.risk.fraud.money_path import Return, followed
from mall.facts.marks import Move

_HOUR = 3600
_MONTH = 30 * DAY


def returns(mall: Mall) -> dict[int, list[Return]]:
    """By shop: pieces of its orders of the last 30 days that its own money paid."""

    def follow() -> dict[int, list[Return]]:
        found: dict[int, list[Return]] = defaultdict(list)
        for each in followed(mall):
            if each.at >= mall.at - _MONTH:
                found[each.seller_id].append(each)
        return found

    return mall.once("returns", follow)


def circular_money(mall: Mall, seller_id: int) -> Measure | None:
    """X6: of 30 days' inflow, the part that the shop's own payouts and advances paid."""
    return _back(mall, seller_id, lent=None)


def loan_recycle(mall: Mall, seller_id: int) -> Measure | None:
    """X7: the same of money that was lent."""
    return _back(mall, seller_id, lent=True)


def _back(mall: Mall, seller_id: int, *, lent: bool | None) -> Measure | None:
    month = [s for s in mall.by_shop.get(seller_id, ()) if s.at >= mall.at - _MONTH]
    came = [r for r in returns(mall).get(seller_id, ()) if lent is None or r.lent == lent]
    mall.steps.count += len(month)
    if not month:
        return None
    value = share(sum(r.amount for r in came), sum(s.amount for s in month))
    return Measure(value, frozenset(r.order_id for r in came))


def financed_self_sale(mall: Mall, seller_id: int) -> Measure | None:
    """X8: orders on credit by somebody tied to the shop, after which the shop was paid out."""
    shop = mall.shop_of.get(seller_id)
    if shop is None:
        return None
    own = own_marks(shop)
    tied = [
        s
        for s in mall.by_shop.get(seller_id, ())
        if s.on_credit and ({m for m in (*marks(s), *mall.marks_of[s.buyer_id]) if m} & own)
    ]
    if not tied:
        return Measure(0)
    paid_out = mall.once("paid out", lambda: _paid_out(mall)).get(seller_id, 0)
    cashed = [s for s in tied if paid_out > s.at]
    return Measure(len(cashed), ids(cashed))


def _paid_out(mall: Mall) -> dict[int, int]:
    """The latest payout of each shop."""
    found: dict[int, int] = {}
    for move in mall.moves:
        if move.kind == "payout":
            found[int(move.source[2:])] = move.at
    return found


def new_payee(mall: Mall, seller_id: int) -> Measure | None:
    """X20: drawn within 7 days of another payout account."""
    shop = mall.shop_of.get(seller_id)
    if shop is None or shop.payout_changed_at is None:
        return Measure(0)
    since = shop.payout_changed_at
    drawn = [d for d in _draws(mall, seller_id) if since <= d.at <= since + 7 * DAY]
    return Measure(len(drawn), words=tuple(d.number for d in drawn))


def bust_out(mall: Mall, seller_id: int) -> Measure | None:
    """X21: the limit used from nothing to 95 % within 72 hours, while the stock fell."""
    draws = _draws(mall, seller_id)
    on_hand, before = mall.stock.get(seller_id, (0, 0))
    if on_hand >= before:
        return Measure(0)
    for first in draws:
        burst = [d for d in draws if first.at <= d.at <= first.at + 72 * _HOUR]
        if first.owed == 0 and sum(d.amount for d in burst) * 20 >= first.limit * 19 > 0:
            return Measure(1, words=tuple(d.number for d in burst))
    return Measure(0)


def _draws(mall: Mall, seller_id: int) -> list[Draw]:
    by_seller = mall.once("draws", lambda: _by_seller(mall))
    return by_seller.get(seller_id, [])


def _by_seller(mall: Mall) -> dict[int, list[Draw]]:
    found: dict[int, list[Draw]] = defaultdict(list)
    for draw in sorted(mall.draws, key=lambda d: d.at):
        found[draw.seller_id].append(draw)
    return found


def velocity(mall: Mall, buyer_id: int) -> Measure | None:
    """X23: the most orders a person paid, and charges that were refused, within an hour."""
    tried = mall.once("refusals", lambda: _refusals(mall)).get(buyer_id, [])
    times = sorted([*(s.at for s in mall.by_buyer.get(buyer_id, ())), *tried])
    mall.steps.count += len(times)
    most = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= _HOUR:
            first += 1
        most = max(most, last - first + 1)
    return Measure(most, ids(mall.by_buyer.get(buyer_id, ())) if most else frozenset())


def _refusals(mall: Mall) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for person_id, at in mall.refusals:
        mall.steps.count += 1
        if mall.at - WINDOW <= at < mall.at:
            found[person_id].append(at)
    return found


def mule_wallet(mall: Mall, buyer_id: int) -> Measure | None:
    """X25: how many partners' money went through this balance within an hour, nearly whole."""
    moves = mall.once("wallets", lambda: _wallets(mall)).get(f"w:{buyer_id}", [])
    partners: set[str] = set()
    for came in (m for m in moves if m.kind == "top_up"):
        went = [
            m
            for m in moves
            if m.kind == "withdrawal"
            and 0 <= m.at - came.at <= _HOUR
            and 20 * abs(m.amount - came.amount) <= came.amount
        ]
        if went:
            partners |= {came.source, went[0].target}
    return Measure(len(partners))


def _wallets(mall: Mall) -> dict[str, list[Move]]:
    found: dict[str, list[Move]] = defaultdict(list)
    for move in mall.moves:
        mall.steps.count += 1
        for end in (move.source, move.target):
            if end.startswith("w:"):
                found[end].append(move)
    return found
