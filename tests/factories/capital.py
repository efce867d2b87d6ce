"""Shops with a past, and orders under way, for the lender's tests."""

from datetime import timedelta

from core import clock, ids
from core.db import db
from core.use_case import use_case
from ledger import book
from ledger.accounts import account
from ledger.entries import Journal, Transfer
from mall.history.models import HistoryImport, HistoryLine, HistoryOrder
from mall.orders import services as orders
from mall.orders.models import Order
from mall.orders.rules import OrderState
from mall.sellers.models import Seller
from tests.factories.ledger import declare
from tests.factories.orders import balance, make_order, yuan
from tests.factories.people import make_seller, make_shopper

STEADY_DAY = "2600.00"


SPENT = "test.spent"  # no payout of this world stands behind it
declare(SPENT, "seller_payable > payout_in_flight")


def make_steady_seller(a_day: str = STEADY_DAY, days: int = 420, *, commission: int = 0) -> Seller:
    """A shop of grade C that has settled the same every day, one product to unknown buyers."""
    seller = make_seller()
    seller.commission_ppm = commission
    seller.payout_account_changed_at = None
    make_history(seller, a_day, days)
    return seller


def make_history(seller: Seller, a_day: str, days: int) -> None:
    """One imported order a day, paid and delivered, for the last `days` days."""
    source = HistoryImport(digest=ids.code("D", 30), name="history.csv")
    db.session.add(source)
    db.session.flush()
    made = [_past_order(source.id, seller.id, a_day, day) for day in range(days)]
    db.session.add_all(made)
    db.session.flush()
    db.session.add_all([_past_line(order) for order in made])
    db.session.commit()


def _past_order(import_id: int, seller_id: int, a_day: str, day: int) -> HistoryOrder:
    now = clock.now()
    # all on the mall's own day, also where it has only just begun
    step = min(timedelta(hours=1), (now - clock.start_of(clock.today())) / 3)
    at = now - timedelta(day) - step
    return HistoryOrder(
        import_id=import_id,
        seller_id=seller_id,
        key=f"H-{import_id}-{day}",
        currency="CNY",
        total=yuan(a_day).minor,
        paid_at=at - step,
        shipped_at=at - step / 2,
        delivered_at=at,
    )


def _past_line(order: HistoryOrder) -> HistoryLine:
    return HistoryLine(
        order_id=order.id,
        seller_id=order.seller_id,
        line=1,
        product="A-1",
        quantity=1,
        price=order.total,
        amount=order.total,
        stars=3,
    )


def ship_orders(seller: Seller, count: int, amount: str = "1000.00") -> list[Order]:
    """Orders of this amount, shipped and scanned today, from six buyers in turn."""
    buyers = [make_shopper() for _ in range(min(count, 6))]
    made = []
    for number in range(count):
        order = make_order(buyers[number % 6], seller, amount, state=OrderState.SHIPPED)
        orders.scan(order.number)
        made.append(order)
    return made


@use_case
def spend_all(seller: Seller) -> None:
    """The balance is on its way to the bank: nothing is left to collect from."""
    amount = balance("seller_payable", seller.id)
    payable, flying = account("seller_payable", seller.id), f"P-{seller.id}"
    lines = (Transfer(payable, account("payout_in_flight", flying), amount),)
    book.hold(Journal(f"payout:{flying}", SPENT, "test", clock.today(), lines))
