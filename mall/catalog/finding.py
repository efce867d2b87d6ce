"""What search engines ask for first: what they may read, and a list of all there is."""

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from flask import Blueprint, Response, current_app
from sqlalchemy import select

from core import clock
from core.db import db
from mall.catalog import queries
from mall.catalog.models import Product
from mall.sellers.models import Seller
from mall.sellers.rules import SellerState

bp = Blueprint("finding", __name__)
PRODUCTS_MAX = 45_000  # a sitemap holds 50,000 addresses at most (sitemaps.org)
_PRIVATE = ("/account/", "/seller/", "/admin/", "/cart", "/checkout", "/search", "/sign-in")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)


def _here() -> str:
    return str(current_app.config["PUBLIC_URL"]).rstrip("/")


@bp.get("/robots.txt")
def robots() -> Response:
    """Everything on the shelves may be read; what belongs to one person may not."""
    closed = "".join(f"Disallow: {path}\n" for path in _PRIVATE)
    text = f"User-agent: *\n{closed}Sitemap: {_here()}/sitemap.xml\n"
    return Response(text, mimetype="text/plain", headers={"Cache-Control": "public, max-age=3600"})


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """The shelves, and the newest products on sale with the day they were listed."""
    body = _HEAD + "".join(_entries()) + "</urlset>\n"
    kept = {"Cache-Control": "public, max-age=3600"}
    return Response(body, mimetype="application/xml", headers=kept)


def _entries() -> Iterator[str]:
    yield _entry("/")
    for shelf in queries.categories():
        yield _entry(f"/c/{shelf.slug}")
    query = (
        select(Product.slug, Product.listed_at)
        .join(Seller, Seller.id == Product.seller_id)
        .where(Product.listed_at.is_not(None), Seller.state == SellerState.APPROVED)
        .order_by(Product.listed_at.desc().nulls_last(), Product.id.desc())
        .limit(PRODUCTS_MAX)
    )
    for slug, listed_at in db.session.execute(query):
        yield _entry(f"/p/{slug}", listed_at)


def _entry(path: str, changed: datetime | None = None) -> str:
    when = f"<lastmod>{clock.day_of(changed).isoformat()}</lastmod>" if changed else ""
    return f"<url><loc>{escape(_here() + path)}</loc>{when}</url>\n"
