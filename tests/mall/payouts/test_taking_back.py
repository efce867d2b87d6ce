"""An admin takes a payout back: the seller is owed it again; never more than was paid out."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.db import db as database
from core.errors import DomainError
from mall.orders.rules import OrderState
from mall.payouts import services as payouts
from mall.payouts import taking_back
from mall.payouts.models import PayoutTakeBack
from mall.sellers.models import Seller
from payments.applying import apply_answer
from payments.gateway import Answer
from payments.models import GatewayOp
from payments.sweeps import due_ops, resolve
from tests.factories.messages import newest, subjects
from tests.factories.orders import assert_clean, balance, make_order, yuan
from tests.factories.people import make_admin, make_seller, sign_in


def _paid_out(seller: Seller, amount: str = "80.00") -> Any:
    """100.00 sold, 95.00 due to the shop, `amount` of it at its account."""
    make_order(seller=seller, state=OrderState.RECEIVED)
    payout = payouts.request_payout(seller.id, yuan(amount), key="k")
    for minutes in (1, 10, 90):
        with clock.travel(clock.now() + timedelta(minutes=minutes)):
            resolve(due_ops())
    database.session.refresh(payout)
    assert payout.state == "paid"
    return payout


def _take(payout: Any, amount: str, key: str, by: int, why: str = "Paid twice by mistake") -> str:
    return taking_back.take_back_now(
        payout.seller_id, payout.number, yuan(amount), why=why, by=by, key=key
    )


def test_what_comes_back_is_owed_to_the_shop_again(db: Any) -> None:
    seller, admin = make_seller(), make_admin()
    payout = _paid_out(seller)
    before = balance("seller_payable", seller.id)
    assert _take(payout, "30.00", "a", admin.id) == "succeeded"
    assert balance("seller_payable", seller.id) - before == yuan("30.00")
    assert_clean()
    told = newest(seller.owner_id)
    assert told.subject == f"¥30.00 of payout {payout.number} was taken back"
    assert "Paid twice by mistake" in told.body
    assert _take(payout, "30.00", "a", admin.id) == "succeeded"  # a second click
    assert balance("seller_payable", seller.id) - before == yuan("30.00")
    with pytest.raises(DomainError, match="more than is left"):
        _take(payout, "50.01", "b", admin.id)
    assert _take(payout, "50.00", "c", admin.id) == "succeeded"
    assert_clean()


def test_only_what_has_arrived_and_only_with_a_reason(db: Any) -> None:
    seller, admin = make_seller(), make_admin()
    payout = _paid_out(seller)
    with pytest.raises(DomainError, match="Say why"):
        _take(payout, "1.00", "a", admin.id, why=" ")
    asked = payouts.request_payout(seller.id, yuan("5.00"), key="k2")
    with pytest.raises(taking_back.NotThere):
        _take(asked, "1.00", "b", admin.id)


def test_a_no_of_the_gateway_moves_nothing_and_is_told(db: Any) -> None:
    seller, admin = make_seller(), make_admin()
    payout = _paid_out(seller)
    op_id = taking_back.take_back(
        seller.id, payout.number, yuan("30.00"), why="Mistake", by=admin.id, key="a"
    )
    before = balance("seller_payable", seller.id)
    apply_answer(op_id, Answer("refused", code="no_funds", message="The account there is empty."))
    assert balance("seller_payable", seller.id) == before
    row = database.session.query(PayoutTakeBack).one()
    assert row.state == "refused"
    assert f"¥30.00 of payout {payout.number} could not be taken back" in subjects(admin.id)
    assert _take(payout, "80.00", "again", admin.id) == "succeeded"
    assert_clean()


def test_an_admin_does_it_on_the_shops_page(client: Any, db: Any) -> None:
    seller, admin = make_seller(), make_admin()
    payout = _paid_out(seller)
    sign_in(client, admin)
    page = f"/admin/sellers/{seller.id}"
    assert "Take a payout back" in client.get(page).text
    sent = {"key": "K-1", "number": payout.number, "amount": "30.00", "why": "Paid twice"}
    client.post(f"{page}/take-back", data=sent)
    assert "¥30.00 of payout" in client.get(page).text
    refused = client.post(f"{page}/take-back", data=sent | {"key": "K-2", "amount": "900.00"})
    assert refused.status_code == 422 and "more than is left" in refused.text


def test_the_payee_is_named_in_what_a_bank_would_be_told(db: Any) -> None:
    seller = make_seller("Teas of Hangzhou")
    _paid_out(seller)
    op = database.session.query(GatewayOp).filter_by(kind="payout").one()
    assert op.params["holder"] == "Teas of Hangzhou"


def test_two_admins_at_once_take_back_no_more_than_there_is(committed_app: Any) -> None:
    """80.00 were paid out; eight ask for 30.00 each: two get it."""
    with committed_app.app_context():
        payout, admin = _paid_out(make_seller()), make_admin()
        number, seller_id, by = payout.number, payout.seller_id, admin.id
    said: list[str] = []

    def ask(key: str) -> None:
        with committed_app.app_context():
            try:
                taking_back.take_back(
                    seller_id, number, yuan("30.00"), why="Mistake", by=by, key=key
                )
                said.append("asked")
            except DomainError:
                said.append("no")
            database.session.remove()

    threads = [threading.Thread(target=ask, args=(f"k{n}",)) for n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(said) == ["asked"] * 2 + ["no"] * 6
