"""Shops and shoppers made by dice: rows of every published relation, odd cases included."""

from random import Random
from typing import Any

from mall.facts import published
from tests.finance.risk.features import lending, norms, trade

TODAY = 20_500  # a day number
DAY = 86_400
World = dict[str, list[dict[str, Any]]]
EMPTY, SINGLE, HUGE, CANCELED = 1, 2, 3, 4  # sellers: nothing at all, one order, 9e18, all given up
KINDS = ("changed_mind", "damaged", "not_received", "no_stock", "not_as_described")


class Dice:
    """Appends rows; clocks come from one instant, columns not named are unknown."""

    def __init__(self, seed: int) -> None:
        self.roll = Random(seed)
        self.world: World = {name: [] for name in published.SOURCES}
        self.last = 0

    def add(self, name: str, at: int, **values: Any) -> None:
        clocks = {"happened_day": at // DAY, "happened_s": at, "known_day": at // DAY}
        row = dict.fromkeys(published.table(name).c.keys()) | clocks | {"known_s": at} | values
        self.world[name].append(row)

    def new(self) -> int:
        self.last += 1
        return self.last

    def later(self, at: int, most: int) -> int:
        return at + self.roll.randrange(1, most)


def make(seed: int = 7, sellers: int = 40, orders: int = 9_000, buyers: int = 900) -> World:
    """Some 20,000 order lines of 40 shops over two years, up to some days after TODAY."""
    dice = Dice(seed)
    for seller in range(1, sellers + 1):
        opened = (TODAY - dice.roll.randrange(30, 800)) * DAY
        dice.add("fact_sellers", opened, seller_id=seller, owner_id=5_000 + seller, imported=0)
        for kind in ("license", "account"):
            if dice.roll.random() < 0.6:
                at = dice.later(opened, 700 * DAY)
                dice.add("fact_seller_events", at, seller_id=seller, kind=kind)
    for buyer in range(1, buyers + 1):
        at = (TODAY - dice.roll.randrange(0, 900)) * DAY
        level = dice.roll.randrange(3)
        dice.add("fact_buyers", at, buyer_id=buyer, verified_level=level, imported=buyer % 7 == 0)
    for _ in range(orders):
        seller = 5 + int((sellers - 4) * dice.roll.random() ** 2)
        buyer = 2 + int((buyers - 1) * dice.roll.random() ** 3)
        _order(dice, seller, buyer if dice.roll.random() < 0.98 else None)
    _odd_ones(dice)
    _talk(dice, sellers, buyers)
    _stock(dice, sellers)
    norms.add(dice)
    trade.add(dice, sellers, buyers)
    lending.add(dice, sellers, buyers)
    for row in dice.world["fact_buyers"]:
        row["imported"] = int(row["imported"])
    return dice.world


def _odd_ones(dice: Dice) -> None:
    _order(dice, SINGLE, 2, at=(TODAY - 3) * DAY, total=999)
    for _ in range(2):
        _order(dice, HUGE, 1, at=(TODAY - 5) * DAY, total=4_600_000_000_000_000_000, fate="open")
    for _ in range(5):
        _order(dice, CANCELED, 3, fate="canceled")


def _order(dice: Dice, seller: int, buyer: int | None, at: int = 0, **given: Any) -> None:
    roll = dice.roll
    at = at or (TODAY + 5 - int(760 * roll.random() ** 1.3)) * DAY + roll.randrange(DAY)
    live, number = roll.random() < 0.8, dice.new()
    total = given.get("total") or 100 + int(100_000 * roll.random() ** 3)
    key = {"order_id": number, "seller_id": seller, "buyer_id": buyer, "imported": int(not live)}
    dice.add(
        "fact_orders",
        at,
        **key,
        total=total,
        goods=total,
        shipping=0,
        buyer_age_days=roll.choice([0, 5, 13, 14, 300]) if live else None,
        on_credit=int(live and roll.random() < 0.3),
        on_card=int(live and roll.random() < 0.5),
        ship_by_s=at + 3 * DAY if live else None,
        hour=at % DAY // 3600,
        weekday=at // DAY % 7 + 1,
        place=roll.randrange(400) if live else None,
        buyer_received=roll.randrange(7) if live and total % 9 else None,
        near=roll.choice([0, 0, 1, None]) if live else None,
        region=f"region {roll.randrange(9)}",
    )
    for line in range(roll.choice([1, 2, 2, 4])):
        price = 50 + roll.randrange(5_000)
        amount = {"quantity": 1 + line, "price": price, "amount": price * (1 + line)}
        number = roll.randrange(12)
        product = {"product": f"p{seller}-{number}", "category_id": seller % 5 if live else None}
        product |= {"variant_id": seller * 10 + number % 6} if live else {}
        dice.add("fact_order_lines", at, line_id=dice.new(), **key, **amount, **product)
    _fate(dice, key, at, total, live, given.get("fate"))


def _fate(dice: Dice, key: Any, paid: int, total: int, live: bool, fate: str | None) -> None:
    roll, before = dice.roll, paid

    def step(kind: str, at: int, **more: Any) -> int:
        lags = {"paid_day": paid // DAY, "begun_day": before // DAY, "since_s": at - before}
        row = key | lags | {"total": total, "lag_s": at - paid, "kind": kind, "cause": ""}
        dice.add("fact_order_events", at, **(row | more))
        return at

    if fate == "canceled" or roll.random() < 0.07:
        at = step(
            "canceled",
            dice.later(paid, 6 * DAY),
            cause=roll.choice(["no_stock", "seller", "shopper"]) if live else "",
        )
        return _back(dice, key, paid, at, total, None)
    at = before = step(
        "shipped", dice.later(paid, 5 * DAY), late=roll.randrange(2) if live else None
    )
    if live and roll.random() < 0.9:
        step("scanned", dice.later(at, 3 * DAY))
    if roll.random() < 0.95:
        at = dice.later(at, 8 * DAY)
        before = step("delivered", at, late=roll.randrange(2) if live and total % 5 else None)
    settled = None
    if fate != "open" and roll.random() < 0.9:
        cause = roll.choice(["timer", "shopper", "shopper"]) if live else "shopper"
        settled = step("settled", dice.later(at, 9 * DAY), cause=cause)
        dice.add("fact_settlements", settled, **key, amount=total, kind="settled")
        if roll.random() < 0.25:
            _review(dice, key, settled, live)
    if roll.random() < 0.12:
        part = total if roll.random() < 0.5 else max(1, total // 3)
        _back(dice, key, paid, dice.later(at, 40 * DAY), part, settled)
    if live and roll.random() < 0.03:
        _dispute(dice, key, dice.later(at, 30 * DAY), total)
    return None


def _back(dice: Dice, key: Any, paid: int, asked: int, amount: int, settled: int | None) -> None:
    roll = dice.roll
    row = key | {"refund_id": dice.new(), "paid_day": paid // DAY, "begun_day": asked // DAY}
    row |= {"cause": roll.choice(KINDS), "fault": roll.choice(["seller", "buyer", "mall"])}
    if not key["imported"]:
        dice.add("fact_refund_events", asked, **row, kind="asked", lag_s=0)
    at = dice.later(asked, 12 * DAY)
    kind = "granted" if key["imported"] or roll.random() < 0.8 else "rejected"
    if key["imported"] or roll.random() < 0.9:
        known = {"amount": amount} if kind == "granted" else {}
        dice.add("fact_refund_events", at, **row, **known, kind=kind, lag_s=at - asked)
        if kind == "granted" and settled:
            dice.add("fact_settlements", max(at, settled), **key, amount=-amount, kind="refunded")


def _dispute(dice: Dice, key: Any, at: int, amount: int) -> None:
    row = {k: v for k, v in key.items() if k != "imported"} | {"dispute_id": dice.new()}
    dice.add("fact_dispute_events", at, **row, amount=amount, kind="opened", lag_s=0)
    closed = dice.later(at, 60 * DAY)
    kind = dice.roll.choice(["won", "lost"])
    dice.add("fact_dispute_events", closed, **row, amount=amount, kind=kind, lag_s=closed - at)


def _review(dice: Dice, key: Any, settled: int, live: bool) -> None:
    at, roll = dice.later(settled, 20 * DAY), dice.roll
    row = key | {
        "review_id": dice.new(),
        "line_id": dice.new(),
        "stars": roll.choice([1, 2, 4, 5, 5]),
    }
    row |= {"product": f"p{key['seller_id']}-1"}
    if live:
        row |= {"begun_day": at // DAY, "chars": roll.randrange(300), "words": roll.randrange(900)}
    dice.add("fact_review_events", at, **row, kind="written", lag_s=at - settled if live else None)
    if live and roll.random() < 0.4:
        answered = dice.later(at, 3 * DAY)
        dice.add("fact_review_events", answered, **row, kind="answered", lag_s=answered - at)


def _talk(dice: Dice, sellers: int, buyers: int) -> None:
    roll = dice.roll
    for _ in range(1_500):
        at = (TODAY + 3 - roll.randrange(300)) * DAY + roll.randrange(DAY)
        who = {"seller_id": 5 + roll.randrange(sellers - 5), "buyer_id": 2 + roll.randrange(buyers)}
        product = {"product": f"p{who['seller_id']}-{roll.randrange(12)}"}
        dice.add("fact_favorites", at, **who, **product)
        asked = who | product | {"question_id": dice.new(), "begun_day": at // DAY}
        dice.add("fact_question_events", at, **asked, kind="asked", lag_s=0)
        if roll.random() < 0.7:
            done = dice.later(at, 3 * DAY)
            dice.add("fact_question_events", done, **asked, kind="answered", lag_s=done - at)
        seen = {"device": f"d{roll.choice([who['buyer_id'], 1, 2])}", "network": "n"}
        dice.add("fact_traces", at, buyer_id=who["buyer_id"], **seen)
        other = {"buyer_id": who["buyer_id"], "other_id": 2 + roll.randrange(buyers)}
        dice.add("fact_shared_places", at, **other, place=roll.randrange(400))


def _stock(dice: Dice, sellers: int) -> None:
    roll = dice.roll
    for seller in range(5, sellers + 1):
        for variant in range(6):
            row = {"seller_id": seller, "variant_id": seller * 10 + variant}
            row |= {"product": f"p{seller}-{variant}"}
            at = (TODAY - roll.randrange(100, 500)) * DAY
            dice.add("fact_listings", at, seller_id=seller, product=row["product"], category_id=1)
            left = 0
            while at < TODAY * DAY:
                change = roll.randrange(1, 30) if left == 0 else -min(left, roll.randrange(1, 12))
                cause = "received" if change > 0 else "sold"
                dice.add("fact_stock_movements", at, **row, change=change, cause=cause)
                left, at = left + change, dice.later(at, 25 * DAY)
