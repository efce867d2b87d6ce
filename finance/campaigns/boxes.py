"""Who pays for interest-free plans, named on the page of the goods."""

from flask import render_template
from sqlalchemy import select

from core import clock
from core.db import db
from finance.campaigns.models import Campaign
from finance.campaigns.rules import is_held_out
from finance.contracts import consents
from mall import facts


def product_box(*, buyer_id: int | None, seller_id: int, product_id: int) -> str:
    """The first open campaign for these goods that this viewer may see; "" where there is none.

    Who is held out of it, or does not want to be scored, never sees it; nor does anybody once its
    budget is spent.
    """
    if buyer_id is not None and consents.refused("buyer", [buyer_id]):
        return ""
    today = clock.today()
    query = select(Campaign).where(
        Campaign.seller_id == seller_id,
        Campaign.state == "running",
        Campaign.starts_on <= today,
        Campaign.ends_on >= today,
        Campaign.spent < Campaign.budget,
    )
    for campaign in db.session.scalars(query.order_by(Campaign.id)):
        if campaign.product_ids and product_id not in campaign.product_ids:
            continue
        if buyer_id and is_held_out(campaign.number, buyer_id, campaign.hold_out_ppm):
            continue
        sponsor = facts.seller_names([seller_id]).get(seller_id, "")
        return render_template(
            "finance/campaigns/product_box.html", campaign=campaign, sponsor=sponsor
        )
    return ""
