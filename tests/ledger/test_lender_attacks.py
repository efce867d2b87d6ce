"""The invariants of `docs/ledger.md` that are the lender's, each attacked by raw SQL."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core import clock, ids
from finance.capital import nightly, repaying
from finance.loans import services as loans
from mall.orders import returns
from mall.orders.rules import OrderState
from tests.factories.attacks import Attack, check_all, post
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import make_order, yuan
from tests.factories.wallet import give_balance
from tests.finance.capital.test_services import draw
from tests.finance.capital.test_term_loan import take
from tests.stories.cast import make_regular
from tests.stories.test_sums_at_commit import at_commit

FOLD = "rows, limits and accounts of the newest loans are the fold of their events"
CAUSE = "no cause that says the same"
EVENT = (
    "insert into loan_event (id, created_at, loan_id, entry, key, kind, "
    '"on", amount, ref, note, details) select 1, now(), id, 99, '
)

PLAN = [
    Attack(28, statements, why, FOLD)
    for statements, why in (
        (  # what was paid lies on another row
            (
                "update installment set principal_paid = principal_paid - 100 where number = 1",
                "update installment set principal_paid = 100 where number = 2",
            ),
            "is not what its events make it",
        ),
        (  # the last row is due earlier, the plan's sums are the same
            (
                "update installment set principal = principal + 100 where number = 2",
                "update installment set principal = principal - 100 where number = 3",
            ),
            "is not what its events make it",
        ),
        (("update installment set due_on = due_on + 30 where number = 3",), "is not what its"),
        (("update installment set state = 'late' where number = 2",), "is not what its events"),
        (("update installment set paused = 100 where number = 2",), "is not what its events"),
        (("update installment set late_fee_on = due_on where number = 2",), "is not what its"),
        (("update loan set defaulted_on = began_on",), "is not what its events make it"),
        (("update loan set state = 'paid', closed_on = began_on",), "is not what its events"),
        (("update loan_order set paused = 100",), "is not what its events make it"),
        (("update loan_order set received_on = current_date + 90",), "is not what its events"),
        (
            (EVENT + "'paid:raw', 'paid', began_on, 100, '', '', '{{}}' from loan",),
            "the payments of loan .* are not those of its events",
        ),
        (
            (EVENT + "'late:2', 'late_fee', began_on, 1, '', '', '{{\"row\": 2}}' from loan",),
            "is not what its events make it",
        ),
        (  # a payment that no event knows, against one that was given back
            (
                "update loan_payment set returned = amount",
                "insert into loan_payment (id, created_at, loan_id, amount, returned, "
                '"on") select 1, now(), loan_id, amount, 0, "on" from loan_payment',
            ),
            "the payments of loan .* are not those of its events",
        ),
    )
]
RESHAPED = [
    Attack(
        28,
        (
            "update installment set principal_paid = principal_paid - 100 where number = 1",
            "update installment set principal_paid = principal_paid + 100 where number = 2",
        ),
        "changed and nothing has happened to it",
        FOLD,
    ),
    Attack(
        28,
        ("update installment set due_on = due_on + 30 where number = 3",),
        "changed and nothing has happened to it",
        FOLD,
    ),
    Attack(
        28,
        ("update loan_order set refunded = refunded - 1",),
        "is not what its events make it",
        FOLD,
    ),
]

FOLDED = "advances: rows are what terms and events fold to"
PAID = "advances: remittances are what was paid"
EVERY = "every journal has a cause that says the same"
PARTS = "is not what its parts are"
SAYS = (
    "insert into advance_event (id, created_at, advance_id, kind, amount, data, note, "
    '"on") select 1, now(), id, '
)
REMITTED = (
    "insert into remittance (id, created_at, advance_id, seller_id, order_number, reason, "
    "principal, fee, back, source, entry, tied, note, \"on\") select 1, now(), id, seller_id, '', "
)
INCOME, THEIRS = "4300:advance_fee_income:0", "2110:seller_payable:{seller}"
ADVANCE = [
    *(
        Attack(28, (f"update {change}",), why, FOLDED)
        for change, why in (
            ("advance set micro = micro + 1000000 * 100", "charges what its rate and days do not"),
            ("advance set accrued_until = accrued_until + 30", "rate and days do not"),
            ("advance set recovered = 0, lost = 1", "lost or gave up what nobody decided"),
            ("advance set state = 'repaid', closed_on = began_on", PARTS),
            ("advance_row set principal = principal + 1 where number = 3", PARTS),
        )
    ),
    Attack(31, (REMITTED + "'ahead', 1, 0, 0, 'balance', 98, false, '', began_on from advance",),
           "is not what was paid on it", PAID),
    Attack(30, (SAYS + "'waived', 100, '{{}}', '', began_on from advance",),
           "gave up what nobody decided", FOLDED),
    Attack(31, (SAYS + "'recovered', 100, '{{}}', '', began_on from advance",),
           "gave up what nobody decided", FOLDED),
    *(
        Attack(24, (post(kind, debit, credit, 100, key="advance:{advance}:" + key),), CAUSE, EVERY)
        for kind, debit, credit, key in (
            ("advance.collected", THEIRS, "4900:recovery", "collected:1"),
            ("advance.collected", INCOME, THEIRS, "collected:98"),
            ("advance.settled", INCOME, THEIRS, "settled"),
            ("advance.canceled", INCOME, THEIRS, "canceled"),
            ("advance.corrected", INCOME, THEIRS, "corrected:{entry}"),
            ("advance.corrected", THEIRS, INCOME, "corrected:99"),
        )
    ),
]  # fmt: skip
PLEDGED = [
    Attack(28, ("update pledge set paid = paid + 1 where line_id = (select min(line_id)"
                " from pledge)",), PARTS, FOLDED),
    Attack(28, ("update pledge set micro = micro + 1000000",), "rate and days do not", FOLDED),
    Attack(28, ("update pledge set accrued_until = accrued_until - 1, interest = 100",),
           "rate and days do not|" + PARTS, FOLDED),
]  # fmt: skip


@pytest.fixture
def plan(db: Any) -> Any:
    """300.00 in three parts; the shopper has paid the first from her balance."""
    buyer = make_regular(start=clock.today())
    order = make_order(buyer, amount="300.00", offer_key="pay_later:3", state=OrderState.RECEIVED)
    give_balance(buyer, "120.00")
    number = db.session.scalar(text("select number from loan"))
    loans.pay_from_wallet(number, buyer.id, key=ids.code("K"))
    at_commit(db)
    return order


def test_a_plan(plan: Any) -> None:
    check_all(PLAN, {})


def test_a_reshaped_plan(db: Any, plan: Any) -> None:
    """A third of it came back: what is left of the rows is another plan."""
    returns.give_refund(
        plan.number, yuan("100.00"), by="admin:1", cause="damaged", key=ids.code("K")
    )
    at_commit(db)
    check_all(RESHAPED, {})


def test_a_term_loan(db: Any) -> None:
    """12,000.00 in three parts, of which the first fell due and was collected at night."""
    seller = make_steady_seller()
    loan = take(seller)
    with clock.travel(clock.start_of(loan.rows[0].due_on + timedelta(1))):
        nightly.run(clock.today())
        repaying.pay(seller.id, loan.number, yuan("100.00"), key="P")
        at_commit(db)
        entry = db.session.scalar(text("select max(entry) from remittance"))
        world = {"advance": loan.number, "entry": entry, "seller": seller.id}
        check_all(ADVANCE, world)


def test_an_advance_on_orders(db: Any) -> None:
    seller = make_steady_seller()
    ship_orders(seller, 10)
    draw(seller, "8000.00")
    at_commit(db)
    check_all(PLEDGED, {})
