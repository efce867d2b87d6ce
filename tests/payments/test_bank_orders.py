"""What our bank pays for us: ordered by one file, confirmed by statements, sometimes sent back."""

from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import select

from core import ids
from core.db import db as database
from ledger import audit
from payments import bank_import, bank_orders, bank_placing, cases, services
from payments.bank_models import BankOrder
from payments.bank_orders import NothingToOrder, NotOpen
from tests.factories.bank import PAYER, arrives, await_transfer, camt, entry, reference
from tests.factories.payments import Heard, Stall, ask_payout, balance, earn, promise, yuan

pytestmark = pytest.mark.usefixtures("db")
SELLERS = "DE02120300000000202051"
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


@pytest.fixture(autouse=True)
def our_bank_pays_out(app: Flask) -> Any:
    app.config["PAYOUT_GATEWAY"] = "bank"
    yield
    app.config["PAYOUT_GATEWAY"] = ""


@pytest.fixture(autouse=True)
def the_bank_adds_up_afterwards(db: Any) -> Any:
    yield
    ours = [finding for finding in audit.run() if finding.name.startswith(("payments:", "bank:"))]
    assert [finding for finding in ours if not finding.ok] == []


def payout(amount: str = "40.00", destination: str = SELLERS) -> tuple[str, int, int]:
    """Number, seller and operation of a payout that was asked and driven."""
    seller, number = ids.new_id(), ids.code("P")
    earn(seller, yuan("50.00"))
    op_id = ask_payout(number, seller, yuan(amount), destination)
    services.drive(op_id)
    return number, seller, op_id


def order_of(op_id: int) -> BankOrder:
    query = select(BankOrder).where(BankOrder.op_id == op_id)
    return database.session.scalars(query.execution_options(populate_existing=True)).one()


def test_a_payout_waits_leaves_with_a_file_and_is_paid_by_the_statement(payouts: Heard) -> None:
    number, seller, op_id = payout()
    assert services.drive(op_id) == "requires_action"
    assert (payouts.said, balance("payout_in_flight", number)) == ([], "0.00")
    file = bank_orders.make_file("admin:1")
    assert (payouts.said, balance("payout_in_flight", number)) == (["sent"], "40.00")
    order = order_of(op_id)
    assert arrives("-40.00", end_to_end=order.end_to_end_id, side="Cdtr") == {"payout": 1}
    assert payouts.said == ["sent", "paid"]
    assert (balance("payout_in_flight", number), balance("bank")) == ("0.00", "-40.00")
    assert (order_of(op_id).state, balance("seller_payable", seller)) == ("paid", "10.00")
    assert bank_orders.file_of(file).order_count == 1


def test_each_order_is_in_one_file_and_the_file_stays_the_same(payouts: Heard) -> None:
    payout()
    first = bank_orders.make_file("admin:1")
    payout("30.00")
    content = bank_orders.file_of(first).content
    second = bank_orders.make_file("admin:2")
    with pytest.raises(NothingToOrder):
        bank_orders.make_file("admin:1")
    assert bank_orders.file_of(first).content == content
    assert first != second
    assert [bank_orders.file_of(n).money for n in (first, second)] == [yuan("40.00"), yuan("30.00")]


def test_the_file_says_whom_to_pay_what(payouts: Heard) -> None:
    _, _, op_id = payout()
    payout("30.00", "6222020000001234")
    text = bank_orders.file_of(bank_orders.make_file("admin:1")).content
    root = ElementTree.fromstring(text)
    assert [e.text for e in root.iterfind(".//p:NbOfTxs", NS)] == ["2", "2"]
    assert [e.text for e in root.iterfind(".//p:CtrlSum", NS)] == ["70.00", "70.00"]
    amounts = [(e.text, e.get("Ccy")) for e in root.iterfind(".//p:InstdAmt", NS)]
    assert amounts == [("40.00", "CNY"), ("30.00", "CNY")]
    ids = [e.text for e in root.iterfind(".//p:EndToEndId", NS)]
    assert ids[0] == order_of(op_id).end_to_end_id
    assert root.findtext(".//p:DbtrAcct/p:Id/p:IBAN", "", NS) == "DE89370400440532013000"
    accounts = root.findall(".//p:CdtrAcct/p:Id", NS)
    assert accounts[0].findtext("p:IBAN", "", NS) == SELLERS
    assert accounts[1].findtext("p:Othr/p:Id", "", NS) == "6222020000001234"


def test_an_account_with_wrong_check_digits_is_refused_at_once(payouts: Heard) -> None:
    _, seller, _ = payout(destination="DE02120300000000202052")
    assert payouts.said == ["failed: There is no such bank account. Check the number."]
    assert balance("seller_payable", seller) == "50.00"


def test_a_payout_sent_back_is_the_sellers_again(payouts: Heard) -> None:
    _, seller, op_id = payout()
    bank_orders.make_file("admin:1")
    order = order_of(op_id)
    arrives("-40.00", end_to_end=order.end_to_end_id, side="Cdtr")
    said = arrives("40.00", end_to_end=order.end_to_end_id, side="Cdtr", returned="AC04")
    assert said == {"returned": 1}
    assert payouts.said[-1] == "failed: The bank account is closed. Enter another one."
    assert (balance("seller_payable", seller), balance("bank")) == ("50.00", "0.00")
    assert balance("clearing", "bank") == "0.00"


def test_sent_and_sent_back_on_one_day_in_any_order_of_lines(payouts: Heard) -> None:
    _, seller, op_id = payout()
    bank_orders.make_file("admin:1")
    e2e = order_of(op_id).end_to_end_id
    back = entry("40.00", id="B", end_to_end=e2e, side="Cdtr", returned="AC01", reference="")
    out = entry("-40.00", id="A", end_to_end=e2e, side="Cdtr", reference="")
    bank_import.take_in(camt(back, out), "x.xml", by="admin:1")
    assert bank_placing.place_new() == {"payout": 1, "returned": 1}
    assert balance("seller_payable", seller) == "50.00"


def test_a_debit_twice_or_of_another_amount_is_asked_about(payouts: Heard) -> None:
    _, _, op_id = payout()
    bank_orders.make_file("admin:1")
    e2e = order_of(op_id).end_to_end_id
    assert arrives("-41.00", end_to_end=e2e, side="Cdtr") == {"unknown_debit": 1}
    assert arrives("-40.00", end_to_end=e2e, side="Cdtr") == {"payout": 1}
    assert arrives("-40.00", end_to_end=e2e, side="Cdtr") == {"unknown_debit": 1}
    assert [case.amount for case in cases.listed("open")] == [yuan("-41.00"), yuan("-40.00")]
    assert balance("suspense") == "81.00"


def test_a_return_before_its_debit_is_asked_about(payouts: Heard) -> None:
    _, _, op_id = payout()
    bank_orders.make_file("admin:1")
    e2e = order_of(op_id).end_to_end_id
    assert arrives("40.00", end_to_end=e2e, returned="AC04") == {"unknown_return": 1}
    assert order_of(op_id).state == "ordered"


def test_what_the_bank_does_not_carry_out_is_refused_by_hand(payouts: Heard) -> None:
    _, seller, op_id = payout()
    bank_orders.make_file("admin:1")
    bank_orders.refuse(order_of(op_id).id, "The bank says: unknown account.", by="admin:1")
    assert payouts.said[-1] == "failed: The bank says: unknown account. (admin:1)"
    assert balance("seller_payable", seller) == "50.00"
    assert arrives("-40.00", end_to_end=order_of(op_id).end_to_end_id) == {"unknown_debit": 1}


def test_what_the_statement_shows_cannot_be_refused(payouts: Heard) -> None:
    _, _, op_id = payout()
    bank_orders.make_file("admin:1")
    arrives("-40.00", end_to_end=order_of(op_id).end_to_end_id)
    with pytest.raises(NotOpen):
        bank_orders.refuse(order_of(op_id).id, "no", by="admin:1")
    assert payouts.said == ["sent", "paid"]


def test_a_refund_goes_back_to_the_account_it_came_from(stall: Stall, refunds: Heard) -> None:
    payment = await_transfer("O-1", yuan("100.00"))
    arrives("100.00", reference=reference(payment))
    op_id = promise("O-1", "R-1", yuan("30.00"), payment.id)
    assert services.drive(op_id) == "requires_action"
    order = order_of(op_id)
    assert (order.account, order.holder, order.money) == (PAYER, "A Payer", yuan("30.00"))
    bank_orders.make_file("admin:1")
    assert refunds.said == []
    arrives("-30.00", end_to_end=order.end_to_end_id)
    assert refunds.said == ["settled"]
    assert (balance("bank"), balance("refund_payable", "R-1")) == ("70.00", "0.00")


def test_a_refund_to_nobodys_account_is_refused(stall: Stall, refunds: Heard) -> None:
    payment = await_transfer("O-1", yuan("100.00"))
    arrives("100.00", reference=reference(payment), iban="")
    assert services.drive(promise("O-1", "R-1", yuan("30.00"), payment.id)) == "refused"
    assert services.view(payment.id).refunded == yuan("0.00")
