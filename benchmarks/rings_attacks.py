"""Rings of rising sophistication, each adding `wanted` of fake sales to one shop."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.rings_world import AT, Buyer, World, sale_of
from finance.risk.fraud.evidence import DAY
from mall.facts.marks import Sale, Shop


@dataclass(frozen=True, slots=True)
class Attack:
    """A way to fake sales; `in_mark`: among those that must not pay."""

    name: str
    fake: Callable[[World, Shop, int], list[Sale]]
    in_mark: bool = True

    @property
    def is_patient(self) -> bool:
        """Whether it fakes the level itself, which is worth climbing with."""
        return self.fake is patient


def _account(world: World, *, ring: Shop | None = None) -> Buyer:
    """An account nobody knows; of a ring, on the owner's phone, door and card."""
    id = 1_000_000 + world.next_id()
    mark = f"{id}"
    return Buyer(
        id=id,
        device=f"owner {ring.seller_id}" if ring else f"device {mark}",
        card=f"owner's card {ring.seller_id}" if ring else f"card {mark}",
        door=f"owner's door {ring.seller_id}" if ring else f"door {mark}",
        network=f"network {world.dice.randrange(900)}",
        region=world.dice.choice(world.buyers).region,
        loved=(),
        often=1,
    )


def _spread(
    world: World, shop: Shop, accounts: list[Buyer], wanted: int, since: int, until: int
) -> list[Sale]:
    """Orders of the accounts in turn, at random in these days ago, until `wanted` is sold."""
    found: list[Sale] = []
    while wanted > 0:
        day = world.dice.randint(until, since)
        at = AT - day * DAY + world.dice.randrange(DAY)
        buyer = accounts[len(found) % len(accounts)]
        found.append(sale_of(world, shop, buyer, at))
        wanted -= found[-1].amount
    return found


def naive(world: World, shop: Shop, wanted: int) -> list[Sale]:
    """Six accounts on the owner's phone, paid with the owner's card, over three weeks."""
    ring = [_account(world, ring=shop) for _ in range(6)]
    return _spread(world, shop, ring, wanted, 30, 9)


def eight_in_three_days(world: World, shop: Shop, wanted: int) -> list[Sale]:
    """Eight accounts with phones, cards and doors of their own, all within three days."""
    return _spread(world, shop, [_account(world) for _ in range(8)], wanted, 12, 9)


def crowd(world: World, shop: Shop, wanted: int) -> list[Sale]:
    """Hired strangers, an account and an order each, over two weeks."""
    return _crowd(world, shop, wanted, 23, 9)


def paced(world: World, shop: Shop, wanted: int) -> list[Sale]:
    """Twenty accounts over sixty days, each of which also buys once somewhere else."""
    ring = [_account(world) for _ in range(20)]
    elsewhere = [
        sale_of(world, world.dice.choice(world.shops), buyer, AT - world.dice.randint(9, 69) * DAY)
        for buyer in ring
    ]
    honest = [s for s in elsewhere if s.seller_id != shop.seller_id]
    return [*_spread(world, shop, ring, wanted, 69, 9), *honest]


def patient(world: World, shop: Shop, wanted: int) -> list[Sale]:
    """A crowd over nine months: nine times the sales, that the level itself be faked."""
    return _crowd(world, shop, 9 * wanted, 279, 9)


def _crowd(world: World, shop: Shop, wanted: int, since: int, until: int) -> list[Sale]:
    found: list[Sale] = []
    while wanted > 0:
        found += _spread(world, shop, [_account(world)], 1, since, until)
        wanted -= found[-1].amount
    return found


ATTACKS = (
    Attack("naive", naive),
    Attack("8 accounts, 3 days", eight_in_three_days),
    Attack("crowd, one order each", crowd),
    Attack("paced, 60 days", paced),
    Attack("patient, 270 days", patient),
)
