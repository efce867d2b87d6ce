"""Who pays for interest-free plans, named on the page of the goods."""

from datetime import date

from flask import render_template

from finance.campaigns.rules import is_held_out
from finance.pay_later import glance


def product_box(*, buyer_id: int | None, seller_id: int, seller: str, product_id: int) -> str:
    """The first open campaign for these goods that this viewer may see; "" where there is none.

    Who is held out of it, or does not want to be scored, never sees it; nor does anybody once its
    budget is spent.
    """
    running = glance.look(buyer_id, seller_id)
    if buyer_id is not None and glance.refused(buyer_id):
        return ""
    for campaign in running:
        if campaign["product_ids"] and product_id not in campaign["product_ids"]:
            continue
        if buyer_id and is_held_out(campaign["number"], buyer_id, campaign["hold_out_ppm"]):
            continue
        return render_template(
            "finance/campaigns/product_box.html",
            campaign=campaign,
            sponsor=seller,
            ends_on=date.fromisoformat(campaign["ends_on"]),
        )
    return ""
