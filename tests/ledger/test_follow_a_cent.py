"""The walk of docs/ledger.md from a card to a seller's bank, with the commands that it names."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from core import clock
from ledger import book
from mall.orders.rules import OrderState
from mall.payouts import services
from payments import services as payments
from payments.models import GatewayOp
from tests.factories.orders import make_order, yuan

PAGE = Path(__file__).parents[2] / "docs" / "ledger.md"


def test_a_cent_is_followed_from_card_to_payout(app: Flask, db: Any) -> None:
    order = make_order(amount="100.00", state=OrderState.RECEIVED)
    payout = services.request_payout(order.seller_id, yuan("95.00"), key="K")
    for minutes in (0, 2, 60):
        with clock.travel(clock.now() + timedelta(minutes=minutes)):
            for op in db.session.query(GatewayOp).filter_by(kind="payout"):
                payments.drive(op.id)
    walk = [
        (f"2100:escrow:{order.number}", ["100.00", "-95.00", "-5.00"]),
        (f"2110:seller_payable:{order.seller_id}", ["95.00", "-95.00"]),
        (f"2130:payout_in_flight:{payout.number}", ["95.00", "-95.00"]),
    ]
    for account, changes in walk:
        told = app.test_cli_runner().invoke(args=["ledger", "statement", account]).output
        moved = [line.split()[1] for line in told.splitlines()[1:-1]]
        assert moved == changes, told
        kind = account.rpartition(":")[0]
        assert f"flask ledger statement {kind}:" in PAGE.read_text()
    kinds = [view.kind for view in book.journals_of(payout.number)]
    assert kinds == ["payout.asked", "payout.sent", "payout.paid"]
    assert all(
        f"`{kind}`" in PAGE.read_text() for kind in (*kinds, "payment.paid", "order.released")
    )
