"""Forms of a shopper's line of credit: sent twice they count once, like `tests/clicks.py`."""

from datetime import timedelta

from sqlalchemy import update

from core import clock
from core.db import db as database
from finance.contracts.contract import Contract
from finance.credit_line import converting, limits, opening, queries
from finance.credit_line.models import CreditLine
from finance.loans.queries import loan_numbered
from tests.clicks import Sent, Stage, click


def _line(s: Stage) -> str:
    return str(s.row("/account/line", "number"))


@click("line.open_line")
def _open(s: Stage) -> Sent:
    opening.close(_line(s), s.shopper.id)
    offered = opening.offered(s.shopper.id)
    assert offered is not None and isinstance(offered.contract, Contract), offered
    return s.shopper, "/account/line/open", {"terms": offered.contract.hash, "ceiling": "900.00"}


@click("line.pay")
def _pay(s: Stage) -> Sent:
    form = {"kind": "amount", "amount": "5.00", "way": f"card:{s.card()}"}
    return s.shopper, f"/account/line/{_line(s)}/pay", form


@click("line.autopay")
def _autopay(s: Stage) -> Sent:
    return s.shopper, f"/account/line/{_line(s)}/autopay", {"what": "full", "card": s.card()}


@click("line.ceiling")
def _ceiling(s: Stage) -> Sent:
    return s.shopper, f"/account/line/{_line(s)}/ceiling", {"ceiling": "900.00"}


@click("line.limit")
def _limit(s: Stage) -> Sent:
    line = queries.line_of(s.shopper.id, _line(s))
    until = clock.today() + timedelta(30)
    offer = {"credit_limit": line.credit_limit // 2, "offered_limit": line.credit_limit}
    database.session.execute(
        update(CreditLine).where(CreditLine.id == line.id).values(offered_until=until, **offer)
    )
    database.session.commit()
    found = limits.offer_of(queries.line_of(s.shopper.id, line.number), clock.today())
    assert found is not None
    return s.shopper, f"/account/line/{line.number}/limit", {"terms": found.contract.hash}


@click("line.close")
def _close(s: Stage) -> Sent:
    return s.shopper, f"/account/line/{_line(s)}/close", {}


@click("line.convert")
def _convert(s: Stage) -> Sent:
    number, loan = _line(s), str(s.row("/account/line", "loan"))
    line = queries.line_of(s.shopper.id, number)
    choice = converting.choices(line, loan_numbered(loan), clock.today())[0]
    form = {"months": str(choice.months), "terms": choice.contract.hash}
    return s.shopper, f"/account/line/{number}/convert/{loan}", form
