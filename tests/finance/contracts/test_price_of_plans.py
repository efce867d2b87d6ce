"""What a shop pays for a shopper's plan is a paper of the shop's: kept with the loan, read by nobody else."""

from typing import Any

from core import clock
from finance.contracts import boxes, queries, showing
from finance.contracts.contract import Fee
from finance.contracts.words import LANGUAGES
from finance.loans.queries import loan_for_order
from tests.factories.campaigns import make_campaign
from tests.factories.goods import make_product
from tests.factories.orders import orders_of_answer, place_and_pay, put_in_cart
from tests.factories.people import sign_in
from tests.finance.pay_later.test_in_parts import START, make_regular_buyer
from tests.stories.cast import make_shop


def bought(seller: Any, price: str, offer: str) -> Any:
    buyer = make_regular_buyer()
    with clock.travel(START):
        put_in_cart(buyer, make_product(seller, price))
        return orders_of_answer(place_and_pay(buyer, offer_key=offer))[0]


def lines(number: str, language: str) -> str:
    document = showing.kept_document(queries.numbered(number), boxes.PRICE, language)
    return str(document)


def test_two_percent_of_480_are_written_down_for_the_shop(db: Any, client: Any) -> None:
    seller = make_shop()
    order = bought(seller, "480.00", "pay_later:30d")
    kept = queries.own("seller", seller.id, order.number)
    contract = kept.contract
    assert contract.is_price and contract.product == "pay_in_30" and kept.how == "service"
    assert contract.fees == (Fee("plan_price", "settlement", 960, "seller"),)
    assert (contract.principal, contract.cost, contract.hash) == (48_000, 0, kept.hash)
    english, chinese = (lines(order.number, language) for language in LANGUAGES)
    assert "9.60 CNY" in english and "2.00 % of what the plan pays" in english
    assert "9.60 元" in chinese and "为计划所支付订单金额的2.00%" in chinese
    loan = loan_for_order(order.number)
    assert loan is not None
    buyer = queries.numbered(loan.number).contract.borrower.name
    assert buyer and buyer not in english + chinese

    sign_in(client, seller)
    listed = client.get("/seller/campaigns").text
    address = f"/seller/capital/{order.number}/contract"
    assert address in listed
    page = client.get(address)
    assert page.status_code == 200 and "9.60 CNY" in page.text and kept.hash in page.text
    paper = client.get(f"{address}.pdf?lang=zh")
    assert paper.mimetype == "application/pdf" and paper.data.startswith(b"%PDF")
    assert client.get(f"{address}?box=full").status_code == 404
    sign_in(client, make_shop("Another"))
    assert client.get(address).status_code == 404


def test_a_campaign_names_itself_and_the_whole_fee(db: Any) -> None:
    seller = make_shop()
    campaign = make_campaign(seller.id, START)
    order = bought(seller, "3600.00", f"pay_later:6:{campaign.number}")
    contract = queries.own("seller", seller.id, order.number).contract
    assert contract.fees == (Fee("subsidy", "settlement", 10_800, "seller"),)
    assert campaign.number in lines(order.number, "en") and "108.00 CNY" in lines(
        order.number, "en"
    )


def test_a_plan_that_costs_the_shop_nothing_has_no_paper(db: Any) -> None:
    order = bought(make_shop(), "3600.00", "pay_later:12")
    assert queries.find(order.number) is None
