"""Cards saved without paying, and sellers' accounts: on Stripe's own pages, told by notices."""

from typing import Any

import pytest

from mall.payouts.services import NoPayoutNow, request_payout
from mall.sellers import queries as sellers
from mall.sellers import services as sellers_services
from payments import accounts, cards, services
from tests.factories.payments import earn, yuan
from tests.factories.people import make_seller, make_shopper, sign_in
from tests.payments.stripe_standin import StripeStandIn


def told(bank: StripeStandIn, client: Any) -> list[str]:
    """Deliver what is news; gives what became of each."""
    results = []
    for headers, body in bank.news():
        answer = client.post("/webhooks/stripe", data=body, headers=headers)
        assert answer.status_code == 200
        results.append(answer.text)
    return results


def test_a_card_is_saved_without_paying(bank: StripeStandIn, client: Any, db: Any) -> None:
    shopper = make_shopper("Saver")
    sign_in(client, shopper)
    assert "Enter a card" in client.get("/account/cards").text
    there = client.post("/account/cards/page", data={"key": "k1"})
    assert there.location.startswith("https://checkout.stripe.com/")
    again = client.post("/account/cards/page", data={"key": "k1"})
    assert (again.location, len(bank.of("cs"))) == (there.location, 1)

    bank.pay_page(bank.of("cs")[0]["id"])
    assert told(bank, client) == ["saved", "saved"]  # the setup and its page say the same
    (card,) = cards.of(shopper.id)
    assert (card.label, card.customer) == ("Visa ending in 4242", bank.of("cus")[0]["id"])
    assert bank.of("txn") == []


def test_a_page_that_cannot_be_opened_says_so(bank: StripeStandIn, client: Any, db: Any) -> None:
    sign_in(client, make_shopper("Saver"))
    bank.faults = ["500_after"]
    answer = client.post("/account/cards/page", data={"key": "k2"})
    assert (answer.status_code, "cannot be reached" in answer.text) == (409, True)


def test_a_seller_opens_an_account_and_is_paid_there(
    bank: StripeStandIn, client: Any, db: Any
) -> None:
    seller = make_seller()
    sign_in(client, seller)
    assert "Open the account" in client.get("/seller/profile").text
    there = client.post("/seller/profile/payout-account/page", data={"key": "k1"})
    (account,) = bank.of("acct")
    assert there.location.startswith(f"https://connect.stripe.com/setup/{account['id']}")
    assert account["metadata"]["seller"] == str(seller.id)
    assert "still needs something" in client.get("/seller/profile").text

    bank.tell("account.updated", account)
    assert told(bank, client) == ["not_enabled"]
    bank.onboard(account)
    bank.tell("account.updated", account)
    assert told(bank, client) == ["enabled", "enabled"]
    assert sellers.owned_by(seller.owner_id).payout_account == account["id"]
    assert "may pay you" in client.get("/seller/profile").text
    assert (
        client.post("/seller/profile/payout-account", data={"account": "123456"}).status_code == 422
    )


def test_no_payout_leaves_for_where_stripe_cannot_pay(bank: StripeStandIn, db: Any) -> None:
    seller = make_seller()
    earn(seller.id, yuan("50.00"))
    with pytest.raises(NoPayoutNow, match="Open your account"):
        request_payout(seller.id, yuan("50.00"), key="k1")
    sellers_services.change_payout_account(seller.id, "acct_1")
    payout = request_payout(seller.id, yuan("50.00"), key="k1")
    assert payout.destination == "acct_1"


@pytest.mark.parametrize("fault", ["drop_after", "500_sticky", "slow"])
def test_a_lost_answer_opens_no_second_account(
    bank: StripeStandIn, client: Any, db: Any, fault: str
) -> None:
    seller = make_seller()
    bank.fault_at("POST /v1/accounts", *([fault] * (1 if fault == "500_sticky" else 2)))
    with pytest.raises(cards.NotNow):
        accounts.onboarding(seller.id, "seller@example.com", "/seller/profile")
    page = accounts.onboarding(seller.id, "seller@example.com", "/seller/profile")
    assert page.startswith("https://connect.stripe.com/")
    assert accounts.onboarding(seller.id, "seller@example.com", "/seller/profile") != page
    assert len(bank.of("acct")) == 1


def test_a_strangers_account_is_not_ours(bank: StripeStandIn, client: Any, db: Any) -> None:
    bank.tell("account.updated", bank.account({"email": "a@example.com", "metadata": {}}))
    assert told(bank, client) == ["not_ours"]


def test_a_payout_stripe_began_by_itself_leaves_for_our_bank(
    bank: StripeStandIn, client: Any, db: Any
) -> None:
    from tests.factories.payments import balance

    before = yuan(balance("in_transit", "stripe"))
    payout = bank.payout({"amount": "700", "currency": "cny"}, "")
    bank.arrive(payout)
    assert told(bank, client) == ["succeeded", "succeeded"]
    assert yuan(balance("in_transit", "stripe")) - before == yuan("7.00")
    bank.arrive(payout, "failed")
    assert told(bank, client) == ["failed"]
    assert yuan(balance("in_transit", "stripe")) == before


def test_a_payout_in_a_sellers_account_is_not_in_our_book(
    bank: StripeStandIn, client: Any, db: Any
) -> None:
    op_id = services.intend_platform_payout(number="B-1", amount=yuan("8.00"), account="acct_1")
    assert services.drive(op_id) == "processing"
    (payout,) = bank.of("po")
    bank.news()
    bank.arrive(payout)
    assert told(bank, client) == ["succeeded"]
    theirs = bank.payout({"amount": "700", "currency": "cny"}, "acct_1")
    bank.arrive(theirs)
    assert told(bank, client) == ["not_ours", "not_ours"]
