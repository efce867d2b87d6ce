"""Campaigns begin, pause and end; the fee they take over is promised, taken and given back."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db, one
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.campaigns import bookkeeping
from finance.campaigns.models import Campaign, Subsidy
from finance.campaigns.rules import is_held_out
from ledger import book
from mall.ports.payment_methods import CheckoutToPay

DAYS_MAX = 366
_MOVES = {"running": ("paused", "ended"), "paused": ("running", "ended"), "ended": ()}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a seller asks for; see `models.Campaign`."""

    title: str
    product_ids: tuple[int, ...]
    tenors: tuple[int, ...]
    starts_on: date
    ends_on: date
    budget: Money
    per_order_cap: Money
    fallback: str
    hold_out_ppm: int


@use_case
def create(seller_id: int, wanted: Wanted, *, key: str) -> Campaign:
    """Begin a campaign; the same key makes it once. Raises InvalidInput."""
    _check(wanted)
    values = {
        "id": ids.new_id(),
        "created_at": clock.now(),
        "number": ids.code("K"),
        "seller_id": seller_id,
        "title": wanted.title,
        "product_ids": list(wanted.product_ids),
        "tenors": sorted(set(wanted.tenors)),
        "starts_on": wanted.starts_on,
        "ends_on": wanted.ends_on,
        "budget": wanted.budget.minor,
        "spent": 0,
        "per_order_cap": wanted.per_order_cap.minor,
        "fallback": wanted.fallback,
        "hold_out_ppm": wanted.hold_out_ppm,
        "currency": wanted.budget.currency,
        "state": "running",
        "key": f"{seller_id}:{key}",
    }
    fresh = insert(Campaign).values(**values).on_conflict_do_nothing(index_elements=["key"])
    db.session.execute(fresh)
    return one(select(Campaign).where(Campaign.key == values["key"]))


def _check(wanted: Wanted) -> None:
    days = (wanted.ends_on - wanted.starts_on).days
    if not 0 <= days <= DAYS_MAX:
        raise InvalidInput("A campaign ends on or after its first day, at most a year later.")
    if wanted.ends_on < clock.today():
        raise InvalidInput("The last day has passed. Choose one that is to come.")
    if not wanted.tenors:
        raise InvalidInput("Choose at least one plan that shall be free.")
    if wanted.per_order_cap > wanted.budget:
        raise InvalidInput("One order cannot cost more than the whole budget.")


@use_case
def move(number: str, seller_id: int, state: str) -> Campaign:
    """Pause, resume or end the seller's own campaign; raises Conflict, NotFound."""
    query = select(Campaign).where(Campaign.number == number, Campaign.seller_id == seller_id)
    campaign: Campaign = one(query.with_for_update().execution_options(populate_existing=True))
    if campaign.state != state:
        if state not in _MOVES[campaign.state]:
            raise Conflict(f"A campaign that is {campaign.state} cannot become {state}.")
        campaign.state = state
    return campaign


def for_checkout(checkout: CheckoutToPay) -> list[list[Campaign]]:
    """Campaigns that cover each order of a checkout (every product in it), open or spent."""
    sellers = {order.seller_id for order in checkout.orders}
    query = select(Campaign).where(
        Campaign.seller_id.in_(sellers),
        Campaign.state != "ended",
        Campaign.starts_on <= checkout.on,
        Campaign.ends_on >= checkout.on,
    )
    found = db.session.scalars(query.order_by(Campaign.id)).all()
    return [
        [
            c
            for c in found
            if c.seller_id == order.seller_id
            and (not c.product_ids or set(order.product_ids) <= set(c.product_ids))
        ]
        for order in checkout.orders
    ]


def covers(campaign: Campaign, buyer_id: int, fee: Money, on: date) -> bool:
    """Whether this person gets it for a plan whose fee is `fee`."""
    return (
        campaign.is_open(on)
        and 0 < fee.minor <= campaign.per_order_cap
        and campaign.spent + fee.minor <= campaign.budget
        and not is_held_out(campaign.number, buyer_id, campaign.hold_out_ppm)
    )


@use_case
def promise(
    loan_number: str, order: tuple[str, int, Money], fee: Money, campaign_number: str = ""
) -> bool:
    """The seller will pay `fee` for this order's plan; False when the campaign's budget is spent.

    order   (number, seller, financed amount)
    """
    number, seller_id, financed = order
    campaign_id = _spend(campaign_number, fee) if campaign_number else None
    if campaign_number and campaign_id is None:
        return False
    if fee:
        db.session.add(
            Subsidy(
                loan_number=loan_number,
                order_number=number,
                seller_id=seller_id,
                campaign_id=campaign_id,
                amount=fee.minor,
                financed=financed.minor,
                currency=fee.currency,
            )
        )
        db.session.flush()
    return True


def _spend(number: str, fee: Money) -> int | None:
    """Count the fee against the budget, guarded by the database; the campaign's id or None."""
    change = (
        update(Campaign)
        .where(
            Campaign.number == number,
            Campaign.state == "running",
            Campaign.spent + fee.minor <= Campaign.budget,
        )
        .values(spent=Campaign.spent + fee.minor)
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(change)


@use_case
def returned(order_number: str, refund_number: str, amount: Money, on: date) -> Money:
    """`amount` of the financed goods came back: the seller's price falls pro rata.

    Gives what goes back to the seller at once, because it had been taken.
    """
    query = select(Subsidy).where(Subsidy.order_number == order_number).with_for_update()
    subsidy = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if subsidy is None:
        return Money.zero(amount.currency)
    before = subsidy.agreed
    subsidy.returned = min(subsidy.financed, subsidy.returned + amount.minor)
    _unspend(subsidy, before - subsidy.agreed)
    back = max(0, subsidy.taken - subsidy.given_back - subsidy.agreed)
    if back:
        unearned = subsidy.taken - subsidy.given_back - subsidy.earned
        from_income = max(0, back - unearned)
        subsidy.given_back += back
        subsidy.backs = {**subsidy.backs, refund_number: back}
        subsidy.earned -= from_income
        parts = (subsidy.money(back - from_income), subsidy.money(from_income))
        whose = (order_number, subsidy.loan_number, subsidy.seller_id, refund_number)
        book.post(bookkeeping.given_back(*whose, *parts, on))
    db.session.flush()
    return subsidy.money(back)


def _unspend(subsidy: Subsidy, less: int) -> None:
    if subsidy.campaign_id is None or not less:
        return
    change = update(Campaign).where(Campaign.id == subsidy.campaign_id)
    freed = change.values(spent=Campaign.spent - less)
    db.session.execute(freed.execution_options(synchronize_session=False))
