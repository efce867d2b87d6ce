"""All a product page reads of the lender's, in one statement: prices, a shopper's no, campaigns."""

from typing import Any

from flask import g
from sqlalchemy import Select, func, literal, select, union_all

from core import clock
from core.db import db
from finance.campaigns.models import Campaign
from finance.contracts import consents
from finance.contracts.contract import BUYER
from finance.contracts.models import Consent
from finance.pricing import current
from finance.pricing.models import DONE, PriceVersion

_KNOWN = "refused_at_a_glance"


def look(buyer_id: int | None, seller_id: int) -> list[dict[str, Any]]:
    """The seller's open campaigns, the first begun first; what else was read is kept for `refused`
    and for the prices of this request.
    """
    regime, currency = current.place()
    parts = [_prices(regime, currency), _campaigns(seller_id)]
    if buyer_id is not None:
        parts.append(_consents(buyer_id))
    found = db.session.execute(union_all(*parts)).all()
    kept: dict[str, list[tuple[int, Any]]] = {"price": [], "campaign": [], "consent": []}
    for kind, id, data in found:
        kept[kind].append((id, data))
    current.know(regime, currency, [data for _, data in sorted(kept["price"], key=_by_id)])
    if buyer_id is not None:
        last = [data["revoked"] for _, data in sorted(kept["consent"], key=_by_id)][-1:]
        g.setdefault(_KNOWN, {})[buyer_id] = last == [True]
    return [data for _, data in sorted(kept["campaign"], key=_by_id)]


def refused(buyer_id: int) -> bool:
    """Whether a shopper does not want to be scored; asked once in a request."""
    known: dict[int, bool] = g.setdefault(_KNOWN, {})
    if buyer_id not in known:
        known[buyer_id] = bool(consents.refused(BUYER, [buyer_id]))
    return known[buyer_id]


def _by_id(row: tuple[int, Any]) -> int:
    return row[0]


def _row(kind: str, model: type[Any], **values: Any) -> Select[Any]:
    pairs = [part for name, value in values.items() for part in (literal(name), value)]
    return select(literal(kind), model.id, func.jsonb_build_object(*pairs))


def _prices(regime: str, currency: str) -> Select[Any]:
    v = PriceVersion
    return _row("price", v, product=v.product, number=v.number, data=v.data).where(
        v.state == DONE, v.regime == regime, v.currency == currency
    )


def _campaigns(seller_id: int) -> Select[Any]:
    c, today = Campaign, clock.today()
    return _row(
        "campaign",
        c,
        number=c.number,
        title=c.title,
        tenors=c.tenors,
        product_ids=c.product_ids,
        hold_out_ppm=c.hold_out_ppm,
        ends_on=c.ends_on,
    ).where(
        c.seller_id == seller_id,
        c.state == "running",
        c.starts_on <= today,
        c.ends_on >= today,
        c.spent < c.budget,
    )


def _consents(buyer_id: int) -> Select[Any]:
    c = Consent
    return _row("consent", c, revoked=c.revoked_at.is_not(None)).where(
        c.subject == BUYER, c.subject_id == buyer_id, c.purpose == consents.SCORING
    )
