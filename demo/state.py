"""Who and what lives in a demo world: plain numbers beside the rows they stand for."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from core import clock
from demo.agenda import Agenda
from demo.goods import Catalog
from demo.goods import Shop as Profile


@dataclass(frozen=True)
class Size:
    """How large a world is; a year has about 1,000 orders, the stories' own counted."""

    days: int = 365
    shops: int = 24
    shoppers: int = 190
    orders_a_day: int = 1_600  # thousandths, the mean over all days

    @classmethod
    def of(cls, days: int) -> "Size":
        """A mall that has been open for so many days."""
        return cls(days=days, shoppers=min(190, 40 + days // 2))


@dataclass(eq=False)
class Ware:
    """A product on a shelf; `pull` is how much people like it."""

    product_id: int
    shop: "Shop"
    category: str
    title: str
    variants: list[tuple[int, int]]  # variant id, price in minor units
    pull: int

    @property
    def price(self) -> int:
        return self.variants[0][1]


@dataclass(eq=False)
class Shop:
    """A shop, how well it is run, and how many people come (`pull`, thousandths of usual)."""

    number: int
    profile: Profile
    seller_id: int
    owner_id: int
    opened: date
    pull: int
    wares: list[Ware] = field(default_factory=list)
    restocks: bool = True

    @property
    def quality(self) -> int:
        """Percent."""
        return self.profile.quality_ppm // 10_000


@dataclass(eq=False)
class Shopper:
    """Someone with habits; percents are of each occasion."""

    person_id: int
    name: str
    address: dict[str, str]
    card_id: int
    tastes: dict[str, int]  # category slug → weight
    purse: int  # a usual price, minor units
    often: int  # weight among all shoppers
    owl: bool
    returns: int
    reviews: int
    confirms: int
    on_credit: int
    pays: str  # auto, hand, late, early, never
    wishes: list[Ware] = field(default_factory=list)
    bought: int = 0
    keeps_balance: bool = False
    fake: bool = False  # of a ring: whatever it buys is shipped, received and praised at once


@dataclass
class World:
    """Everything the days work with."""

    size: Size
    first: date
    last: date
    dice: Random
    agenda: Agenda
    catalog: Catalog
    admin_id: int = 0
    office_id: int = 0  # who decides what the first proposes
    banker_id: int = 0
    regular_id: int = 0  # the shopper who signs in
    shops: list[Shop] = field(default_factory=list)
    shoppers: list[Shopper] = field(default_factory=list)
    by_person: dict[int, Shopper] = field(default_factory=dict)
    shelves: dict[str, list[Ware]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    delivered: deque[Any] = field(default_factory=lambda: deque(maxlen=15))  # parcels.Sold, latest

    def day(self, percent: int) -> date:
        """The day on which so much of the world's time is over."""
        return self.first + timedelta((self.size.days - 1) * percent // 100)

    def ago(self, days: int) -> date:
        """So many days before the last one, or early in a world that is younger."""
        return max(self.first + timedelta(1), self.last - timedelta(days))

    def moment(self, day: date, hour: int, spread: int = 1) -> datetime:
        """An instant of a day, from `hour` on and within `spread` hours."""
        seconds = hour * 3600 + self.dice.randrange(spread * 3600)
        return clock.start_of(day) + timedelta(seconds=seconds)
