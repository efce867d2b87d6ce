"""The admins' page of reconciliation: compare, read, and go on to the case."""

import pytest
from flask.testing import FlaskClient

from core import clock
from payments import sandbox_bank
from payments.sandbox_tables import objects
from tests.factories.bank import forget_everything
from tests.factories.orders import make_order
from tests.factories.people import make_admin, sign_in

pytestmark = pytest.mark.usefixtures("db")


def test_an_admin_compares_the_gateway_with_the_book(client: FlaskClient) -> None:
    forget_everything()
    make_order(amount="100.00")
    sign_in(client, make_admin())
    assert "Nothing was compared yet." in client.get("/admin/reconciliation").get_data(as_text=True)
    today = clock.today().isoformat()
    days = {"since": today, "until": today}
    page = client.post("/admin/reconciliation", data=days, follow_redirects=True)
    text = page.get_data(as_text=True)
    assert "Both sides agree to the last unit." in text and "¥99.40" in text
    with sandbox_bank.engine().begin() as bank:
        bank.execute(objects.update().values(amount=10_500))
    page = client.post("/admin/reconciliation", data=days, follow_redirects=True)
    text = page.get_data(as_text=True)
    assert "Amount differs" in text and "1 unexplained" in text
    case = text.partition('href="/admin/cases/')[2].partition('"')[0]
    page = client.get(f"/admin/cases/{case}").get_data(as_text=True)
    assert "A difference nobody explained" in page and "105.00 CNY" in page
    page = client.post(f"/admin/cases/{case}/close", data={"how": "Told to the processor."})
    assert page.status_code == 303
    assert "1 unexplained" in client.get("/admin/reconciliation").get_data(as_text=True)


def test_days_that_make_no_sense_are_said_beside_the_field(client: FlaskClient) -> None:
    sign_in(client, make_admin())
    days = {"since": "2026-03-02", "until": "2026-03-01"}
    page = client.post("/admin/reconciliation", data=days)
    assert page.status_code == 422
    assert "Choose a day that is not before the first." in page.get_data(as_text=True)
