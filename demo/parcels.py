"""What follows a paid order: shipped or not, scanned, delivered, received, reviewed, sent back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from core import clock
from core.db import db
from demo import doors, words
from demo.odds import happens, hours, pick
from demo.state import Shop, Shopper, World
from mall.catalog.models import Variant
from mall.feedback import services as feedback
from mall.orders import courier, returns
from mall.orders import services as orders
from mall.orders.models import OrderLine
from mall.orders.rules import Cause

CARRIERS = (("SF Express", 40), ("YTO", 20), ("ZTO", 25), ("China Post", 15))
WAY = {"standard": (30, 120), "express": (16, 48), "pickup": (12, 40)}  # hours on the road
CAUSES = (
    ("changed_mind", 34),
    ("not_as_described", 30),
    ("damaged", 14),
    ("wrong_item", 10),
    ("late", 7),
    ("not_received", 5),
)


@dataclass(eq=False)
class Sold:
    """One order on its way, perhaps paid at the door; lines are (line id, product id, quantity)."""

    number: str
    shopper: Shopper
    shop: Shop
    speed: str
    lines: list[tuple[int, int, int]] = field(default_factory=list)
    at_door: bool = False


def begin(world: World, sold: Sold) -> None:
    """Just paid: mostly it is packed, sometimes somebody thinks better of it."""
    world.counts["orders"] += 1
    dice, shop = world.dice, sold.shop
    if sold.shopper.fake:
        world.agenda.at(clock.now() + hours(dice, 1, 3), ship, world, sold)
    elif happens(dice, 2):
        world.agenda.at(clock.now() + hours(dice, 0, 4), _cancel, world, sold, "shopper")
    elif happens(dice, (100 - shop.quality) // 12):
        world.agenda.at(clock.now() + hours(dice, 10, 60), _cancel, world, sold, "seller")
    else:
        slow = happens(dice, (100 - shop.quality) // 2)
        wait = hours(dice, 70, 140) if slow else hours(dice, 3, 40)
        world.agenda.at(clock.now() + wait, ship, world, sold)


def _cancel(world: World, sold: Sold, by: str) -> None:
    said = ("It is out of stock",) if by == "seller" else ("Ordered twice", "Found it elsewhere")
    cause = Cause.NO_STOCK if by == "seller" else Cause.CHANGED_MIND
    orders.cancel(sold.number, by=by, reason=world.dice.choice(said), cause=cause)
    world.counts["canceled"] += 1


def ship(world: World, sold: Sold) -> None:
    """Hand it to a carrier, who sees it the same evening and delivers days later."""
    dice = world.dice
    carrier = courier.NAME if sold.at_door else pick(dice, *CARRIERS)
    tracking = f"{carrier[:2].upper()}{dice.randint(10**11, 10**12 - 1)}"
    orders.ship(
        sold.number, sold.shop.seller_id, carrier=carrier, tracking=tracking,
        weight_grams=_goods(sold) + 40 + dice.randint(200, 6_000) % 200,
    )  # fmt: skip
    if sold.shopper.fake:
        world.agenda.at(clock.now() + hours(dice, 4, 9), deliver, world, sold)
        return
    if happens(dice, 92):
        world.agenda.at(clock.now() + hours(dice, 2, 14), orders.scan, sold.number)
    if sold.at_door or happens(dice, 98):  # others get lost; a timer ends their wait
        world.agenda.at(clock.now() + hours(dice, *WAY[sold.speed]), deliver, world, sold)


def _goods(sold: Sold) -> int:
    """Grams of what is in the parcel, by the catalog."""
    grams = func.sum(OrderLine.quantity * Variant.weight_grams)
    of_order = select(grams).join(Variant, Variant.id == OrderLine.variant_id)
    ids = [line_id for line_id, _, _ in sold.lines]
    return int(db.session.scalar(of_order.where(OrderLine.id.in_(ids))) or 0)


def deliver(world: World, sold: Sold) -> None:
    """At the door: what will she do with it?"""
    dice, shopper, now = world.dice, sold.shopper, clock.now()
    if sold.at_door and doors.sent_away(world, sold.number):
        return
    orders.deliver(sold.number)
    world.delivered.append(sold)
    unhappy = shopper.returns + (100 - sold.shop.quality) // 6
    if sold.shopper.fake:
        world.agenda.at(now + hours(dice, 1, 4), receive, world, sold)
    elif happens(dice, unhappy // 2):
        world.agenda.at(now + hours(dice, 3, 100), send_back, world, sold)
    elif happens(dice, shopper.confirms):
        world.agenda.at(now + hours(dice, 2, 90), receive, world, sold)
        if happens(dice, unhappy // 2):
            world.agenda.at(now + hours(dice, 100, 400), send_back, world, sold)
    else:
        world.agenda.at(now + timedelta(11), review, world, sold)


def receive(world: World, sold: Sold) -> None:
    """Press "received": the shop gets its money; a verdict may follow."""
    orders.confirm_receipt(sold.number, sold.shopper.person_id)
    world.counts["received"] += 1
    review_at = clock.now() + hours(world.dice, 0, 120)
    if sold.shopper.fake or happens(world.dice, sold.shopper.reviews):
        world.agenda.at(review_at, review, world, sold)


def review(world: World, sold: Sold) -> None:
    """Stars follow how well the shop is run."""
    dice, shop = world.dice, sold.shop
    for line_id, product_id, _ in sold.lines:
        stars = 5 if sold.shopper.fake else _stars(world, shop.quality)
        shelf = next((w.category for w in shop.wares if w.product_id == product_id), "")
        text = words.review(dice, shelf, stars) if shelf else ""
        written = feedback.review(line_id, sold.shopper.person_id, stars, text)
        world.counts["reviews"] += 1
        if happens(dice, 45 if stars <= 3 else 18) and happens(dice, shop.quality):
            reply = words.seller_reply(dice, stars)
            when = clock.now() + hours(dice, 2, 72)
            world.agenda.at(when, feedback.reply, written.id, shop.seller_id, reply)


def _stars(world: World, quality: int) -> int:
    """A shop of 95 percent hears almost only praise, one of 45 percent as much of everything."""
    good = max(0, min(100, (quality - 45) * 2))
    weights = [(stars, (bad * (100 - good) + fine * good) // 100) for stars, bad, fine in _VERDICTS]
    return pick(world.dice, *weights)


_VERDICTS = ((1, 22, 1), (2, 18, 1), (3, 22, 4), (4, 20, 16), (5, 18, 78))


def send_back(world: World, sold: Sold) -> None:
    """Ask to return one line or all; the shop decides within days, the mall where it does not."""
    dice = world.dice
    cause = pick(dice, *CAUSES)
    lines = sold.lines if happens(dice, 60) else sold.lines[:1]
    shelf = next((w.category for w in sold.shop.wares if w.product_id == lines[0][1]), "")
    refund = returns.open_return(
        sold.number,
        sold.shopper.person_id,
        lines={line_id: quantity for line_id, _, quantity in lines},
        cause=cause,
        note=words.return_reason(dice, shelf) if shelf else "",
    )
    world.counts["returns"] += 1
    world.agenda.at(_decided_at(world), _decide, world, sold, refund.number, cause)


def _decided_at(world: World) -> datetime:
    return clock.now() + hours(world.dice, 5, 90)


def _decide(world: World, sold: Sold, refund_number: str, cause: str) -> None:
    accepts = 92 if cause == "changed_mind" else 50 + sold.shop.quality // 2
    if happens(world.dice, accepts):
        by_mall = happens(world.dice, 12)
        by = f"admin:{world.admin_id}" if by_mall else f"seller:{sold.shop.seller_id}"
        returns.accept_return(refund_number, by=by)
        world.counts["returned"] += 1
        return
    returns.reject_return(
        refund_number,
        by=f"seller:{sold.shop.seller_id}",
        why="The photos show it as described." if cause != "changed_mind" else "It has been used.",
    )
    if happens(world.dice, 70):
        world.agenda.at(clock.now() + hours(world.dice, 3, 60), receive, world, sold)
