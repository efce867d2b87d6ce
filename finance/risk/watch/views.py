"""What the watch over the cards found last, for admins."""

from flask import Blueprint, render_template

from core import guards
from finance.risk.contest import contests
from finance.risk.watch import reading, services

bp = Blueprint("watch", __name__, url_prefix="/admin/lending/watch")
guards.require(bp, "admin")


@bp.get("")
def index() -> str:
    return render_template(
        "finance/desk/watch.html",
        run=services.last(),
        contests=contests(),
        shadows=reading.shadows(),
    )
