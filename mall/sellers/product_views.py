"""A seller's goods: the list with stock and prices, new and changed products, CSV."""

from typing import Any
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)

from core.errors import DomainError, InvalidInput, NotAllowed
from core.guards import require
from core.once import once
from mall.catalog import bulk, pictures, queries, seller_goods, services
from mall.catalog.models import Product
from mall.sellers.models import Seller, SellerState
from mall.sellers.product_forms import ROWS_AT_FIRST, ProductForm, StockForm
from mall.sellers.views import own_shop

bp = Blueprint("seller_products", __name__, url_prefix="/seller/products")
require(bp, "seller")


@bp.get("")
def index() -> Any:
    shop = own_shop()
    words, low = request.args.get("q", "").strip()[:100], request.args.get("low") == "1"
    number = request.args.get("page", "1")
    page = seller_goods.goods(
        shop.id, words=words, low=low, page=int(number) if number.isdecimal() else 1
    )
    return render_template("mall/sellers/products.html", page=page, words=words, low=low, shop=shop)


@bp.post("/stock/<int:variant_id>")
@once
def stock(variant_id: int) -> Any:
    form, shop = StockForm(), own_shop()
    if not form.submitted_and_valid:
        raise InvalidInput("Write a stock of 0 or more and a price such as 1200.00.")
    currency = current_app.config["MALL_CURRENCY"]
    services.correct(
        variant_id,
        shop.id,
        stock_change=(form.stock.data or 0) - (form.seen.data or 0),
        price_minor=form.price.money(currency).minor,
        key=request.form.get("key", ""),
    )
    flash("Saved.", "success")
    place = {name: request.args[name] for name in ("q", "low", "page") if name in request.args}
    return redirect(f"{url_for('.index')}?{urlencode(place)}")


def _saves() -> bool:
    return "more" not in request.form  # the button that only adds a row


@bp.route("/new", methods=["GET", "POST"])
@once(when=_saves)
def new() -> Any:
    shop = own_shop()
    _must_be_open(shop)
    form = _with_choices(ProductForm())
    if request.method == "GET":
        _rows(form, ROWS_AT_FIRST)
    elif form.more.data:
        form.variants.append_entry()
    elif form.submitted_and_valid:
        try:
            product = services.add_product(
                shop.id,
                variants=[row.variant(_currency()) for row in form.rows()],
                pictures=_uploaded(form),
                key=request.form.get("key", ""),
                **_words(form),
            )
        except DomainError as refused:
            form.title.errors = [str(refused)]
        else:
            flash(f"{product.title} is saved.", "success")
            return redirect(url_for(".index"))
    return _page(form, product=None, shown=[])


@bp.route("/<int:product_id>", methods=["GET", "POST"])
@once(when=_saves)
def edit(product_id: int) -> Any:
    shop = own_shop()
    product, category, shown = seller_goods.product(product_id, shop.id)
    form = _with_choices(ProductForm())
    if request.method == "GET":
        form = _with_choices(form.fill(product, category))
    elif form.more.data:
        form.variants.append_entry()
    elif form.submitted_and_valid:
        try:
            _save(product, shop, form, shown)
        except DomainError as refused:
            form.title.errors = [str(refused)]
        else:
            flash(f"{product.title} is saved.", "success")
            return redirect(url_for(".index"))
    return _page(form, product=product, shown=shown)


@bp.get("/goods.csv")
def download() -> Any:
    text = bulk.as_csv(own_shop().id)
    headers = {"Content-Disposition": "attachment; filename=goods.csv"}
    return Response(text, mimetype="text/csv", headers=headers)


@bp.route("/upload", methods=["GET", "POST"])
@once
def upload() -> Any:
    result = None
    if request.method == "POST":
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise InvalidInput("Choose a CSV file first.")
        result = bulk.apply_csv(own_shop().id, sent.read())
        if not result.errors:
            flash(f"{result.changed} variants changed.", "success")
            return redirect(url_for(".index"))
    return render_template("mall/sellers/upload.html", result=result), 422 if result else 200


def _save(product: Product, shop: Seller, form: ProductForm, shown: list[Any]) -> None:
    kept = [(digest, alt) for digest, alt in shown if digest not in (form.removed.data or [])]
    rows = form.rows()
    services.change_product(
        product.id,
        shop.id,
        variants=[row.variant(_currency()) for row in rows],
        stock_changes={int(row.id.data): row.stock_change() for row in rows if row.id.data},
        pictures=kept + _uploaded(form),
        key=request.form.get("key", ""),
        **_words(form),
    )


def _words(form: ProductForm) -> dict[str, Any]:
    return {
        "title": form.title.data or "",
        "category": form.category.data,
        "tax_class": form.tax_class.data,
        "brand": form.brand.data or "",
        "summary": form.summary.data or "",
        "description": form.description.data or "",
        "attributes": form.facts(),
        "listed": bool(form.listed.data),
    }


def _uploaded(form: ProductForm) -> list[tuple[str, str]]:
    files = [file for file in form.pictures.data or [] if getattr(file, "filename", "")]
    return [(pictures.store_upload(file.read()), form.title.data or "") for file in files]


def _with_choices(form: ProductForm) -> ProductForm:
    form.category.choices = [(shelf.slug, shelf.name) for shelf in queries.categories()]
    return form


def _rows(form: ProductForm, least: int) -> None:
    while len(form.variants) < least:
        form.variants.append_entry()


def _must_be_open(shop: Seller) -> None:
    if shop.state != SellerState.APPROVED:
        raise NotAllowed("Your shop is closed at the moment: nothing new can be listed.")


def _currency() -> str:
    return str(current_app.config["MALL_CURRENCY"])


def _page(form: ProductForm, **facts: Any) -> tuple[str, int]:
    status = 422 if form.errors else 200
    return render_template("mall/sellers/product.html", form=form, **facts), status
