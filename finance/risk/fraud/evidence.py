"""All that detection looks at, indexed once; pure, linear in orders, and it counts its steps."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from mall.facts.marks import Move, Opinion, Sale, Shop

Found = TypeVar("Found")
DAY = 24 * 3600
WINDOW = 90 * DAY
LINKS = ("device", "instrument", "place")  # strangers share a network: it links nobody alone


@dataclass(frozen=True, slots=True)
class Draw:
    """Money lent to a shop: `limit` was the most it might owe, `owed` what it owed before."""

    at: int
    seller_id: int
    number: str
    amount: int
    owed: int
    limit: int


@dataclass(slots=True)
class Steps:
    """How often an edge was touched: what must grow no faster than the edges do."""

    count: int = 0


@dataclass
class Mall:
    """Orders of half a year, shops, money moves, reviews and draws, as of `at` (seconds).

    stock     by seller: (units on hand, units on hand three days ago)
    refusals  (person, second) of charges that were refused
    """

    at: int
    sales: Sequence[Sale]
    shops: Sequence[Shop]
    moves: Sequence[Move] = ()
    opinions: Sequence[Opinion] = ()
    draws: Sequence[Draw] = ()
    devices: Sequence[tuple[int, str]] = ()
    refusals: Sequence[tuple[int, int]] = ()
    stock: dict[int, tuple[int, int]] = field(default_factory=dict)
    steps: Steps = field(default_factory=Steps)
    _known: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, work: Callable[[], Found]) -> Found:
        """What `work` finds for the whole mall, worked out the first time it is asked for."""
        if name not in self._known:
            self._known[name] = work()
        found: Found = self._known[name]
        return found

    @cached_property
    def recent(self) -> list[Sale]:
        """Paid in the last 90 days and not canceled."""
        since = self.at - WINDOW
        self.steps.count += len(self.sales)
        return [s for s in self.sales if since <= s.at < self.at and not s.canceled]

    @cached_property
    def by_shop(self) -> dict[int, list[Sale]]:
        return self._grouped(self.recent, "seller_id")

    @cached_property
    def by_buyer(self) -> dict[int, list[Sale]]:
        return self._grouped(self.recent, "buyer_id")

    @cached_property
    def all_by_shop(self) -> dict[int, list[Sale]]:
        return self._grouped([s for s in self.sales if not s.canceled], "seller_id")

    def _grouped(self, sales: Iterable[Sale], name: str) -> dict[int, list[Sale]]:
        found: dict[int, list[Sale]] = defaultdict(list)
        for sale in sales:
            found[getattr(sale, name)].append(sale)
            self.steps.count += 1
        return found

    @cached_property
    def shop_of(self) -> dict[int, Shop]:
        return {shop.seller_id: shop for shop in self.shops}

    @cached_property
    def people_of(self) -> dict[str, set[int]]:
        """Who was seen with each token of a device, card, address or network."""
        found: dict[str, set[int]] = defaultdict(set)
        for sale in self.recent:
            for mark in (sale.device, sale.instrument, sale.place, sale.network):
                self.steps.count += 1
                if mark and not mark.startswith("w:"):
                    found[mark].add(sale.buyer_id)
        for person_id, device in self.devices:
            self.steps.count += 1
            found[device].add(person_id)
        return found

    @cached_property
    def marks_of(self) -> dict[int, set[str]]:
        """The tokens of each buyer, without networks."""
        found: dict[int, set[str]] = defaultdict(set)
        for sale in self.recent:
            self.steps.count += 1
            found[sale.buyer_id].update(m for m in marks(sale) if m)
        for person_id, device in self.devices:
            self.steps.count += 1
            found[person_id].add(device)
        return found

    @cached_property
    def opinions_of(self) -> dict[int, list[Opinion]]:
        found: dict[int, list[Opinion]] = defaultdict(list)
        for opinion in self.opinions:
            found[opinion.seller_id].append(opinion)
        return found


def marks(sale: Sale) -> tuple[str, ...]:
    """What ties an order to a person beyond the account: device, card, address."""
    card = "" if sale.instrument.startswith("w:") else sale.instrument
    return sale.device, card, sale.place


def own_marks(shop: Shop) -> frozenset[str]:
    """What is the owner's."""
    return shop.devices | shop.instruments | shop.places
