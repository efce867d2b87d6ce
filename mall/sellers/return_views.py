"""A seller's returns: list, one, accept, reject."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from core.once import once
from mall.orders import money_back, returns
from mall.sellers import return_queries as queries
from mall.sellers.console import for_open_shops, shop
from mall.sellers.console_forms import RejectForm
from mall.sellers.showing import refunds_of

bp = Blueprint("seller_returns", __name__, url_prefix="/seller/returns")
for_open_shops(bp)


@bp.get("")
def index() -> str:
    view = "decided" if request.args.get("view") == "decided" else "open"
    found = queries.page_of_seller(shop().id, view, request.args.get("page", 1, type=int))
    rows = [(refunds_of([refund])[0], number) for refund, number in found.rows]
    return render_template("mall/sellers/returns.html", found=found, rows=rows, view=view)


@bp.get("/<refund>")
def show(refund: str) -> Any:
    return _page(refund, RejectForm())


def _page(number: str, form: RejectForm) -> Any:
    view = queries.of_seller(number, shop().id)
    page = render_template(
        "mall/sellers/return.html",
        view=view,
        order=view.order,
        refund=view.refund,
        said=refunds_of([view.refund])[0],
        cost=view.cost,
        went=money_back.in_words_for_seller(money_back.went_to(view.refund)),
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.post("/<refund>/accept")
@once
def accept(refund: str) -> Any:
    seller = shop()
    done = returns.accept_return(refund, by=f"seller:{seller.id}", seller_id=seller.id)
    flash(f"Accepted: {done.number} goes back to the buyer.", "good")
    return redirect(url_for(".show", refund=refund))


@bp.post("/<refund>/reject")
@once
def reject(refund: str) -> Any:
    form, seller = RejectForm(), shop()
    if not form.submitted_and_valid:
        return _page(refund, form)
    returns.reject_return(
        refund, by=f"seller:{seller.id}", why=form.why.data or "", seller_id=seller.id
    )
    flash("The buyer reads your answer.", "good")
    return redirect(url_for(".show", refund=refund))
