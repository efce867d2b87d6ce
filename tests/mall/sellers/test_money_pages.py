"""The seller's money pages: a statement that ties to the book, a schedule, a debt, a reserve."""

from datetime import date, timedelta
from typing import Any

import pytest

from core import clock
from ledger import book
from ledger.accounts import account
from mall.orders import returns
from mall.orders.rules import OrderState
from mall.payouts import reserves, services, terms
from mall.payouts.statements import period
from tests.factories.orders import assert_clean, balance, make_order, saved_card, yuan
from tests.factories.people import make_admin, make_seller, sign_in

DAY = date(2026, 3, 2)


@pytest.fixture
def seller(client: Any) -> Any:
    shop = make_seller("Lake Tea")
    sign_in(client, shop)
    return shop


def live(seller: Any) -> list[str]:
    """Three days of a shop: two sales, a payout, a refund; gives the orders' numbers."""
    numbers = []
    terms.set_jurisdiction(seller.id, "CN")
    with clock.travel(DAY):
        numbers.append(make_order(seller=seller, state=OrderState.RECEIVED).number)
    with clock.travel(DAY + timedelta(1)):
        numbers.append(make_order(seller=seller, state=OrderState.RECEIVED).number)
        returns.give_refund(numbers[0], yuan("20.00"), by="mall", cause="late")
    with clock.travel(DAY + timedelta(2)):
        numbers.append(make_order(seller=seller, state=OrderState.RECEIVED).number)
    return numbers


def test_opening_lines_and_closing_of_every_period_tie_to_the_book(db: Any, seller: Any) -> None:
    first, second, _ = live(seller)
    found = period(seller.id, "CNY", DAY + timedelta(1), DAY + timedelta(1))
    # 100.00 less 5.00 commission and 0.30 tax
    assert (found.opening, found.closing) == (yuan("94.70"), yuan("170.46"))
    assert [(r.words, r.ref, r.amount.minor, r.balance.minor) for r in found.rows if r.balance] == [
        ("Sale", second, 10_000, 19_470),
        ("Commission of the mall", second, -500, 18_970),
        ("Tax on the commission", second, -30, 18_940),
        ("Given back to the buyer", first, -1_894, 17_046),
    ]
    whole = period(seller.id, "CNY", date(2026, 1, 1), date(2026, 12, 31))
    assert not whole.opening and whole.closing == balance("seller_payable", seller.id)
    assert sum(row.amount.minor for row in whole.rows) == whole.closing.minor
    assert sum(amount.minor for _, amount in whole.sums) == whole.closing.minor
    before = book.balance_before(account("seller_payable", seller.id), "CNY", DAY)
    assert not before and not book.balance_before(account("seller_payable", 1), "CNY", DAY)


def test_the_statement_page_its_file_and_its_paper(client: Any, seller: Any) -> None:
    _, second, _ = live(seller)
    span = "?from=2026-03-03&to=2026-03-03"
    page = client.get(f"/seller/money/statement{span}").text
    assert "¥94.70" in page and "¥170.46" in page and f"/seller/orders/{second}" in page
    rows = client.get(f"/seller/money/statement/period.csv{span}").text.splitlines()
    assert rows[1] == "2026-03-03,Opening balance,,,,,94.70,CNY,"
    assert rows[-1] == "2026-03-03,Closing balance,,,,,170.46,CNY," and len(rows) == 7
    assert "¥170.46" in client.get(f"/seller/money/statement/print{span}").text
    for wrong in ("?from=2026-03-03&to=2026-03-02", "?from=x", "?from=2024-01-01&to=2026-01-01"):
        assert client.get(f"/seller/money/statement{wrong}").status_code == 422
        assert client.get(f"/seller/money/statement/period.csv{wrong}").status_code == 422


def test_the_seller_chooses_when_to_be_paid(client: Any, seller: Any) -> None:
    with clock.travel(DAY):
        ask = {"when": "weekly:3", "minimum": "50.00"}
        assert client.post("/seller/money/schedule", data=ask).status_code == 303
        page = client.get("/seller/money").text
    assert "once a week, on Wednesday." in page and "4 Mar 2026" in page
    agreed = terms.terms_of(seller.id)
    assert (agreed.payout_every, agreed.payout_day, agreed.payout_minimum) == ("weekly", 3, 5_000)
    wrong = {"when": "weekly:9", "minimum": "x"}
    assert client.post("/seller/money/schedule", data=wrong).status_code == 422


def test_a_debt_is_shown_and_paid_from_a_saved_card(client: Any, seller: Any) -> None:
    order = make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    services.request_payout(seller.id, yuan("95.00"), key="all")
    returns.give_refund(order.number, yuan("100.00"), by="mall", cause="late")
    page = client.get("/seller/money").text
    assert "You owe ¥95.00" in page and "/account/cards" in page
    card = saved_card(seller.owner_id).partition(":")[2]
    ask = {"amount": "96.00", "card": card, "key": "K-1"}
    assert "You owe 95.00" in client.post("/seller/money/pay-in", data=ask).text
    ask = {"amount": "95.00", "card": card, "key": "K-2"}
    for _ in range(2):
        assert client.post("/seller/money/pay-in", data=ask).status_code == 303
    assert not balance("seller_receivable", seller.id)
    assert "You owe" not in client.get("/seller/money").text
    assert_clean()


def test_a_reserve_is_shown_with_its_days_and_can_be_explained(client: Any, seller: Any) -> None:
    why = "Many parcels came back"
    reserves.set_reserve(seller.id, 100_000, days=30, why=why, by=make_admin().id)
    with clock.travel(DAY):
        order = make_order(seller=seller, state=OrderState.RECEIVED)
        page = client.get("/seller/money").text
    assert why in page and "1 Apr 2026" in page and "¥9.50" in page and order.number in page
    told = client.post("/seller/money/reserve/explain", data={"text": "The carrier was late"})
    assert told.status_code == 303
    assert "The carrier was late" in client.get("/seller/money").text
    assert client.post("/seller/money/reserve/explain", data={"text": ""}).status_code == 422
