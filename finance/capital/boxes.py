"""Boxes about capital on the mall's pages: a seller's home, and a seller's order."""

from flask import current_app, render_template
from markupsafe import Markup

from finance.capital import offering, queries
from finance.capital.terms import NAMES, PAID_TODAY
from finance.contracts import consents
from finance.contracts.contract import SELLER
from finance.risk.seller import Questions, terms
from finance.risk.services import as_of_now
from mall import facts


def home_box(seller_id: int) -> str | Markup:
    """What is open now and what runs; nothing for a shop that does not want to be scored."""
    if consents.refused(SELLER, [seller_id]):
        return ""
    view = offering.overview(seller_id)
    return _box("home_box", view=view)


def order_box(seller_id: int, order_number: str) -> str | Markup:
    """From sale to what reached the seller, or the offer to be paid today."""
    taken = queries.remittances_from(seller_id, order_number)
    backed = queries.settled_orders(seller_id, order_number)
    claim = None
    if not backed and not taken:
        claim = _open_claim(seller_id, order_number)
        if claim is None:
            return ""
    return _box(
        "order_box",
        taken=[(remittance, advance, NAMES[advance.product]) for remittance, advance in taken],
        backed=[advance for advance in backed if advance.product == PAID_TODAY],
        claim=claim,
        order=facts.order_facts(order_number),
        released=queries.released_after(order_number),
    )


def _open_claim(seller_id: int, order_number: str) -> queries.OrderClaim | None:
    if consents.refused(SELLER, [seller_id]):
        return None
    currency = current_app.config["MALL_CURRENCY"]
    kept, now = terms(), as_of_now()
    by_formula = kept.paid_today.price == "formula"  # else the price asks nothing of the shop
    pd_ppm = Questions(seller_id, now).score.pd_ppm if by_formula else 0
    claim = queries.order_claim(seller_id, order_number, now, kept, currency, pd_ppm)
    return claim if claim and not claim.why else None


def _box(name: str, **said: object) -> Markup:
    html = render_template(f"finance/capital/{name}.html", **said)
    return Markup(html)  # noqa: S704 - our own template
