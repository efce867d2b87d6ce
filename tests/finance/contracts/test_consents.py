"""Consents: given, revoked, kept for ever; whoever does not want to be scored is not, and shops on."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core import clock
from core.db import db as database
from finance.capital import services as capital
from finance.contracts import consents, lenders, purposes
from finance.contracts.consents import ConsentMissing
from finance.contracts.models import Consent
from finance.contracts.purposes import AUTOPAY, BANK, MARKETING, SCORING
from finance.contracts.words import LANGUAGES, catalog
from finance.loans import services as loans
from finance.loans.models import Loan
from finance.risk import buyer
from finance.risk.models import Decision
from mall.checkout.services import Placed
from mall.ports import payment_methods
from payments import cards
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.goods import make_product
from tests.factories.orders import place_and_pay, put_in_cart, saved_card, yuan
from tests.factories.owner import as_owner
from tests.factories.people import make_seller, make_shopper, sign_in
from tests.finance.pay_later.test_in_parts import START, make_regular_buyer


def press(client: Any, path: str, **fields: str) -> Any:
    return client.post(path, data=fields)


def rows(subject_id: int) -> list[Consent]:
    database.session.expire_all()
    return list(consents.all_of("buyer", subject_id))


def test_a_consent_is_kept_with_the_words_and_fields_it_was_given_to(db: Any, client: Any) -> None:
    shopper = make_shopper()
    sign_in(client, shopper)
    page = client.get("/account/consents").text
    assert "your application" in page and "Finished orders, last 365 days" in page
    assert press(client, "/account/consents/give", purpose=SCORING, lang="zh").status_code == 303
    (row,) = rows(shopper.id)
    assert row.language == "zh" and row.revoked_at is None and row.basis == "consent"
    assert row.fields == list(purposes.fields_of("buyer", SCORING))
    assert row.text_hash == purposes.asked("buyer", SCORING, row.receiver, "zh").hash
    assert press(client, "/account/consents/give", purpose=SCORING).status_code == 303
    assert len(rows(shopper.id)) == 1  # given is given
    assert press(client, "/account/consents/revoke", purpose=SCORING).status_code == 303
    (row,) = rows(shopper.id)
    assert row.revoked_at is not None
    press(client, "/account/consents/give", purpose=SCORING)
    assert [r.revoked_at is None for r in rows(shopper.id)] == [True, False]


@pytest.mark.parametrize(
    "fields", [{"purpose": "everything"}, {"purpose": BANK, "receiver": "Nobody's bank"}, {}]
)
def test_only_what_is_asked_for_can_be_given(db: Any, client: Any, fields: dict[str, str]) -> None:
    sign_in(client, make_shopper())
    assert press(client, "/account/consents/give", **fields).status_code == 422


def test_every_field_has_a_name_in_every_language() -> None:
    for language in LANGUAGES:
        known = catalog(language)
        for subject, asked in purposes.ASKED.items():
            names = [name for purpose in asked for name in purposes.fields_of(subject, purpose)]
            assert [name for name in names if f"field.{name}" not in known] == []


def test_a_shopper_who_refuses_scoring_sees_no_credit_and_buys_all_the_same(
    db: Any, client: Any
) -> None:
    with clock.travel(START):
        shopper, seller = make_regular_buyer(), make_seller()
        product = make_product(seller, "3600.00", stock=9)
        put_in_cart(shopper, product)
        sign_in(client, shopper)
        assert "pay_later:12" in client.get("/checkout").text
        press(client, "/account/consents/revoke", purpose=SCORING)
        asked = database.session.scalars(select(Decision.id)).all()
        page = client.get("/checkout").text
        assert "pay_later:" not in page and "card" in page
        assert payment_methods.hints(shopper.id, yuan("3600.00")) == []
        assert "APR" not in client.get(f"/p/{product.slug}").text
        with pytest.raises(ConsentMissing):
            place_and_pay(shopper, offer_key="pay_later:12")
        assert buyer.standing(shopper.id, "CNY").reasons[0].code == "RB17"
        overview = client.get("/account/credit")
        assert overview.status_code == 200 and "let your record be scored" in overview.text
        assert database.session.scalars(select(Decision.id)).all() == asked  # nothing was scored
        saved_card(shopper.id)
        assert isinstance(place_and_pay(shopper, key="K-paid-at-once"), Placed)
        put_in_cart(shopper, product)
        press(client, "/account/consents/give", purpose=SCORING)
        assert "pay_later:12" in client.get("/checkout").text


def test_a_shop_that_refuses_scoring_gets_no_offer_and_stays_open(db: Any, client: Any) -> None:
    seller = make_steady_seller()
    ship_orders(seller, 3)
    drawn = capital.draw_on_orders(seller.id, yuan("1000.00"), key="K-before")
    assert isinstance(drawn, capital.Drawn)
    sign_in(client, seller)
    assert press(client, "/seller/consents/revoke", purpose=SCORING).status_code == 303
    for path in ("", "order-advance", "sales-share", "paid-today", "term-loan"):
        page = client.get(f"/seller/capital/{path}")
        assert page.status_code == 200 and "No offers are made" in page.text, path
        assert drawn.number in page.text  # what runs is shown
    refused = press(client, "/seller/capital/order-advance", amount="100.00", key="K-after")
    assert refused.status_code == 409
    with pytest.raises(ConsentMissing):
        capital.draw_on_orders(seller.id, yuan("1000.00"), key="K-after")
    assert client.get(f"/seller/capital/{drawn.number}").status_code == 200
    assert client.get(f"/seller/capital/{drawn.number}/contract").status_code == 200
    for path in ("/seller/", "/seller/orders", "/seller/products", "/seller/money"):
        assert client.get(path).status_code == 200
    assert client.get(f"/s/{seller.slug}").status_code == 200  # the shop is open
    press(client, "/seller/consents/give", purpose=SCORING)
    assert "No offers are made" not in client.get("/seller/capital/").text


def test_a_card_that_pays_by_itself_is_a_mandate(db: Any, client: Any) -> None:
    with clock.travel(START):
        shopper = make_regular_buyer()
        put_in_cart(shopper, make_product(make_seller(), "3600.00"))
        place_and_pay(shopper, offer_key="pay_later:12")
        loan = database.session.scalars(select(Loan)).one()
        saved_card(shopper.id)
        loans.set_autopay(loan.number, shopper.id, cards.of(shopper.id)[0].id)
        (row,) = rows(shopper.id)
        assert (row.purpose, row.basis, row.ref) == (AUTOPAY, "mandate", loan.number)
        sign_in(client, shopper)
        assert loan.number in client.get("/account/consents").text
        sent = {"purpose": AUTOPAY, "ref": loan.number}
        assert press(client, "/account/consents/give", **sent).status_code == 422
        assert press(client, "/account/consents/revoke", **sent).status_code == 303
        database.session.expire_all()
        assert loan.autopay_card_id is None
        assert rows(shopper.id)[0].revoked_at is not None


def test_sharing_is_asked_for_each_bank_by_name(db: Any, client: Any) -> None:
    shopper = make_shopper()
    sign_in(client, shopper)
    lenders.plug(lambda *asked: (), lambda: ("甲银行", "乙银行"))
    try:
        page = client.get("/account/consents").text
        assert "Sharing with 甲银行" in page and "Sharing with 乙银行" in page
        sent = {"purpose": BANK, "receiver": "乙银行"}
        assert press(client, "/account/consents/give", **sent).status_code == 303
    finally:
        lenders.plug(lambda *asked: ())
    (row,) = rows(shopper.id)
    assert (row.receiver, row.revoked_at) == ("乙银行", None)


def test_six_clicks_at_once_give_one_consent(committed_app: Any) -> None:
    start = Barrier(6)

    def click(_: int) -> None:
        with committed_app.app_context():
            start.wait()
            consents.give("buyer", 42, MARKETING, language="en")
            database.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(click, range(6)))
    with committed_app.app_context():
        assert len(rows(42)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "update consent set purpose = 'bank'",
        "update consent set text_hash = repeat('0', 64)",
        "update consent set revoked_at = null",
        "update consent set revoked_at = now() + interval '1 day'",
        "delete from consent",
        "truncate consent",
    ],
)
def test_nobody_rewrites_a_consent(db: Any, statement: str) -> None:
    shopper = make_shopper()
    consents.give("buyer", shopper.id, SCORING, language="en")
    consents.revoke("buyer", shopper.id, SCORING)
    database.session.commit()
    for owner in (False, True):
        with pytest.raises(DBAPIError):
            if owner:
                with as_owner():
                    database.session.execute(text(statement))
            else:
                database.session.execute(text(statement))
        database.session.rollback()
