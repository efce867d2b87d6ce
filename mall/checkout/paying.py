"""A click on Pay: place the checkout, then ask the gateway with no transaction open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.money import Money
from mall.checkout import services
from mall.checkout.services import Answer, Awaiting
from mall.checkout.shares import ByCard
from mall.traces import Seen
from payments import cards
from payments import services as payments


@dataclass(frozen=True, slots=True, repr=False)
class NewCard:
    """What the shopper typed; handed to the gateway and forgotten."""

    number: str
    expiry: str
    cvc: str
    keep: bool = False


def confirm(
    *,
    buyer_id: int,
    key: str,
    address: Mapping[str, str],
    shipping: Mapping[int, str],
    offer_key: str,
    details: Mapping[str, Any] | None = None,
    expected: Money | None = None,
    card: NewCard | None = None,
    wallet: Money | None = None,
    by_card: ByCard | None = None,
    seen: Seen | None = None,
) -> Answer:
    """Buy what is in the cart and try to pay it; the answer after the gateway's first word.

    Arguments as for `services.place`. The same key gives the same answer.
    """
    more = dict(details or {})
    if card is not None:
        if known := services.known_answer(buyer_id, key):
            return known  # a card is not saved for it twice; `place` asks again
        more["card_id"] = cards.save(buyer_id, card.number, card.expiry, card.cvc).id
    try:
        answer = services.place(
            buyer_id=buyer_id,
            key=key,
            address=address,
            shipping=shipping,
            offer_key=offer_key,
            details=more,
            expected=expected,
            wallet=wallet,
            by_card=by_card,
            seen=seen,
        )
        if isinstance(answer, Awaiting):
            payments.refresh(answer.payment_id)
            answer = services.known_answer(buyer_id, key) or answer
        return answer
    finally:
        if card is not None and not card.keep:
            cards.remove(buyer_id, more["card_id"])


def known_number(buyer_id: int, key: str) -> str:
    """The number of the checkout this key made before, or ""."""
    known = services.known_answer(buyer_id, key) if key else None
    return known.number if known else ""
