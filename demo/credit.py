"""Shoppers pay their plans: on the day, a little late, all at once, or not at all."""

from datetime import date

from sqlalchemy import func, select

from core import clock
from core.db import db
from core.use_case import end_read
from demo.odds import happens
from demo.state import Shopper, World
from finance.loans import asking
from finance.loans.models import Installment, Loan
from finance.loans.rules import LoanState

LATENESS = {
    "auto": 0,
    "hand": 1,
    "early": 0,
    "late": 9,
    "never": 1,
}  # days after the due day, at most


def pay_by_hand(world: World, day: date) -> None:
    """Everybody whose card does not pay by itself looks at what is due."""
    unpaid = (
        Installment.fee + Installment.principal > Installment.fee_paid + Installment.principal_paid
    )
    query = (
        select(Loan.number, Loan.borrower_id, func.min(Installment.due_on), func.count())
        .join(Installment, Installment.loan_id == Loan.id)
        .where(Loan.state == LoanState.ACTIVE, Loan.starts_on.is_not(None), unpaid)
        .group_by(Loan.id)
        .order_by(Loan.id)
    )
    rows = db.session.execute(query).all()
    end_read()
    for number, person_id, due_on, left in rows:
        shopper = world.by_person.get(person_id)
        if shopper is None:
            continue
        if (shopper.pays == "early" and left <= 2) or _feels_like_it(
            world, shopper, (day - due_on).days
        ):
            settle = shopper.pays == "early"
            world.agenda.at(world.moment(day, 9, 12), pay, world, shopper, number, settle)


def _feels_like_it(world: World, shopper: Shopper, late: int) -> bool:
    """Autopay pays on the day; a refused card is noticed within a week."""
    if shopper.pays == "never":
        return False
    if shopper.pays in ("auto", "early"):
        return late > 8 and happens(world.dice, 30)
    most = LATENESS[shopper.pays]
    return late >= -1 and (late >= most or happens(world.dice, 30 if most < 5 else 8))


def pay(world: World, shopper: Shopper, number: str, settle: bool) -> None:
    """By the saved card: what is due, or everything that is left."""
    key = f"K-{clock.today():%Y%m%d}"
    asking.pay(number, shopper.person_id, f"card:{shopper.card_id}", key=key, settle=settle)
    world.counts["paid by hand"] += 1
