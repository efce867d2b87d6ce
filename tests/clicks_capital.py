"""Every form of sellers' capital that moves money or makes a promise."""

import re

from core.money import Money
from finance.capital import giving_up, hardship, repaying
from finance.capital import queries as capital_events
from finance.capital import services as capital
from finance.capital.term_loan import services as term_loans
from tests.clicks import Sent, Stage, click
from tests.factories.capital import ship_orders
from tests.factories.people import sign_in


def _with_terms(s: Stage, path: str, **sent: str) -> Sent:
    """The form with the hash of the contract that stands beside it."""
    client = s.app.test_client()
    sign_in(client, s.steady)
    page = client.get(path, query_string=sent).text
    if "order" in sent:
        page = page.partition(f'value="{sent["order"]}"')[2]
    terms = re.search(r'name="terms" value="(\w+)"', page)[1]  # type: ignore[index]
    return s.steady, path, sent | {"terms": terms}


@click("capital.order_advance")
def _advance(s: Stage) -> Sent:
    ship_orders(s.steady, 5)
    return _with_terms(s, "/seller/capital/order-advance", amount="1000.00")


@click("capital.paid_today")
def _today(s: Stage) -> Sent:
    (order,) = ship_orders(s.steady, 1)
    return _with_terms(s, "/seller/capital/paid-today", order=order.number)


@click("capital.sales_share")
def _share(s: Stage) -> Sent:
    return _with_terms(s, "/seller/capital/sales-share", amount="10000000", share="150000")


def _share(s: Stage, key: str) -> str:
    """A sales share of the steady shop."""
    taken = capital.take_sales_share(s.steady.id, Money(10_000_000, "CNY"), 150_000, key=key)
    assert isinstance(taken, capital.Drawn)
    return taken.number


@click("capital.ask_for_air")
def _ask_for_air(s: Stage) -> Sent:
    number = _share(s, "air")
    return s.steady, f"/seller/capital/{number}/hardship", {"choice": "pause", "why": "Flood"}


@click("capital.link")
def _link(s: Stage) -> Sent:
    taken = term_loans.take_term_loan(s.steady.id, Money(1_000_000, "CNY"), 6, key="link")
    assert isinstance(taken, capital.Drawn)
    return s.steady, f"/seller/capital/{taken.number}/link", {"wallet": "y"}


@click("capital_office.propose")
def _propose(s: Stage) -> Sent:
    path = f"/admin/capital/advances/{_share(s, 'propose')}/propose"
    return s.admin, path, {"kind": "waive", "amount": "10.00", "why": "Our mistake"}


@click("capital_office.decide")
def _decide(s: Stage) -> Sent:
    number, ten = _share(s, "decide"), Money(1_000, "CNY")
    made = giving_up.propose(number, "waive", amount=ten, why="Our mistake", by=1)
    return s.admin, f"/admin/capital/proposals/{made.id}/grant", {}


@click("capital_office.answer")
def _answer_air(s: Stage) -> Sent:
    number = _share(s, "answer")
    hardship.ask(s.steady.id, number, "pause", why="Flood", key="first")
    made = hardship.ask(s.steady.id, number, "lower", why="Flood again", key="second")
    return s.admin, f"/admin/capital/requests/{made.id}/grant", {"answer": "Yes"}


@click("capital_office.reverse")
def _reverse(s: Stage) -> Sent:
    number = _share(s, "reverse")
    repaying.pay(s.steady.id, number, Money(1_000, "CNY"), key="some")
    event = capital_events.event_of(s.steady.id, number, "pay:some")
    assert event is not None
    sent = {"event": str(event.id), "why": "By mistake"}
    return s.admin, f"/admin/capital/advances/{number}/reverse", sent


@click("capital.term_loan")
def _term_loan(s: Stage) -> Sent:
    return _with_terms(s, "/seller/capital/term-loan", amount="1000000", months="6")


@click("capital.accept")
def _accept(s: Stage) -> Sent:
    kept = capital.hold_sales_share(s.steady.id, Money(10_000_000, "CNY"), 150_000, key="keep")
    assert isinstance(kept, capital.Kept)
    seen = _with_terms(s, "/seller/capital/")[2]
    return s.steady, f"/seller/capital/offers/{kept.number}/accept", seen


@click("capital.let_go")
def _let_go(s: Stage) -> Sent:
    kept = capital.hold_sales_share(s.steady.id, Money(10_000_000, "CNY"), 150_000, key="let go")
    assert isinstance(kept, capital.Kept)
    return s.steady, f"/seller/capital/offers/{kept.number}/let-go", {}


@click("capital.pay")
def _pay_some(s: Stage) -> Sent:
    return s.steady, f"/seller/capital/{_share(s, 'some')}/pay", {"amount": "100.00"}


@click("capital.pay_off")
def _pay_off(s: Stage) -> Sent:
    ship_orders(s.steady, 2)
    taken = capital.draw_on_orders(s.steady.id, Money(50_000, "CNY"), key="to pay off")
    assert isinstance(taken, capital.Drawn)
    return s.steady, f"/seller/capital/{taken.number}/pay-off", {}


@click("capital.cancel")
def _give_back(s: Stage) -> Sent:
    taken = capital.take_sales_share(s.steady.id, Money(10_000_000, "CNY"), 150_000, key="cancel")
    assert isinstance(taken, capital.Drawn)
    return s.steady, f"/seller/capital/{taken.number}/cancel", {}
