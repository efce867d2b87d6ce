"""Two banks lend a part of what the mall finances; one of them signs in and proposes."""

from datetime import timedelta
from typing import Any

from flask import current_app

from core import clock
from demo import people
from demo.state import World
from finance.funding import changes, members
from finance.funding.transferring import transfer_all
from mall.accounts import services as accounts
from mall.accounts.invitations import choose_password
from mall.accounts.models import Role

OFFICE, BANK = "office@example.com", "bank@example.com"
AGO = 100  # days: what is older the mall has lent alone
HARBOR, GROVE = "HARBOR", "GROVE"
BANKS = ((HARBOR, "Harbor Bank", 60_000, 6_000_000), (GROVE, "Grove Bank", 70_000, 1_500_000))
# product, and for each bank its share, grades and limit
PLACES: dict[str, tuple[tuple[str, int, str, int], ...]] = {
    "installments": ((HARBOR, 500_000, "ABC", 3_000_000), (GROVE, 150_000, "AB", 1_000_000)),
    "order_advance": ((HARBOR, 400_000, "ABC", 2_000_000),),
    "term_loan": ((HARBOR, 500_000, "ABCD", 3_000_000),),
    "sales_share": ((HARBOR, 300_000, "AB", 1_500_000),),
}


def plan(world: World) -> None:
    """They come when the mall has shown what it can do; the last word waits for an answer."""
    world.office_id = accounts.sign_up(OFFICE, "Second office", people.PASSWORD).id
    accounts.give_role(world.office_id, Role.ADMIN)
    begins, ends = clock.start_of(world.ago(AGO)), clock.start_of(world.last)
    world.agenda.at(begins + timedelta(hours=9), _begin, world)
    world.agenda.at(ends + timedelta(hours=15), _propose, world)


def night() -> None:
    """What was collected for banks goes to them."""
    transfer_all()


def _begin(world: World) -> None:
    currency = current_app.config["MALL_CURRENCY"]
    for code, name, price, committed in BANKS:
        terms = {"name": name, "currency": currency, "price_ppm": price, "committed": committed}
        _agreed(world, "bank", code, terms, "A new partner.")
    for product, places in PLACES.items():
        steps = [
            {"bank": code, "share_ppm": share, "grades": grades, "most": most}
            for code, share, grades, most in places
        ]
        _agreed(world, "waterfall", product, {"currency": currency, "steps": steps}, "As agreed.")
    invited = members.invite(HARBOR, BANK, "Harbor Bank desk", by=world.office_id)
    choose_password(invited.path.rpartition("/")[2], people.PASSWORD)
    world.banker_id = invited.person_id
    world.counts["banks"] += len(BANKS)


def _agreed(world: World, kind: str, subject: str, data: dict[str, Any], why: str) -> None:
    """One admin proposes, the other decides."""
    change = changes.propose(kind, subject, data, why=why, by=world.office_id)
    changes.decide(change.id, yes=True, by=world.admin_id)


def _propose(world: World) -> None:
    data = {
        "currency": current_app.config["MALL_CURRENCY"],
        "price_ppm": 65_000,
        "grades": "AB",
        "most": 4_000_000,
    }
    if world.banker_id:
        why = "Our own money costs more since this month."
        changes.propose("place", f"{HARBOR}:installments", data, why=why, by=world.banker_id)
