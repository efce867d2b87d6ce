"""Offers before they are taken: the whole contract to read; held ones, taken or let go."""

from typing import Any

from flask import flash, redirect, request, url_for

from core.money import Money
from core.once import once
from finance.capital import accepting, agreeing, offers
from finance.capital.pressing import pressed
from finance.capital.views import bp, overview, own, whole_of
from finance.contracts import showing
from finance.contracts.services import BUTTON, Acceptance
from finance.risk.seller import Questions
from finance.risk.services import as_of_now


@bp.get("/papers")
def papers() -> str:
    """The whole contract of an offer, before it is taken."""
    asked = Questions(own(), as_of_now())
    product, order = request.args.get("product", ""), request.args.get("order", "")
    amount = Money(whole_of("amount") or 0, asked.currency)
    contract = agreeing.wanted(asked, product, amount, choice=whole_of("choice") or 0, order=order)
    return showing.offered(contract, back=url_for("capital.index"))


@bp.post("/offers/<number>/accept")
@once
def accept(number: str) -> Any:
    seen = Acceptance(request.form.get("terms", ""), BUTTON)
    done, _, status = pressed(lambda: accepting.accept(own(), number, accepted=seen))
    return done or (overview(), status)


@bp.post("/offers/<number>/let-go")
@once
def let_go(number: str) -> Any:
    offers.let_go(own(), number)
    flash("The offer is given up; what it set aside is free again.", "info")
    return redirect(url_for("capital.index"), 303)
