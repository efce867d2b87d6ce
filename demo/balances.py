"""Some shoppers keep a balance with the mall: they pay in, pay with it, and take some out again."""

from flask import current_app

from core import clock
from core.money import Money
from demo.odds import happens, hours, pick
from demo.state import Shopper, World
from mall.wallet import services as wallet
from payments import cards
from payments import services as payments

STARTS, TAKES_OUT = 4, 12  # percent of purchases
LOW = 3_000  # minor units: fill it up first
BANK = "62220202000012345"


def paying(world: World, shopper: Shopper, cost: int) -> Money | None:
    """What the balance pays of goods for `cost`; None for who has none or likes to keep it."""
    shopper.keeps_balance = shopper.keeps_balance or happens(world.dice, STARTS)
    if not shopper.keeps_balance:
        return None
    currency = current_app.config["MALL_CURRENCY"]
    available = wallet.balance_of(shopper.person_id, currency)
    if available.minor < LOW:
        available = available + _paid_in(world, shopper, currency)
    if happens(world.dice, TAKES_OUT):
        world.agenda.at(clock.now() + hours(world.dice, 30, 200), _take_out, world, shopper)
    part = min(available, Money(cost, currency))
    return part or None


def _paid_in(world: World, shopper: Shopper, currency: str) -> Money:
    """Fill the balance up by the usual card; nothing when the card will not."""
    amount = Money(pick(world.dice, (5_000, 3), (10_000, 4), (20_000, 2), (50_000, 1)), currency)
    token = next(card.token for card in cards.of(shopper.person_id) if card.id == shopper.card_id)
    key = f"K-{clock.now():%Y%m%d%H%M%S}"
    payment = wallet.top_up(shopper.person_id, amount, key, token)
    paid = payments.refresh(payment.id).state == "succeeded"
    world.counts["paid in" if paid else "not paid in"] += 1
    return amount if paid else Money.zero(currency)


def _take_out(world: World, shopper: Shopper) -> None:
    """All of what is there, to the bank; one account in ten does not exist any more."""
    available = wallet.balance_of(shopper.person_id, current_app.config["MALL_CURRENCY"])
    if available.minor >= current_app.config["WALLET_WITHDRAW_MINIMUM_MINOR"]:
        bank = BANK if happens(world.dice, 90) else BANK[:-4] + "0002"
        wallet.withdraw(shopper.person_id, available, f"K-{clock.now():%Y%m%d%H%M%S}", bank)
        world.counts["taken out"] += 1
