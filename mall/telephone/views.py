"""The operator's screen: find the shopper, fill the basket, read the card in, order."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core.errors import DomainError, InvalidInput
from core.guards import require
from core.money import Money
from core.once import once
from mall.accounts import queries as people
from mall.accounts.models import Person
from mall.cart import services as carts
from mall.checkout import paying
from mall.checkout import queries as checkouts
from mall.checkout.forms import CheckoutForm
from mall.checkout.paying import NewCard
from mall.checkout.queries import Basket
from mall.checkout.services import Declined
from mall.telephone import queries
from mall.telephone.method import KEY
from payments import cards, gateways

bp = Blueprint("telephone", __name__, url_prefix="/admin/phone-orders")
require(bp, "admin")


@bp.get("")
def index() -> Any:
    """Whose call is it? An e-mail address opens her screen."""
    email = request.args.get("email", "").strip()
    person = people.with_email(email) if email else None
    if person is not None:
        return redirect(url_for(".screen", person_id=person.id))
    return render_template("mall/telephone/index.html", email=email, taken=queries.taken())


@bp.get("/<int:person_id>")
def screen(person_id: int) -> Any:
    return _page(people.person(person_id), _form(person_id))


def _form(person_id: int) -> CheckoutForm:
    form = CheckoutForm().with_addresses(checkouts.addresses_of(person_id))
    form.card_number.label.text = "Card number, as it is read out"
    form.phone.label.text = "Phone"
    return form


def _page(person: Person, form: CheckoutForm) -> str:
    words = request.args.get("q", "").strip()[:80]
    basket = checkouts.basket_of(person.id)
    address = form.chosen_address
    form.key.data = checkouts.next_key(person.id)
    form.seen_total.data = str(_total(basket, form).minor)
    form.offer.choices = [(card_id, label) for card_id, label in _ways(person.id)]
    form.offer.data = form.offer.data or form.offer.choices[0][0]
    return render_template(
        "mall/telephone/screen.html",
        person=person,
        form=form,
        basket=basket,
        total=_total(basket, form),
        taxes=basket.taxes({}, address["region"], address["country"]),
        region=address["region"],
        words=words,
        goods=queries.goods(words),
        reads_digits=gateways.current().takes_digits,
    )


def _ways(person_id: int) -> list[tuple[str, str]]:
    """The cards an operator may charge: saved ones, and a new one where we take digits."""
    saved = [(f"{KEY}:{card.id}", card.label) for card in cards.of(person_id)]
    new = [(KEY, "A card that is read out to you")] if gateways.current().takes_digits else []
    return [*new, *saved] or [("", "None: the shopper has to save a card first")]


def _total(basket: Basket, form: CheckoutForm) -> Money:
    currency = current_app.config["MALL_CURRENCY"]
    return basket.total({}, form.chosen_address["region"], currency)


@bp.post("/<int:person_id>/add")
def add(person_id: int) -> Any:
    person = people.person(person_id)
    try:
        variant_id = request.form.get("variant_id", 0, type=int)
        carts.add(variant_id=variant_id, person_id=person.id)
    except DomainError as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for(".screen", person_id=person.id))


@bp.post("/<int:person_id>/remove")
def remove(person_id: int) -> Any:
    person = people.person(person_id)
    carts.take_out([request.form.get("variant_id", 0, type=int)], person_id=person.id)
    return redirect(url_for(".screen", person_id=person.id))


@bp.post("/<int:person_id>/order")
@once
def order(person_id: int) -> Any:
    """Charge the card and order; a second click gives the same answer."""
    person, form = people.person(person_id), _form(person_id)
    if known := paying.known_number(person.id, form.key.data or ""):
        return _told(person, known)
    if not form.validate() or not form.address_is_whole():
        return _page(person, form), 422
    try:
        answer = _confirm(person, form)
    except DomainError as refusal:
        flash(str(refusal), "bad")
        return _page(person, form), 422
    if isinstance(answer, Declined):
        flash("; ".join(reason.text for reason in answer.reasons), "bad")
        return redirect(url_for(".screen", person_id=person.id), 303)
    return _told(person, answer.number)


def _confirm(person: Person, form: CheckoutForm) -> Any:
    basket = checkouts.basket_of(person.id)
    total = _total(basket, form)
    if form.seen_total.data != str(total.minor):
        raise InvalidInput(f"The total is now {total}: tell her, then order.")
    offer_key = form.offer.data or ""
    if offer_key not in [key for key, _ in _ways(person.id)] or not offer_key:
        raise InvalidInput("Choose one of the shopper's cards.")
    return paying.confirm(
        buyer_id=person.id,
        key=form.key.data or "",
        address=form.chosen_address,
        shipping={parcel.seller_id: "standard" for parcel in basket.parcels},
        offer_key=offer_key,
        details={"operator_id": current_user.id},
        expected=total,
        card=_card(form) if offer_key == KEY else None,
    )


def _card(form: CheckoutForm) -> NewCard:
    number, expiry, cvc = form.card_number.data, form.card_expiry.data, form.card_cvc.data
    return NewCard(number or "", expiry or "", cvc or "")


def _told(person: Person, number: str) -> Any:
    flash(f"Checkout {number} of {person.name} is written down.", "good")
    return redirect(url_for(".index"), 303)
