"""The flagship shop makes its longest plan interest-free for a month."""

from datetime import timedelta

from flask import current_app

from core import clock
from core.money import Money
from demo.state import World
from finance.campaigns import services

DAYS, AGO, HOLD_OUT_PPM = 30, 12, 100_000
BUDGET, PER_ORDER = 2_000_000, 60_000


def plan(world: World) -> None:
    """Twelve days before the end, so that it has something to show."""
    world.agenda.at(world.moment(world.ago(AGO), 9), _begin, world)


def _begin(world: World) -> None:
    shop = next((shop for shop in world.shops if shop.number == 0), None)
    if shop is None:
        return
    today, currency = clock.today(), current_app.config["MALL_CURRENCY"]
    wanted = services.Wanted(
        title="Two years, no interest",
        product_ids=(),
        tenors=(24,),
        starts_on=today,
        ends_on=today + timedelta(DAYS),
        budget=Money(BUDGET, currency),
        per_order_cap=Money(PER_ORDER, currency),
        fallback="b3",
        hold_out_ppm=HOLD_OUT_PPM,
    )
    services.create(shop.seller_id, wanted, key="demo")
    world.counts["campaigns"] += 1
