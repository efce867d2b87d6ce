"""Our bank account for admins: statements taken in, their lines, and files of payments to make."""

from typing import Any

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core.errors import DomainError, InvalidInput
from core.guards import require
from core.once import once
from ledger import book
from ledger.accounts import account
from mall.office import case_views, reconciliation_views
from mall.office.bank_forms import RefuseForm, StatementForm
from mall.office.views import currency
from mall.ports import menus
from payments import (
    bank_account,
    bank_import,
    bank_listing,
    bank_orders,
    bank_placing,
    reconcile_bank,
)

bp = Blueprint("office_bank", __name__, url_prefix="/admin/bank")
require(bp, "admin")
STATES = ("new", "matched", "suspended")


def open_doors(app: Flask) -> None:
    """The pages of bank and cases, and their menu entries."""
    app.register_blueprint(bp)
    app.register_blueprint(case_views.bp)
    app.register_blueprint(reconciliation_views.bp)
    menus.plug("admin", "Bank", "/admin/bank", "bank", 80)
    menus.plug("admin", "Reconciliation", "/admin/reconciliation", "balance", 82)
    menus.plug("admin", "Cases", "/admin/cases", "bell", 85)


@bp.get("")
def index() -> Any:
    return _page(StatementForm())


def _page(form: StatementForm) -> Any:
    state = request.args.get("state", "")
    page = render_template(
        "mall/office/bank.html",
        form=form,
        ours=bank_account.ours(),
        balance=book.balance(account("bank"), currency()),
        suspense=-book.balance(account("suspense"), currency()),
        state=state if state in STATES else "",
        lines=bank_listing.lines(
            state if state in STATES else "", max(1, request.args.get("page", 1, type=int))
        ),
        statements=bank_listing.statements(),
        waiting=bank_listing.waiting(),
        orders=bank_listing.open_orders(),
        files=bank_listing.files(),
        refuse=RefuseForm(),
    )
    return page, 422 if form.errors else 200


@bp.post("")
def take_in() -> Any:
    """Take a statement in and place its lines; the same file again changes nothing."""
    form = StatementForm()
    if not form.submitted_and_valid:
        return _page(form)
    upload = form.file.data
    data, name = upload.read(), upload.filename or "statement"
    try:
        taken = bank_import.take_in(data, name, by=_me())
        placed = bank_placing.place_new()
        compared = reconcile_bank.run_statement(data, name, by=_me())
    except DomainError as refusal:
        form.file.errors = [str(refusal)]
        return _page(form)
    new = sum(one.new for one in taken)
    flash(f"{sum(one.lines for one in taken)} lines, {new} of them new. {_told(placed)}", "good")
    if unexplained := sum(one.unexplained for one in compared):
        flash(f"The book and the statement differ: {unexplained} unexplained.", "bad")
    return redirect(url_for(".index"), 303)


def _told(placed: dict[str, int]) -> str:
    words = [f"{count} {kind.replace('_', ' ')}" for kind, count in sorted(placed.items())]
    return f"Placed: {', '.join(words)}." if words else "Nothing was to be placed."


@bp.post("/files")
@once
def make_file() -> Any:
    """Put what waits into a new file; it is downloaded from the list."""
    number = bank_orders.make_file(_me())
    flash(f"File {number} is ready. Download it and hand it to the bank.", "good")
    return redirect(url_for(".index", _anchor="files"), 303)


@bp.get("/files/<number>")
def download(number: str) -> Response:
    """The file as it was first made."""
    file = bank_orders.file_of(number)
    answer = Response(file.content, mimetype="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.number}.xml"'
    return answer


@bp.post("/orders/<int:order_id>/refuse")
@once
def refuse(order_id: int) -> Any:
    """The bank does not pay it, or we do not want it paid."""
    form = RefuseForm()
    if not form.submitted_and_valid:
        raise InvalidInput("Say why the order is not paid, in at most 160 letters.")
    bank_orders.refuse(bank_listing.order(order_id).id, form.why.data or "", by=_me())
    flash("The order is taken back; its money is free again.", "good")
    return redirect(url_for(".index"), 303)


def _me() -> str:
    return f"admin:{current_user.id}"
