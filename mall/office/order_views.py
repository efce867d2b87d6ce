"""Orders for admins: find one, see everything, give money back, call it off."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core.errors import DomainError, NotFound
from core.guards import require
from core.money import Money
from core.once import once
from mall.office import order_queries as queries
from mall.office.forms import CancelForm, RefundForm
from mall.office.views import currency
from mall.orders import returns, services
from mall.orders.queries import way_in_words
from mall.orders.rules import OrderState, RefundState
from mall.orders.showing import steps_of
from mall.payouts.words import settlement_rows
from mall.ports import panels
from mall.sellers.showing import actions_of, refunds_of

bp = Blueprint("office_orders", __name__, url_prefix="/admin/orders")
require(bp, "admin")


@bp.get("")
def index() -> str:
    state = request.args.get("state", "")
    state = state if state in list(OrderState) else ""
    words = request.args.get("q", "").strip()[:100]
    refund = request.args.get("refund", "")
    refund = refund if refund in list(RefundState) else ""
    page = request.args.get("page", 1, type=int)
    return render_template(
        "mall/office/orders.html",
        found=queries.page_of_orders(state, words, page, refund),
        state=state,
        words=words,
        refund=refund,
        way=way_in_words,
    )


@bp.get("/<number>")
def show(number: str) -> Any:
    return _page(number)


def _page(number: str, **forms: Any) -> Any:
    file = queries.file_of(number)
    boxes = panels.show("admin_order", order_number=number, payment_ref=file.checkout.payment_ref)
    page = render_template(
        "mall/office/order.html",
        file=file,
        order=file.order,
        steps=steps_of(file.order),
        refunds=refunds_of(file.order.refunds),
        settlement=settlement_rows(file.settlement),
        can=actions_of(file.order),
        boxes=boxes,
        money=lambda minor: Money(minor, file.order.currency),
        cancel=forms.get("cancel") or CancelForm(),
        refund=forms.get("refund") or RefundForm(),
    )
    return page, 422 if forms else 200


@bp.post("/<number>/cancel")
@once
def cancel(number: str) -> Any:
    form = CancelForm()
    if not form.submitted_and_valid:
        return _page(number, cancel=form)
    services.cancel(number, by="mall", reason=form.reason.data or "")
    flash("The order is canceled; the money is on its way back.", "good")
    return redirect(url_for(".show", number=number))


@bp.post("/<number>/refund")
@once
def refund(number: str) -> Any:
    form = RefundForm()
    if not form.submitted_and_valid:
        return _page(number, refund=form)
    try:
        given = returns.give_refund(
            number,
            form.amount.money(currency()),
            by=_me(),
            cause=form.cause.data,
            note=form.note.data or "",
            key=form.key.data or None,
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.amount.errors = [str(refusal)]
        return _page(number, refund=form)
    flash(f"Refund {given.number} is on its way to the shopper.", "good")
    return redirect(url_for(".show", number=number))


@bp.post("/<number>/refunds/<refund_number>/<answer>")
@once
def decide(number: str, refund_number: str, answer: str) -> Any:
    """An opened return is accepted or rejected by the mall; a failed refund is sent again."""
    queries.check_belongs(refund_number, number)
    if answer not in ("accept", "reject", "retry"):
        raise NotFound()
    if answer == "accept":
        returns.accept_return(refund_number, by=_me())
    elif answer == "reject":
        returns.reject_return(refund_number, by=_me(), why="Decided by the mall.")
    else:
        returns.retry_refund(refund_number, by=_me())
    flash(f"Done: {refund_number}.", "good")
    return redirect(url_for(".show", number=number, _anchor="refunds"))


def _me() -> str:
    return f"admin:{current_user.id}"
