"""Reading campaigns: a seller's list, and one with its live return."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from core import clock
from core.db import db, one
from core.money import Money
from finance.campaigns.models import Campaign, Subsidy
from finance.campaigns.rules import Return, is_held_out, measured
from finance.contracts import queries as contracts
from mall.facts import relations


@dataclass(frozen=True, slots=True)
class View:
    """A campaign and what it brought. `orders` were covered; `taken` is out of settlements."""

    campaign: Campaign
    orders: int
    taken: Money
    brought: Return | None

    @property
    def left(self) -> Money:
        return self.campaign.money(self.campaign.budget - self.campaign.spent)


def of_seller(seller_id: int) -> list[Campaign]:
    query = select(Campaign).where(Campaign.seller_id == seller_id).order_by(Campaign.id.desc())
    return list(db.session.scalars(query))


def view(number: str, seller_id: int) -> View:
    """The seller's own campaign; raises NotFound."""
    campaign: Campaign = one(
        select(Campaign).where(Campaign.number == number, Campaign.seller_id == seller_id)
    )
    taken = func.coalesce(func.sum(Subsidy.taken - Subsidy.given_back), 0)
    mine = select(func.count(), taken).where(Subsidy.campaign_id == campaign.id)
    orders, paid = db.session.execute(mine).one()
    brought = measured(_sales(campaign), campaign.hold_out_ppm, campaign.spent)
    return View(campaign, int(orders), campaign.money(int(paid)), brought)


def _sales(campaign: Campaign) -> list[tuple[bool, int]]:
    """What each shopper bought of its goods since it began: (held out?, minor units)."""
    lines = relations.order_lines.c
    ends = clock.start_of(campaign.ends_on + timedelta(1))
    query = select(lines.buyer_id, func.sum(lines.amount)).where(
        lines.seller_id == campaign.seller_id,
        lines.happened_at >= clock.start_of(campaign.starts_on),
        lines.happened_at < ends,
    )
    if campaign.product_ids:
        query = query.where(lines.product.in_([str(id) for id in campaign.product_ids]))
    rows = db.session.execute(query.group_by(lines.buyer_id))
    return [
        (is_held_out(campaign.number, buyer_id, campaign.hold_out_ppm), int(amount))
        for buyer_id, amount in rows
    ]


def papers_of(prices: Iterable[Subsidy]) -> set[str]:
    """Orders of these prices of which a paper was kept; older ones have none."""
    numbers = [price.order_number for price in prices]
    return {number for number in numbers if contracts.find(number)}


def prices_of(seller_id: int, limit: int = 20) -> list[Subsidy]:
    """What plans have cost the shop, newest first."""
    query = select(Subsidy).where(Subsidy.seller_id == seller_id).order_by(Subsidy.id.desc())
    return list(db.session.scalars(query.limit(limit)))
