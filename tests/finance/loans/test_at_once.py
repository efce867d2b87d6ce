"""Two checkouts at one moment cannot both use the last of a limit."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from core import clock
from core.db import db
from finance.loans import exposure
from finance.loans.exposure import OverLimit
from finance.loans.models import Exposure
from finance.pay_later.method import PayLater
from mall.ports.payment_methods import CheckoutToPay, Declined, OrderToPay, Paid
from tests.factories.owner import without_orders
from tests.finance.money import yuan
from tests.finance.pay_later.test_in_parts import make_regular_buyer

SHOPPER, AT_ONCE = 42, 8


def test_eight_checkouts_of_4000_share_a_limit_of_10000(committed_app):
    start = Barrier(AT_ONCE)

    def try_to_hold(number):
        with committed_app.app_context():
            start.wait()
            try:
                exposure.hold(SHOPPER, f"C-{number}", yuan("4000.00"), yuan("10000.00"))
                return True
            except OverLimit:
                return False
            finally:
                db.session.remove()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        held = list(pool.map(try_to_hold, range(AT_ONCE)))
    assert held.count(True) == 2
    with committed_app.app_context():
        assert db.session.scalars(db.select(Exposure)).one().used == 800_000


def test_of_two_baskets_of_6000_paid_at_once_one_is_granted(committed_app, pile):
    with committed_app.app_context():
        buyer_id = make_regular_buyer(on=clock.today()).id
        db.session.remove()
    start = Barrier(2)

    def pay(number):
        order = OrderToPay(f"O-{number}", 1, yuan("6000.00"))
        basket = CheckoutToPay(f"C-{number}", buyer_id, order.total, clock.today(), (order,))
        with committed_app.app_context():
            start.wait()
            try:
                return PayLater().pay(basket, "pay_later:24", {})
            finally:
                db.session.remove()

    with committed_app.app_context(), without_orders(), ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(pay, range(2)), key=lambda o: type(o).__name__)
    declined, paid = outcomes
    assert isinstance(declined, Declined) and isinstance(paid, Paid)
    assert declined.reasons[0].text == "This basket is above your free limit of 4,000.00."
