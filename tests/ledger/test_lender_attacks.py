"""The invariants of `docs/ledger.md` that are the lender's, each attacked by raw SQL."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core import clock, ids
from finance.capital import nightly, repaying
from finance.collections.services import run_day
from finance.loans import services as loans
from mall.orders import returns
from mall.orders.rules import OrderState
from payments import bank_cases, cases
from tests.factories.attacks import Attack, check_all, post
from tests.factories.bank import arrives
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import make_order, yuan
from tests.factories.wallet import give_balance
from tests.finance.capital.test_services import draw
from tests.finance.capital.test_term_loan import take
from tests.stories.cast import make_regular
from tests.stories.test_sums_at_commit import at_commit

DENIED = "permission denied"
FOLD = "rows, limits and accounts of the newest loans are the fold of their events"
ACCRUED = "interest accrued is what every contract's columns say"
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
        (  # of the row before the first, which is the last
            (EVENT + "'waived:0', 'waived', began_on, 1, '', '', '{{\"row\": 0}}' from loan",),
            "is of nothing that it has",
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
    Attack(  # beside an event of the same transaction
        28,
        (
            EVENT + "'paused:raw', 'paused', began_on, 0, "
            "(select order_number from loan_order), '', '{{}}' from loan",
            "update installment set due_on = due_on + 1 where number = 3",
        ),
        "is not what its events make it",
        FOLD,
    ),
    Attack(  # a new beginning, whatever happened before
        28,
        (
            EVENT + "'opening', 'opening', began_on, 0, '', '', jsonb_build_object('rows', "
            "(select jsonb_agg(to_jsonb(i) || '{{\"fee\": 1}}'::jsonb order by number) from installment i), "
            "'orders', (select jsonb_agg(jsonb_build_object('number', order_number, 'amount', amount))"
            " from loan_order), 'payments', '[]'::jsonb, 'loan', '{{}}'::jsonb) from loan",
        ),
        "only a migration opens a plan",
        FOLD,
    ),
    Attack(
        28,
        (
            "update installment set principal = principal + 100 where number = 2",
            "update installment set principal = principal - 100 where number = 3",
        ),
        "is not what its events make it",
        FOLD,
    ),
    Attack(
        28,
        (
            "update installment set principal_paid = principal_paid - 100 where number = 1",
            "update installment set principal_paid = principal_paid + 100 where number = 2",
        ),
        "is not what its events make it",
        FOLD,
    ),
    Attack(
        28,
        ("update installment set due_on = due_on + 30 where number = 3",),
        "is not what its events make it",
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
CLAIMED = "a person's exposure is the sum of the open claims"
PARTS = "is not what its parts are"
MADE = "is not what its events make it|gave up what nobody decided|rate and days do not"
SAYS = (
    "insert into advance_event (id, created_at, advance_id, kind, amount, data, note, "
    '"on") select 1, now(), id, '
)
REMITTED = (
    "insert into remittance (id, created_at, advance_id, seller_id, order_number, reason, "
    "principal, fee, back, source, entry, tied, note, \"on\") select 1, now(), id, seller_id, '', "
)
INTEREST = "advance:{advance}:interest:{next}"
ACCOUNT = "1420:accrued_interest:sellers"
BOOKED = "advances: interest taken out of the control account was booked"
APART = "was not taken where it lies"
TAKEN = (
    "insert into interest_taken (id, created_at, advance_id, entry, amount, "
    '"on") select 1, now(), id, {{next}}, {}, began_on from advance'
)
INCOME, THEIRS = "4300:advance_fee_income:0", "2110:seller_payable:{seller}"
ADVANCE = [
    *(
        Attack(28, statements, MADE, FOLDED)
        for statements in (
            (
                "update advance_row set principal = principal + 100 where number = 2",
                "update advance_row set principal = principal - 100 where number = 3",
            ),
            ("update advance_row set fell_due = true where number = 3",),
            ("update advance set micro = micro + 1",),
            ("update advance set carry = 1",),
            ("update advance set share_max_ppm = 500000",),
            ("update advance set paused_until = began_on + 90",),
            (SAYS + "'waived', 1, '{{}}', '', began_on - 1 from advance",),
        )
    ),
    Attack(32, ("update advance set late_since = began_on",), "is not late since then", FOLDED),
    Attack(32, ("update advance set next_due_on = null",), "is not late since then", FOLDED),
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
    Attack(34, (REMITTED.replace("\'\'", "'O-1'") + "'share', 1, 0, 0, 'balance', null, false, '',"
                " began_on from advance",), "took more than its share|what was paid", PAID),
    Attack(29, ("update seller_exposure set used = used - 1",), "the limit of seller",
           "advances: reservations make the exposure"),
    Attack(29, ("update seller_reservation set given = given - 1",), "the limit of seller",
           "advances: each reserves what it owes"),
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
    *(
        Attack(30, (*before, post("advance.interest", debit, credit, 100, key=INTEREST)), why, found)
        for before, debit, credit, why, found in (
            ((), INCOME, ACCOUNT, CAUSE, EVERY),  # taken out and no row says so
            ((TAKEN.format(100),), INCOME, ACCOUNT, APART, ACCRUED),
            ((TAKEN.format(-100),), ACCOUNT, INCOME, APART, ACCRUED),
            ((TAKEN.format(100),), INCOME, "1420:accrued_interest:shoppers", f"{CAUSE}|{APART}", EVERY),
        )
    ),
    Attack(30, (TAKEN.format(0),), "was not booked", BOOKED),
    Attack(30, ("update advance set accrued_until = accrued_until - 1, micro = micro -"
                " (principal - principal_paid) * rate_ppm",), f"{APART}|rate and days do not", FOLDED),
]  # fmt: skip
PLEDGED = [
    *(
        Attack(28, (f"update pledge set {change}",), MADE, FOLDED)
        for change in ("recourse = 1, due_on = accrued_until + 90", "why = 'Other'", "micro = micro + 1")
    ),
    Attack(28, ("update pledge set paid = paid + 1 where line_id = (select min(line_id)"
                " from pledge)",), PARTS, FOLDED),
    Attack(28, ("update pledge set micro = micro + 1000000",), "rate and days do not", FOLDED),
    Attack(28, ("update pledge set accrued_until = accrued_until - 1, interest = 100",),
           "rate and days do not|" + PARTS, FOLDED),
]  # fmt: skip

SUMS = "each loss allowance is the sum of its loans' parts"
RATES = "each part of an allowance is its stage's rate of the exposure"
IS_RATE = "alter table loan_standing drop constraint ck_loan_standing_allowance_is_its_rate"
ITSELF = "works out interest (of lines )?accrued itself"
CHUNK = (
    'insert into day_chunk (id, created_at, "on", step, first_id, last_id, done,'
    " booked) select 1, now(), '{day}', 'interest accrued', 8, 9, 0, '{{\"CNY\": 100}}'"
)
DAY = [
    Attack(32, (f"{change}",), why, found, off)
    for change, why, found, off in (
        ("update loan_standing set allowance = allowance + 1", DENIED, SUMS, IS_RATE),
        ("update loan_standing set allowance = 0, exposure = 0, rate_ppm = 0", DENIED, SUMS, ""),
        ("delete from loan_standing", DENIED, SUMS, ""),
        (  # the rate of another grade
            "update loan_standing set rate_ppm = 1, allowance = (exposure + 500000) / 1000000",
            DENIED,
            RATES,
            "",
        ),
        ("update loan_standing set stage = 3, rate_ppm = 600000", DENIED, RATES, IS_RATE),
        (  # what was set aside is used up for a loan that is not lost
            "select standing_take('shoppers', contract_id, 9999999999) from loan_standing",
            "is used for no loss|is not the sum of its parts",
            SUMS,
            "",
        ),
        ("update exposure set used = used + 1", "the limit of person", CLAIMED, ""),
        ("update claim set amount = amount - 1", "the limit of person", CLAIMED, ""),
    )
]
DAY += [
    Attack(
        30,
        (
            CHUNK.replace("interest accrued", "interest of lines accrued"),
            post("interest.nights", "1420:accrued_interest:shoppers", "4200:loan_interest_income:0",
                 100, key="nights:{day}:9:CNY"),
        ),
        ITSELF,
        "interest of nights is what every purchase's columns say",
    ),
    Attack(
        29,
        (
            "update claim set amount = amount - 1",
            "update exposure set used = used - 1 where used > 0",
        ),
        "is not what its loan owes",
        "a drawn claim is the principal its loan owes",
    ),
    *(
        Attack(number, (*before, post(kind, debit, credit, 100, key=key)), f"{CAUSE}|{ITSELF}",
               ACCRUED if before else EVERY)
        for number, before, kind, debit, credit, key in (
            (
                32,
                (),
                "provision",
                "1600:loss_allowance:shoppers",
                "5300:credit_loss",
                "provision:shoppers:{day}:1:CNY",
            ),
            (
                30,
                (CHUNK,),
                "interest.accrued",
                "1420:accrued_interest:sellers",
                "4300:advance_fee_income:0",
                "accrued:sellers:{day}:9:CNY",
            ),
            (
                33,
                (),
                "funding.split",
                "5500:funding_cost",
                "2310:partner_interest:B-1:{loan}",
                "funding:{loan}:split:1",
            ),
            (33, (), "funding.transferred", "2320:partner_due:B-1:{loan}", "1100:clearing:bank",
             "funding:B-1:transfer:1"),
        )
    ),
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


def test_a_day(db: Any, plan: Any) -> None:
    """What is set aside for the plan, and what of her limit it takes."""
    run_day(clock.today())
    at_commit(db)
    loan = db.session.scalar(text("select number from loan"))
    check_all(DAY, {"day": clock.today(), "loan": loan, "buyer": plan.buyer_id})


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
        world["next"] = loan.entries + 1
        check_all(ADVANCE, world)


def test_an_advance_on_orders(db: Any) -> None:
    seller = make_steady_seller()
    ship_orders(seller, 10)
    draw(seller, "8000.00")
    at_commit(db)
    check_all(PLEDGED, {})


def test_a_line_of_a_statement(db: Any) -> None:
    """10.00 of nobody known, put into somebody's wallet: they leave suspense once."""
    arrives("10.00")
    case = cases.listed("open")[-1].id
    bank_cases.to_wallet(case, 8, by="admin:1")
    at_commit(db)
    line = db.session.scalar(text("select id from bank_line"))
    check_all(
        [
            Attack(37, (post("suspense.cleared", "1900:suspense", "2200:wallet:9", 1000,
                             key=f"bank:{line}:again"),), CAUSE, EVERY),
            Attack(37, ("update bank_line set cleared = 'again'",), "has found its place", EVERY),
            Attack(38, (post("bank.rest", "1100:clearing:bank", "2200:wallet:8", 1000,
                             key=f"bank:{line}:rest"),), CAUSE, EVERY),
        ],
        {},
    )  # fmt: skip
