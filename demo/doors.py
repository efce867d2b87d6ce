"""Some shoppers pay the courier at the door; now and then one does not open, and the cash is banked."""

from datetime import date, timedelta

from core import clock
from core.errors import Conflict
from core.money import Money
from demo.odds import happens
from demo.state import World
from mall.cash import services
from mall.cash.models import COURIER
from payments import bank_import, bank_incoming, bank_placing
from payments import services as payments
from payments.bank_incoming import Awaited

OFFER = "cash_on_delivery"
AT_DOOR, NOT_OPENED = 4, 7  # percent of those who pay at once, and of their parcels
MOST = 300_000  # minor units
BANKED = 10  # day of the month on which the courier transfers
MISCOUNTED, TOO_MUCH = (5, 11), 2_000  # months, and minor units beyond what was collected


def likes(world: World, cost: int) -> bool:
    """Whether this shopper wants to see the parcel before paying."""
    return cost <= MOST and happens(world.dice, AT_DOOR)


def sent_away(world: World, number: str) -> bool:
    """Nobody opens: the parcel goes back, and nothing is due."""
    if not happens(world.dice, NOT_OPENED):
        return False
    services.sent_away(number, by="courier")
    world.counts["sent away"] += 1
    return True


def night(world: World, day: date) -> None:
    """Once a month the office asks for the courier's cash; the bank shows it the next day."""
    if day.day != BANKED:
        return
    try:
        handover = services.ask_for_handover(COURIER, asked_by=world.admin_id)
    except Conflict:  # no cash, or still on its way
        return
    payment = payments.refresh(handover.payment_id)
    if wanted := bank_incoming.awaited(payment):
        world.agenda.at(clock.now() + timedelta(hours=30), _arrives, wanted)


def _arrives(wanted: Awaited) -> None:
    """The bank's statement has it; in some months the courier sends more than was collected."""
    today = clock.today()
    sent = wanted.amount + Money(
        TOO_MUCH if today.month in MISCOUNTED else 0, wanted.amount.currency
    )
    head = "account,id,date,amount,currency,reference,counterparty"
    line = (
        f"{wanted.account.number},{wanted.reference},{today},"
        f"{sent.decimal_text()},{sent.currency},{wanted.reference},Mall Courier"
    )
    bank_import.take_in(f"{head}\n{line}\n".encode(), f"{today}.csv", by="bank")
    bank_placing.place_new()
