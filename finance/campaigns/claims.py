"""The seller's price of plans, taken at settlement step 3."""

from dataclasses import dataclass

from sqlalchemy import or_, select

from core.db import db
from core.money import Money
from finance.campaigns import bookkeeping
from finance.campaigns.models import Campaign, Subsidy
from mall.ports.deductions import SUBSIDY, Deduction, Release


@dataclass(frozen=True)
class SubsidyClaims:
    """What the plan of this order costs its seller, and what earlier releases had left open."""

    def claim(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        taken, most = [], min(left, ceiling)
        for subsidy in _open(release):
            if subsidy.order_number == release.order_number:
                subsidy.released_on = release.on
            amount = min(most, subsidy.money(subsidy.due))
            if not amount:
                continue
            subsidy.taken += amount.minor
            most = most - amount
            taken.append(_deduction(subsidy, amount))
        db.session.flush()
        return taken

    def refunded(self, order_number: str, seller_id: int, amount: Money, released: bool) -> None:
        """Told with the plan's own part of the refund by the way to pay: `services.returned`."""


def _open(release: Release) -> list[Subsidy]:
    query = select(Subsidy).where(
        Subsidy.seller_id == release.seller_id,
        Subsidy.taken - Subsidy.given_back < Subsidy.amount,
        or_(Subsidy.order_number == release.order_number, Subsidy.released_on.is_not(None)),
    )
    fresh = query.order_by(Subsidy.id).with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(fresh))


def _deduction(subsidy: Subsidy, amount: Money) -> Deduction:
    of_campaign = subsidy.campaign_id is not None
    note = f"The plan of {subsidy.order_number} is free for its shopper."
    if of_campaign:
        note = f"{db.session.get_one(Campaign, subsidy.campaign_id).title}: {note}"
    return Deduction(
        step=SUBSIDY,
        reason="subsidy" if of_campaign else "plan_price",
        amount=amount,
        contract=subsidy.loan_number,
        transfers=bookkeeping.taken(subsidy.seller_id, subsidy.loan_number, amount),
        note=note[:240],
        released_by="Goods that come back bring their part of it back.",
    )
