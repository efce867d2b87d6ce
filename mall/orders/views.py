"""A shopper's orders: list, one order, receive, cancel, return, invoice."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core import guards
from core.errors import DomainError, NotFound
from core.money import Money
from core.once import once
from mall.orders import money_back, queries, refund_taxes, returns, services
from mall.orders.forms import CancelForm, ReturnForm
from mall.orders.showing import refunds_of, steps_of, what_now
from mall.ports import panels

bp = Blueprint("orders", __name__, url_prefix="/account/orders")
guards.require(bp, "person")


@bp.get("")
def index() -> str:
    page = max(1, request.args.get("page", 1, type=int))
    return render_template(
        "mall/orders/index.html", found=queries.page_of_buyer(current_user.id, page)
    )


@bp.get("/<number>")
def show(number: str) -> str:
    return _page(number, CancelForm())


def _page(number: str, form: CancelForm) -> str:
    view = queries.of_buyer(number, current_user.id)
    boxes = panels.show(
        "shopper_order",
        buyer_id=current_user.id,
        order_number=number,
        payment_ref=view.payment_ref,
    )
    return render_template(
        "mall/orders/show.html",
        view=view,
        order=view.order,
        steps=steps_of(view.order),
        refunds=refunds_of(view.order),
        went={r.number: money_back.in_words(money_back.went_to(r)) for r in view.order.refunds},
        now=what_now(view.order),
        boxes=boxes,
        form=form,
        money=lambda minor: Money(minor, view.order.currency),
    )


@bp.post("/<number>/receive")
@once
def receive(number: str) -> Any:
    services.confirm_receipt(number, current_user.id)
    flash("Thank you. The seller has been paid.", "good")
    return redirect(url_for("orders.show", number=number))


@bp.post("/<number>/cancel")
@once
def cancel(number: str) -> Any:
    form = CancelForm()
    if not form.submitted_and_valid:
        return _page(number, form), 422
    services.cancel(number, by="shopper", reason=form.reason.data or "", buyer_id=current_user.id)
    flash("The order is canceled. What you paid goes back the way it came.", "good")
    return redirect(url_for("orders.show", number=number))


@bp.route("/<number>/return", methods=["GET", "POST"])
@once
def give_back(number: str) -> Any:
    view = queries.of_buyer(number, current_user.id)
    form = ReturnForm.for_lines(view.order.lines)
    if form.submitted_and_valid and (refund := _open_return(number, form)):
        flash(f"Return {refund.number} is open. The seller answers next.", "good")
        return redirect(url_for("orders.show", number=number))
    page = render_template("mall/orders/return.html", view=view, order=view.order, form=form)
    return page, 422 if form.errors else 200


def _open_return(number: str, form: ReturnForm) -> Any:
    """The opened return, or None with the refusal written beside the question."""
    try:
        return returns.open_return(
            number,
            current_user.id,
            lines=form.wanted(),
            cause=form.cause.data,
            note=form.note.data or "",
            key=form.key.data or None,
        )
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        form.cause.errors = [*form.cause.errors, str(refusal)]
        return None


@bp.get("/<number>/invoice")
def invoice(number: str) -> str:
    view = queries.of_buyer(number, current_user.id)
    if view.order.paid_at is None:
        raise NotFound("There is an invoice when the order is paid.")
    return render_template(
        "mall/orders/invoice.html",
        view=view,
        order=view.order,
        left_taxes=refund_taxes.left_in(view.order),
        money=lambda minor: Money(minor, view.order.currency),
    )
