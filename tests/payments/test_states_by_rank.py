"""What raw SQL as the application cannot do to payments and operations: states move by rank only."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import ids
from payments import services
from payments.rules import KINDS, RANKS
from tests.factories.owner import as_owner
from tests.factories.payments import DECLINED, Stall, intend, pay, yuan

FINAL = "cannot become"
RAW_OP = """
    insert into gateway_op (id, created_at, kind, gateway, slot, live, ref, amount, currency,
      params, state, attempts, code, message, journal_key, reversed_minor)
    values (1, now(), 'refund', 'sandbox', 's', {live}, 'R-1', 100, 'CNY', '{{}}', '{state}',
      {attempts}, '', '', '{key}', {reversed})
"""
RAW_PAYMENT = """
    insert into payment (id, created_at, purpose, payer_id, gateway, amount, currency, state,
      op_id, action_url, code, message, authorized_minor, captured_minor, refunded_minor,
      disputed_lost_minor)
    values (1, now(), 'stall:raw', 7, 'sandbox', 100, 'CNY', '{state}', {op}, '', '', '',
      {taken}, {taken}, 0, 0)
"""


def refused(db: Any, statement: str, why: str) -> None:
    with pytest.raises(DBAPIError, match=why), db.session.begin_nested():
        assert db.session.execute(text(statement)).rowcount == 1, "it met no row"


@pytest.fixture
def paid(db: Any, stall: Stall) -> int:
    return pay(ids.code("O"), yuan("100.00")).id


@pytest.fixture
def declined(db: Any, stall: Stall) -> int:
    return pay(ids.code("O"), yuan("100.00"), DECLINED).id


@pytest.mark.parametrize("state", [state for state in RANKS if state != "succeeded"])
def test_a_payment_that_was_made_stays_made(db: Any, paid: int, state: str) -> None:
    refused(db, f"update payment set state = '{state}' where id = {paid}", FINAL)
    refused(db, f"update gateway_op set state = '{state}' where payment_id = {paid}", FINAL)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'succeeded'",  # nothing was taken
        "captured_minor = amount, authorized_minor = amount",  # but no state says so
        "state = 'processing'",
        "op_id = op_id + 1",
        "authorized_minor = 1, state = 'failed'",
    ],
)
def test_a_refused_payment_is_only_tried_again(db: Any, declined: int, change: str) -> None:
    refused(db, f"update payment set {change} where id = {declined}", FINAL)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("captured_minor = captured_minor - 1", "before"),
        ("authorized_minor = captured_minor - 1, captured_minor = captured_minor - 1", "before"),
        ("fee_minor = fee_minor + 1", "before"),
        ("paid_at = now()", "before"),
        ("charge_id = 'ch_other'", "before"),
        ("amount = amount + 1", "another"),
        ("currency = 'USD'", "permission denied"),
        ("gateway = 'stripe'", "another"),
        ("refunded_minor = amount + 1", "given_back_at_most_captured"),
        ("refunded_minor = -1", "counters_are_positive"),
        ("purpose = 'stall:x'", "permission denied"),
        ("payer_id = 8", "permission denied"),
    ],
)
def test_what_a_payment_counted_is_not_counted_anew(
    db: Any, paid: int, change: str, why: str
) -> None:
    refused(db, f"update payment set {change} where id = {paid}", why)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("attempts = attempts - 1", "before"),
        ("first_sent_at = now()", "before"),
        ("object_id = 'pi_other'", "before"),
        ("object_id = null", "before"),
        ("journal_key = 'other'", "before"),
        ("live = false", "stays"),  # only one that seemed refused and then took money is so
        ("reversed_minor = 1", "before"),
        ("amount = 1", "permission denied"),
        ("params = '{}'", "permission denied"),
        ("slot = 'x'", "permission denied"),
        ("kind = 'payout'", "permission denied"),
    ],
)
def test_an_operation_stays_what_it_was(db: Any, paid: int, change: str, why: str) -> None:
    refused(
        db, f"update gateway_op set {change} where payment_id = {paid} and kind = 'charge'", why
    )


@pytest.mark.parametrize("column", ["kind = 'payout'", "amount = 1", "params = '{}'", "ref = 'x'"])
def test_not_even_the_owner_makes_another_operation_of_it(db: Any, paid: int, column: str) -> None:
    with as_owner():
        refused(db, f"update gateway_op set {column} where payment_id = {paid}", "another")


def test_a_refused_refund_is_over_and_a_settled_one_may_only_fail(db: Any, paid: int) -> None:
    number = ids.code("R")
    op_id = services.intend_refund(payment_id=paid, refund_number=number, amount=yuan("30.00"))
    where = f"where id = {op_id}"
    refused(db, f"update gateway_op set state = 'refused' {where}", "before")  # and still live
    refused(db, f"update gateway_op set state = 'failed', live = false {where}", FINAL)
    db.session.execute(text(f"update gateway_op set state = 'refused', live = false {where}"))
    for state in ("succeeded", "sending", "failed"):
        refused(db, f"update gateway_op set state = '{state}' {where}", FINAL)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "succeeded"},
        {"state": "sending"},
        {"live": "false"},
        {"attempts": 3},
        {"key": "payment:1:paid"},
        {"reversed": 5},
    ],
    ids=str,
)
def test_an_operation_begins_before_anything_was_sent(db: Any, values: Any) -> None:
    honest = {"state": "intended", "live": "true", "attempts": 0, "key": "", "reversed": 0}
    refused(db, RAW_OP.format(**honest | values), "before anything was sent")


@pytest.mark.parametrize(
    "values", [{"state": "succeeded"}, {"op": 5}, {"taken": 100}, {"state": "refused"}], ids=str
)
def test_a_payment_begins_with_nothing_paid(db: Any, values: Any) -> None:
    honest = {"state": "intended", "op": 0, "taken": 0}
    refused(db, RAW_PAYMENT.format(**honest | values), "nothing paid")


def test_the_database_ranks_states_as_the_rules_do(db: Any) -> None:
    """One rank after another may follow, none before it."""
    query = "select prosrc from pg_proc where proname in ('{}_moves_by_rank')"
    listed = ",".join(f"'{state}'" for state in RANKS)
    for table in ("gateway_op", "payment"):
        body = db.session.execute(text(query.format(table))).scalar_one()
        assert listed in body.replace("\n", "").replace(" ", "")
    assert set(KINDS) >= {"charge", "evidence", "platform"}


def test_a_refused_payment_may_be_tried_at_another_gateway(
    db: Any, declined: int, stall: Stall
) -> None:
    """The mall got a card processor while an installment of it stood refused."""
    before = services.view(declined)
    again = services.intend_charge(
        purpose=before.purpose,
        payer_id=7,
        amount=yuan("100.00"),
        source="",
        description="The same",
        gateway="bank",
    )
    assert (again.id, again.gateway, again.state) == (declined, "bank", "intended")


def test_an_open_payment_changes_neither_amount_nor_gateway(db: Any, stall: Stall) -> None:
    payment = intend(ids.code("O"), yuan("100.00"))
    for change in ("amount = 1", "gateway = 'bank'"):
        refused(db, f"update payment set {change} where id = {payment.id}", "another")
    refused(db, f"update payment set state = 'refused', op_id = 1 where id = {payment.id}", FINAL)
