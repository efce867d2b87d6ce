"""Orders as detection sees them, made by hand: shop 1 is looked at, person 1 owns it."""

from itertools import count
from typing import Any

from finance.risk.fraud.evidence import DAY, Mall
from mall.facts.marks import Sale, Shop

NOW = 400 * DAY
_ids = count(1)


def sale(buyer: int, days_ago: int, amount: int = 10_000, **more: Any) -> Sale:
    """A paid order of shop 1 by this person; each has a device, card and door of their own."""
    id = next(_ids)
    known: dict[str, Any] = {
        "order_id": id,
        "number": f"O-{id}",
        "seller_id": 1,
        "buyer_id": buyer,
        "at": NOW - days_ago * DAY + id * 977 % 80_000,
        "amount": amount,
        "unit": amount,
        "device": f"device {buyer}",
        "instrument": f"card {buyer}",
        "place": f"door {buyer}",
        "region": "Zhejiang",
    }
    return Sale(**known | more)


def shop(seller_id: int = 1, **more: Any) -> Shop:
    known: dict[str, Any] = {
        "seller_id": seller_id,
        "owner_id": seller_id,
        "region": "Fujian",
        "payout": f"account {seller_id}",
        "devices": frozenset({f"owner's device {seller_id}"}),
        "instruments": frozenset({f"owner's card {seller_id}"}),
        "places": frozenset({f"owner's door {seller_id}"}),
    }
    return Shop(**known | more)


def mall(sales: list[Sale], **more: Any) -> Mall:
    shops = more.pop("shops", [shop()])
    return Mall(at=NOW, sales=sorted(sales, key=lambda s: s.at), shops=shops, **more)


def calm(buyers: int = 40, first: int = 1_000) -> list[Sale]:
    """Forty strangers, an order each, over the last forty days."""
    return [sale(first + number, 1 + number) for number in range(buyers)]
