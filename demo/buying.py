"""A shopper comes by: looks, wishes, asks, fills a cart, and pays in one way or another."""

from datetime import timedelta
from functools import partial

from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import Conflict
from core.money import Money
from demo import balances, doors, parcels, transfers, words
from demo.odds import happens, hours, pick, weighted
from demo.parcels import Sold
from demo.people import expiry
from demo.state import Shopper, Ware, World
from finance.loans import services as loans
from mall.cart import services as carts
from mall.checkout import paying
from mall.checkout.expiry import give_up_overdue
from mall.checkout.models import Checkout
from mall.checkout.paying import NewCard
from mall.checkout.queries import next_key
from mall.checkout.services import Answer, Awaiting, Declined, Placed, known_answer
from mall.feedback import services as feedback
from mall.orders.models import Order, OrderLine
from payments import sandbox_bank
from payments import services as payments
from payments.sandbox_gateway import schedule_delivery

# typed in at the till: those whose holders later ask the bank for their money back, or have the bank ask
DISPUTED_CARDS = ("4000000000000259", "4000000000002685", "4000000000001976")
# refused by the bank for four reasons
REFUSED_CARDS = ("4000000000000002", "4000000000009995", "4000000000000069", "4000000000000127")
BY_PHONE = 3  # percent of those who pay at once scan a code
# from how much on, and up to how much, people pay in these ways
PLANS = {
    "30d": (3_000, 40_000),
    "4x": (12_000, 60_000),
    "3": (12_000, 5_000_000),
    "6": (40_000, 5_000_000),
    "12": (120_000, 5_000_000),
}


def look_around(world: World, shopper: Shopper) -> None:
    """Like something, sometimes ask about it, and perhaps come back for it in a few days."""
    ware = choose(world, shopper)
    if ware is None:
        return
    if ware not in shopper.wishes:
        shopper.wishes.append(ware)
        feedback.toggle_favorite(shopper.person_id, ware.product_id)
        world.counts["favorites"] += 1
    if happens(world.dice, 14):
        _ask(world, shopper, ware)
    if happens(world.dice, 35):
        world.agenda.at(clock.now() + hours(world.dice, 20, 110), buy, world, shopper, ware)


def _ask(world: World, shopper: Shopper, ware: Ware) -> None:
    asked, answer = words.question(world.dice, ware.category)
    question = feedback.ask(ware.product_id, shopper.person_id, asked)
    world.counts["questions"] += 1
    if happens(world.dice, ware.shop.quality):
        when = clock.now() + hours(world.dice, 1, 40)
        world.agenda.at(when, feedback.answer, question.id, ware.shop.seller_id, answer)


def choose(world: World, shopper: Shopper) -> Ware | None:
    """Something to the shopper's taste and purse, from shops that draw people."""
    shelves = list(shopper.tastes)
    shelf = weighted(world.dice, shelves, [shopper.tastes[slug] for slug in shelves])
    wares = world.shelves[shelf or shelves[0]]
    pulls = [ware.pull * ware.shop.pull * _fit(shopper.purse, ware.price) for ware in wares]
    return weighted(world.dice, wares, pulls)


def _fit(purse: int, price: int) -> int:
    """How a price feels: what is far above one's purse is bought rarely."""
    steps = ((40, 4), (120, 6), (250, 2), (500, 1))
    return next((weight for most, weight in steps if price * 100 <= purse * most), 0)


def visit(world: World, shopper: Shopper) -> None:
    """Buy what one fancies today: one to three things."""
    ware = shopper.wishes.pop() if shopper.wishes and happens(world.dice, 15) else None
    buy(world, shopper, ware or choose(world, shopper))


def buy(world: World, shopper: Shopper, ware: Ware | None) -> None:
    """Fill the cart and check out; what cannot be bought any more is left."""
    more = pick(world.dice, (0, 78), (1, 17), (2, 5))
    basket = [ware, *(choose(world, shopper) for _ in range(more))]
    found = [thing for thing in basket if thing is not None]
    cost = sum(_put_in_cart(world, shopper, thing) for thing in found)
    if cost:
        check_out(world, shopper, cost)


def _put_in_cart(world: World, shopper: Shopper, ware: Ware) -> int:
    """What it costs, 0 when it is sold out or the shop is closed."""
    variant_id, price = world.dice.choice(ware.variants)
    quantity = 1 if price > 30_000 or happens(world.dice, 85) else 2
    try:
        carts.add(variant_id=variant_id, quantity=quantity, person_id=shopper.person_id)
    except Conflict as refusal:
        world.agenda.refusals[type(refusal).__name__] += 1
        return 0
    return price * quantity


def check_out(world: World, shopper: Shopper, cost: int, offer: str = "") -> Answer | None:
    """Confirm the cart; a refused card or plan is tried once more with the usual card."""
    offer = offer or _way_to_pay(world, shopper, cost)
    typed = None
    if offer.startswith("card:") and happens(world.dice, 6):
        number = world.dice.choice(pick(world.dice, (REFUSED_CARDS, 4), (DISPUTED_CARDS, 2)))
        offer, typed = "card", NewCard(number, expiry(world), "123")
    wallet = balances.paying(world, shopper, cost) if shopper.often else None
    rest = cost - (wallet.minor if wallet else 0)
    if offer.startswith("pay_later:") and not _sold_in_parts(offer, rest):
        offer = f"card:{shopper.card_id}"  # the page shows no plan for what the balance leaves
    answer = confirm(world, shopper, offer, typed, wallet)
    if isinstance(answer, Declined):
        world.counts["declined"] += 1
        if happens(world.dice, 75):
            answer = confirm(world, shopper, f"card:{shopper.card_id}")
    return answer


def _sold_in_parts(offer: str, amount: int) -> bool:
    least, most = PLANS[offer.partition(":")[2]]
    return least <= amount <= most


def _fits_plan(code: str, amount: int) -> bool:
    return PLANS[code][0] < amount <= PLANS[code][1]


def _way_to_pay(world: World, shopper: Shopper, cost: int) -> str:
    """In parts when it is worth it and the shopper likes that; else the usual card."""
    if shopper.bought and cost >= PLANS["3"][0] and happens(world.dice, shopper.on_credit):
        likes = {"3": 3, "6": 2, "12": 2, "4x": 1, "30d": 1}
        open_ones = [(c, n if _fits_plan(c, cost) else 0) for c, n in likes.items()]
        return f"pay_later:{pick(world.dice, *open_ones)}"
    if doors.likes(world, cost):
        return doors.OFFER
    if transfers.likes(world):
        return "bank_transfer"
    return "qr" if happens(world.dice, BY_PHONE) else f"card:{shopper.card_id}"


def confirm(
    world: World,
    shopper: Shopper,
    offer: str,
    card: NewCard | None = None,
    wallet: Money | None = None,
) -> Answer | None:
    """Press the button; the goods may be gone, and the bank may want a word first."""
    key = next_key(shopper.person_id)
    speed = pick(world.dice, ("standard", 82), ("express", 14), ("pickup", 4))
    try:
        answer = paying.confirm(
            buyer_id=shopper.person_id,
            key=key,
            address=shopper.address,
            shipping={shop.seller_id: speed for shop in world.shops},
            offer_key=offer,
            card=card,
            wallet=wallet,
        )
    except Conflict as refusal:
        world.agenda.refusals[type(refusal).__name__] += 1
        carts.clear(person_id=shopper.person_id)
        return None
    if isinstance(answer, Placed):
        _begin(world, shopper, answer.number, speed, at_door=offer == doors.OFFER)
    elif isinstance(answer, Awaiting) and offer == "bank_transfer":
        arrived = partial(_arrived, world, shopper, key, speed)
        transfers.expect(world, answer.payment_id, arrived)
    elif isinstance(answer, Awaiting):
        _await(world, shopper, answer, key, speed)
    return answer


def _await(world: World, shopper: Shopper, answer: Awaiting, key: str, speed: str) -> None:
    """Confirm with the bank, or wait for what it says; one in eight walks away."""
    url = payments.view(answer.payment_id).action_url
    if url and happens(world.dice, 88):
        charge = sandbox_bank.answer_authentication(url.rpartition("/")[2], approved=True)
        if charge is not None:
            schedule_delivery(charge.op_id)
    world.counts["awaited"] += 1
    world.agenda.at(clock.now() + timedelta(minutes=5), _arrived, world, shopper, key, speed)
    world.agenda.at(clock.now() + timedelta(minutes=20), give_up_overdue)


def _arrived(world: World, shopper: Shopper, key: str, speed: str) -> None:
    answer = known_answer(shopper.person_id, key)
    if isinstance(answer, Placed):
        _begin(world, shopper, answer.number, speed)


def _begin(
    world: World, shopper: Shopper, number: str, speed: str, *, at_door: bool = False
) -> None:
    """A paid checkout: its parcels go their way; a plan may be left to the saved card."""
    shopper.bought += 1
    for sold in _sold(world, shopper, number, speed):
        sold.at_door = at_door
        parcels.begin(world, sold)
    if shopper.pays in ("auto", "early") and (loan := _loan_of(number)):
        loans.set_autopay(loan, shopper.person_id, shopper.card_id)


def _loan_of(number: str) -> str:
    """The number of the plan that paid for a checkout, or ""."""
    ref = db.session.scalar(select(Checkout.payment_ref).where(Checkout.number == number)) or ""
    kind, _, loan = ref.partition(":")
    return loan if kind == "pay_later" else ""


def _sold(world: World, shopper: Shopper, number: str, speed: str) -> list[Sold]:
    query = (
        select(
            Order.number, Order.seller_id, OrderLine.id, OrderLine.product_id, OrderLine.quantity
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Checkout, Checkout.id == Order.checkout_id)
        .where(Checkout.number == number)
        .order_by(Order.id, OrderLine.position)
    )
    orders: dict[str, Sold] = {}
    for order, seller_id, line_id, product_id, quantity in db.session.execute(query):
        if order not in orders:
            shop = next(shop for shop in world.shops if shop.seller_id == seller_id)
            orders[order] = Sold(order, shopper, shop, speed)
        orders[order].lines.append((line_id, product_id, quantity))
    return list(orders.values())
