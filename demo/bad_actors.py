"""Those who make a lender careful: a shop that fails, a ring of friends, people who stop paying."""

from datetime import date, timedelta

from core import clock
from demo import buying, people, shops
from demo.odds import hours
from demo.state import Shop, Shopper, World
from mall.cart import services as carts
from mall.sellers import services as sellers

RING = 8
# percent of time at which they buy in parts; the late ones are still being asked at the end
PLANS = (14, 19, 24, 58, 66, 75)
DECLINE = ((60, 60), (66, 35), (72, 15), (80, 4))  # percent of time → percent of usual visitors


def plan(world: World) -> None:
    """Put their stories on the agenda."""
    _plan_failure(world)
    _plan_ring(world)
    for percent in PLANS:
        when = world.moment(world.day(percent // 3), 10, 6)
        world.agenda.at(when, _join_defaulter, world, world.day(percent))
    world.agenda.at(world.moment(world.day(13), 11), shops.correct_account, world)
    world.agenda.at(world.moment(world.ago(44), 10), _apply_in_vain, world)
    world.agenda.at(world.moment(world.ago(2), 15), _apply_and_wait, world)


def failing(world: World) -> Shop | None:
    """The last shop of the list: careless from the start."""
    return _shop(world, world.size.shops - 1)


def ring_shop(world: World) -> Shop | None:
    """The shop whose friends buy from it."""
    return _shop(world, world.size.shops - 2)


def _shop(world: World, number: int) -> Shop | None:
    return next((shop for shop in world.shops if shop.number == number), None)


def _plan_failure(world: World) -> None:
    for time, visitors in DECLINE:
        world.agenda.at(world.moment(world.day(time), 3), _lose_visitors, world, visitors)
    world.agenda.at(world.moment(world.day(92), 16), _suspend, world)


def _lose_visitors(world: World, percent: int) -> None:
    shop = failing(world)
    if shop is not None:
        shop.restocks = False
        shop.pull = shop.pull * percent // 100


def _suspend(world: World) -> None:
    shop = failing(world)
    if shop is not None:
        shop.pull = 0
        sellers.suspend(shop.seller_id, by=world.admin_id, note="Orders unanswered for weeks.")


def _plan_ring(world: World) -> None:
    """Eight accounts of one phone and two doors trade with one shop for a month."""
    doors = [people.new_address(world.dice, "") for _ in range(2)]
    device = f"{world.dice.getrandbits(64):016x}"
    for number in range(RING):
        when = world.moment(world.day(74), 9, 10)
        world.agenda.at(when, _join_ring, world, dict(doors[number % 2]), device)


def _join_ring(world: World, door: dict[str, str], device: str) -> None:
    member = people.join(world, often=0, fake=True, on_credit=0, purse=30_000)
    member.address = door | {"recipient": member.name}
    people.vouch(member.person_id, device=device, level=0)
    until = world.moment(world.day(85), 0)
    when = clock.now() + hours(world.dice, 10, 60)
    while when < until:
        world.agenda.at(when, _trade, world, member)
        when += hours(world.dice, 60, 160)


def _trade(world: World, member: Shopper) -> None:
    shop = ring_shop(world)
    if shop is None or not shop.wares:
        return
    ware = world.dice.choice(shop.wares)
    carts.add(variant_id=ware.variants[0][0], person_id=member.person_id)
    buying.confirm(world, member, f"card:{member.card_id}")


def _join_defaulter(world: World, plan_day: date) -> None:
    """A regular for some weeks; then a plan, one payment, and silence."""
    shopper = people.join(
        world, card=people.GOOD_CARDS[0][0], often=0, pays="hand", confirms=100, returns=0, reviews=0,
        purse=60_000, on_credit=0,
    )  # fmt: skip
    begin = clock.day_of(clock.now())
    for number in range(4):
        when = world.moment(begin + timedelta(2 + number * 6), 18, 4)
        world.agenda.at(when, buying.visit, world, shopper)
    when = world.moment(max(plan_day, begin + timedelta(34)), 20)
    for day in range(3):  # until something fits
        world.agenda.at(when + timedelta(day), _buy_in_parts, world, shopper)
    world.agenda.at(when + timedelta(50), setattr, shopper, "pays", "never")


def _buy_in_parts(world: World, shopper: Shopper) -> None:
    if shopper.on_credit:
        return
    ware = buying.choose(world, shopper)
    if ware is None or not 15_000 <= ware.price <= 90_000:
        return
    carts.clear(person_id=shopper.person_id)
    carts.add(variant_id=ware.variants[0][0], person_id=shopper.person_id)
    answer = buying.confirm(world, shopper, "pay_later:6")
    if isinstance(answer, buying.Placed):
        shopper.on_credit = 1


def _apply_in_vain(world: World) -> None:
    applicant = shops.apply(
        world, "Luxury Originals Outlet", "Big brands, ninety percent off",
        "Putian, Fujian", "originals@example.com",
    )  # fmt: skip
    when = clock.now() + timedelta(hours=20)
    note = "No proof that these goods are genuine."
    world.agenda.at(when, lambda: sellers.reject(applicant_id, by=world.admin_id, note=note))
    applicant_id = applicant.id


def _apply_and_wait(world: World) -> None:
    shops.apply(
        world, "Tea Road", "Leaf teas from three small gardens",
        "Kunming, Yunnan", "tea-road@example.com",
    )  # fmt: skip
