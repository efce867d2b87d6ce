"""The regular shopper opens a line of credit and draws on it; its statements pay by themselves."""

from datetime import date, datetime, timedelta
from random import Random

from core import clock
from demo import buying, cast
from demo.odds import weighted
from demo.state import World
from finance.contracts.services import WITHOUT_PAGE
from finance.credit_line import opening, queries
from finance.credit_line.models import FULL, CreditLine
from mall.cart import services as carts

AGO = 78  # days: two statements lie behind at the end
DRAWN = (77, 70, 52, 33, 12)  # days ago
LEAST, MOST = 6_000, 40_000
OFFER = "mall_credit:line"


def plan(world: World) -> None:
    """Opened after the first months of buying, when there is a limit."""
    if world.size.days < AGO:
        return  # nobody has a past yet
    dice = Random(f"line {world.first}")  # of its own: the others' days stay as they are
    world.agenda.at(_at(world.ago(AGO), 10), _open, world)
    for days in DRAWN:
        world.agenda.at(_at(world.ago(days), 19), _draw, world, dice)


def _at(day: date, hour: int) -> datetime:
    return clock.start_of(day) + timedelta(hours=hour)


def _open(world: World) -> None:
    person_id = cast.regular(world).person_id
    line = opening.open_line(person_id, WITHOUT_PAGE)
    if isinstance(line, CreditLine):
        opening.set_autopay(line.number, person_id, FULL, cast.regular(world).card_id)
        world.counts["lines of credit"] += 1


def _draw(world: World, dice: Random) -> None:
    """Something small; who got no line buys nothing more."""
    shopper = cast.regular(world)
    if queries.open_line(shopper.person_id) is None:
        return
    wares = [ware for shop in world.shops if shop.quality > 75 for ware in shop.wares]
    fitting = [w.pull * (LEAST <= w.price <= MOST) for w in wares]
    ware = weighted(dice, wares, fitting)
    if ware is None:
        return
    carts.clear(person_id=shopper.person_id)
    carts.add(variant_id=ware.variants[0][0], person_id=shopper.person_id)
    answer = buying.confirm(world, shopper, OFFER)
    if isinstance(answer, buying.Declined):
        buying.confirm(world, shopper, f"card:{shopper.card_id}")
    else:
        world.counts["bought on a line"] += 1
