"""Forms of plans in trouble and of banks: sent twice they count once, like `tests/clicks.py`."""

from datetime import timedelta
from typing import Any

from core import clock
from finance.collections import giving_up, relief
from finance.funding import changes
from tests.clicks import Sent, Stage, click
from tests.factories.funding import make_bank
from tests.factories.loans import make_loan
from tests.factories.people import make_admin, make_shopper
from tests.factories.prices import make_proposal
from tests.finance.money import yuan


def _plan(s: Stage) -> Any:
    bought = clock.today() - timedelta(20)
    return make_loan(s.shopper.id, yuan("3600.00"), on=bought, received_on=bought)


@click("relief.ask")
def _ask(s: Stage) -> Sent:
    path = f"/account/credit/{_plan(s).number}/relief"
    return s.shopper, path, {"choice": "halve", "why": "Ill."}


@click("credit.born")
def _born(s: Stage) -> Sent:
    return make_shopper(born_on=None), "/account/credit/born", {"born_on": "1990-05-20"}


@click("care.propose")
def _propose(s: Stage) -> Sent:
    sent = {"number": _plan(s).number, "kind": "charge_off", "why": "Gone."}
    return s.admin, "/admin/lending/care/proposals", sent


@click("care.decide")
def _decide(s: Stage) -> Sent:
    made = giving_up.propose(
        _plan(s).number, "charge_off", amount=None, why="Gone.", by=make_admin().id
    )
    return s.admin, f"/admin/lending/care/proposals/{made.id}/grant", {}


@click("care.answer")
def _answer(s: Stage) -> Sent:
    loan = _plan(s)
    relief.ask(loan.number, s.shopper.id, "move", why="Ill.", key="first", days=5)
    made = relief.ask(loan.number, s.shopper.id, "freeze", why="Ill.", key="second")
    return s.admin, f"/admin/lending/care/requests/{made.id}/grant", {"answer": "Yes"}


@click("funding.switch")
def _switch(s: Stage) -> Sent:
    make_bank("PAUSED", yuan("10000.00"))
    return s.admin, "/admin/funding/banks/PAUSED/pause", {}


@click("funding.decide")
def _change(s: Stage) -> Sent:
    make_bank("CHANGED", yuan("10000.00"))
    terms = {"price_ppm": 60_000, "committed": 20_000_00}
    made = changes.propose("terms", "CHANGED", terms, why="It has more.", by=make_admin().id)
    return s.admin, f"/admin/funding/changes/{made.id}/grant", {}


@click("prices.propose")
def _price(s: Stage) -> Sent:
    sent = {
        "how": "preset",
        "funding_ppm": "4.5",
        "service_ppm": "1",
        "margin_ppm": "1.5",
        "loss_ppm": "15",
        "cap_ppm": "24",
        "price": "0.04",
        "why": "Money is cheaper.",
    }
    return s.admin, "/admin/lending/prices/early_settlement", sent


@click("prices.decide")
def _new_price(s: Stage) -> Sent:
    made = make_proposal("sales_share")
    return s.admin, f"/admin/lending/prices/changes/{made.id}/grant", {}


@click("people.correct")
def _correct(s: Stage) -> Sent:
    person = make_shopper()
    sent = {"born_on": "1999-02-28", "why": "Passport shown."}
    return s.admin, f"/admin/lending/people/{person.id}/birth-date", sent
