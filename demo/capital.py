"""Sellers take capital: on orders under way, on one order today, on sales to come, on a history."""

from datetime import timedelta

from core import clock
from core.money import Money
from core.use_case import end_read
from demo import bad_actors
from demo.odds import happens, hours
from demo.state import Shop, World
from finance.capital import queries, services
from finance.capital.term_loan import services as term_loans
from finance.risk.seller import Questions
from finance.risk.services import as_of_now

ROUND = 10_000  # people ask for whole hundreds
USUAL_SHARE = 150_000  # of sales, in ppm
GREEDY_SHARE = 250_000
FLAGSHIP_SHARE = 100_000
TERM_LOANS = (
    (0, 75, 6),
    (3, 60, 3),
    (4, 50, 12),
    (7, 40, 6),
    (8, 20, 12),
)  # shop, days ago, months


def plan(world: World) -> None:
    """The stories everybody looks for; `consider` brings the others."""
    at, moment = world.agenda.at, world.moment
    at(moment(world.day(57), 10), _fail, world)
    at(moment(world.day(86), 10), _ask_with_friends, world)
    at(moment(world.ago(45), 11), _flagship, world, False)
    at(moment(world.last, 20), _flagship, world, True)
    for number, days, months in TERM_LOANS:
        at(moment(world.ago(days), 12), _on_history, world, number, months)


def consider(world: World, shop: Shop) -> None:
    """Every few weeks: is there something to get, and is it wanted?"""
    world.agenda.at(clock.now() + hours(world.dice, 300, 800), consider, world, shop)
    if shop.number % 4 == 1 or (clock.today() - shop.opened).days < 28:
        return  # some owe nobody anything
    if shop.number % 4 == 2:
        _paid_today(world, shop)
    elif happens(world.dice, 65):
        on_orders(world, shop, world.dice.randint(40, 90))
    if happens(world.dice, 14):
        on_sales(world, shop, USUAL_SHARE, world.dice.randint(40, 80))


def on_orders(world: World, shop: Shop, percent: int) -> None:
    """Draw so much of what orders under way support."""
    asked = Questions(shop.seller_id, as_of_now())
    base = queries.base_of(
        shop.seller_id, asked.score.grade, asked.as_of, asked.terms, asked.currency
    )
    amount = _part(base.capacity, percent)
    end_read()
    if amount.minor >= asked.terms.order_advance.amount_min:
        _count(world, "order advances", services.draw_on_orders(shop.seller_id, amount, key=_key()))


def on_sales(world: World, shop: Shop, share_ppm: int, percent: int) -> None:
    """Ask for so much of the most the shop's sales bear; one who may not is told why."""
    asked = Questions(shop.seller_id, as_of_now())
    least = Money(asked.terms.sales_share.amount_min, asked.currency)
    amount = max(least, _part(services.most_of(asked, share_ppm), percent))
    quick = services.is_too_quick(asked, amount, share_ppm)
    end_read()
    if quick:  # little is open beside a running loan: sales would repay it within days
        world.counts["no sales shares"] += 1
        return
    answer = services.take_sales_share(shop.seller_id, amount, share_ppm, key=_key())
    _count(world, "sales shares", answer)


def _on_history(world: World, number: int, months: int) -> None:
    """A term loan of two fifths of what the shop's history bears."""
    shop = next((shop for shop in world.shops if shop.number == number), None)
    if shop is None:
        return
    asked = Questions(shop.seller_id, as_of_now())
    least = Money(asked.terms.term_loan.amount_min, asked.currency)
    amount = _part(min(term_loans.most_of(asked), asked.room), 40)
    end_read()
    answer = term_loans.take_term_loan(shop.seller_id, max(amount, least), months, key=_key())
    _count(world, "term loans", answer)


def _paid_today(world: World, shop: Shop) -> None:
    asked = Questions(shop.seller_id, as_of_now())
    claims = queries.order_claims(
        shop.seller_id, asked.as_of, asked.terms, asked.currency, asked.score.pd_ppm
    )
    free = [claim.order_number for claim in claims if not claim.why]
    end_read()
    for number in free[:1]:
        _count(world, "orders paid today", services.sell_order(shop.seller_id, number, key=_key()))


def _part(most: Money, percent: int) -> Money:
    return Money(most.minor * percent // 100 // ROUND * ROUND, most.currency)


def _key() -> str:
    return f"K-{clock.now():%Y%m%d%H%M%S}"


def _count(world: World, what: str, answer: services.Answer) -> None:
    taken = isinstance(answer, services.Drawn)
    world.counts[what if taken else f"no {what}"] += 1


def _fail(world: World) -> None:
    """As much as there is, shortly before the visitors stay away."""
    shop = bad_actors.failing(world)
    if shop is not None:
        on_sales(world, shop, GREEDY_SHARE, 100)


def _ask_with_friends(world: World) -> None:
    """What the ring was for."""
    shop = bad_actors.ring_shop(world)
    if shop is not None:
        on_sales(world, shop, USUAL_SHARE, 100)
        world.agenda.at(clock.now() + timedelta(hours=1), on_orders, world, shop, 100)


def _flagship(world: World, orders: bool) -> None:
    """The seller who signs in has an advance on sales running, and one on orders."""
    shop = next(shop for shop in world.shops if shop.number == 0)
    if orders:
        on_orders(world, shop, 50)
    else:
        on_sales(world, shop, FLAGSHIP_SHARE, 50)
