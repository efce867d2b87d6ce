"""What raw SQL as the application cannot commit: money moved away from what it belongs to."""

from itertools import count
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import ids
from mall.orders.rules import OrderState
from mall.payouts import reserves, services
from tests.factories.disputes import tell
from tests.factories.orders import make_order, yuan
from tests.factories.owner import as_owner, without_causes
from tests.factories.people import make_admin, make_seller, make_shopper
from tests.stories.test_sums_at_commit import at_commit, refused

CLEARING = "1100:clearing:sandbox"
_ids = count(1)


def moved(kind: str, debit: str, credit: str, minor: int, *, ref: str = "raw") -> str:
    """A well-formed journal of one line, by the only function that writes the book."""
    call = f"""
        select ledger_post({next(_ids)}, '{ids.code("K")}', 'entry', '{kind}', '{ref}', '2026-03-01', now(), null,
          null, null, '{{{debit}}}', '{{{credit}}}', '{{{minor}}}', '{{CNY}}', '{{raw}}')
        """
    return call.replace(":", "\\:")


def line(step: int, reason: str, amount: str) -> str:
    """One more settlement line of the only order."""
    return f"""
        insert into settlement_line (id, created_at, seller_id, order_id, order_number, step, reason,
          amount, currency, contract, note, "on", tied, released_by)
        select {next(_ids)}, now(), seller_id, id, number, {step}, '{reason}', {amount}, currency,
          '', '', current_date, false, 'never' from orders
    """


@pytest.fixture(autouse=True)
def sums_alone(db: Any) -> None:
    without_causes()


@pytest.fixture
def paid(db: Any) -> Any:
    return make_order(make_shopper(), make_seller(), yuan("100.00"), state=OrderState.PAID)


@pytest.fixture
def received(db: Any) -> Any:
    """100.00: 5.00 commission, 9.50 into the reserve, 85.50 to the balance."""
    seller = make_seller()
    reserves.set_reserve(
        seller.id, 100_000, days=30, cap=None, why="Many came back", by=make_admin().id
    )
    return make_order(make_shopper(), seller, yuan("100.00"), state=OrderState.RECEIVED)


@pytest.mark.parametrize(
    "call",
    [
        "select ledger_post_one(7, 'K', 'payment.paid', 'raw', '2026-03-01', now(), '{c}', '{e}', 5, 'CNY', 'raw')",
        "select ledger_post_one(7, 'K', 'payment.paid', 'ü', '2026-03-01', now(), '{c}', '{e}', 5, 'CNY', 'raw')",
        "select ledger_post(7, 'K', 'entry', 'payment.paid', 'raw', '2026-03-01', now(), null, null, null,"
        " '{{{c},{c}}}', '{{2110:seller_payable:1,{e}}}', '{{1,5}}', '{{CNY,CNY}}', '{{a,b}}')",
        'select ledger_post_all(now(), \'[[7, "K", "payment.paid", "raw", "2026-03-01"]]\','
        ' \'[[1, "{c}", "{e}", 5, "CNY", "raw"]]\')',
    ],
)
def test_whichever_function_writes_asks(db: Any, paid: Any, call: str) -> None:
    statement = call.format(c=CLEARING, e=f"2100:escrow:{paid.number}").replace(":", "\\:")
    refused(db, statement, why=f"order {paid.number} does not add up")


def test_no_journal_alone_moves_an_escrow(db: Any, paid: Any) -> None:
    escrow, payable = f"2100:escrow:{paid.number}", f"2110:seller_payable:{paid.seller_id}"
    why = f"order {paid.number} does not add up"
    refused(db, moved("payment.paid", CLEARING, escrow, 100), why=why)
    refused(db, moved("order.refunded", escrow, "2210:refund_payable:R-1", 100), why=why)
    refused(db, moved("order.released", escrow, payable, 100, ref=paid.number), why=why)
    none = moved("payment.paid", CLEARING, "2100:escrow:O-NONE", 100)
    refused(db, none, why="there is no order O-NONE for its escrow")


def test_an_order_is_not_received_without_its_settlement(db: Any, paid: Any) -> None:
    escrow, payable = f"2100:escrow:{paid.number}", f"2110:seller_payable:{paid.seller_id}"
    release = moved("order.released", escrow, payable, 10000, ref=paid.number)
    got = "update orders set state = 'received'"
    refused(db, got, release, why="does not add up")
    sale, left = line(0, "sale", "10000"), line(8, "balance", "10000")
    refused(db, got, release, sale, why="settlement of order .* is not what the book says")
    dear = line(2, "commission", "500")
    short = left.replace("10000", "9500")
    refused(db, got, release, sale, dear, short, why="settlement of order .* is not what")
    refused(db, sale, left, why="settlement of order .* is not what the book says")


def test_settlement_lines_stay_what_the_book_says(db: Any, received: Any) -> None:
    at_commit(db)
    why = f"settlement of order {received.number} is not what the book says"
    for step, reason in ((0, "sale"), (2, "commission"), (5, "sales_share"), (8, "balance")):
        refused(db, line(step, reason, "100"), why=why)
    owed = f"1500:seller_receivable:{received.seller_id}"
    owes = moved("order.refunded", owed, "2210:refund_payable:R-1", 100)
    payable = f"2110:seller_payable:{received.seller_id}"
    db.session.execute(text(owes))
    at_commit(db)
    with as_owner():
        on = "alter table ledger_journal enable trigger ledger_journal_has_cause"
        db.session.execute(text(on))
    for ref in (received.number, "O-NONE"):
        pays = moved("order.released", payable, owed, 100, ref=ref)
        refused(db, pays, why=r"\(order.released\) has no cause")


def test_a_line_is_asked_for_however_late_it_is_written(db: Any, paid: Any) -> None:
    """All is well and was asked for; then one more line comes in the same transaction."""
    escrow, payable = f"2100:escrow:{paid.number}", f"2110:seller_payable:{paid.seller_id}"
    release = moved("order.released", escrow, payable, 10000, ref=paid.number)
    first, sale, left = (
        line(5, "sales_share", "100"),
        line(0, "sale", "10000"),
        line(8, "balance", "10000"),
    )
    for statement in ("update orders set state = 'received'", release, sale, left):
        db.session.execute(text(statement))
    at_commit(db)
    db.session.execute(text(first))  # its id is below theirs
    with pytest.raises(DBAPIError, match="settlement of order"):
        at_commit(db)


def test_a_reserve_is_what_is_kept_in_it(db: Any, received: Any) -> None:
    at_commit(db)
    reserve, payable = (
        f"{account}:{received.seller_id}"
        for account in ("2120:seller_reserve", "2110:seller_payable")
    )
    why = f"the reserve of seller {received.seller_id} is not what is kept in it"
    refused(db, moved("reserve.released", reserve, payable, 100), why=why)
    refused(db, moved("dispute.frozen", payable, reserve, 100), why=why)
    refused(db, "update reserve_hold set released_on = current_date", why=why)
    refused(db, "update reserve_hold set amount = amount - 1", why=why)
    less = "update reserve_hold set amount = amount - 1"
    given = moved("reserve.released", reserve, payable, 1)
    refused(db, less, given, why="is not the line that kept it")


def test_a_payout_is_held_on_its_way_or_gone_as_its_state_says(db: Any, received: Any) -> None:
    payout = services.request_payout(received.seller_id, yuan("50.00"), key=ids.code("K"))
    at_commit(db)
    why = f"payout {payout.number} is not what the book holds of it"
    flying, payable = (
        f"2130:payout_in_flight:{payout.number}",
        f"2110:seller_payable:{received.seller_id}",
    )
    for state in ("sent", "paid", "failed"):
        refused(db, f"update payout set state = '{state}'", why=why)
    more = moved("payout.asked", payable, flying, 100)
    refused(db, more, why=why)
    other = make_order(state=OrderState.RECEIVED).seller_id
    at_commit(db)
    theirs = moved("payout.asked", f"2110:seller_payable:{other}", flying, 5000)
    sent = "update payout set state = 'sent'"
    refused(db, theirs, sent, why=why)
    none = moved("payout.asked", payable, "2130:payout_in_flight:P-NONE", 100)
    refused(db, none, why="there is no payout P-NONE")


def test_no_journal_alone_moves_disputed_funds(db: Any, paid: Any) -> None:
    tell(paid, "needs_response", yuan("50.00"))
    at_commit(db)
    [number] = db.session.execute(text("select number from dispute")).one()
    funds = f"1510:disputed_funds:{number}"
    why = f"dispute {number} does not add up"
    refused(db, moved("dispute.opened", funds, CLEARING, 100), why=why)
    refused(db, moved("dispute.lost", "5200:dispute_loss", funds, 100), why=why)
    none = moved("dispute.opened", "1510:disputed_funds:D-NONE", CLEARING, 100)
    refused(db, none, why="dispute D-NONE does not add up")


def test_what_a_seller_owed_is_given_up_in_the_book_only(db: Any, received: Any) -> None:
    new = """
        insert into debt_write_off (id, created_at, seller_id, key, amount, currency, why,
          written_off_by, "on")
        select 1, now(), seller_id, 'raw', 100, currency, 'gone', buyer_id, current_date from orders
    """
    refused(db, new, why="write-off raw is not what the book gave up")
