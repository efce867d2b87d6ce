"""A mall's honest past for the red team: shops and buyers with the habits of the demo world.

Households share doors, some devices and cards; offices share a door; shops have bulk buyers: the
innocent who look guilty. Carriers put many behind one network.
"""

from dataclasses import dataclass, field
from random import Random

from demo.odds import happens, pick, skewed
from finance.risk.fraud.evidence import DAY, Mall
from mall.facts.marks import Move, Opinion, Sale, Shop

DAYS, CATEGORIES = 300, 8
AT = 1_000 * DAY
_REGIONS = tuple(f"region {n}" for n in range(20))


@dataclass(frozen=True, slots=True)
class Buyer:
    id: int
    device: str
    card: str
    door: str
    network: str
    region: str
    loved: tuple[int, ...]
    often: int


@dataclass
class World:
    """Untouched orders, payouts and reviews; `price` and `category` by shop."""

    dice: Random
    shops: list[Shop]
    buyers: list[Buyer]
    category: dict[int, int]
    price: dict[int, int]
    sales: list[Sale] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    last_id: int = 0

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def mall(self, sales: list[Sale], moves: list[Move]) -> Mall:
        """These orders and moves beside the honest ones, as detection looks at them."""
        window = AT - 180 * DAY
        return Mall(
            at=AT,
            sales=sorted([s for s in self.sales if s.at >= window] + sales, key=lambda s: s.at),
            shops=self.shops,
            moves=sorted(self.moves + moves, key=lambda m: m.at),
            opinions=self.opinions,
        )


def make(seed: int, shops: int) -> World:
    """So many shops and thirty times as many buyers, 300 days of orders."""
    dice = Random(f"rings {seed}")
    buyers = _buyers(dice, shops * 30)
    world = World(dice, [_shop(dice, n) for n in range(1, shops + 1)], buyers, {}, {})
    for shop in world.shops:
        world.category[shop.seller_id] = dice.randrange(CATEGORIES)
        world.price[shop.seller_id] = 3_000 + 40 * skewed(dice, 0, 2_000)
    pools = [[b for b in buyers if c in b.loved] for c in range(CATEGORIES)]
    weights = [[b.often for b in pool] for pool in pools]
    for shop in world.shops:
        place = world.category[shop.seller_id]
        _live(world, shop, pools[place], weights[place])
    return world


def _buyers(dice: Random, count: int) -> list[Buyer]:
    found: list[Buyer] = []
    for id in range(10_000, 10_000 + count):
        near = found[-1] if found and happens(dice, 12) else None  # of one household
        loved = tuple(dice.sample(range(CATEGORIES), 3))
        found.append(
            Buyer(
                id=id,
                device=near.device if near and happens(dice, 15) else f"device {id}",
                card=near.card if near and happens(dice, 20) else f"card {id}",
                door=_door(dice, near, id),
                network=f"network {dice.randrange(count // 8)}",
                region=dice.choice(_REGIONS),
                loved=loved,
                often=1 + skewed(dice, 0, 30),
            )
        )
    return found


def _door(dice: Random, near: Buyer | None, id: int) -> str:
    if near:
        return near.door
    return f"office {dice.randrange(20)}" if happens(dice, 3) else f"door {id}"


def _shop(dice: Random, id: int) -> Shop:
    return Shop(
        seller_id=id,
        owner_id=id,
        region=dice.choice(_REGIONS),
        payout=f"account {id}",
        devices=frozenset({f"owner {id}"}),
        instruments=frozenset({f"owner's card {id}"}),
        networks=frozenset({f"network {dice.randrange(900)}"}),
        places=frozenset({f"owner's door {id}"}),
    )


def _live(world: World, shop: Shop, pool: list[Buyer], weights: list[int]) -> None:
    """A shop's 300 days: more at week ends, a lull or a season, a few bulk buyers, paid out weekly."""
    dice, regulars = world.dice, []
    if happens(dice, 20):
        regulars = dice.choices(pool, k=dice.randint(1, 3))
    a_day = 300 + skewed(dice, 0, 3_000)
    week = 0
    for day in range(DAYS, 0, -1):
        season = 130 if (DAYS - day) // 30 in (4, 9) else 100
        count = sum(dice.randrange(2) for _ in range(a_day * season // 50_000)) + happens(dice, 30)
        for buyer in dice.choices(pool, weights, k=count):
            week += sell(world, shop, buyer, day)
        if regulars and day % 7 == 3:
            week += sell(world, shop, dice.choice(regulars), day, times=dice.randint(2, 6))
        if day % 7 == 0 and week:
            target = f"t:{shop.payout}"
            world.moves.append(Move(AT - day * DAY, f"s:{shop.seller_id}", target, week, "payout"))
            week = 0


def sell(world: World, shop: Shop, buyer: Buyer, day: int, times: int = 1) -> int:
    """One honest order so many days ago; its amount."""
    order = sale_of(world, shop, buyer, AT - day * DAY + _hour(world.dice), times)
    world.sales.append(order)
    if order.received_at and happens(world.dice, 30):
        said = world.dice.choice(("Good", "As described, came in time.", "Nice, thank you all"))
        late = order.received_at + world.dice.randint(600, 6 * DAY)
        stars = pick(world.dice, (5, 60), (4, 25), (3, 10), (1, 5))
        own = f"{said} {order.order_id}"
        world.opinions.append(Opinion(order.order_id, shop.seller_id, late, stars, len(said), own))
    return order.amount


def _hour(dice: Random) -> int:
    """Seconds into a day: mostly evenings."""
    return pick(
        dice, (dice.randint(20, 23), 50), (dice.randint(9, 19), 45), (dice.randint(0, 8), 5)
    ) * 3_600 + dice.randrange(3_600)


def sale_of(
    world: World, shop: Shop, buyer: Buyer, at: int, times: int = 1, **more: object
) -> Sale:
    """An order as a shop of this kind has them: shipped in a day, delivered in days, received."""
    dice = world.dice
    unit = world.price[shop.seller_id] * dice.randint(70, 130) // 100
    shipped = at + dice.randint(3, 40) * 3_600
    scanned = shipped + dice.randint(2, 14) * 3_600
    delivered = scanned + dice.randint(20, 100) * 3_600
    received = delivered + (dice.randint(1, 60) * 3_600 if happens(dice, 97) else 300)
    listed = 200 + unit % 3_000
    known = {
        "order_id": world.next_id(),
        "seller_id": shop.seller_id,
        "buyer_id": buyer.id,
        "at": at,
        "amount": unit * times,
        "category": world.category[shop.seller_id],
        "unit": unit,
        "device": buyer.device,
        "network": buyer.network,
        "instrument": buyer.card,
        "place": buyer.door,
        "region": buyer.region,
        "shipped_at": shipped,
        "scanned_at": scanned,
        "delivered_at": delivered,
        "received_at": received,
        "weight": listed * times + dice.randint(20, 250),
        "listed": listed * times,
    } | more
    known["number"] = f"O-{known['order_id']}"
    return _as_known(known)


def _as_known(known: dict[str, object]) -> Sale:
    """What has not happened yet is not known."""
    for name in ("shipped_at", "scanned_at", "delivered_at", "received_at"):
        at = known[name]
        if isinstance(at, int) and at >= AT:
            known[name] = None
    return Sale(**known)  # type: ignore[arg-type]
