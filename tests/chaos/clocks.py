"""Clocks that jump, disagree with the database's, or meet the calendar's odd days."""

from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from core import clock
from finance.collections.services import run_day
from finance.loans import services as loans
from finance.loans.queries import loan_numbered
from payments import services as payments
from payments.models import Payment
from payments.rules import PAGE_OPEN
from tests.chaos.checks import complaints, sweep
from tests.chaos.flows import FLOWS, Flow, Made, a_card, a_loan, a_shopper, db
from tests.chaos.malls import City, Mall
from tests.chaos.processes import ask
from tests.chaos.report import Report
from tests.chaos.wanted import Wanted
from tests.chaos.warm import warm

HOUR = timedelta(hours=1)
OFFSETS = (-3 * HOUR, -HOUR, HOUR, 25 * HOUR)


def run(city: City, wanted: Wanted, report: Report) -> None:
    stripe, sandbox = warm(city, "stripe"), warm(city, "sandbox")
    for flow in wanted.some(wanted.flows(FLOWS), 2, "clocks"):
        if "stripe" in flow.gateways:
            found = _jumps(stripe, flow)
            _tell(report, wanted, "25 hours on: found", flow.name, found)
        for offset in wanted.some(OFFSETS, 1, flow.name):
            mall = sandbox if "sandbox" in flow.gateways else stripe
            _tell(report, wanted, "not the database's", flow.name, _apart(mall, flow, offset))
    if not wanted.flow:
        nothing = FLOWS["payout"]
        _tell(
            report, wanted, "25 hours on: never arrived", nothing.name, _forgotten(stripe, nothing)
        )
        winter = city.mall("sandbox calendar", MALL_ZONE="America/New_York")
        _tell(
            report,
            wanted,
            "leap day, month end, DST",
            "plan",
            ask(winter.app, partial(_plan, winter)),
        )


def _tell(report: Report, wanted: Wanted, what: str, flow: str, found: list[str]) -> None:
    report.count(f"clock: {what}", flow)
    again = f"--only clocks --flow {flow!r} --seed {wanted.seed}"
    report.lose(again, [f"{flow}, {what}: {words}" for words in found])


def _lose_the_answer(mall: Mall, flow: Flow, fault: str) -> Made:
    assert mall.gateway
    made = ask(mall.app, partial(flow.prepare, 0))
    mall.gateway.do("faults", [fault, fault])
    ask(mall.app, partial(flow.act, made))
    return made


def _jumps(mall: Mall, flow: Flow) -> list[str]:
    """An hour back nobody acts wrongly; 25 hours on, the key is forgotten, the object is found."""
    assert mall.gateway
    now = clock.now()
    made = _lose_the_answer(mall, flow, "drop_after")
    ask(mall.app, sweep, at=now - HOUR)
    mall.gateway.do("forget_keys")
    ask(mall.app, sweep, at=now + 25 * HOUR)
    wanted = "requires_action" if flow.name == "card page" else "succeeded"
    return ask(mall.app, partial(_ended, mall, flow, made, wanted), at=now + 25 * HOUR)


def _ended(mall: Mall, flow: Flow, made: Made, wanted: str) -> list[str]:
    states = [op.state for op in flow.ops(made)]
    return complaints(mall) + ([] if states == [wanted] else [f"ended as {states}"])


def _forgotten(mall: Mall, flow: Flow) -> list[str]:
    """What never arrived is not sent after 23 hours: it waits for a person, who gives it up."""
    assert mall.gateway
    now = clock.now()
    made = _lose_the_answer(mall, flow, "drop_before")
    before = mall.gateway.do("made")
    ask(mall.app, sweep, at=now + 25 * HOUR)
    found = [] if mall.gateway.do("made") == before else ["it was sent after 25 hours"]
    states = ask(mall.app, lambda: [op.state for op in flow.ops(made)])
    found += [] if states == ["unknown"] else [f"after 25 hours it is {states}"]
    named = ask(mall.app, partial(complaints, mall), at=now + 26 * HOUR)
    found += [] if any("stuck" in words for words in named) else ["the audit does not name it"]
    ask(mall.app, partial(_give_up, flow, made), at=now + 26 * HOUR)
    return found + ask(mall.app, partial(complaints, mall), at=now + 26 * HOUR)


def _give_up(flow: Flow, made: Made) -> None:
    for op in flow.ops(made):
        payments.give_up(op.id, "Looked at the gateway: nothing there.")


def _apart(mall: Mall, flow: Flow, offset: timedelta) -> list[str]:
    """Our clock is hours from the database's; a minute later by ours all is done."""
    there = clock.now() + offset
    made = ask(mall.app, partial(flow.prepare, 0), at=there)
    ask(mall.app, partial(flow.act, made), at=there)
    for later in (timedelta(minutes=2), 2 * HOUR):
        ask(mall.app, sweep, at=there + later)
    wanted = _page_at_stripe(offset) if flow.name == "card page" else "succeeded"
    return ask(mall.app, partial(_ended, mall, flow, made, wanted), at=there + 2 * HOUR)


def _page_at_stripe(offset: timedelta) -> str:
    """Stripe opens no page that ends, by its own clock, in less than 30 minutes or after a day.

    A mall whose clock is that wrong is told so at once, and nothing was taken.
    """
    fits = timedelta(minutes=30) <= PAGE_OPEN + offset <= timedelta(days=1)
    return "requires_action" if fits else "refused"


BEGIN = date(2028, 1, 31)
DUE = [date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30)]
ODD = [date(2028, 2, 28), date(2028, 3, 12), *DUE]  # 12 March: New York's clocks go forward
EACH = 10150  # a third of 300.00 and 0.5 % of 300.00 a month


def _plan(mall: Mall) -> list[str]:
    """Three months from the last of January: due on the last of each, asked once on each odd day."""
    with clock.travel(BEGIN):
        person = a_shopper()
        card = a_card(person.id)
        loan = a_loan(person.id, BEGIN)
        loans.set_autopay(loan.number, person.id, card.id)
        number, person_id = loan.number, person.id
    due = [row.due_on for row in loan_numbered(number).rows]
    found = [] if due == DUE else [f"due on {due}"]
    for day in ODD:
        for hour in (0, 23):  # the first hour of the day, and again in its last
            with clock.travel(clock.start_of(day) + hour * HOUR):
                run_day(day)
    with clock.travel(DUE[-1] + timedelta(1)):
        paid = select(Payment.captured_minor).where(Payment.payer_id == person_id)
        amounts = list(db.session.scalars(paid))
        found += [] if amounts == [EACH] * 3 else [f"paid {amounts}"]
        sweep()
        return found + complaints(mall)
