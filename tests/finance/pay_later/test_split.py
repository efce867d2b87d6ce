"""“Pay 1,400.00 now, 600.00 in 3 parts”: the counter-offer, sold in one checkout."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from core import clock
from finance.loans.models import Loan
from mall.orders.models import Order
from mall.wallet import queries as wallets
from tests.factories.goods import make_product
from tests.factories.orders import assert_clean, put_in_cart
from tests.factories.people import sign_in
from tests.factories.wallet import give_balance
from tests.finance.money import yuan
from tests.finance.pay_later.test_in_parts import START, make_regular_buyer
from tests.mall.checkout.test_pages import form_of, hidden

SPLIT = "split:140000:pay_later:3"


@pytest.fixture
def newcomer(db, client):
    """One finished order, a basket of 2,000.00, a starter limit of 600.00."""
    found = make_regular_buyer(finished=1)
    with clock.travel(START):
        put_in_cart(found, make_product(price="2000.00"))
        sign_in(client, found)
    return found


def at_start(call):
    with clock.travel(START):
        return call()


def test_in_one_step(db, client, newcomer):
    at_start(lambda: give_balance(newcomer, "1500.00"))
    page = at_start(lambda: client.get("/checkout").text)
    words = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))
    assert "Pay ¥1,400.00 from your balance now, ¥600.00 later: Pay in 3 parts" in words
    assert f'value="{SPLIT}"' in page
    chosen = at_start(lambda: client.post("/checkout", data=form_of(page) | {"action": SPLIT}).text)
    assert hidden(chosen, "seen_total") == "200000-140000"
    assert "the rest of ¥600.00" in chosen
    terms = re.search(r'name="terms-pay_later:3" value="([^"]+)"', chosen)
    form = form_of(chosen, offer="pay_later:3", use_balance="y", agree="y") | {
        "balance_part": hidden(chosen, "balance_part"),
        "terms-pay_later:3": terms[1],
    }
    told = at_start(lambda: client.post("/checkout", data=form))
    assert told.status_code == 303, told.text
    order = db.session.scalars(select(Order).where(Order.buyer_id == newcomer.id)).all()[-1]
    loan = db.session.scalars(select(Loan).where(Loan.borrower_id == newcomer.id)).one()
    assert order.state == "paid" and (loan.principal, len(loan.rows)) == (60_000, 3)
    assert wallets.balance_of(newcomer.id, "CNY") == yuan("100.00")
    assert_clean()


def test_with_too_little_on_the_balance_a_card_pays(db, client, newcomer):
    page = at_start(lambda: client.get("/checkout").text)
    assert SPLIT not in page and 'value="by-card:140000:pay_later:3"' in page


@pytest.mark.parametrize(
    "action", ["split:", "split:x:pay_later:3", "split:99999999999:pay_later:3"]
)
def test_a_press_that_was_never_offered_takes_no_more_than_there_is(db, client, newcomer, action):
    at_start(lambda: give_balance(newcomer, "50.00"))
    page = at_start(lambda: client.get("/checkout").text)
    told = at_start(lambda: client.post("/checkout", data=form_of(page) | {"action": action}))
    assert told.status_code == 200
    assert hidden(told.text, "seen_total") in ("200000", "200000-5000")
