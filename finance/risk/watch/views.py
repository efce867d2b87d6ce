"""What the watch over the cards found last, and the replays of decisions, for admins."""

from flask import Blueprint, render_template

from core import guards
from finance.risk import replaying
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


@bp.get("/replays")
def replays() -> str:
    """The last nights' decisions made again, and what came out otherwise."""
    return render_template("finance/desk/replays.html", runs=replaying.last())
