"""Attacks on the refunds' tax and on what sellers owe that want a world of their own."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import clock, ids
from core.use_case import use_case
from finance.collections.services import run_day
from mall.orders import returns
from mall.orders.rules import OrderState
from mall.payouts import debts, services
from mall.payouts.debt_models import DebtOffset
from tests.factories.attacks import Attack, check_all, post
from tests.factories.capital import make_steady_seller
from tests.factories.orders import make_order, yuan
from tests.factories.payments import earn
from tests.factories.people import make_seller, make_shopper
from tests.finance.capital.test_term_loan import take
from tests.stories.test_sums_at_commit import at_commit

offset = use_case(debts.offset)
EVERY = "every journal has a cause that says the same"
OFFSET = ("debt.offset", "2110:seller_payable:{seller}", "1500:seller_receivable:{seller}")
ROW = (
    'insert into debt_offset (id, created_at, number, seller_id, amount, currency, owed, "on")'
    " values (1, now(), 'N-RAW', {seller}, 100, 'CNY', %s, '2026-03-01')"
)
DEBTS = [
    Attack(24, (post(*OFFSET, 100, key="offset:N-RAW", ref="seller:{seller}"),), "no cause", EVERY),
    Attack(
        24,
        (ROW % 6500,),
        "not what the book moved",
        "what sellers owed and their balance paid is in the book",
    ),
    Attack(  # another amount than the journal's
        24,
        (ROW % 6500, post(*OFFSET, 99, key="offset:N-RAW", ref="seller:{seller}")),
        "no cause|not what the book moved",
        EVERY,
    ),
    Attack(  # of a debt that was another
        24,
        (ROW % 9000, post(*OFFSET, 100, key="offset:N-RAW", ref="seller:{seller}")),
        "not what the book moved",
        "what sellers owed and their balance paid is in the book",
    ),
]


def owing() -> Any:
    """95.00 were paid out and the order was given back: 95.00 are owed, 30.00 came in since."""
    seller = make_seller()
    order = make_order(make_shopper(), seller, yuan("100.00"), state=OrderState.RECEIVED)
    services.request_payout(seller.id, services.balance_of(seller.id, "CNY"), key=ids.code("K"))
    returns.give_refund(order.number, yuan("100.00"), by="admin:1", cause="damaged", key="k")
    earn(seller.id, yuan("30.00"))
    return seller


def test_a_debt_is_paid_from_the_balance_by_a_row_that_says_so(db: Any) -> None:
    seller = owing()
    owed = debts.owed_by(seller.id, "CNY")
    assert offset(seller.id, "CNY") == yuan("30.00")
    [row] = db.session.query(DebtOffset).all()
    assert (row.amount, row.owed, row.seller_id) == (30_00, owed.minor, seller.id)
    at_commit(db)


def test_debts(db: Any) -> None:
    seller = owing()
    offset(seller.id, "CNY")
    earn(seller.id, yuan("30.00"))
    assert debts.owed_by(seller.id, "CNY") == yuan("65.00")
    at_commit(db)
    check_all(DEBTS, {"seller": seller.id})


def test_a_night_is_worked_out_and_booked_or_not_at_all(db: Any) -> None:
    """The owner's function works out a quarter's interest of a term loan; nobody books it."""
    take(make_steady_seller())
    run_day(clock.today())
    at_commit(db)
    night = "select day_accrue(1, now(), '{day}', 9223372036854775807, 0)"
    accrued = "interest accrued is what every contract's columns say"
    attack = Attack(30, (night,), "was not booked", accrued)
    check_all([attack], {"day": clock.today() + timedelta(90)})


def test_a_refund_is_not_accepted_without_its_tax_nor_begun_with_it(db: Any) -> None:
    order = make_order(make_shopper(), make_seller(), yuan("100.00"), state=OrderState.PAID)
    new = """
        insert into refund (id, created_at, number, order_id, seller_id, buyer_id, state, amount,
          extra, currency, cause, fault, note, lines, cards, taxes, why, decided_by)
        select 1, now(), 'R-RAW', id, seller_id, buyer_id, '{}', 100, 0, currency, 'damaged',
          'seller', '', '[]', '[]', {}, '', '' from orders
    """
    for state, taxes in (("opened", "'[]'"), ("accepted", "'[]'")):
        with pytest.raises(DBAPIError, match="not contain this tax"), db.session.begin_nested():
            db.session.execute(text(new.format(state, taxes)))
    with pytest.raises(DBAPIError, match="R-RAW"), db.session.begin_nested():
        db.session.execute(text(new.format("accepted", "null")))
        db.session.execute(text("set constraints refund_has_taxes immediate"))
    assert order.refunded == 0
