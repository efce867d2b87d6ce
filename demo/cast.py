"""Who signs in: the mall's admin, a regular shopper, and the flagship's seller; a bank is in banks.py."""

from datetime import timedelta

from core import clock
from demo import banks, buying, parcels, people
from demo.odds import hours, weighted
from demo.state import Shop, Shopper, Ware, World
from mall.accounts import services as accounts
from mall.accounts.models import Role
from mall.cart import services as carts
from mall.checkout.paying import NewCard
from mall.feedback import services as feedback

ADMIN, SELLER, SHOPPER = "admin@example.com", "seller@example.com", "shopper@example.com"
USUAL_CARD = "4242424242424242"
SHOPPING = (4, 11, 19, 28, 37, 46, 56, 65, 73, 86, 94)  # percent of the world's time
PLAN_AGO = 84  # days: two of its payments lie behind
LONG = 150  # days from which a world has room for that


def open_the_mall(world: World) -> None:
    """The one who approves shops is there before everybody."""
    world.admin_id = accounts.sign_up(ADMIN, "Mall office", people.PASSWORD).id
    accounts.give_role(world.admin_id, Role.ADMIN)


def plan(world: World) -> None:
    """The regular shopper's year, and parcels of the flagship shop still on the road at the end."""
    world.agenda.at(world.moment(world.first, 9), _arrive, world)
    for days in (4, 3, 3, 2, 2):
        world.agenda.at(world.moment(world.ago(days), 10, 8), _buy_flagships, world)
    for days, card in ((16, buying.DISPUTED_CARDS[1]), (5, buying.DISPUTED_CARDS[0])):
        world.agenda.at(world.moment(world.ago(days), 9), _buy_flagships, world, card)
    world.agenda.at(world.moment(world.last, 21), _ask_back, world)


def _arrive(world: World) -> None:
    shopper = people.join(
        world, SHOPPER, USUAL_CARD,
        often=0, returns=0, reviews=100, confirms=100, on_credit=0, pays="auto", owl=False,
    )  # fmt: skip
    world.regular_id = shopper.person_id
    people.vouch(shopper.person_id, device="the first phone", level=2, born=1991)
    for percent in SHOPPING:
        when = world.moment(world.day(percent), 19, 2)
        world.agenda.at(when, _shop, world, shopper, 9_000, 60_000, "")
        world.agenda.at(when - timedelta(days=1, hours=2), _like, world, shopper)
    is_long = world.size.days >= LONG
    plan_day = world.ago(PLAN_AGO) if is_long else world.day(50)
    months, least, most = (6, 60_000, 120_000) if is_long else (3, 20_000, 55_000)
    when = world.moment(plan_day, 20)
    world.agenda.at(when, _shop, world, shopper, least, most, f"pay_later:{months}")
    world.agenda.at(world.moment(world.last, 8), _shop, world, shopper, 9_000, 60_000, "")


def regular(world: World) -> Shopper:
    """The shopper who signs in."""
    return world.by_person[world.regular_id]


def _like(world: World, shopper: Shopper) -> None:
    if world.shops and (ware := buying.choose(world, shopper)) and ware not in shopper.wishes:
        shopper.wishes.append(ware)
        feedback.toggle_favorite(shopper.person_id, ware.product_id)


def _shop(world: World, shopper: Shopper, least: int, most: int, offer: str) -> None:
    """Something of a price, from a shop that is run well."""
    wares = [w for shop in world.shops if shop.quality > 75 for w in shop.wares]
    ware = weighted(world.dice, wares, [w.pull * (least <= w.price <= most) for w in wares])
    if ware is not None:
        _order(world, shopper, ware, offer or f"card:{shopper.card_id}")


def _order(
    world: World, shopper: Shopper, ware: Ware, offer: str, typed: NewCard | None = None
) -> None:
    carts.clear(person_id=shopper.person_id)
    carts.add(variant_id=ware.variants[0][0], person_id=shopper.person_id)
    answer = buying.confirm(world, shopper, offer, typed)
    if isinstance(answer, buying.Declined):
        buying.confirm(world, shopper, f"card:{shopper.card_id}")


def _buy_flagships(world: World, card: str = "") -> None:
    """Somebody buys what the first shop is known for, by the usual card or with this one."""
    flagship: Shop = next(shop for shop in world.shops if shop.number == 0)
    usual = [s for s in world.shoppers if s.often and s.bought]
    wares = [ware for ware in flagship.wares if ware.price >= 40_000]
    if usual and wares:
        shopper = world.dice.choice(usual)
        typed = NewCard(card, people.expiry(world), "123") if card else None
        offer = "card" if typed else f"card:{shopper.card_id}"
        _order(world, shopper, world.dice.choice(wares), offer, typed)
    world.counts["flagships"] += 1


def _ask_back(world: World) -> None:
    """Three returns wait for a decision, one of them at the first shop where it has an order."""
    recent = sorted(world.delivered, key=lambda sold: sold.shop.number)
    for sold in [s for s in recent if s.shopper.often][:3]:
        when = clock.now() + hours(world.dice, 0, 2)
        world.agenda.at(when, parcels.send_back, world, sold)


def sign_ins() -> str:
    """What to type in, as lines to print."""
    who = (("shopper", SHOPPER), ("seller", SELLER), ("admin", ADMIN), ("bank", banks.BANK))
    return "\n".join(f"  {role:<8} {email:<22} {people.PASSWORD}" for role, email in who)
