"""A seller's statement by period: on a page, as a file, on paper."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for

from core import clock
from core.errors import InvalidInput
from mall.payouts.statements import Period, period
from mall.sellers.console import for_open_shops, shop
from mall.sellers.csv_file import csv_file

bp = Blueprint("seller_statement", __name__, url_prefix="/seller/money/statement")
for_open_shops(bp)
LONGEST = 366  # days: a file of more is a matter for the API
HEAD = ("date", "what", "about", "number", "contract", "amount", "balance", "currency", "journal")


def _asked() -> tuple[date, date]:
    """The period in the address: this month where it says nothing; raises InvalidInput."""
    today = clock.today()
    try:
        since = date.fromisoformat(request.args.get("from") or today.replace(day=1).isoformat())
        until = date.fromisoformat(request.args.get("to") or today.isoformat())
    except ValueError:
        raise InvalidInput("Write the days of the period as 2026-03-31.") from None
    if not since <= until <= since + timedelta(LONGEST):
        raise InvalidInput("A period begins before it ends and lasts at most a year.")
    return since, until


def _found() -> Period:
    return period(shop().id, str(current_app.config["MALL_CURRENCY"]), *_asked())


def _months(today: date, count: int = 6) -> list[dict[str, Any]]:
    """Links to the last months, the newest first."""
    months, first = [], today.replace(day=1)
    for _ in range(count):
        last = first.replace(day=monthrange(first.year, first.month)[1])
        ends = min(last, today)
        address = f"{url_for('.index')}?from={first}&to={ends}"
        months.append({"label": first.strftime("%B %Y"), "url": address})
        first = (first - timedelta(1)).replace(day=1)
    return months


@bp.get("")
def index() -> Any:
    try:
        found = _found()
    except InvalidInput as refusal:
        page = render_template("mall/sellers/statement.html", found=None, refusal=str(refusal),
                               months=_months(clock.today()))  # fmt: skip
        return page, 422
    return render_template(
        "mall/sellers/statement.html",
        found=found,
        refusal="",
        months=_months(clock.today()),
        dates={"from": found.since.isoformat(), "to": found.until.isoformat()},
    )


@bp.get("/print")
def on_paper() -> str:
    return render_template("mall/sellers/statement_print.html", found=_found(), shop=shop())


@bp.get("/period.csv")
def export() -> Response:
    found = _found()
    currency = found.opening.currency
    opening = (found.since, "Opening balance", "", "", "", "", found.opening, currency, "")
    closing = (found.until, "Closing balance", "", "", "", "", found.closing, currency, "")
    rows = [
        (r.on, r.words, r.about, r.ref, r.contract, r.amount, r.balance, currency, r.key)
        for r in found.rows
    ]
    name = f"statement-{found.since}-{found.until}.csv"
    return csv_file(name, HEAD, (opening, *rows, closing))
