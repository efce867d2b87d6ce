"""Opens shops over the year, fills their shelves, and keeps them stocked and priced."""

from datetime import date, timedelta
from math import isqrt
from random import Random

from flask import current_app
from sqlalchemy import select

from core import clock
from core.db import db, get
from core.money import Money
from core.use_case import end_read, use_case
from demo import capital, goods, pictures
from demo.odds import happens, skewed
from demo.people import PASSWORD, cheap_passwords, nickname, vouch
from demo.state import Shop, Ware, World
from mall.accounts import services as accounts
from mall.catalog import pictures as store
from mall.catalog import services as catalog
from mall.catalog.models import Variant
from mall.catalog.rules import NewVariant
from mall.payouts import rates, reserves, schedules, terms
from mall.payouts import services as payouts
from mall.sellers import services as sellers
from mall.sellers.models import Seller

OWNER = "seller@example.com"
FIXED_PRICES = ("Lumovar Aster 5 Pro", "Lumovar Aster Accessory Set")
CLOSED_ACCOUNT = "6222020000001116"  # the sandbox bank finds out too late
CATEGORY_PPM = {0: 30_000, 2: 80_000}  # commission by place in the menu; others: the mall's
RESERVED = 10  # the shop of which the mall keeps a reserve
SALE_DAYS = {(11, 9): 85, (6, 16): 90}  # month and day → percent of the price, for three days


def open_shelves(world: World) -> None:
    """The mall's categories, in the order of the menu."""
    for position, shelf in enumerate(world.catalog.categories):
        category = catalog.add_category(shelf.slug, shelf.name, shelf.blurb, position)
        world.shelves[shelf.slug] = []
        if position in CATEGORY_PPM:
            note = "Agreed with the shops of this category."
            rates.set_rate(
                CATEGORY_PPM[position],
                by=world.admin_id or None,
                category_id=category.id,
                note=note,
            )


def plan_openings(world: World) -> None:
    """A third of the shops in the first days, the others through two thirds of the year."""
    count = len(world.catalog.shops)
    for number in range(count):
        day = world.first
        if number * 3 >= count and number < count - 2:
            day = world.day(world.dice.randint(2, 66))
        world.agenda.at(world.moment(day, 6, 2), open_shop, world, number)


def apply(
    world: World, name: str, tagline: str, region: str, email: str, account: str = ""
) -> Seller:
    """A person signs up and asks for a shop."""
    with cheap_passwords():
        owner = accounts.sign_up(email, nickname(world), PASSWORD).id
    vouch(owner, device=f"{world.dice.getrandbits(64):016x}", level=2)
    city, _, province = region.partition(", ")
    return sellers.apply(
        owner,
        name=name,
        tagline=tagline,
        about=f"{name} sells from {city}. {tagline}.",
        city=city,
        region=province or city,
        payout_account=account or f"62220200{world.dice.randint(0, 9999_9999):08}",
    )


def open_shop(world: World, number: int) -> None:
    """Apply, be looked at by the mall, be approved, and put everything on the shelf."""
    profile = world.catalog.shops[number]
    email = OWNER if number == 0 else f"{profile.key}@example.com"
    account = CLOSED_ACCOUNT if number == 2 else ""
    seller = apply(world, profile.name, profile.tagline, profile.region, email, account)
    seller_id, owner_id = seller.id, seller.owner_id
    _look_at_papers(seller_id)
    sellers.approve(seller_id, by=world.admin_id, note="Papers complete.")
    _agree(world, seller_id, number, profile.size)
    drawn = pictures.draw_shop_banner(profile, Random(number))
    sellers.change_profile(seller_id, banner=store.store(drawn.encode(), "image/svg+xml"))
    pull = isqrt(profile.weight_ppm) * profile.quality_ppm // 1_000_000
    shop = Shop(number, profile, seller_id, owner_id, clock.today(), pull)
    world.shops.append(shop)
    for good in world.catalog.products:
        if good.shop_key == profile.key:
            shop.wares.append(_known(world, shop, good, _list_good(shop, good)))
    world.agenda.at(clock.now() + timedelta(7), restock, world, shop)
    world.agenda.at(clock.now() + timedelta(9), capital.consider, world, shop)


def _agree(world: World, seller_id: int, number: int, size: str) -> None:
    """Large shops are paid each week, others each month, small ones when they ask."""
    terms.set_jurisdiction(seller_id, "CN")
    if size == "large":
        schedules.choose(seller_id, "weekly", day=1 + number % 5)
    elif size == "mid":
        schedules.choose(seller_id, "monthly", day=15)
    else:
        schedules.choose(seller_id, "on_demand")
    if number == RESERVED:
        why = "Parcels with glass: one in ten came back broken"
        reserves.set_reserve(seller_id, 50_000, days=21, why=why, by=world.admin_id)


@use_case
def _look_at_papers(seller_id: int) -> None:
    """The business license, seen by the mall; there is no page for it yet."""
    get(Seller, seller_id).license_verified_at = clock.now()


@use_case
def _list_good(shop: Shop, good: goods.Good) -> int:
    """The product's id; its pictures and it are kept together."""
    currency = current_app.config["MALL_CURRENCY"]
    digests = {
        color: store.store(
            pictures.draw(good.picture, color, Random(good.picture.seed)).encode(), "image/svg+xml"
        )
        for color in dict.fromkeys(variant.color for variant in good.variants)
    }
    return catalog.add_product(
        shop.seller_id,
        title=good.title,
        category=good.category_slug,
        variants=[
            NewVariant(
                Money(variant.price_minor, currency),
                2 + variant.stock // 8,
                variant.label,
                variant.options,
                variant.sku,
                variant.weight_grams,
                digests[variant.color],
            )
            for variant in good.variants
        ],
        brand=good.brand,
        summary=good.summary,
        description=good.description,
        attributes=good.attributes,
        pictures=[(digest, good.title) for digest in digests.values()],
    ).id


def _known(world: World, shop: Shop, good: goods.Good, product_id: int) -> Ware:
    query = select(Variant.id, Variant.price).where(Variant.product_id == product_id)
    rows = db.session.execute(query.order_by(Variant.position)).all()
    end_read()
    variants = [(row.id, row.price) for row in rows]
    pull = 1 + skewed(world.dice, 0, 20)
    ware = Ware(product_id, shop, good.category_slug, good.title, variants, pull)
    world.shelves[good.category_slug].append(ware)
    return ware


def restock(world: World, shop: Shop) -> None:
    """Once a week: order what runs low, if the shop still cares; careless ones forget."""
    world.agenda.at(clock.now() + timedelta(7), restock, world, shop)
    if not shop.restocks or not happens(world.dice, shop.quality):
        return
    low = select(Variant.id).where(Variant.seller_id == shop.seller_id, Variant.on_hand < 4)
    for variant_id in db.session.scalars(low.order_by(Variant.id)).all():
        catalog.receive_stock(variant_id, shop.seller_id, world.dice.randint(6, 30))
        world.counts["restocked"] += 1


def reprice(world: World, day: date) -> None:
    """Sales at their seasons, and now and then a shop thinks again about a price."""
    percent = SALE_DAYS.get((day.month, day.day))
    for shop in world.shops:
        if percent and shop.number % 2 == 0:
            for ware in world.dice.sample(shop.wares, min(4, len(shop.wares))):
                back = world.moment(day + timedelta(3), 0)
                world.agenda.at(back, _set_prices, world, ware, list(ware.variants))
                _change_prices(world, ware, percent)
    if world.shops and happens(world.dice, 12):
        shop = world.dice.choice(world.shops)
        if shop.wares:
            _change_prices(world, world.dice.choice(shop.wares), world.dice.randint(92, 108))


def _change_prices(world: World, ware: Ware, percent: int) -> None:
    """Whole yuan ending in 9."""
    moved = [
        (id, max(900, price * percent // 100_000 * 1_000 - 100)) for id, price in ware.variants
    ]
    _set_prices(world, ware, moved)


@use_case
def _set_prices(world: World, ware: Ware, prices: list[tuple[int, int]]) -> None:
    if ware.title.startswith(FIXED_PRICES):
        return
    for variant_id, price in prices:
        catalog.set_price(variant_id, ware.shop.seller_id, price)
    ware.variants = prices
    world.counts["prices changed"] += 1


def pay_out(world: World, shop: Shop) -> None:
    """The owner sends the balance to the bank."""
    currency = current_app.config["MALL_CURRENCY"]
    amount = payouts.balance_of(shop.seller_id, currency)
    if amount.minor >= 50_000:
        payouts.request_payout(shop.seller_id, amount, key=f"week:{clock.today()}")


def correct_account(world: World) -> None:
    """The shop whose bank account was closed hears of it and names another."""
    for shop in world.shops:
        if shop.number == 2:
            sellers.change_payout_account(shop.seller_id, "6222020000007731")
