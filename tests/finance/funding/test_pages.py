"""The admins' page of banks."""

import re

from finance.funding import changes
from tests.factories.funding import make_bank, make_waterfall
from tests.factories.people import make_admin, sign_in
from tests.finance.money import yuan


def test_an_admin_pauses_a_bank_and_another_lets_it_go_on(client, db):
    bank = make_bank("ALPHA", yuan("10000.00"))
    make_waterfall("installments", (bank, 70))
    first, second = make_admin(), make_admin()
    sign_in(client, first)
    page = client.get("/admin/funding/").text
    assert "Bank Alpha" in page and "10,000.00" in page and "Installments" in page
    change = changes.propose("terms", "ALPHA", terms(), why="it has more", by=second.id)
    assert "it has more" in client.get("/admin/funding/").text
    assert press(client, f"/admin/funding/changes/{change.id}/grant") == 303
    assert press(client, "/admin/funding/banks/ALPHA/pause") == 303
    db.session.refresh(bank)
    assert bank.paused and bank.committed == 20_000_00


def terms():
    return {"price_ppm": 60_000, "committed": 20_000_00}


def press(client, path):
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/admin/funding/").text)
    return client.post(path, data={"csrf_token": token[1] if token else ""}).status_code
