"""Purchases, payments and statements of one line at one moment, on a real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

from sqlalchemy import update

from core import clock
from core.db import db
from core.use_case import use_case
from finance.contracts import queries as contracts
from finance.contracts.services import WITHOUT_PAGE
from finance.credit_line import limits, opening, paying, queries
from finance.credit_line.method import MallCredit
from finance.credit_line.models import CreditLine
from ledger import book
from ledger.accounts import account
from ledger.entries import Journal, Transfer
from mall.ports.payment_methods import CheckoutToPay, Declined, OrderToPay, Paid
from tests.factories.ledger import declare
from tests.factories.lines import close_next_statement, make_line
from tests.factories.owner import without_orders
from tests.finance.money import yuan
from tests.finance.pay_later.test_in_parts import make_regular_buyer

declare("test.gift", "capital > wallet")


@use_case
def _fund(person_id: int) -> None:
    gift = Transfer(account("capital"), account("wallet", person_id), yuan("50.00"), "gift")
    book.post(Journal("line-gift", "test.gift", str(person_id), clock.today(), (gift,)))


def _basket(buyer_id: int, number: object, price: str) -> CheckoutToPay:
    order = OrderToPay(f"O-{number}", 1, yuan(price))
    return CheckoutToPay(f"C-{number}", buyer_id, order.total, clock.today(), (order,))


def _all_at_once(app: Any, acts: list[Any]) -> list[Any]:
    start = Barrier(len(acts))

    def do(act: Any) -> Any:
        with app.app_context():
            start.wait()
            try:
                return act()
            finally:
                db.session.remove()

    with app.app_context(), without_orders(), ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def test_two_purchases_share_an_own_ceiling_of_1000(committed_app: Any, pile: Any) -> None:
    with committed_app.app_context():
        buyer = make_regular_buyer(on=clock.today())
        buyer_id = buyer.id
        opening.open_line(buyer_id, WITHOUT_PAGE, ceiling=yuan("1000.00"))
        db.session.remove()
    acts = [
        lambda n=n: MallCredit().pay(_basket(buyer_id, n, "600.00"), "mall_credit:line", {})
        for n in range(2)
    ]
    outcomes = _all_at_once(committed_app, acts)
    assert sorted(type(o).__name__ for o in outcomes) == ["Declined", "Paid"]
    (declined,) = (o for o in outcomes if isinstance(o, Declined))
    assert declined.reasons[0].code == "RB12"


def test_bought_paid_and_billed_at_once(committed_app: Any, pile: Any) -> None:
    """Whoever comes first, nobody waits for each other in a circle and every cent has its place."""
    with committed_app.app_context(), without_orders():
        buyer = make_regular_buyer(on=clock.today())
        buyer_id, line = buyer.id, make_line(buyer)
        number = line.number
        MallCredit().pay(_basket(buyer_id, "first", "300.00"), "mall_credit:line", {})
        _fund(buyer_id)
        db.session.remove()
    acts = [
        lambda: MallCredit().pay(_basket(buyer_id, "more", "100.00"), "mall_credit:line", {}),
        lambda: paying.pay_from_wallet(number, buyer_id, "amount", key="k", typed=yuan("50.00")),
        lambda: close_next_statement(queries.line_of(buyer_id, number)),
    ]
    bought, paid, _ = _all_at_once(committed_app, acts)
    assert isinstance(bought, Paid) and paid == yuan("50.00")
    with committed_app.app_context():
        line = queries.line_of(buyer_id, number)
        assert queries.used(line) == 35_000
        assert len(queries.statements(line)) == 1


def test_a_higher_limit_is_agreed_to_once(committed_app: Any, pile: Any) -> None:
    with committed_app.app_context():
        buyer_id = make_regular_buyer(on=clock.today()).id
        line = opening.open_line(buyer_id, WITHOUT_PAGE)
        number, limit = line.number, line.credit_limit
        until = clock.today() + timedelta(30)
        offer = {"credit_limit": limit // 2, "offered_limit": limit, "offered_until": until}
        db.session.execute(update(CreditLine).values(**offer))
        db.session.commit()
        db.session.remove()

    def agree() -> str:
        try:
            limits.accept(number, buyer_id, WITHOUT_PAGE)
        except limits.NothingOffered:
            return "over"
        return "agreed"

    assert sorted(_all_at_once(committed_app, [agree] * 4)) == ["agreed", "over", "over", "over"]
    with committed_app.app_context():
        line = queries.line_of(buyer_id, number)
        assert (line.credit_limit, line.offered_limit) == (limit, None)
        assert [event.kind for event in queries.events_of(line)] == ["limit_raised", "opened"]
        assert contracts.numbered(f"{number}-1").contract.principal == limit
        db.session.remove()
