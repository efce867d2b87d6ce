"""Shops for admins: approve, reject, suspend, restore, and the commission."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core.errors import InvalidInput, NotFound
from core.guards import require
from mall.office import seller_queries as queries
from mall.office.forms import CommissionForm, NoteForm
from mall.office.views import currency
from mall.sellers import services
from mall.sellers.models import SellerState
from mall.sellers.rules import MOVES, masked

bp = Blueprint("office_sellers", __name__, url_prefix="/admin/sellers")
require(bp, "admin")
_DECISIONS = {
    "approve": (services.approve, "The shop is open."),
    "restore": (services.approve, "The shop is open again."),
    "reject": (services.reject, "The application is refused."),
    "suspend": (services.suspend, "The shop is suspended."),
}


@bp.get("")
def index() -> str:
    state = request.args.get("state", "")
    state = state if state in list(SellerState) else ""
    words = request.args.get("q", "").strip()[:100]
    page = request.args.get("page", 1, type=int)
    found = queries.page_of_sellers(state, words, page, currency())
    return render_template("mall/office/sellers.html", found=found, state=state, words=words)


@bp.get("/<int:seller_id>")
def show(seller_id: int) -> Any:
    return _page(seller_id)


def _page(seller_id: int, commission: CommissionForm | None = None) -> Any:
    file = queries.file_of(seller_id, currency())
    page = render_template(
        "mall/office/seller.html",
        file=file,
        seller=file.seller,
        account=masked(file.seller.payout_account),
        may=MOVES[SellerState(file.seller.state)],
        malls_rate=current_app.config["COMMISSION_PPM"],
        note=NoteForm(),
        commission=commission or CommissionForm(percent=_percent(file.seller.commission_ppm)),
    )
    return page, 422 if commission else 200


def _percent(ppm: int | None) -> str:
    if ppm is None:
        return ""
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")


@bp.post("/<int:seller_id>/<decision>")
def decide(seller_id: int, decision: str) -> Any:
    if decision not in _DECISIONS:
        raise NotFound()
    form = NoteForm()
    if not form.submitted_and_valid:
        raise InvalidInput("Write a note of at most 240 letters.")
    act, done = _DECISIONS[decision]
    act(seller_id, by=current_user.id, note=form.note.data or "")
    flash(done, "good")
    return redirect(url_for(".show", seller_id=seller_id))


@bp.post("/<int:seller_id>/commission")
def set_commission(seller_id: int) -> Any:
    form = CommissionForm()
    if not form.submitted_and_valid:
        return _page(seller_id, form)
    services.set_commission(seller_id, form.ppm(), by=current_user.id)
    flash("Orders from now on carry the new commission.", "good")
    return redirect(url_for(".show", seller_id=seller_id))
