"""The first page of a seller's console."""

from flask import Blueprint, current_app, render_template

from core.money import Money
from mall.ports import panels
from mall.sellers import home_queries, money_queries
from mall.sellers.console import for_open_shops, shop

bp = Blueprint("seller_home", __name__, url_prefix="/seller")
for_open_shops(bp)


@bp.get("/")
def index() -> str:
    seller, currency = shop(), str(current_app.config["MALL_CURRENCY"])
    today = home_queries.today(seller.id, currency)
    return render_template(
        "mall/sellers/home.html",
        shop=seller,
        today=today,
        change=_change(today.month, today.month_before),
        tasks=home_queries.tasks(seller.id),
        sales=home_queries.net_sales(seller.id),
        balances=money_queries.balances(seller.id, currency),
        deductions=money_queries.deductions_ppm(seller.id, home_queries.DAYS),
        boxes=panels.show("seller_home", seller_id=seller.id),
    )


def _change(now: Money, before: Money) -> int | None:
    """How much more than before, in millionths; None when nothing was sold then."""
    return (now.minor - before.minor) * 1_000_000 // before.minor if before else None
