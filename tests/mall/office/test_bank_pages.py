"""The admins' pages of bank and cases: take a statement in, decide, pay out."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from payments import bank_listing, cases, services
from tests.factories.bank import PAYER, arrives, await_transfer, camt, entry, reference
from tests.factories.payments import Stall, balance, plugged, yuan
from tests.factories.people import make_admin, make_shopper, sign_in

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def admin(client: FlaskClient) -> FlaskClient:
    sign_in(client, make_admin())
    return client


@pytest.fixture
def stall() -> Any:
    with plugged() as (stall, _, _):
        yield stall


def upload(admin: FlaskClient, data: bytes) -> Any:
    file = (BytesIO(data), "march.xml")
    return admin.post("/admin/bank", data={"file": file}, follow_redirects=True)


def test_a_statement_is_taken_in_on_the_page(admin: FlaskClient, stall: Stall) -> None:
    payment = await_transfer("O-1", yuan("100.00"))
    file = camt(
        entry("100.00", reference=reference(payment)), entry("7.00", id="REF-2", reference="")
    )
    page = upload(admin, file).get_data(as_text=True)
    assert "2 lines, 2 of them new. Placed: 1 incoming, 1 unknown money." in page
    assert "march.xml" in page and "¥107.00" in page and PAYER in page
    assert services.view(payment.id).state == "succeeded"
    assert "2 lines, 0 of them new. Nothing was to be placed." in upload(admin, file).get_data(
        as_text=True
    )


def test_what_is_no_statement_is_said_beside_the_field(admin: FlaskClient) -> None:
    answer = upload(admin, b"account,id\n")
    assert answer.status_code == 422
    assert "Line 1 must name the columns" in answer.get_data(as_text=True)
    assert "Choose the file" in admin.post("/admin/bank").get_data(as_text=True)


def test_a_case_is_decided_on_its_page(admin: FlaskClient) -> None:
    arrives("55.00", text="for the red one")
    (case,) = cases.listed("open")
    page = admin.get("/admin/cases").get_data(as_text=True)
    assert "1 waits for a decision" in page and "Money from nobody we know" in page
    page = admin.get(f"/admin/cases/{case.id}").get_data(as_text=True)
    assert "for the red one" in page and "1900:suspense" in page
    refused = admin.post(f"/admin/cases/{case.id}/wallet", data={"email": "nobody@example.com"})
    assert refused.status_code == 422
    assert "Nobody here has this e-mail address." in refused.get_data(as_text=True)
    owner = make_shopper("Red", "red@example.com")
    admin.post(f"/admin/cases/{case.id}/wallet", data={"email": " Red@example.com"})
    assert balance("wallet", owner.id) == "55.00"
    assert "Put into a wallet." in admin.get(f"/admin/cases/{case.id}").get_data(as_text=True)


def test_sent_back_and_downloaded_twice_it_is_the_same_file(admin: FlaskClient) -> None:
    arrives("55.00")
    (case,) = cases.listed("open")
    said = admin.post(f"/admin/cases/{case.id}/back", follow_redirects=True)
    number = said.get_data(as_text=True).partition("Order S-")[2][:9]
    services.drive(services.op_of(f"S-{number}"))
    assert "1 payment of ¥55.00 waits for a file" in admin.get("/admin/bank").get_data(as_text=True)
    page = admin.post("/admin/bank/files", follow_redirects=True).get_data(as_text=True)
    path = f"/admin/bank/files/{page.partition('/admin/bank/files/')[2].partition(chr(34))[0]}"
    first, second = admin.get(path), admin.get(path)
    assert first.data == second.data and PAYER.encode() in first.data
    assert "attachment" in first.headers["Content-Disposition"]
    assert admin.post("/admin/bank/files").status_code == 409  # nothing waits any more


def test_an_order_is_taken_back_on_the_page(admin: FlaskClient) -> None:
    arrives("55.00")
    (case,) = cases.listed("open")
    admin.post(f"/admin/cases/{case.id}/back")
    services.drive(services.op_of(cases.case(case.id).how.removeprefix("Sent back: ")[:-1]))
    (order,) = bank_listing.open_orders()
    assert admin.post(f"/admin/bank/orders/{order.id}/refuse").status_code == 422
    admin.post(f"/admin/bank/orders/{order.id}/refuse", data={"why": "The payer called."})
    assert bank_listing.open_orders() == []
    assert [c.kind for c in cases.listed("open")] == ["return_refused"]
