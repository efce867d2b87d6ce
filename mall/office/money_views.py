"""Rates, terms, reserves and write-offs, set by admins with a reason."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_login import current_user

from core.db import get
from core.errors import DomainError
from core.guards import require
from core.once import once
from mall.office import money_queries as queries
from mall.office.money_forms import RateForm, ReserveForm, TakeBackForm, TermsForm, WriteOffForm
from mall.office.seller_views import seller_page
from mall.office.views import currency
from mall.payouts import debts, rates, reserves, taking_back, terms
from mall.sellers.models import Seller

bp = Blueprint("office_money", __name__, url_prefix="/admin")
require(bp, "admin")


@bp.get("/rates")
def rate_list() -> Any:
    return _rates()


def _rates(form: RateForm | None = None) -> Any:
    page = render_template(
        "mall/office/rates.html",
        rows=queries.rates(),
        form=form or RateForm(formdata=None).with_categories(queries.categories()),
        shops=queries.shop_names(),
        malls_rate=current_app.config["COMMISSION_PPM"],
        taxes=rates.tax_table(),
    )
    return page, 422 if form else 200


@bp.post("/rates")
def set_rate() -> Any:
    form = RateForm().with_categories(queries.categories())
    if not form.submitted_and_valid:
        return _rates(form)
    try:
        rates.set_rate(
            form.ppm(),
            by=current_user.id,
            category_id=int(form.category.data) if form.category.data else None,
            seller_id=queries.shop_called(form.shop.data) if form.shop.data else None,
            from_on=form.from_on.data,
            note=form.note.data or "",
        )
    except DomainError as refusal:
        field = form.shop if "shop" in str(refusal) else form.from_on
        field.errors = [str(refusal)]
        return _rates(form)
    flash("Kept. Orders already placed carry what they were sold at.", "good")
    return redirect(url_for(".rate_list"), 303)


def _back(seller_id: int) -> Any:
    return redirect(url_for("office_sellers.show", seller_id=seller_id, _anchor="money"), 303)


@bp.post("/sellers/<int:seller_id>/terms")
def set_terms(seller_id: int) -> Any:
    form = TermsForm()
    get(Seller, seller_id)
    if not form.submitted_and_valid:
        return seller_page(seller_id, terms_form=form)
    terms.set_holdback(seller_id, form.ceiling.ppm)
    terms.set_jurisdiction(seller_id, form.jurisdiction.data or "")
    flash("Kept, for orders and releases from now on.", "good")
    return _back(seller_id)


@bp.post("/sellers/<int:seller_id>/reserve")
def set_reserve(seller_id: int) -> Any:
    form = ReserveForm()
    get(Seller, seller_id)
    if not form.submitted_and_valid:
        return seller_page(seller_id, reserve_form=form)
    try:
        reserves.set_reserve(
            seller_id,
            form.share.ppm or 0,
            days=form.days.data or 0,
            cap=form.cap.money(currency()) if form.cap.data else None,
            why=form.why.data or "",
            by=current_user.id,
        )
    except DomainError as refusal:
        form.why.errors = [str(refusal)]
        return seller_page(seller_id, reserve_form=form)
    flash("The seller sees it with its reason.", "good")
    return _back(seller_id)


@bp.post("/sellers/<int:seller_id>/reserve/release")
@once
def release_reserve(seller_id: int) -> Any:
    get(Seller, seller_id)
    released = reserves.release_now(seller_id, by=current_user.id)
    flash(f"Given back: what was kept of {released} order{'' if released == 1 else 's'}.", "good")
    return _back(seller_id)


@bp.post("/sellers/<int:seller_id>/write-off")
@once
def write_off(seller_id: int) -> Any:
    form = WriteOffForm()
    get(Seller, seller_id)
    if not form.submitted_and_valid:
        return seller_page(seller_id, write_off_form=form)
    try:
        debts.write_off(
            seller_id,
            currency(),
            why=form.why.data or "",
            by=current_user.id,
            key=f"{seller_id}:{form.key.data}",
        )
    except DomainError as refusal:
        form.why.errors = [str(refusal)]
        return seller_page(seller_id, write_off_form=form)
    flash("Given up, as a credit loss of the mall.", "good")
    return _back(seller_id)


@bp.post("/sellers/<int:seller_id>/take-back")
@once
def take_back(seller_id: int) -> Any:
    get(Seller, seller_id)
    form = TakeBackForm().over(queries.payouts_to_take_back(seller_id))
    if not form.submitted_and_valid:
        return seller_page(seller_id, take_back_form=form)
    try:
        state = taking_back.take_back_now(
            seller_id,
            form.number.data,
            form.amount.money(currency()),
            why=form.why.data or "",
            by=current_user.id,
            key=f"{seller_id}:{form.key.data}",
        )
    except DomainError as refusal:
        form.amount.errors = [str(refusal)]
        return seller_page(seller_id, take_back_form=form)
    flash(*_TAKEN.get(state, ("The processor has not answered yet; you are told.", "info")))
    return _back(seller_id)


_TAKEN = {
    "succeeded": ("It is back: the shop is owed it again, less what it owes.", "good"),
    "refused": ("The processor did not give it back. Nothing has moved.", "bad"),
}
