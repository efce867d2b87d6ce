"""Two tabs show the same payment: paid in one, the other does not pay the next row."""

import re
from datetime import date
from typing import Any

import pytest

from core import clock
from finance.loans import services as loans
from finance.loans.life import Changed, mark_of
from mall.accounts.queries import person
from tests.factories.loans import make_loan, owed
from tests.factories.orders import assert_clean, saved_card
from tests.factories.people import make_shopper, sign_in
from tests.finance.loans.test_paying_twice import fund
from tests.finance.money import yuan

BOUGHT, SOON = date(2026, 3, 10), date(2026, 3, 12)


@pytest.fixture
def phone(db: Any) -> Any:
    """3,600.00 in 12 rows of 318.00."""
    return make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)


def _form(page: str, way: str) -> dict[str, str]:
    """The form `Pay 318.00` as the page gave it."""
    names = {
        "key": r'id="key-pay"[^>]*value="([^"]*)"',
        "seen": r'id="seen-pay"[^>]*value="([^"]*)"',
    }
    found = {name: re.search(pattern, page) for name, pattern in names.items()}
    assert all(found.values()), "the form has lost a field"
    return {name: hit[1] for name, hit in found.items() if hit} | {"way": way}


def test_a_second_tab_does_not_pay_the_next_row(db: Any, client: Any, phone: Any) -> None:
    card = saved_card(phone.borrower_id)
    sign_in(client, person(phone.borrower_id))
    plan = f"/account/credit/{phone.number}"
    with clock.travel(SOON):
        tab, other = client.get(plan).text, client.get(plan).text
        assert client.post(f"{plan}/pay", data=_form(tab, card)).status_code == 303
        late = client.post(f"{plan}/pay", data=_form(other, card))
        assert late.status_code == 409 and "has changed since you opened" in late.text
        assert owed(phone)["loan_principal"] == yuan("3300.00")  # one row of 300.00, not two
        again = client.post(f"{plan}/pay", data=_form(late.text, card))
        assert again.status_code == 303  # she has looked, and pays the next one
        assert owed(phone)["loan_principal"] == yuan("3000.00")
    assert_clean()


def test_what_was_seen_is_compared_under_the_lock(db: Any, phone: Any) -> None:
    fund(phone.borrower_id, "1000.00")
    with clock.travel(SOON):
        seen = mark_of(phone, yuan("318.00"))
        loans.pay_from_wallet(phone.number, phone.borrower_id, key="K-1", seen=seen)
        again = loans.pay_from_wallet(phone.number, phone.borrower_id, key="K-1", seen=seen)
        assert again == yuan("318.00")  # the same key is the same payment
        with pytest.raises(Changed):
            loans.pay_from_wallet(phone.number, phone.borrower_id, key="K-2", seen=seen)
    assert_clean()
