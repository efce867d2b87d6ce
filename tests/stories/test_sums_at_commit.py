"""What raw SQL as the application cannot commit: rows of money that the book contradicts."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import ids
from core.money import Money
from mall.orders import returns
from mall.orders.rules import OrderState
from tests.factories.disputes import tell
from tests.factories.orders import make_order
from tests.factories.people import make_seller, make_shopper


@pytest.fixture
def order(db: Any) -> Any:
    """100.00 paid by card, of which 30.00 were given back."""
    made = make_order(
        make_shopper(), make_seller(), Money.parse("100.00", "CNY"), state=OrderState.PAID
    )
    returns.give_refund(
        made.number, Money.parse("30.00", "CNY"), by="admin:1", cause="damaged", key=ids.code("K")
    )
    at_commit(db)
    return made


def at_commit(db: Any) -> None:
    """What a commit would ask; the test's own transaction never ends."""
    db.session.execute(text("set constraints all immediate"))
    db.session.execute(text("set constraints all deferred"))


def refused(db: Any, *statements: str, why: str) -> None:
    """Each statement alone is taken; together they cannot be committed."""
    nested = db.session.begin_nested()
    for statement in statements:
        assert db.session.execute(text(statement)).rowcount > 0, f"it met no row: {statement}"
    with pytest.raises(DBAPIError, match=why):
        db.session.execute(text("set constraints all immediate"))
    nested.rollback()
    at_commit(db)  # and all is as it was


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("refunded_minor = 0", "payment checkout:.* does not add up"),
        ("refunded_minor = 10000", "payment checkout:.* does not add up"),
        ("disputed_open_minor = 100", "payment checkout:.* does not add up"),
        ("disputed_lost_minor = 100", "payment checkout:.* does not add up"),
    ],
)
def test_a_payment_counts_what_its_operations_say(
    db: Any, order: Any, change: str, why: str
) -> None:
    refused(db, f"update payment set {change}", why=why)


def test_no_operation_is_done_without_its_journal(db: Any, order: Any) -> None:
    op = "where kind = 'refund'"
    done = f"update gateway_op set state = 'succeeded' {op}"
    refused(db, done, why="without its journal")
    paid = "(select journal_key from gateway_op where kind = 'charge')"
    refused(db, done, f"update gateway_op set journal_key = {paid} {op}", why="its journal")
    free = f"update gateway_op set state = 'refused', live = false {op}"
    refused(db, free, why="not what is counted")


def test_a_second_payment_is_not_written_down_as_taken(db: Any, order: Any) -> None:
    new = """
        insert into payment (id, created_at, purpose, payer_id, gateway, amount, currency, state,
          op_id, action_url, code, message, authorized_minor, captured_minor, refunded_minor,
          disputed_lost_minor)
        values (1, now(), 'checkout:X', 7, 'sandbox', 100, 'CNY', 'intended', 0, '', '', '',
          0, 0, 0, 0)
    """
    taken = """
        update payment set state = 'succeeded', captured_minor = 100, authorized_minor = 100,
          op_id = (select id from gateway_op where kind = 'charge') where id = 1
    """
    refused(db, new, taken, why="payment checkout:X does not add up")


@pytest.mark.parametrize(
    "change",
    [
        "refunded = 0",
        "refunded = refunded + 1",
        "state = 'received'",  # its money has not left the escrow
        "state = 'canceled'",
        "paid_at = null",
    ],
)
def test_an_order_is_what_its_escrow_holds(db: Any, order: Any, change: str) -> None:
    refused(db, f"update orders set {change}", why="order .* does not add up")


def test_a_refund_is_what_its_order_counts(db: Any, order: Any) -> None:
    new = """
        insert into refund (id, created_at, number, order_id, seller_id, buyer_id, state, amount,
          extra, currency, cause, fault, note, lines, cards, why, decided_by)
        select 1, now(), 'R-RAW', id, seller_id, buyer_id, 'accepted', 500, 0, currency,
          'damaged', 'seller', '', '[]', '[]', '', '' from orders
    """
    refused(db, new, why="refund R-RAW is not what its order counts")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("withdrawn = withdrawn + 1", "has moved before"),
        ("reinstated = 100, reinstated_at = now()", "does not add up"),
        ("lost = 100", "does not add up"),
        ("counted = counted - 1", "does not add up"),
        ("closed_at = now(), state = 'lost'", "does not add up"),
    ],
)
def test_a_dispute_is_what_the_book_holds_of_it(db: Any, order: Any, change: str, why: str) -> None:
    tell(order, "needs_response", Money.parse("50.00", "CNY"))
    at_commit(db)
    if why == "has moved before":
        with pytest.raises(DBAPIError, match=why), db.session.begin_nested():
            db.session.execute(text(f"update dispute set {change}"))
        return
    refused(db, f"update dispute set {change}", why=why)
