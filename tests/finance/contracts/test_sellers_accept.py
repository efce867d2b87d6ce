"""A shop accepts the contract that stood beside its button, for each of its four products."""

import re
from dataclasses import replace
from typing import Any

import pytest

from core.db import db as database
from finance.capital.models import Advance
from finance.contracts import queries
from finance.risk import seller as risk
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.people import sign_in

ROOM = "/seller/capital"
WAYS: dict[str, tuple[str, dict[str, str]]] = {
    "order_advance": ("order-advance", {"amount": "1,000.00"}),
    "sales_share": ("sales-share", {"amount": "10000000", "share": "150000"}),
    "term_loan": ("term-loan", {"amount": "1200000", "months": "3"}),
    "early_settlement": ("paid-today", {}),
}


@pytest.fixture
def shop(db: Any, client: Any) -> Any:
    seller = make_steady_seller()
    orders = ship_orders(seller, 5)
    WAYS["early_settlement"][1]["order"] = orders[0].number
    sign_in(client, seller)
    return seller


def terms_on(page: str, sent: dict[str, str]) -> str:
    if "order" in sent:
        page = page.partition(f'value="{sent["order"]}"')[2]
    found = re.search(r'name="terms" value="(\w+)"', page)
    assert found, page[-3000:]
    return found[1]


@pytest.mark.parametrize("product", WAYS)
def test_what_stood_beside_the_button_is_kept(client: Any, shop: Any, product: str) -> None:
    path, sent = WAYS[product]
    page = client.get(f"{ROOM}/{path}", query_string=sent).text
    seen = terms_on(page, sent)
    answer = client.post(f"{ROOM}/{path}", data={"key": "K-1", "terms": seen, **sent})
    assert answer.status_code == 303, answer.text
    number = answer.headers["Location"].rsplit("/", 1)[-1]
    kept = queries.own("seller", shop.id, number)
    assert kept.hash == kept.seen_hash == seen and kept.how == "button"
    contract = kept.contract
    advance = database.session.query(Advance).filter_by(number=number).one()
    assert (contract.product, contract.principal) == (product, advance.principal)
    assert contract.borrower.name == shop.name
    if product == "sales_share":  # the page's 20.5 % and the contract's are one figure
        assert round(contract.rates.actuarial, -3) == round(advance.apr_ppm, -3)
    if product == "term_loan":
        assert [(r.due_on, r.principal) for r in contract.rows] == [
            (r.due_on, r.principal) for r in advance.rows
        ]
    if product == "early_settlement":
        assert contract.cost == advance.fee
    for box in ("keyfacts", "cn", "ca", "full"):
        assert client.get(f"{ROOM}/{number}/contract?box={box}&lang=zh").status_code == 200
    assert client.get(f"{ROOM}/{number}/contract.pdf").data.startswith(b"%PDF-")


@pytest.mark.parametrize("product", WAYS)
def test_another_contract_than_was_shown_is_refused(
    client: Any, shop: Any, product: str, monkeypatch: Any
) -> None:
    path, sent = WAYS[product]
    seen = terms_on(client.get(f"{ROOM}/{path}", query_string=sent).text, sent)
    terms = risk.terms()
    dearer = replace(
        terms,
        order_advance=replace(terms.order_advance, daily_ppm=600),
        sales_share=replace(terms.sales_share, kept_ppm=500_000),
        term_loan=replace(terms.term_loan, cancel_days=1),
        paid_today=replace(terms.paid_today, daily_ppm=500),
    )
    monkeypatch.setattr(risk, "terms", lambda: dearer)
    form = {"key": "K-1", "terms": seen, **sent}
    answer = client.post(f"{ROOM}/{path}", data=form)
    assert answer.status_code == 409
    assert "The contract has changed since you read it" in answer.text
    assert not database.session.query(Advance).all()
    form["terms"] = terms_on(answer.text, sent)  # the page shows the new one
    assert form["terms"] != seen
    assert client.post(f"{ROOM}/{path}", data=form).status_code == 303


@pytest.mark.parametrize("product", WAYS)
def test_nothing_is_taken_without_having_seen_it(client: Any, shop: Any, product: str) -> None:
    path, sent = WAYS[product]
    assert client.post(f"{ROOM}/{path}", data={"key": "K-1", **sent}).status_code == 409
    assert not database.session.query(Advance).all()


def test_the_whole_contract_can_be_read_before(client: Any, shop: Any) -> None:
    asked = {"product": "sales_share", "amount": "10000000", "choice": "150000"}
    page = client.get(f"{ROOM}/papers", query_string=asked)
    seen = terms_on(
        client.get(
            f"{ROOM}/sales-share", query_string={"amount": "10000000", "share": "150000"}
        ).text,
        {},
    )
    assert page.status_code == 200 and seen in page.text and "Credit agreement" in page.text
    for odd in ({}, {"product": "term_loan", "amount": "1200000", "choice": "5"}):
        assert client.get(f"{ROOM}/papers", query_string=odd).status_code == 422
