"""Orders, shops, money moves and reviews as detection of fake orders sees them: tokens, no names."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sale:
    """A paid order. Instants are whole seconds since 1970; amounts minor units; "" is unknown.

    instrument      the card's token; `w:PERSON` for a balance; "" on credit and where unknown
    weight, listed  grams of the parcel and of the goods in the catalog; None where unknown
    unit            price of its dearest line, for comparison inside `category`
    """

    order_id: int
    number: str
    seller_id: int
    buyer_id: int
    at: int
    amount: int
    category: int = 0
    unit: int = 0
    device: str = ""
    network: str = ""
    instrument: str = ""
    place: str = ""
    region: str = ""
    shipped_at: int | None = None
    scanned_at: int | None = None
    delivered_at: int | None = None
    received_at: int | None = None
    by_timer: bool = False
    canceled: bool = False
    refunded: int = 0
    on_credit: bool = False
    weight: int | None = None
    listed: int | None = None


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop and what is its owner's: tokens seen at sign-ins, saved cards and addresses."""

    seller_id: int
    owner_id: int
    region: str = ""
    payout: str = ""
    payout_changed_at: int | None = None
    devices: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    instruments: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Move:
    """Money from one place to another: `s:SELLER`, `w:PERSON`, `t:TOKEN`; kind payout, top_up,
    withdrawal or lent."""

    at: int
    source: str
    target: str
    amount: int
    kind: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """A review of an order: `text` is a token of its words."""

    order_id: int
    seller_id: int
    at: int
    stars: int
    length: int
    text: str
