"""A seller's campaigns: begin one, pause it, and see what it brings."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_login import current_user

from core import clock, guards
from core.errors import DomainError, NotFound
from core.once import once
from finance import products
from finance.campaigns import queries, services
from finance.campaigns.forms import CampaignForm
from finance.pricing import current
from mall import facts

bp = Blueprint("campaigns", __name__, url_prefix="/seller/campaigns")
guards.require(bp, "seller")

_STATES = {"pause": "paused", "resume": "running", "end": "ended"}


def _own() -> int:
    """The shop of who is signed in; raises NotFound."""
    return facts.seller_of(current_user.id).id


@bp.get("")
def index() -> str:
    seller_id = _own()
    prices = queries.prices_of(seller_id)
    return render_template(
        "finance/campaigns/index.html",
        campaigns=queries.of_seller(seller_id),
        prices=prices,
        papers=queries.papers_of(prices),
        shelf=_shelf(),
        today=clock.today(),
    )


@bp.route("/new", methods=["GET", "POST"])
@once
def new() -> Any:
    seller_id = _own()
    form = CampaignForm().with_choices(list(_shelf()[-1].terms), facts.products_of(seller_id))
    if not form.submitted_and_valid:
        return _form(form), 422 if form.errors else 200
    try:
        campaign = services.create(seller_id, _wanted(form), key=form.key.data or "")
    except DomainError as refusal:
        flash(str(refusal), "bad")
        return _form(form), refusal.status
    flash("The campaign is set up.", "good")
    return redirect(url_for("campaigns.show", number=campaign.number), 303)


def _form(form: CampaignForm) -> str:
    monthly = _shelf()[-1].monthly_fee_ppm
    return render_template("finance/campaigns/new.html", form=form, monthly_ppm=monthly)


def _wanted(form: CampaignForm) -> services.Wanted:
    currency = current_app.config["MALL_CURRENCY"]
    today = clock.today()  # the form does not let a day be empty
    return services.Wanted(
        title=form.title.data or "",
        product_ids=tuple(form.products.data or ()),
        tenors=tuple(form.tenors.data or ()),
        starts_on=form.starts_on.data or today,
        ends_on=form.ends_on.data or today,
        budget=form.budget.money(currency),
        per_order_cap=form.per_order_cap.money(currency),
        fallback=form.fallback.data,
        hold_out_ppm=form.hold_out_ppm(),
    )


def _shelf() -> tuple[products.Installments, ...]:
    return current.shelf(*current.place())


@bp.get("/<number>")
def show(number: str) -> str:
    view = queries.view(number, _own())
    return render_template("finance/campaigns/show.html", view=view, today=clock.today())


@bp.post("/<number>/<any(pause, resume, end):decision>")
@once
def decide(number: str, decision: str) -> Any:
    if decision not in _STATES:
        raise NotFound()
    services.move(number, _own(), _STATES[decision])
    flash("Saved.", "good")
    return redirect(url_for("campaigns.show", number=number), 303)
