"""The invariants of `docs/ledger.md` that are of the book and of sales, each attacked by raw SQL."""

from typing import Any

import pytest
from sqlalchemy import text

from core import ids
from ledger import chain
from mall.orders import returns
from mall.orders.rules import OrderState
from mall.payouts import reserves, services
from tests.factories.attacks import Attack, check, check_all, post
from tests.factories.disputes import tell
from tests.factories.goods import make_product
from tests.factories.ledger import (
    CLEARING,
    DAY,
    PAYABLE,
    hold,
    journal,
    reverse,
    settle,
    sold,
)
from tests.factories.orders import make_order, yuan
from tests.factories.people import make_admin, make_seller, make_shopper
from tests.factories.wallet import give_balance
from tests.stories.test_sums_at_commit import at_commit

DENIED = "permission denied"
CAUSE = "no cause that says the same"
EVERY = "every journal has a cause that says the same"
PRO_RATA = "the tax in a refund is that of what came back, in proportion"
COUNTERS = "counters are the sums of their transfers"
WALLET = "2200:wallet:{buyer}"
OWED = "2110:seller_payable:{seller}"
IN = "1100:clearing:sandbox"
BOOK = [
    Attack(
        1,
        ("update ledger_account set debits_posted = debits_posted + 1 where code = 1100",),
        DENIED,
        "posted debits equal posted credits",
    ),
    Attack(
        2,
        ("update ledger_account set debits_pending = debits_pending + 1 where code = 1100",),
        DENIED,
        "pending debits equal pending credits",
    ),
    Attack(
        3,
        (
            "update ledger_account set debits_posted = debits_posted + 1,"
            " credits_posted = credits_posted + 1 where code = 1100",
        ),
        DENIED,
        COUNTERS,
    ),
    Attack(
        4,
        ("update ledger_account set version = version + 1 where code = 1100",),
        DENIED,
        "versions run from 1 without gap",
    ),
    Attack(
        5,
        ("update ledger_transfer set currency = 'USD'",),
        DENIED,
        "a transfer moves something between two accounts of one currency",
    ),
    Attack(
        6,
        ("delete from ledger_transfer where line = 1",),
        DENIED,
        "a journal has its lines, 1 to n",
    ),
    Attack(
        7,
        ("update ledger_account set debits_posted = credits_posted + 1 where code = 2110",),
        DENIED,
        "no limited account is below zero, pending included",
    ),
    Attack(
        8,
        ("update ledger_transfer set amount = amount + 1 where state = 'settled'",),
        DENIED,
        "a hold is resolved once, for what it held",
    ),
    Attack(
        9,
        ("update ledger_journal set ref = 'O-2' where idempotency_key = 'paid'",),
        DENIED,
        "what journals say is what their hashes say",
    ),
    Attack(
        9,
        (
            "delete from ledger_transfer where journal_id in (select max(id) from ledger_journal)",
            "delete from ledger_journal where id in (select max(id) from ledger_journal)",
        ),
        DENIED,
        COUNTERS,
    ),
    Attack(
        10,
        (
            "update ledger_transfer set amount = amount + 1 where journal_id ="
            " (select id from ledger_journal where reverses_id is not null)",
        ),
        DENIED,
        "a reversal mirrors its original, once",
    ),
    Attack(
        11,
        ("update ledger_journal set request_hash = repeat('0', 64)",),
        DENIED,
        "what journals say is what their hashes say",
    ),
    Attack(
        12,
        (
            "insert into chain_link (seq, journal_id, previous, hash) select max(l.seq) + 1,"
            " max(j.id), (array_agg(l.hash order by l.seq desc))[1], repeat('2', 64)"
            " from chain_link l, ledger_journal j",
        ),
        DENIED,
        "every journal is what was sealed into the chain",
    ),
    Attack(
        12,
        ("insert into chain_head select max(seq), repeat('2', 64), now() from chain_link",),
        "fk_chain_head_seq_hash",
        "the chain has every head that was published",
    ),
    Attack(
        14,
        ("update ledger_transfer set debit_balance = debit_balance + 1",),
        DENIED,
        "every balance follows from the lines before it",
    ),
]

SALES = [
    Attack(
        15,
        ("update payment set captured_minor = 0, refunded_minor = 0",),
        "cannot become succeeded",
        "payments: authorized ≥ captured ≥ given back, none below zero",
    ),
    Attack(
        16,
        ("update payment set refunded_minor = refunded_minor + 1",),
        "does not add up with its operations",
        "payments: refunds under way and done are what the payment counts",
    ),
    Attack(
        17,
        (
            "update payment set charge_id = (select min(object_id) from gateway_op"
            " where kind = 'charge' and payment_id <> payment.id and gateway = payment.gateway)"
            " where exists (select from gateway_op o where o.kind = 'charge'"
            " and o.payment_id <> payment.id and o.object_id is not null)",
        ),
        "has counted this before",
        "payments: each id of the gateway belongs to one operation",
        off="alter table payment drop constraint uq_payment_gateway_charge_id",
    ),
    Attack(
        18,
        ("update gateway_op set journal_key = '' where state = 'succeeded'",),
        "has been there before",
        "payments: every operation that succeeded posted its journal, no other did",
    ),
    Attack(
        20,
        ("update orders set paid_at = null where number = '{paid}'",),
        "does not add up with its escrow|units sold",
        "an order is paid exactly when escrow received its total",
    ),
    Attack(
        20,
        ("update checkout_part set refunded = refunded + 1",),
        "not the sum of its parts",
        "a part is the sum of its shares of orders, given back as well",
    ),
    Attack(
        21,
        (post("order.refunded", "2100:escrow:{paid}", "2210:refund_payable:R-1", 100),),
        "does not add up|" + CAUSE,
        "escrow holds what is paid, not refunded and not released",
    ),
    Attack(
        22,
        (
            "insert into settlement_line (id, created_at, seller_id, order_id, order_number, step,"
            ' reason, amount, currency, contract, note, "on", tied, released_by) select 1, now(),'
            " seller_id, id, number, 0, 'sale', 100, currency, '', '', current_date, false, 'never'"
            " from orders where number = '{paid}'",
        ),
        "the settlement of order|does not add up",
        "released, given back and held make what was paid",
    ),
    Attack(
        23,
        (
            "insert into settlement_line (id, created_at, seller_id, order_id, order_number, step,"
            ' reason, amount, currency, contract, note, "on", tied, released_by) select 1, now(),'
            " seller_id, id, number, 2, 'commission', 100, currency, '', '', current_date, false,"
            " 'never' from orders where number = '{received}'",
        ),
        "the settlement of order",
        "every settlement stands in the book, to the cent",
    ),
    Attack(
        34,
        (
            "insert into settlement_line (id, created_at, seller_id, order_id, order_number, step,"
            ' reason, amount, currency, contract, note, "on", tied, released_by) select 1, now(),'
            " seller_id, id, number, 5, 'sales_share', 9000, currency, '', '', current_date, false,"
            " 'never' from orders where number = '{received}'",
        ),
        "the settlement of order",
        "deductions outside the order's own advance keep to the ceiling",
    ),
    *(
        Attack(24, (post(kind, debit, credit, 100, **more),), CAUSE, EVERY)
        for kind, debit, credit, more in (
            ("payment.paid", IN, OWED, {}),
            ("payment.paid", IN, WALLET, {}),
            ("payment.paid", IN, WALLET, {"key": "payment:{payment}:paid2"}),
            ("payment.extra", IN, WALLET, {"key": "payment:{payment}:extra:{op}"}),
            ("bank.rest", IN, WALLET, {}),
            ("bank.rest_kept", IN, "1900:suspense", {}),
            ("suspense.rest_cleared", "1900:suspense", WALLET, {}),
            ("refund.settled", "2210:refund_payable:{refund}", IN, {}),
            (
                "refund.settled",
                "2210:refund_payable:{refund}",
                IN,
                {"key": "refund:{refund}:{op}:settled"},
            ),
            ("checkout.given_back", WALLET, "2210:refund_payable:R-1", {}),
            ("payout.pulled_back", IN, OWED, {"key": "payout:{payout}:{op}:pulled_back"}),
            ("subsidy.given_back", "4200:loan_interest_income:0", OWED, {}),
            ("advance.collected", "4300:advance_fee_income:0", OWED, {}),
            ("advance.collected", OWED, "4900:recovery", {"key": "advance:A-1:collected:1"}),
            ("dispute.recovered", IN, OWED, {"key": "dispute:D-1:recovered"}),
            ("order.refunded", "5400:promotion", "2210:refund_payable:{refund}", {}),
            ("order.released", OWED, "4900:recovery", {"key": "release:{paid}", "ref": "{paid}"}),
        )
    ),
    *(
        Attack(24, (f"update refund set {change} where number = '{{refund}}'",), "stay", found)
        for change, found in (
            ("sources = sources - 'escrow' || '{{\"seller_payable\": -3000}}'", EVERY),
            ("extra = extra + 1", "a refund says who gave its money"),
        )
    ),
    Attack(23, ("update refund set taxes = taxes || taxes",), "not contain this tax", PRO_RATA),
    Attack(
        24,
        ("update reserve_hold set released_on = current_date",),
        "the reserve of seller",
        "a seller's reserve is what disputes freeze and what is held back",
    ),
    Attack(
        24,
        ("update payout set state = 'paid'",),
        "is not what the book holds of it",
        "a payout is held, on its way or gone as its state says",
    ),
    Attack(
        27,
        ("update variant set on_hand = on_hand + 1",),
        DENIED,
        "stock on hand is the sum of its movements",
    ),
    Attack(
        27,
        ("update variant set reserved = reserved + 1 where on_hand > reserved",),
        "what is reserved of variant",
        "stock reserved is what payments under way hold",
    ),
    Attack(
        27,
        (
            "insert into stock_movement (id, created_at, seller_id, variant_id, change, cause, ref)"
            " select 1, now(), seller_id, id, -1, 'sold', 'checkout:{checkout}' from variant"
            " where on_hand > 0 limit 1",
        ),
        "the units sold in checkout",
        "units sold are units that left the stock",
    ),
    Attack(
        37,
        (post("bank.line", "1200:bank", "1900:suspense", 100, key="bank:7", ref="bank:7"),),
        CAUSE,
        "bank: suspense is the lines that wait for a person",
    ),
    Attack(
        38,
        (post("bank.line", "1200:bank", "1100:clearing:bank", 100, key="bank:7"),),
        CAUSE,
        "bank: each statement line is one journal, and nothing else moves our account",
    ),
]

DISPUTED = [
    Attack(
        25,
        (
            "insert into payout (id, created_at, number, seller_id, key, amount, currency, state,"
            " destination, why) values (1, clock_timestamp(), 'P-RAW', {seller}, 'raw', 100, 'CNY', 'requested',"
            " 'x', '')",
        ),
        "wants more than is withheld",
        "no payout was asked while a freeze exceeded the reserve",
    ),
    Attack(
        26,
        (
            post(
                "dispute.lost",
                "5200:dispute_loss",
                "1510:disputed_funds:{dispute}",
                100,
                key="dispute:{dispute}:lost",
            ),
        ),
        "does not add up with the book",
        "disputes: taken less given back is disputed funds and losses",
    ),
    Attack(
        26,
        ("update dispute set lost = lost + 1 where lost + reinstated < withdrawn",),
        "does not add up with the book",
        "disputes: taken less given back is disputed funds and losses",
    ),
]


def _tell(db: Any, query: str) -> Any:
    return db.session.execute(text(query)).scalars().first()


@pytest.mark.parametrize("attack", BOOK, ids=lambda each: f"{each.number}")
def test_the_book(db: Any, attack: Attack) -> None:
    sold()
    hold(journal("done", (PAYABLE, CLEARING, "5.00")))
    settle("done", key="sent", kind="test.sent", on=DAY)
    reverse("sent", new_key="back", why="no", on=DAY)
    chain.seal_all()
    hold(journal("open", (PAYABLE, CLEARING, "5.00")))
    check(attack, {})


def test_sales(db: Any) -> None:
    """A shop with a reserve: an order paid and partly refunded, one received, a payout asked."""
    seller, buyer = make_seller(), make_shopper()
    reserves.set_reserve(
        seller.id, 100_000, days=30, cap=None, why="Many came back", by=make_admin().id
    )
    received = make_order(buyer, seller, yuan("100.00"), state=OrderState.RECEIVED)
    goods = make_product(seller, "50.00", stock=5)
    paid = make_order(buyer, seller, product=goods, quantity=2, state=OrderState.PAID)
    refund = returns.give_refund(
        paid.number, yuan("30.00"), by="admin:1", cause="damaged", key=ids.code("K")
    )
    payout = services.request_payout(seller.id, yuan("50.00"), key=ids.code("K"))
    give_balance(buyer, "20.00")
    at_commit(db)
    world = {
        "buyer": buyer.id,
        "checkout": paid.checkout_id,
        "op": _tell(db, "select id from gateway_op where kind = 'charge'"),
        "paid": paid.number,
        "payment": _tell(db, "select id from payment"),
        "payout": payout.number,
        "received": received.number,
        "refund": refund.number,
        "seller": seller.id,
    }
    check_all(SALES, world)


def test_a_dispute(db: Any) -> None:
    """A released order whose payment a bank has taken back: nothing is decided."""
    order = make_order(make_shopper(), make_seller(), yuan("100.00"), state=OrderState.RECEIVED)
    services.request_payout(order.seller_id, yuan("50.00"), key=ids.code("K"))
    tell(order, "needs_response")
    at_commit(db)
    number = _tell(db, "select number from dispute")
    check_all(DISPUTED, {"seller": order.seller_id, "dispute": number})
