"""Commission rates in force and to come, and one shop's terms, reserve and debt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from core import clock
from core.db import db
from core.errors import InvalidInput
from core.money import Money
from mall.accounts.models import Person
from mall.catalog.models import Category
from mall.payouts import debts, reserves, schedules, taking_back
from mall.payouts.debts import Debt
from mall.payouts.models import (
    CommissionRate,
    DebtWriteOff,
    Payout,
    PayoutTakeBack,
    SellerTerms,
)
from mall.payouts.reserves import Rule
from mall.payouts.terms import terms_of
from mall.sellers.models import Seller

HISTORY, SHOPS = 100, 200


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate as it was set; `state` is in force, to come, replaced or taken away."""

    whose: str
    ppm: int | None
    from_on: date
    by: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class SellerMoney:
    """One shop's terms as an admin sees them; `held` by the rolling reserve."""

    terms: SellerTerms
    schedule: str
    rule: Rule | None
    held: Money
    debt: Debt
    write_offs: list[DebtWriteOff]
    payouts: list[Payout]
    taken_back: Sequence[PayoutTakeBack]


def rates() -> list[RateRow]:
    """The newest first; what is in force or to come before what is over."""
    query = (
        select(CommissionRate, Category.name, Seller.name, Person.name)
        .outerjoin(Category, Category.id == CommissionRate.category_id)
        .outerjoin(Seller, Seller.id == CommissionRate.seller_id)
        .outerjoin(Person, Person.id == CommissionRate.set_by)
        .order_by(CommissionRate.from_on.desc(), CommissionRate.id.desc())
        .limit(HISTORY)
    )
    seen: set[tuple[int | None, int | None]] = set()
    rows = [_row(rate, c, s, by, seen) for rate, c, s, by in db.session.execute(query)]
    return sorted(rows, key=lambda row: row.state in ("replaced", "taken away"))


def _row(
    rate: CommissionRate,
    category: str | None,
    seller: str | None,
    by: str | None,
    seen: set[tuple[int | None, int | None]],
) -> RateRow:
    level = (rate.category_id, rate.seller_id)
    if rate.from_on > clock.today():
        state = "to come"
    elif level in seen:
        state = "replaced"
    else:
        seen.add(level)
        state = "taken away" if rate.ppm is None else "in force"
    whose = " of ".join(name for name in (category, seller) if name) or "All sales"
    return RateRow(whose, rate.ppm, rate.from_on, by or "", rate.note, state)


def categories() -> list[tuple[int, str]]:
    query = select(Category.id, Category.name).order_by(Category.position, Category.id)
    return [(id, name) for id, name in db.session.execute(query)]


def shop_names() -> list[str]:
    """Names to choose from; more may be written."""
    return list(db.session.scalars(select(Seller.name).order_by(Seller.name).limit(SHOPS)))


def shop_called(name: str) -> int:
    """The shop of this name; raises InvalidInput."""
    query = select(Seller.id).where(func.lower(Seller.name) == name.strip().lower())
    found = db.session.scalars(query).first()
    if found is None:
        raise InvalidInput("There is no shop of this name.")
    return found


def money_of(seller_id: int, currency: str) -> SellerMoney:
    """What was agreed with the shop, what is kept and what it owes."""
    terms = terms_of(seller_id)
    given_up = select(DebtWriteOff).where(DebtWriteOff.seller_id == seller_id)
    return SellerMoney(
        terms=terms,
        schedule=schedules.in_words(terms),
        rule=reserves.rule_of(seller_id, terms),
        held=reserves.held(seller_id, currency),
        debt=debts.debt_of(seller_id, currency),
        write_offs=list(db.session.scalars(given_up.order_by(DebtWriteOff.id.desc()))),
        payouts=payouts_to_take_back(seller_id),
        taken_back=taking_back.asked_of(seller_id),
    )


def payouts_to_take_back(seller_id: int) -> list[Payout]:
    """The newest payouts that have arrived: what an admin may take back."""
    return [payout for payout in taking_back.payouts_of(seller_id) if payout.state == "paid"]
