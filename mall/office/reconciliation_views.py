"""Reconciliation for admins: compare the gateway with the book, and read what was compared."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from wtforms import DateField
from wtforms.validators import InputRequired

from core import clock
from core.errors import Conflict
from core.forms import BaseForm
from core.guards import require
from core.once import once
from payments import gateways, reconcile
from payments.gateway import Unavailable

bp = Blueprint("office_reconciliation", __name__, url_prefix="/admin/reconciliation")
require(bp, "admin")
DAYS = 30


class GatewayAway(Conflict):
    message = "The gateway cannot be asked now. Try again in a few minutes."


class DaysForm(BaseForm):
    """Which business days to compare, both included."""

    since = DateField("From", [InputRequired("From which day?")])
    until = DateField("Until", [InputRequired("Until which day?")])


@bp.get("")
def index() -> Any:
    today = clock.today()
    return _page(DaysForm(since=today - timedelta(DAYS), until=today))


def _page(form: DaysForm) -> Any:
    page = render_template(
        "mall/office/reconciliation.html",
        form=form,
        gateway=gateways.current().name,
        runs=reconcile.runs(),
    )
    return page, 422 if form.errors else 200


@bp.post("")
@once
def compare() -> Any:
    """Compare the gateway that serves; statements are compared as they are taken in."""
    form = DaysForm()
    first, last = form.since.data, form.until.data
    if not form.submitted_and_valid or first is None or last is None:
        return _page(form)
    if first > last:
        form.until.errors = ["Choose a day that is not before the first."]
        return _page(form)
    try:
        results = reconcile.run_gateway(
            gateways.current().name,
            clock.start_of(first),
            clock.start_of(last + timedelta(1)),
            by=f"admin:{current_user.id}",
        )
    except Unavailable:
        raise GatewayAway() from None
    if not results:
        flash("Nothing moved in these days, there or here.", "info")
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".show", run_id=results[0].run_id), 303)


@bp.get("/<int:run_id>")
def show(run_id: int) -> str:
    """One run with every difference."""
    return render_template("mall/office/reconciliation_run.html", run=reconcile.result(run_id))
