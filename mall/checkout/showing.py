"""Ways to pay as the page's components want them; pure."""

from typing import Any

from core.money import Money, total
from core.web import money, percent
from mall.checkout.queries import Basket, PaidPart
from mall.orders.queries import way_in_words
from mall.ports.payment_methods import Offer, Reason


def compare_rows(offers: list[Offer]) -> list[dict[str, Any]]:
    """One row a way to pay that is open, whole price first; pay-now ways stand first."""
    open_ones = [offer for offer in offers if not offer.reasons]
    return [_row(offer) for offer in sorted(open_ones, key=lambda offer: bool(offer.rows))]


def _row(offer: Offer) -> dict[str, Any]:
    return {
        "key": offer.key,
        "label": offer.label,
        "note": _note(offer),
        "months": len(offer.rows) or None,
        "each": offer.rows[0].payment if offer.rows else None,
        "apr": percent(offer.apr_ppm) if offer.apr_ppm is not None else None,
        "cost": offer.fee if offer.rows else None,
        "total": offer.total,
        "available": True,
        "why": "",
    }


def _note(offer: Offer) -> str:
    if offer.early is None:
        return offer.summary
    return f"{offer.summary} · {money(offer.early)} in all if you pay it off with the first payment"


def closed_ways(offers: list[Offer]) -> list[dict[str, Any]]:
    """Ways to pay that are not open to this shopper; those with the same reasons are one."""
    together: dict[tuple[Reason, ...], list[Offer]] = {}
    for offer in offers:
        if offer.reasons:
            together.setdefault(offer.reasons, []).append(offer)
    return [
        {
            "labels": ", ".join(offer.label for offer in alike),
            "reasons": list(reasons),
            "split": next((offer.split for offer in alike if offer.split), None),
        }
        for reasons, alike in together.items()
    ]


def schedule_rows(offer: Offer) -> list[dict[str, Any]]:
    """The plan, with what is still owed after each payment."""
    left, rows = total([row.payment for row in offer.rows], offer.total.currency), []
    for row in offer.rows:
        left = left - row.payment
        rows.append(
            {
                "number": row.number,
                "due_on": row.due_on,
                "payment": row.payment,
                "principal": row.principal,
                "fee": row.fee,
                "left": left,
            }
        )
    return rows


def fact_rows(offer: Offer, price: Money) -> list[tuple[str, Any]]:
    """What a borrower must know before agreeing: the contract's own key facts, if it has any."""
    if offer.facts:
        return list(offer.facts)
    return [
        ("You buy for", price),
        ("Cost of credit", offer.fee or Money.zero(price.currency)),
        ("You pay back in all", offer.total),
        ("Payments", f"{len(offer.rows)}, the first of {money(offer.rows[0].payment)}"),
        ("First payment due", f"{offer.rows[0].due_on:%d %b %Y}"),
        *([("If you pay it off with the first payment", offer.early)] if offer.early else []),
    ]


def sums(basket: Basket, shipping: dict[int, str], region: str) -> list[tuple[str, Money]]:
    """Goods and shipping, seller by seller."""
    rows: list[tuple[str, Money]] = []
    for parcel in basket.parcels:
        rows.append((parcel.seller_name, parcel.goods))
        rows.append(("Shipping", parcel.shipping(shipping[parcel.seller_id], region)))
    return rows


def paid_by(parts: list[PaidPart]) -> list[tuple[str, Money]]:
    """What each way paid of a checkout that was paid in several, for under its total."""
    if len(parts) == 1:
        return []
    words = [
        "From your balance" if part.offer_key == "wallet" else way_in_words(part.offer_key)
        for part in parts
    ]
    return [(word, part.amount) for word, part in zip(words, parts, strict=True)]


def at_once(from_balance: Money, by_card: Money) -> list[tuple[str, Money]]:
    """What is paid before the rest, for under the total."""
    rows = [("From your balance", from_balance), ("By card, now", by_card)]
    return [(words, amount) for words, amount in rows if amount]
