"""Forms of sellers' campaigns: sent twice they count once, like those of `tests/clicks.py`."""

from core import clock
from tests.clicks import Sent, Stage, click
from tests.factories.campaigns import make_campaign


@click("campaigns.new")
def _campaign(s: Stage) -> Sent:
    today = clock.today().isoformat()
    form = {"title": "On us", "tenors": "6", "starts_on": today, "ends_on": today}
    form |= {"budget": "100.00", "per_order_cap": "100.00", "fallback": "b3", "hold_out": "0"}
    return s.steady, "/seller/campaigns/new", form


@click("campaigns.decide")
def _pause(s: Stage) -> Sent:
    campaign = make_campaign(s.steady.id, clock.today())
    return s.steady, f"/seller/campaigns/{campaign.number}/pause", {}
