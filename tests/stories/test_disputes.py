"""Disputes from the card to the verdict, through the pages: one won, one lost, one that only asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core import clock
from core.jobs import Pile
from mall.disputes import services as disputes
from payments.sandbox_bank import engine
from payments.sandbox_tables import notices
from tests.factories.goods import make_product
from tests.factories.orders import balance, yuan
from tests.factories.people import make_admin, make_shopper
from tests.stories.cast import CARD, START, make_shop, number_on, sign_in, to_checkout
from tests.stories.visitor import Visitor

FRAUD, NOTHING_CAME, INQUIRY = "4000000000000259", "4000000000002685", "4000000000001976"
Visit = Callable[[], Visitor]


@pytest.fixture(autouse=True)
def quiet_bank(app: Any) -> None:
    """The bank keeps what other tests did: what it still has to say about that is not for us."""
    with app.app_context(), engine().begin() as bank:
        said = update(notices).where(notices.c.delivered_at.is_(None))
        bank.execute(said.values(delivered_at=clock.now()))


def bought(visit: Visit, seller: Any, card: str) -> tuple[Visitor, str]:
    """A shopper at her pages and the number of her order of 200.00, paid with this card."""
    me = sign_in(visit(), make_shopper("Cardholder", "holder@example.com"))
    answers = to_checkout(me, make_product(seller, "200.00", title="Aster lamp"))
    me.press("Pay and order", **answers, offer="card", **{**CARD, "card_number": card})
    me.sees("Thank you")
    return me, number_on(me.get("/account/orders"), "/account/orders/")


def on_day(days: int, pile: Pile) -> Any:
    """That many days after the start; what is due by then has run."""
    later = clock.travel(clock.start_of(START) + timedelta(days=days, hours=12))
    later.__enter__()
    pile.run_due()
    return later


def test_sent_with_a_tracking_number_and_won(visit: Visit, db: Any, pile: Pile) -> None:
    seller, boss = make_shop(), make_admin()
    with clock.travel(START):
        me, number = bought(visit, seller, NOTHING_CAME)
        shop = sign_in(visit(), seller)
        shop.get(f"/seller/orders/{number}")
        shop.press("It is on its way", carrier="SF Express", tracking="SF7000001")
    opened = on_day(3, pile)
    me.get(f"/account/orders/{number}").sees("took ¥200.00 of this order back", "Needs response")
    assert "I have received it" not in me.html
    shop.get("/seller/disputes").sees("The cardholder says nothing came", "¥200.00", number)
    dispute = number_on(shop, "/seller/disputes/")
    shop.get(f"/seller/disputes/{dispute}").sees("SF7000001", "in escrow", "Answer by")
    shop.press("Keep these words", text="It lies at her neighbor's.").sees("part of the answer")
    shop.press("Hand in the answer").sees("The bank has your side now", "Under review")
    assert balance("disputed_funds", dispute) == yuan("200.00")
    opened.__exit__(None, None, None)

    decided = on_day(7, pile)
    shop.get(f"/seller/disputes/{dispute}").sees("Won", "It lies at her neighbor's.")
    me.get(f"/account/orders/{number}").sees("that this payment stands")
    me.press("I have received it").sees("The seller has been paid")
    assert balance("seller_payable", seller.id) == yuan("200.00")
    assert balance("disputed_funds", dispute) == yuan("0.00")
    admin = sign_in(visit(), boss)
    admin.get(f"/admin/disputes/{dispute}").sees("Phone House", "¥15.00", "dispute.won")
    admin.get("/admin/disputes?view=decided").sees(dispute)
    admin.get("/admin/ledger").press("Run the audit").sees("invariants hold")
    decided.__exit__(None, None, None)


def test_never_sent_and_lost(visit: Visit, db: Any, pile: Pile) -> None:
    seller, boss = make_shop(), make_admin()
    with clock.travel(START):
        me, number = bought(visit, seller, FRAUD)
    opened = on_day(3, pile)
    shop = sign_in(visit(), seller)
    shop.get(f"/seller/orders/{number}").sees("it was not they who paid")
    assert "It is on its way" not in shop.html
    admin = sign_in(visit(), boss)
    admin.get("/admin/disputes").sees(number)
    dispute = number_on(admin, "/admin/disputes/")
    admin.get(f"/admin/disputes/{dispute}").sees("no proof that it was delivered", "Not sent")
    admin.press("Give in").sees("the cardholder keeps the money", "Lost")
    opened.__exit__(None, None, None)

    decided = on_day(10, pile)
    admin.get(f"/admin/disputes/{dispute}").sees("Lost", "the shop bears it", "order.refunded")
    me.get(f"/account/orders/{number}").sees("gave ¥200.00 of this order back to the card")
    me.sees("Canceled", "by your bank, to the card")
    assert balance("escrow", number) == yuan("0.00")
    admin.get("/admin/ledger").press("Run the audit").sees("invariants hold")
    decided.__exit__(None, None, None)


def test_nobody_answers_so_the_mall_does_the_day_before(visit: Visit, db: Any, pile: Pile) -> None:
    seller = make_shop()
    with clock.travel(START):
        _, number = bought(visit, seller, NOTHING_CAME)
        shop = sign_in(visit(), seller)
        shop.get(f"/seller/orders/{number}").press("Hand to the mall's courier")
    for day, answered in ((3, 0), (7, 0), (8, 1)):
        at = on_day(day, pile)
        assert disputes.answer_due() == answered
        pile.run_due()
        at.__exit__(None, None, None)
    decided = on_day(12, pile)
    shop.get("/seller/disputes?view=decided").sees("Won")
    decided.__exit__(None, None, None)


def test_an_inquiry_is_answered_by_patience(visit: Visit, db: Any, pile: Pile) -> None:
    seller = make_shop()
    with clock.travel(START):
        me, number = bought(visit, seller, INQUIRY)
    opened = on_day(3, pile)
    me.get(f"/account/orders/{number}").sees("has asked about this payment")
    opened.__exit__(None, None, None)
    decided = on_day(8, pile)
    me.get(f"/account/orders/{number}").sees("was content with the answer")
    assert balance("dispute_fee") == yuan("0.00")
    decided.__exit__(None, None, None)
