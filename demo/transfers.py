"""Orders paid by bank transfer: written down, transferred a day or two later, told by a statement."""

from collections.abc import Callable
from datetime import timedelta

from core import clock
from demo.odds import happens, hours, pick
from demo.state import World
from payments import bank_import, bank_incoming, bank_placing
from payments import services as payments
from payments.bank_statements import Line, Statement

LIKES = 4  # percent of checkouts
NAMES_IT = 92  # percent of payers write the reference
IBANS = ("GB33BUKB20201555555555", "DE02120300000000202051", "FR1420041010050500013M02606")


def likes(world: World) -> bool:
    """Whether this checkout is to be paid by transfer."""
    return happens(world.dice, LIKES)


def expect(world: World, payment_id: int, then: Callable[[], None]) -> None:
    """Most transfer within two days, some a little too much, some never."""
    if happens(world.dice, 90):
        when = clock.now() + hours(world.dice, 8, 50)
        world.agenda.at(when, _transfer, world, payment_id, then)


def _transfer(world: World, payment_id: int, then: Callable[[], None]) -> None:
    wanted = bank_incoming.awaited(payments.view(payment_id))
    if wanted is None:  # canceled meanwhile
        return
    world.counts["transfers"] += 1
    named = happens(world.dice, NAMES_IT)
    line = Line(
        id=f"T{payment_id}",
        on=clock.today(),
        amount=wanted.left,
        reference=wanted.reference if named else "",
        counterparty="A shopper",
        iban=pick(world.dice, *((iban, 1) for iban in IBANS)),
        text="" if named else "my order",
    )
    name = f"statement of {clock.today()}"
    account, currency = wanted.account.number, wanted.amount.currency
    bank_import.keep(Statement(account, currency, None, None, (line,), name), by="demo")
    bank_placing.place_new()
    world.agenda.at(clock.now() + timedelta(minutes=1), then)
