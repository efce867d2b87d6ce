"""What admins see of decisions, contracts and the portfolio."""

import re

import pytest

from finance.capital import queries, services
from finance.risk.models import Decision
from mall.orders import services as orders
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import yuan
from tests.factories.people import make_admin, make_shopper, sign_in


@pytest.fixture
def advance(db):
    seller = make_steady_seller()
    shipped = ship_orders(seller, 4)
    number = services.draw_on_orders(seller.id, yuan("3000.00"), key="K").number
    services.draw_on_orders(seller.id, yuan("9000.00"), key="K-2")
    orders.confirm_receipt(shipped[0].number, shipped[0].buyer_id)
    return queries.advance_numbered(number)


@pytest.fixture
def admin(client, advance):
    sign_in(client, make_admin())
    return client


def text_of(response):
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def test_decisions_are_listed_and_filtered(admin):
    assert "2 decisions" in text_of(admin.get("/admin/lending/applications"))
    shown = text_of(admin.get("/admin/lending/applications?approved=no&product=order_advance"))
    assert "1 decisions" in shown and "RS26" in shown


def test_a_decision_shows_all_it_stood_on_and_replays(admin, advance):
    shown = text_of(admin.get(f"/admin/lending/applications/{advance.decision_id}"))
    assert "shop age days" in shown and "seller_expert_1" in shown and advance.number in shown
    again = text_of(admin.post(f"/admin/lending/applications/{advance.decision_id}/replay"))
    assert "Replayed: the same bytes" in again


def test_a_tampered_decision_replays_differently(admin, advance, db):
    old = db.session.get(Decision, advance.decision_id)
    columns = [c.name for c in Decision.__table__.columns if c.name not in ("id", "inputs")]
    standing = {**old.inputs["standing"], "supports": 1}
    other = Decision(
        **{name: getattr(old, name) for name in columns},
        inputs={**old.inputs, "standing": standing},
    )
    db.session.add(other)
    db.session.commit()
    assert "it differs" in text_of(admin.post(f"/admin/lending/applications/{other.id}/replay"))


def test_contracts_are_listed_and_filtered(admin, advance):
    shown = text_of(admin.get("/admin/lending/loans?kind=advance&state=active"))
    assert advance.number in shown and "¥2,200.00" in shown  # 800.00 of 3,000.00 came back
    assert advance.number not in text_of(admin.get("/admin/lending/loans?late=30"))


def test_one_contract_shows_rows_and_journals(admin, advance):
    shown = text_of(admin.get(f"/admin/lending/loans/{advance.number}"))
    assert (
        "release:" in shown
        and "In the book: advance principal" in shown
        and "Orders behind it" in shown
    )
    assert admin.get("/admin/lending/loans/L-NOTHING").status_code == 404


def test_the_portfolio_adds_up(admin):
    shown = text_of(admin.get("/admin/lending/portfolio"))
    assert "¥2,200.00" in shown and "1 contracts run" in shown


def test_only_admins_come_in(client, advance):
    sign_in(client, make_shopper())
    for page in ("applications", "loans", "portfolio", f"loans/{advance.number}"):
        assert client.get(f"/admin/lending/{page}").status_code == 404
