"""Signing up, in and out, and the pages of one's own account."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user

from core.errors import DomainError
from core.guards import require
from mall.accounts import queries, services
from mall.accounts.forms import AddressForm, PasswordForm, SignInForm, SignUpForm
from mall.accounts.models import Person
from mall.accounts.rules import EmailTaken, WrongPassword, safe_path
from mall.cart import services as cart_services
from mall.ports import panels
from mall.traces import services as traces
from mall.traces import web as sightings

bp = Blueprint("accounts", __name__)
own = Blueprint("account", __name__, url_prefix="/account")
require(own, "person")


def enter(person: Person, *, stay: bool = False) -> None:
    """Sign a person in with a session of their own; a guest's cart comes along."""
    traces.signed_in(person.id, sightings.here())
    token = session.get("cart")
    session.clear()  # nothing that was planted before sign-in survives it
    session.permanent = stay
    login_user(person)
    if token:
        cart_services.merge(token, person.id)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Any:
    target = safe_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target)
    form = SignInForm()
    if form.submitted_and_valid:
        person = services.authenticate(form.email.data or "", form.password.data or "")
        if person is not None:
            enter(person, stay=bool(form.stay.data))
            return redirect(target)
        form.password.errors = ["This e-mail address and password do not belong together."]
    return _page("sign_in", form, next=target)


@bp.route("/sign-up", methods=["GET", "POST"])
def sign_up() -> Any:
    target = safe_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target)
    form = SignUpForm()
    if form.submitted_and_valid:
        try:
            person = services.sign_up(
                form.email.data or "", form.name.data or "", form.password.data or ""
            )
        except (EmailTaken, DomainError) as refused:
            form.email.errors = [str(refused)]
        else:
            enter(person)
            flash(f"Welcome, {person.name}.", "success")
            return redirect(target)
    return _page("sign_up", form, next=target)


@bp.post("/sign-out")
def sign_out() -> Any:
    logout_user()
    session.clear()
    return redirect(url_for("catalog.home"))


@own.get("/")
def home() -> Any:
    return render_template(
        "mall/accounts/home.html", boxes=panels.show("shopper_account", buyer_id=current_user.id)
    )


@own.get("/addresses")
def addresses() -> Any:
    kept = queries.addresses(current_user.id)
    return render_template("mall/accounts/addresses.html", addresses=kept)


@own.route("/addresses/new", methods=["GET", "POST"])
def new_address() -> Any:
    form = AddressForm()
    if form.submitted_and_valid:
        services.add_address(current_user.id, **form.parts())
        flash("The address is kept.", "success")
        return redirect(safe_path(request.args.get("next"), url_for(".addresses")))
    return _page("address", form, title="A new address")


@own.route("/addresses/<int:address_id>", methods=["GET", "POST"])
def address(address_id: int) -> Any:
    form = AddressForm(obj=queries.address(current_user.id, address_id))
    if form.submitted_and_valid:
        services.change_address(current_user.id, address_id, **form.parts())
        flash("The address is changed. Orders on their way keep the old one.", "success")
        return redirect(url_for(".addresses"))
    return _page("address", form, title="Change the address")


@own.post("/addresses/<int:address_id>/remove")
def remove_address(address_id: int) -> Any:
    services.remove_address(current_user.id, address_id)
    flash("The address is gone.", "success")
    return redirect(url_for(".addresses"))


@own.route("/password", methods=["GET", "POST"])
def password() -> Any:
    form = PasswordForm()
    if form.submitted_and_valid:
        try:
            services.change_password(
                current_user.id, present=form.present.data or "", new=form.new.data or ""
            )
        except WrongPassword as refused:
            form.present.errors = [str(refused)]
        else:
            login_user(queries.person(current_user.id))  # only this session stays signed in
            flash("Your password is changed. Other devices are signed out.", "success")
            return redirect(url_for(".home"))
    return _page("password", form)


def _page(name: str, form: Any, **facts: Any) -> tuple[str, int]:
    """The form's page; 422 when it came back with something to correct."""
    status = 422 if request.method == "POST" else 200
    return render_template(f"mall/accounts/{name}.html", form=form, **facts), status
