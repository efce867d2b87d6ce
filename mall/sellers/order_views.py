"""A seller's orders: list, file, one order, ship, cancel, give money back."""

from typing import Any

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

from core.errors import DomainError
from core.money import Money
from core.once import once
from mall.orders import courier, returns, services
from mall.orders.showing import steps_of
from mall.payouts.words import settlement_rows
from mall.ports import panels
from mall.sellers import order_queries as queries
from mall.sellers.console import for_open_shops, shop
from mall.sellers.console_forms import CancelForm, GiveRefundForm, ShipForm
from mall.sellers.csv_file import csv_file
from mall.sellers.showing import actions_of, refunds_of

bp = Blueprint("seller_orders", __name__, url_prefix="/seller/orders")
for_open_shops(bp)
CARRIERS = ("SF Express", "JD Logistics", "ZTO", "YTO", "STO", "EMS", "DHL")


@bp.get("")
def index() -> Any:
    view, words = _asked()
    page = queries.page_of_seller(shop().id, view, words, request.args.get("page", 1, type=int))
    return render_template(
        "mall/sellers/orders.html", found=page, view=view, words=words, views=list(queries.views())
    )


@bp.get("/orders.csv")
def export() -> Response:
    rows = queries.all_of_seller(shop().id, *_asked())
    head = ("order", "paid_at", "recipient", "goods", "units", "state", "ship_by", "late", "total",
            "given_back", "currency")  # fmt: skip
    return csv_file(
        "orders.csv",
        head,
        (
            (r.number, r.paid_at, r.buyer, r.goods, r.units, r.state, r.ship_by,
             "yes" if r.late else "no", r.total, r.refunded, r.total.currency)
            for r in rows
        ),
    )  # fmt: skip


def _asked() -> tuple[str, str]:
    view = request.args.get("view", "all")
    words = request.args.get("q", "").strip()[:100]
    return (view if view in queries.views() else "all"), words


@bp.get("/<number>")
def show(number: str) -> Any:
    return _page(number)


def _page(number: str, **forms: Any) -> Any:
    view = queries.of_seller(number, shop().id)
    boxes = panels.show("seller_order", seller_id=shop().id, order_number=number)
    currency = view.order.currency
    page = render_template(
        "mall/sellers/order.html",
        view=view,
        order=view.order,
        steps=steps_of(view.order),
        refunds=refunds_of(view.order.refunds),
        settlement=settlement_rows(view.settlement),
        can=actions_of(view.order),
        boxes=boxes,
        carriers=CARRIERS,
        money=lambda minor: Money(minor, currency),
        left=view.order.left,
        held=Money(view.order.total - view.order.refunded, currency),
        ship=forms.get("ship") or ShipForm(),
        cancel=forms.get("cancel") or CancelForm(),
        refund=forms.get("refund") or GiveRefundForm(),
    )
    return page, 422 if forms else 200


@bp.post("/<number>/ship")
@once
def ship(number: str) -> Any:
    form = ShipForm()
    if not form.submitted_and_valid:
        return _page(number, ship=form)
    carrier, tracking = (form.carrier.data or "").strip(), (form.tracking.data or "").strip()
    services.ship(number, shop().id, carrier=carrier, tracking=tracking)
    flash("The parcel is on its way; the buyer sees its number.", "good")
    return _back(number)


@bp.post("/<number>/hand-over")
@once
def hand_over(number: str) -> Any:
    order = courier.hand_over(number, shop().id)
    assert order.shipment is not None
    flash(f"The courier has it: {order.shipment.tracking}.", "good")
    return _back(number)


@bp.post("/<number>/cancel")
@once
def cancel(number: str) -> Any:
    form = CancelForm()
    if not form.submitted_and_valid:
        return _page(number, cancel=form)
    cause, reason = form.said()
    services.cancel(number, by="seller", reason=reason, cause=cause, seller_id=shop().id)
    flash("The order is canceled; the buyer's money is on its way back.", "good")
    return _back(number)


@bp.post("/<number>/refund")
@once
def refund(number: str) -> Any:
    form = GiveRefundForm()
    if not form.submitted_and_valid:
        return _page(number, refund=form)
    try:
        given = _give(number, form)
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        form.amount.errors = [str(refusal)]
        return _page(number, refund=form)
    flash(f"Refund {given.number} is on its way to the buyer.", "good")
    return _back(number)


def _give(number: str, form: GiveRefundForm) -> Any:
    return returns.give_refund(
        number,
        form.amount.money(current_app.config["MALL_CURRENCY"]),
        by=f"seller:{shop().id}",
        cause=form.cause.data,
        note=form.note.data or "",
        seller_id=shop().id,
        key=form.key.data or None,
    )


def _back(number: str) -> Any:
    return redirect(url_for(".show", number=number))
