"""A day in the mall: its night work, who comes by, and how many, by season and growth."""

from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from core import clock
from demo import banks, buying, credit, doors, shops
from demo.odds import times
from demo.state import Shopper, World
from finance.collections.services import run_day
from finance.risk import engines
from finance.risk.engines import norms
from finance.risk.fraud import services as fraud
from mall.catalog.stock import release_expired
from mall.checkout.expiry import give_up_overdue
from mall.disputes import services as disputes
from mall.disputes.freezing import freeze_all_missing
from mall.orders.services import confirm_overdue
from mall.payouts.reserves import release_due
from mall.payouts.services import pay_out_all
from payments.sweeps import sweep

PERCENT = 100
GROWTH = (45, 155)  # percent of the mean, on the first and the last day
EACH_MONTH = 30  # days between the payouts that a small shop asks for
KEPT_NORMS = 2  # nights
LOOKS = 55  # visits without buying, in percent of those with


def plan(world: World, day: date) -> None:
    """Put a day on the agenda."""
    world.agenda.at(clock.start_of(day) + timedelta(minutes=10), night, world, day)
    world.agenda.at(world.moment(day, 5), shops.reprice, world, day)
    world.agenda.at(clock.start_of(day) + timedelta(hours=8), credit.pay_by_hand, world, day)
    world.agenda.at(clock.start_of(day) + timedelta(hours=7), open_doors, world, day)


def night(world: World, day: date) -> None:
    """What the worker does by itself every night, called in its order."""
    give_up_overdue()
    release_expired()
    confirm_overdue()
    run_day(day)
    sweep()
    release_due(day)
    banks.night()
    disputes.answer_due()
    freeze_all_missing()
    doors.night(world, day)
    pay_out_all()
    if day == world.last:
        fraud.look(day)
    if (world.last - day).days < KEPT_NORMS:
        _keep_norms(day)
    for shop in world.shops:
        on_demand = shop.profile.size not in ("large", "mid")
        if on_demand and (day.toordinal() + shop.number) % EACH_MONTH == 0:
            shops.pay_out(world, shop)


def _keep_norms(day: date) -> None:
    """What is usual in categories: enough nights for tomorrow's grades to compare with."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        norms.keep(clock.day_number(day), engines.named("postgres", place), place)


def open_doors(world: World, day: date) -> None:
    """Decide who comes today, and when."""
    if not world.shoppers or not world.shops:
        return
    often = [shopper.often for shopper in world.shoppers]
    buyers = times(world.dice, _busy(world, day))
    lookers = times(world.dice, _busy(world, day) * LOOKS // PERCENT)
    for count, act in ((buyers, buying.visit), (lookers, buying.look_around)):
        for shopper in world.dice.choices(world.shoppers, often, k=count):
            world.agenda.at(_hour(world, shopper, day), act, world, shopper)


def _hour(world: World, shopper: Shopper, day: date) -> datetime:
    return world.moment(day, 21, 3) if shopper.owl else world.moment(day, 8, 14)


def _busy(world: World, day: date) -> int:
    """Checkouts expected on a day, in thousandths."""
    low, high = GROWTH
    done = (day - world.first).days * PERCENT // max(1, world.size.days - 1)
    growth = low + (high - low) * done // PERCENT
    return world.size.orders_a_day * 78 // 100 * growth * season(day) // PERCENT**2


def season(day: date) -> int:
    """How busy a day is, in percent of a usual Tuesday."""
    month_day = (day.month, day.day)
    if (11, 8) <= month_day <= (11, 11):
        return 240
    if (6, 15) <= month_day <= (6, 18):
        return 190
    if month_day >= (12, 26) or month_day <= (1, 2):
        return 145
    return 125 if day.weekday() >= 5 else 95
