"""Becoming a seller, and the shop's own words, reviews and questions."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core.errors import Conflict, InvalidInput
from core.guards import require
from core.once import once
from mall.catalog import pictures
from mall.feedback import queries as feedback
from mall.feedback import services as feedback_services
from mall.feedback.forms import AnswerForm
from mall.sellers import queries, services
from mall.sellers.forms import ApplyForm, PayoutAccountForm, ProfileForm
from mall.sellers.models import Seller, SellerState
from mall.sellers.rules import masked
from payments import accounts

door = Blueprint("sell", __name__)
require(door, "person")
bp = Blueprint("sellers", __name__, url_prefix="/seller")
require(bp, "seller")


def own_shop() -> Seller:
    """The shop of who is signed in; raises NotFound."""
    return queries.owned_by(current_user.id)


@door.route("/sell", methods=["GET", "POST"])
@once
def apply() -> Any:
    shop = queries.of_owner(current_user.id)
    if shop is not None and shop.state != SellerState.REJECTED:
        return render_template("mall/sellers/applied.html", shop=shop)
    form = ApplyForm(obj=shop)
    if form.submitted_and_valid:
        try:
            services.apply(current_user.id, **_answers(form))
        except Conflict as refused:
            form.name.errors = [str(refused)]
        else:
            flash("Your application is with the mall.", "success")
            return redirect(url_for(".apply"))
    return _page("apply", form, shop=shop)


@bp.route("/profile", methods=["GET", "POST"])
def profile() -> Any:
    shop = own_shop()
    form = ProfileForm(obj=shop)
    if form.submitted_and_valid:
        try:
            services.change_profile(shop.id, **_answers(form) | {"banner": _banner(form, shop)})
        except (Conflict, InvalidInput) as refused:
            form.name.errors = [str(refused)]
        else:
            flash("Your shop's page is changed.", "success")
            return redirect(url_for(".profile"))
    return _page(
        "profile",
        form,
        shop=shop,
        account=masked(shop.payout_account),
        payout=PayoutAccountForm(),
        hosted=accounts.hosted(),
        opened=accounts.of(shop.id),
    )


@bp.post("/profile/payout-account/page")
@once
def open_payout_account() -> Any:
    """Go to the processor's page, where a seller opens or completes the account for payouts."""
    if not accounts.hosted():
        return redirect(url_for(".profile"), 303)
    shop = own_shop()
    page = accounts.onboarding(shop.id, current_user.email or "", url_for(".profile"))
    return redirect(page, 303)


@bp.post("/profile/payout-account")
@once
def payout_account() -> Any:
    form = PayoutAccountForm()
    if accounts.hosted():
        raise InvalidInput("The account for payouts is opened on the processor's own page.")
    if not form.submitted_and_valid:
        raise InvalidInput("Write an account number of 4 to 34 letters and digits.")
    services.change_payout_account(own_shop().id, form.account.data or "")
    flash("Future payouts go to the new account.", "success")
    return redirect(url_for(".profile"))


@bp.get("/reviews")
def reviews() -> Any:
    shop = own_shop()
    return render_template(
        "mall/sellers/reviews.html",
        reviews=feedback.reviews_of(shop.id),
        questions=feedback.questions_of(shop.id),
        verdicts=feedback.verdicts_of(shop.id),
    )


@bp.post("/reviews/<int:review_id>/reply")
def reply(review_id: int) -> Any:
    feedback_services.reply(review_id, own_shop().id, _answer())
    flash("Your answer stands below the review.", "success")
    return redirect(url_for(".reviews"))


@bp.post("/questions/<int:question_id>/answer")
def answer(question_id: int) -> Any:
    feedback_services.answer(question_id, own_shop().id, _answer())
    flash("Your answer stands on the product's page.", "success")
    return redirect(url_for(".reviews", _anchor="questions"))


def _answer() -> str:
    form = AnswerForm()
    if not form.submitted_and_valid:
        raise InvalidInput("Write a few words first, at most 2,000 letters.")
    return form.text.data or ""


def _answers(form: Any) -> dict[str, Any]:
    return {
        f.short_name: f.data or "" for f in form if f.short_name not in ("csrf_token", "banner")
    }


def _banner(form: ProfileForm, shop: Seller) -> str | None:
    upload = form.banner.data
    return pictures.store_upload(upload.read()) if getattr(upload, "filename", "") else shop.banner


def _page(name: str, form: Any, **facts: Any) -> tuple[str, int]:
    status = 422 if request.method == "POST" else 200
    return render_template(f"mall/sellers/{name}.html", form=form, **facts), status
