"""Every column that the application may write, changed alone by raw SQL: what passes is listed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import clock, ids
from finance.collections.services import run_day
from finance.loans import services as loans
from mall.orders import returns
from mall.orders.rules import OrderState
from mall.payouts import reserves, services
from payments import bank_cases, cases
from tests.factories.bank import arrives
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.disputes import tell
from tests.factories.orders import make_order, yuan
from tests.factories.people import make_admin, make_seller, make_shopper
from tests.factories.wallet import give_balance
from tests.finance.capital.test_services import draw
from tests.finance.capital.test_term_loan import take
from tests.stories.cast import make_regular
from tests.stories.test_sums_at_commit import at_commit

COLUMNS = text("""
    select c.relname, a.attname, format_type(a.atttypid, null)
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
       and c.relname not like 'procrastinate%' and c.relname not like 'sandbox%'
       and has_column_privilege('mall_app', c.oid, a.attnum, 'UPDATE') order by 1, 2
""")
RULES = text("""
    select c.conrelid::regclass::text, a.attname, string_agg(pg_get_constraintdef(c.oid), ' ')
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
     where c.contype = 'c' and a.atttypid in ('varchar'::regtype, 'text'::regtype) group by 1, 2
""")
CHANGES = {
    "bigint": ("{} + 1", "{} - 1", "0", "-1"),
    "integer": ("{} + 1", "{} - 1", "0", "-1"),
    "smallint": ("{} + 1", "{} - 1"),
    "numeric": ("{} + 1", "0"),
    "boolean": ("not {}",),
    "date": ("{} + 1", "{} - 1", "null"),
    "timestamp with time zone": ("{} + interval '1 day'", "now()", "null"),
    "jsonb": ("'{{}}'", "'[]'"),
    "character varying": ("'raw'", "''", "null"),
    "text": ("'raw'", "''"),
}


# what passes, by why nothing of the forty invariants hangs on it
FREE = {
    "what people say of themselves and their goods, and how it is shown": """
        category.blurb category.name category.position category.slug message.body message.link
        message.subject message.erased_at message.read_at order_line.category_id order_line.label
        order_line.picture order_line.position order_line.title person.born_year person.device
        person.email person.name product.attributes product.brand product.description
        product.listed_at product.picture product.slug product.summary product.tax_class
        product.title product.words search_word.word seller.about seller.banner seller.city
        seller.name seller.region seller.slug seller.tagline variant.label variant.options
        variant.picture variant.position variant.price variant.sku variant.weight_grams
    """,
    "counts beside the goods, made again from their rows": """
        product.favorite_count product.price_from product.review_count product.review_sum
        product.sold
    """,
    "who may what, and settings of people and shops: each changed on a page, by whom is logged": """
        advance.card_id advance.from_wallet card.customer card.expires card.fingerprint
        card.removed_at exposure.own_ceiling exposure.raised_ceiling exposure.raised_from
        loan.autopay_card_id person.password_hash person.passwords_changed person.role
        person.suspended_at person.verified_level seller.commission_ppm seller.commission_set_at
        seller.decided_at seller.decision_note seller.imported_from seller.license_verified_at
        seller.payout_account seller.payout_account_changed_at seller.state
        seller_exposure.credit_limit seller_exposure.held_by seller_exposure.hold
        seller_terms.explained_at seller_terms.explanation seller_terms.holdback_ppm
        seller_terms.jurisdiction seller_terms.payout_every seller_terms.reserve_days
        seller_terms.reserve_ppm seller_terms.reserve_reason seller_terms.reserve_set_at
    """,
    "when and why something happened, in words": """
        advance.acted_until checkout.reasons checkout.settled_at checkout.why claim.expires_at
        dispute.due_by dispute.reason dispute.reinstated_at dispute.withdrawn_at
        dispute_case.answered_by dispute_case.due_by dispute_case.fields dispute_case.refused
        dispute_share.borne_by dispute_share.closed_at dispute_share.covered_at
        dispute_share.opened_at dispute_share.why dispute_share.worded_at dispute_share.words
        early_warning.act early_warning.last_on early_warning.link early_warning.reason
        gateway_op.answered_at gateway_op.code gateway_op.message orders.address
        orders.cancel_reason orders.canceled_at orders.canceled_by orders.delivered_at
        orders.paid_at orders.received_at orders.received_by_timer orders.ship_by
        orders.shipped_at orders.shipping_choice payment.action_url payment.code payment.message
        payment_case.closed_at payment_case.closed_by payment_case.how payment_case.kind
        payment_case.why payout.paid_at payout.why refund.cause refund.decided_by refund.fault
        refund.note refund.settled_at refund.why reservation.expires_at reserve_hold.why
        seller_reservation.expires_at shipment.carrier shipment.delivered_at
        shipment.first_scan_at shipment.tracking shipment.weight_grams wallet_top_up.paid_at
        business_day.counts business_day.finished_at
    """,
    "how the next step finds its rows: it is refused if they do not fit": """
        advance.entries bank_line.kind bank_line.op_id checkout.counter checkout.offer_key
        checkout.payment_ref claim.state checkout_part.payment_ref dispute_case.asked_key
        dispute_case.checkout_number dispute_case.number dispute_case.op_id gateway_op.attempts
        gateway_op.due_at gateway_op.lease_until orders.paid_with reservation.state
        seller_reservation.key
    """,
    "told by the bank or for a page, and in no sum": """
        advance.apr_ppm advance.days_late_max dispute.amount dispute.borne dispute.state
        dispute_share.wanted loan.provisioned
    """,
    "parts of a unit, or a day that bears no interest: the fold holds the rest": """
        advance.accrued_until advance.micro
    """,
    "a history brought along from elsewhere: no money of ours": """
        history_import.accepted history_import.digest history_import.finished_at
        history_import.name history_import.options history_import.refused
        history_import.rows_done history_line.amount history_line.buyer_id history_line.line
        history_line.price history_line.product history_line.quantity history_line.returned
        history_line.returned_at history_line.seller_id history_line.stars
        history_order.canceled_at history_order.currency history_order.delivered_at
        history_order.key history_order.paid_at history_order.refunded history_order.region
        history_order.returned_at history_order.shipped_at history_order.total
    """,
}


NAMES = text("""
    select attname from pg_attribute where attrelid = to_regclass(:table) and attnum > 0
       and not attisdropped
""")
# not of goods: a delivery to the shelf and a promise that is over are well formed
COPIED = [
    "advance_row",
    "bank_line",
    "checkout_part",
    "checkout_share",
    "dispute",
    "dispute_share",
    "gateway_op",
    "installment",
    "loan_order",
    "loan_payment",
    "order_line",
    "orders",
    "payment",
    "payout",
    "pledge",
    "refund",
    "reserve_hold",
    "settlement_line",
    "wallet_top_up",
]


@pytest.fixture
def world(db: Any) -> Any:
    """Something of everything: orders, refunds, payouts, a dispute, plans, advances, a bank's line."""
    buyer = make_regular(start=clock.today())
    make_order(buyer, amount="300.00", offer_key="pay_later:3", state=OrderState.RECEIVED)
    give_balance(buyer, "120.00")
    number = db.session.scalar(text("select number from loan"))
    loans.pay_from_wallet(number, buyer.id, key=ids.code("K"))
    seller, shopper = make_seller(), make_shopper()
    reserves.set_reserve(
        seller.id, 100_000, days=30, cap=None, why="Many came back", by=make_admin().id
    )
    make_order(shopper, seller, yuan("100.00"), state=OrderState.RECEIVED)
    paid = make_order(shopper, seller, yuan("80.00"), state=OrderState.PAID)
    returns.give_refund(
        paid.number, yuan("30.00"), by="admin:1", cause="damaged", key=ids.code("K")
    )
    services.request_payout(seller.id, yuan("50.00"), key=ids.code("K"))
    asked = make_order(shopper, make_seller(), yuan("100.00"), state=OrderState.RECEIVED)
    tell(asked, "needs_response")
    take(make_steady_seller())
    shipping = make_steady_seller()
    ship_orders(shipping, 10)
    draw(shipping, "8000.00")
    arrives("10.00")
    bank_cases.to_wallet(cases.listed("open")[-1].id, 8, by="admin:1")
    arrives("11.00")
    run_day(clock.today())
    at_commit(db)
    return db


def passes(db: Any) -> Iterator[tuple[str, str]]:
    """Each change that no guard refuses, as `table.column` and the change."""
    known = _known_words(db)
    for table, column, kind in db.session.execute(COLUMNS).all():
        rows = db.session.execute(text(f'select ctid::text from "{table}" limit 3')).scalars()
        for row in rows.all():
            for change in (*CHANGES.get(kind, ()), *known.get((table, column), ())):
                to = change.format(f'"{column}"')
                if _taken(db, table, column, to, row):
                    yield f"{table}.{column}", to


def _known_words(db: Any) -> dict[tuple[str, str], list[str]]:
    """Of columns with a CHECK of words: each of its words, quoted."""
    rules = db.session.execute(RULES).all()
    return {(table, column): re.findall(r"'\w*'", rule) for table, column, rule in rules}


def _taken(db: Any, table: str, column: str, to: str, row: str) -> bool:
    change = f'update "{table}" set "{column}" = {to} where ctid = :row'
    return _passes(db, f'{change} and "{column}" is distinct from {to}', row)


def _passes(db: Any, statement: str, row: str) -> bool:
    """Whether it meets a row and nothing refuses it, at once or at the commit; then it is undone."""
    nested = db.session.begin_nested()
    try:
        met = db.session.execute(text(statement), {"row": row})
        db.session.execute(text("set constraints all immediate"))
        return bool(met.rowcount)
    except DBAPIError:
        return False
    finally:
        nested.rollback()


def test_no_column_of_money_is_changed_alone(world: Any) -> None:
    """Each of some 1,000 changes: refused, or listed above with the reason why it may pass."""
    free = {name for names in FREE.values() for name in names.split()}
    found = {name: to for name, to in passes(world) if name not in free}
    assert found == {}, "hold these in the database, or say above why nothing hangs on them"


def test_no_row_is_written_twice_under_another_id(world: Any) -> None:
    """A copy of each row that counts money, only its id and names new, is refused at commit."""
    taken = [table for table in COPIED if _copied(world, table)]
    assert taken == []


def _copied(db: Any, table: str) -> bool:
    """Whether a copy of any row would be committed."""
    columns = db.session.execute(NAMES, {"table": table}).scalars().all()
    values = ", ".join(
        "'raw'" if c in ("key", "number", "slot", "purpose") else "1" if c == "id" else f'"{c}"'
        for c in columns
    )
    names = ", ".join(f'"{c}"' for c in columns)
    rows = db.session.execute(text(f'select ctid::text from "{table}" limit 5')).scalars().all()
    assert rows, f"the world has no {table}"
    copy = f'insert into "{table}" ({names}) select {values} from "{table}" where ctid = :row'
    return any(_passes(db, copy, row) for row in rows)
