"""Data and consents, for the shopper and for the seller: read, give, revoke."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core import guards
from core.errors import InvalidInput
from finance.contracts import consent_pages, consents, lenders
from finance.contracts.contract import BUYER, SELLER
from finance.contracts.forms import ConsentForm
from finance.contracts.purposes import AUTOPAY, BANK
from finance.contracts.services import language_of_pages
from finance.contracts.words import LANGUAGES
from finance.loans import services as loans
from mall import facts

shopper = Blueprint("consents", __name__, url_prefix="/account/consents")
seller = Blueprint("seller_consents", __name__, url_prefix="/seller/consents")
guards.require(shopper, "person")
guards.require(seller, "seller")


def _shop() -> int:
    return facts.seller_of(current_user.id).id


@shopper.get("")
def index() -> str:
    return _page(BUYER, current_user.id, "consents")


@seller.get("", endpoint="index")
def seller_index() -> str:
    return _page(SELLER, _shop(), "seller_consents")


@shopper.post("/give")
def give() -> Any:
    return _give(BUYER, current_user.id, "consents")


@seller.post("/give", endpoint="give")
def seller_give() -> Any:
    return _give(SELLER, _shop(), "seller_consents")


@shopper.post("/revoke")
def revoke() -> Any:
    return _revoke(BUYER, current_user.id, "consents")


@seller.post("/revoke", endpoint="revoke")
def seller_revoke() -> Any:
    return _revoke(SELLER, _shop(), "seller_consents")


def _language() -> str:
    wanted = request.values.get("lang", "")
    return wanted if wanted in LANGUAGES else language_of_pages()


def _page(subject: str, subject_id: int, room: str) -> str:
    language = _language()
    choices, history = consent_pages.choices(subject, subject_id, language)
    return render_template(
        f"finance/contracts/consents_{subject}.html",
        choices=choices,
        history=history,
        form=ConsentForm(formdata=None),
        room=room,
        language=language,
        languages=(("en", "English"), ("zh", "中文")),
    )


def _form() -> ConsentForm:
    """What was pressed; raises InvalidInput where it is nothing we ask for."""
    form = ConsentForm()
    to_nobody = form.purpose.data == BANK and form.receiver.data not in lenders.banks()
    if not form.validate_on_submit() or to_nobody:
        raise InvalidInput("Choose one of the consents on the page.")
    return form


def _give(subject: str, subject_id: int, room: str) -> Any:
    form = _form()
    if form.purpose.data == AUTOPAY:
        raise InvalidInput("Choose the card on the page of the plan: that gives this consent.")
    receiver = (form.receiver.data or "") if form.purpose.data == BANK else ""
    consents.give(
        subject, subject_id, form.purpose.data or "", language=_language(), receiver=receiver
    )
    flash("Your consent is recorded. You can revoke it here at any time.", "good")
    return redirect(url_for(f"{room}.index"), 303)


def _revoke(subject: str, subject_id: int, room: str) -> Any:
    form = _form()
    if form.purpose.data == AUTOPAY and subject == BUYER:
        loans.set_autopay(form.ref.data or "", subject_id, None)  # which ends its mandate too
    else:
        receiver = (form.receiver.data or "") if form.purpose.data == BANK else ""
        consents.revoke(subject, subject_id, form.purpose.data or "", receiver=receiver)
    flash("Revoked. It holds from this moment.", "good")
    return redirect(url_for(f"{room}.index"), 303)
