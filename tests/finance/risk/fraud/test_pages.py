"""The seller's list with a proof that is sent and answered; the admin's case with graph and money."""

from io import BytesIO
from typing import Any

from flask import Flask

from core import clock
from finance.loans.queries import exposure_of
from finance.risk.fraud.models import FraudCase
from mall import facts
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.fraud_cases import make_case
from tests.factories.loans import make_loan
from tests.factories.people import make_admin, make_shopper, sign_in
from tests.factories.stripe import PDF
from tests.finance.money import yuan


def test_a_seller_reads_which_orders_and_proves_one(app: Flask, db: Any) -> None:
    seller = make_steady_seller()
    (order,) = ship_orders(seller, 1)
    case = make_case(order)
    client = app.test_client()
    sign_in(client, seller)
    page = client.get("/seller/capital/orders-to-prove/").text
    assert order.number in page and "share a device or card" in page
    path = f"/seller/capital/orders-to-prove/{order.number}"
    assert "Say it in a sentence." in client.post(path, data={"key": "a", "words": "x"}).text
    sent = {
        "key": "b",
        "words": "My aunt bought it and fetched it.",
        "file": (BytesIO(PDF), "r.pdf"),
    }
    answer = client.post(path, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert "My aunt bought it" in client.get(answer.location).text

    office = app.test_client()
    sign_in(office, make_admin())
    page = office.get(f"/admin/fraud/{case.number}").text
    assert all(t in page for t in ("X4", "3f2a91bc", "money lent", "My aunt", "Exposure", "r.pdf"))
    proof = page.partition("/admin/fraud/proofs/")[2].partition("/")[0]
    assert office.get(f"/admin/fraud/files/{proof}").data == PDF
    done = office.post(f"/admin/fraud/proofs/{proof}/grant", data={"key": "c", "answer": "Thanks"})
    assert done.status_code == 303
    assert "Every order counts" in client.get("/seller/capital/orders-to-prove/").text
    assert case.number in office.get("/admin/fraud/").text


def test_who_proposed_a_hold_is_not_asked_to_agree(app: Flask, db: Any) -> None:
    seller = make_steady_seller()
    case = make_case(*ship_orders(seller, 1))
    one, other = make_admin(), make_admin()
    first, second = app.test_client(), app.test_client()
    sign_in(first, one)
    sign_in(second, other)
    path = f"/admin/fraud/{case.number}"
    first.post(f"{path}/hold", data={"key": "h", "why": "Forty accounts"})
    assert "another admin decides" in first.get(path).text
    page = second.get(path).text
    hold = page.partition("/admin/fraud/holds/")[2].partition("/")[0]
    assert first.post(f"/admin/fraud/holds/{hold}/grant", data={"key": "i"}).status_code == 409
    assert second.post(f"/admin/fraud/holds/{hold}/grant", data={"key": "j"}).status_code == 303
    assert "End the hold" in first.get(path).text
    sign_in(seller_client := app.test_client(), seller)
    assert "H07" in seller_client.get("/seller/capital/").text


def test_a_shoppers_case_has_a_name_and_what_is_owed(app: Flask, db: Any) -> None:
    loan = make_loan(make_shopper().id, yuan("600.00"))
    owed = exposure_of(loan.borrower_id)
    case = FraudCase(
        number="F-SHOPPER01", subject="buyer", subject_id=loan.borrower_id,
        opened_on=clock.today(), action="stop", state="open",
    )  # fmt: skip
    db.session.add(case)
    db.session.commit()
    office = app.test_client()
    sign_in(office, make_admin())
    name = facts.person_names([loan.borrower_id])[loan.borrower_id]
    page = office.get(f"/admin/fraud/{case.number}").text
    assert owed and f"¥{owed.used // 100}.{owed.used % 100:02}" in page and name in page
    assert name in office.get("/admin/fraud/").text
