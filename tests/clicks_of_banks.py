"""Forms of funding banks: sent twice they count once, like `tests/clicks.py`."""

from finance.funding import changes
from tests.clicks import UNCOUNTED, Sent, Stage, click

UNCOUNTED["accounts.invited"] = "the link was used then"


@click("bank.pause")
def _pause(s: Stage) -> Sent:
    return s.world.people["bank"], "/bank/pause", {}


@click("bank.propose_commitment")
def _commitment(s: Stage) -> Sent:
    form = {"committed": "300000.00", "price": "5.5", "why": "more of it"}
    return s.world.people["other_bank"], "/bank/proposals/commitment", form


@click("bank.propose_place")
def _place(s: Stage) -> Sent:
    form = {"price": "5.5", "most": "300000.00", "why": "less of it"}
    form = {f"installments-{name}": value for name, value in form.items()}
    return s.world.people["bank"], "/bank/proposals/places/installments", form


@click("bank.propose_resume")
def _resume(s: Stage) -> Sent:
    changes.pause("OTHER")
    return s.world.people["other_bank"], "/bank/proposals/resume", {"why": "it may go on"}


@click("bank.withdraw")
def _withdraw(s: Stage) -> Sent:
    change_id = s.row("/bank", "change_id")
    return s.world.people["bank"], f"/bank/proposals/{change_id}/withdraw", {}


@click("funding.invite")
def _invite(s: Stage) -> Sent:
    form = {"name": "Clerk", "email": "clerk@example.com"}
    return s.admin, "/admin/funding/banks/WALK/members", form


@click("funding.end")
def _end(s: Stage) -> Sent:
    return s.admin, f"/admin/funding/members/{s.row('/admin/funding', 'member_id')}/end", {}
