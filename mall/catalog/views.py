"""The shop: home, shelves, search, product and shop pages, pictures."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask_login import current_user

from mall.catalog import facets, pictures, queries
from mall.catalog.json_ld import of_product
from mall.ports import panels, payment_methods

bp = Blueprint("catalog", __name__)
SVG_CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
FOREVER = "public, max-age=31536000, immutable"


@bp.get("/")
def home() -> Any:
    return render_template(
        "mall/catalog/home.html", home=queries.home(_viewer()), shelves=queries.categories()
    )


@bp.get("/c/<slug>")
def category(slug: str) -> Any:
    shelf = queries.category(slug)
    return _shelf("category", {"category_id": shelf.id}, category=shelf)


@bp.get("/search")
def search() -> Any:
    words = request.args.get("q", "").strip()[:100]
    return _shelf("search", {"words": words}, words=words)


@bp.get("/s/<slug>")
def shop(slug: str) -> Any:
    found = queries.shop(slug)
    return _shelf("shop", {"seller_id": found.seller.id}, shop=found)


@bp.get("/p/<slug>")
def product(slug: str) -> Any:
    page = queries.product_page(slug, _viewer())
    asked = request.args.get("v", "")
    chosen = page.chosen(int(asked) if asked.isascii() and asked.isdecimal() else None)
    boxes = panels.show("product", buyer_id=_viewer(), price=chosen.price)
    offers = panels.show(  # before the hints, which read with it
        "product_offer",
        buyer_id=_viewer(),
        seller_id=page.product.seller_id,
        seller=page.seller.name,
        product_id=page.product.id,
    )
    address = current_app.config["PUBLIC_URL"].rstrip("/")
    return render_template(
        "mall/catalog/product.html",
        page=page,
        chosen=chosen,
        hints=[] if boxes else payment_methods.hints(_viewer(), chosen.price),
        boxes=boxes,
        offers=offers,
        linked_data=of_product(page, address + url_for(".product", slug=slug), address),
    )


@bp.get("/pictures/<digest>")
def picture(digest: str) -> Any:
    response = Response(headers={"Cache-Control": FOREVER, "ETag": f'"{digest}"'})
    if digest in request.if_none_match:  # the bytes behind a digest never change
        response.status_code = 304
        return response
    found = pictures.load(digest)
    if found is None:
        abort(404)
    response.data, response.mimetype = found
    if found[1] == "image/svg+xml":
        response.headers["Content-Security-Policy"] = SVG_CSP
    return response


def _viewer() -> int | None:
    return current_user.id if current_user.is_authenticated else None


def _shelf(name: str, place: dict[str, Any], **facts: Any) -> Any:
    args = [(key, value[:100]) for key, value in request.args.items(multi=True)]
    filters, sort, number = facets.filters_of(args)
    page = queries.listing(**place, sort=sort, filters=filters, page=number, viewer_id=_viewer())
    currency = current_app.config["MALL_CURRENCY"]
    return render_template(
        f"mall/catalog/{name}.html",
        page=page,
        groups=facets.groups(page.facets, filters, args, request.path, currency),
        sorts=facets.sorts(args, request.path, sort, search=name == "search"),
        narrowed=bool(filters),
        everything=facets.without_filters(args, request.path),
        **facts,
    )
