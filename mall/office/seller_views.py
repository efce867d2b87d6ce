"""Shops for admins: approve, reject, suspend, restore, and the commission."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core.errors import InvalidInput, NotFound
from core.guards import require
from core.money import Money
from core.once import once
from mall.office import seller_queries as queries
from mall.office.forms import CommissionForm, NoteForm
from mall.office.money_forms import ReserveForm, TakeBackForm, TermsForm, WriteOffForm
from mall.office.money_queries import SellerMoney, money_of
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
    return seller_page(seller_id)


def seller_page(seller_id: int, commission: CommissionForm | None = None, **failed: Any) -> Any:
    """The shop's page; a form that is given is one to correct, by its name in the template."""
    file = queries.file_of(seller_id, currency())
    money = money_of(seller_id, currency())
    page = render_template(
        "mall/office/seller.html",
        file=file,
        seller=file.seller,
        account=masked(file.seller.payout_account),
        may=MOVES[SellerState(file.seller.state)],
        malls_rate=current_app.config["COMMISSION_PPM"],
        note=NoteForm(),
        holdback_ppm=current_app.config["HOLDBACK_CEILING_PPM"],
        agreed=money,
        **(_money_forms(money) | failed),
        commission=commission or CommissionForm(percent=_percent(file.seller.commission_ppm)),
    )
    return page, 422 if commission or failed else 200


def _money_forms(money: SellerMoney) -> dict[str, Any]:
    """Filled with what is agreed now."""
    agreed, rule = money.terms, money.rule
    return {
        "terms_form": TermsForm(
            formdata=None, ceiling=_percent(agreed.holdback_ppm), jurisdiction=agreed.jurisdiction
        ),
        "reserve_form": ReserveForm(
            formdata=None,
            share=_percent(rule.ppm if rule else 0),
            days=rule.days if rule else 30,
            cap=Money(rule.cap, currency()).decimal_text() if rule and rule.cap else "",
            why=rule.why if rule else "",
        ),
        "write_off_form": WriteOffForm(formdata=None),
        "take_back_form": TakeBackForm(formdata=None).over(money.payouts),
    }


def _percent(ppm: int | None) -> str:
    if ppm is None:
        return ""
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")


@bp.post("/<int:seller_id>/<decision>")
@once
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
@once
def set_commission(seller_id: int) -> Any:
    form = CommissionForm()
    if not form.submitted_and_valid:
        return seller_page(seller_id, form)
    services.set_commission(seller_id, form.ppm(), by=current_user.id)
    flash("Orders from now on carry the new commission.", "good")
    return redirect(url_for(".show", seller_id=seller_id))
