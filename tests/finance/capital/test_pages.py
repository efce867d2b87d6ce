"""The seller's capital pages: offers with their numbers, drawing by form, contracts, strangers."""

import re

import pytest

from finance.capital import queries
from mall.orders import services as orders
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import balance, yuan
from tests.factories.people import make_admin, make_seller, make_shopper, sign_in


@pytest.fixture
def seller(db):
    return make_steady_seller()


@pytest.fixture
def signed_in(client, seller):
    sign_in(client, seller)
    return client


def text_of(response, status=200):
    assert response.status_code == status, response.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def follow(response):
    assert response.status_code == 303, response.text
    return response.headers["Location"].rsplit("/", 1)[-1]


def take(client, path, **sent):
    """Look at the offer, then accept the contract that stands beside it."""
    page = client.get(path, query_string=sent).text
    if "order" in sent:
        page = page.partition(f'value="{sent["order"]}"')[2]
    terms = re.search(r'name="terms" value="(\w+)"', page)
    return client.post(path, data={"key": "K-1", "terms": terms[1] if terms else "", **sent})


def test_the_overview_shows_the_formula_and_each_number(signed_in, seller):
    ship_orders(seller, 5)
    shown = text_of(signed_in.get("/seller/capital/"))
    assert "Grade C" in shown
    assert "¥4,000.00" in shown  # five orders of 1,000 at 80 %
    assert "20 % of 12 months' net sales" in shown.replace("&#39;", "'")
    assert "¥156,000.00" in shown


def test_a_first_day_shop_reads_what_is_missing_and_what_is_open(client, db):
    seller = make_seller()
    seller.commission_ppm = 0
    ship_orders(seller, 1)
    sign_in(client, seller)
    shown = text_of(client.get("/seller/capital/"))
    assert "this product needs 90" in shown
    assert "¥897.48" in shown


def test_a_draw_by_form_is_in_the_balance(signed_in, seller):
    ship_orders(seller, 5)
    number = follow(take(signed_in, "/seller/capital/order-advance", amount="3,000.00"))
    assert balance("seller_payable", seller.id) == yuan("3000.00")
    shown = text_of(signed_in.get(f"/seller/capital/{number}"))
    assert "¥3,000.00" in shown and "Pay it off today" in shown


def test_too_much_is_refused_on_the_same_page(signed_in, seller):
    ship_orders(seller, 1)
    asked = take(signed_in, "/seller/capital/order-advance", amount="900.00")
    shown = text_of(asked, 422)
    assert "exceeds what your shipped orders support (800.00)" in shown


def test_excluded_orders_say_why(signed_in, seller):
    first, _ = ship_orders(seller, 2)
    follow(take(signed_in, "/seller/capital/paid-today", order=first.number))
    assert "It backs another advance." in text_of(signed_in.get("/seller/capital/order-advance"))


def test_the_sliders_work_without_script(signed_in, seller):
    shown = text_of(signed_in.get("/seller/capital/sales-share?amount=10000000&share=150000"))
    assert "¥8,000.00" in shown and "20.5 %" in shown and "277 days" in shown


def test_a_region_alone_is_redrawn_while_sliding(signed_in):
    answer = signed_in.get("/seller/capital/sales-share/quote?amount=10000000&share=150000")
    assert "<html" not in answer.text and "¥8,000.00" in answer.text


@pytest.mark.parametrize("address", ["amount=x&share=y", "amount=99999999999999&share=1", ""])
def test_odd_slider_positions_fall_back(signed_in, address):
    assert signed_in.get(f"/seller/capital/sales-share?{address}").status_code == 200


def test_taking_repaying_and_the_order_page(signed_in, seller):
    number = follow(
        take(signed_in, "/seller/capital/sales-share", amount="10000000", share="150000")
    )
    (order,) = ship_orders(seller, 1)
    orders.confirm_receipt(order.number, order.buyer_id)
    shown = text_of(signed_in.get(f"/seller/capital/{number}"))
    assert order.number in shown and "15 % of 1,000.00" in shown
    assert "Changed your mind?" in shown
    follow(signed_in.post(f"/seller/capital/{number}/cancel"))
    assert queries.advance_numbered(number).state == "canceled"
    assert signed_in.post(f"/seller/capital/{number}/pay-off").status_code == 409


def test_a_term_loan_by_form_and_some_of_it_paid_ahead(signed_in, seller):
    shown = text_of(signed_in.get("/seller/capital/term-loan?amount=1200000&months=3"))
    assert "21.90 %" in shown and "¥4,000.00" in shown and "1.5 × the middle month" in shown
    region = signed_in.get("/seller/capital/term-loan/quote?amount=1200000&months=3")
    assert "<html" not in region.text and "Take ¥12,000.00 for 3 months" in text_of(region)
    number = follow(take(signed_in, "/seller/capital/term-loan", amount="1200000", months="3"))
    assert "Payment plan" in signed_in.get(f"/seller/capital/{number}").text
    ahead = {"key": "P-1", "amount": "3,000.00", "how": "smaller"}
    assert follow(signed_in.post(f"/seller/capital/{number}/pay", data=ahead)) == number
    shown = text_of(signed_in.get(f"/seller/capital/{number}"))
    assert "¥9,000.00" in shown and "¥3,000.00" in shown and "paid ahead" in shown
    odd = signed_in.post(f"/seller/capital/{number}/pay", data={"key": "P-2", "amount": "x"})
    assert "Write an amount such as" in text_of(odd, 422)


def test_an_offer_is_kept_and_taken_later(signed_in, seller):
    sent = {"key": "K-1", "amount": "1200000", "months": "3", "hold": "1"}
    assert signed_in.post("/seller/capital/term-loan", data=sent).status_code == 303
    page = signed_in.get("/seller/capital/")
    assert "Offers kept for you" in page.text and "3 months, 21.90 % APR" in text_of(page)
    (number,) = set(re.findall(r"/offers/(A-\w+)/accept", page.text))
    (terms,) = set(re.findall(r'name="terms" value="(\w+)"', page.text))
    where = f"/seller/capital/offers/{number}/accept"
    assert signed_in.post(where).status_code == 409  # not without the contract it stands for
    assert follow(signed_in.post(where, data={"terms": terms})) == number
    assert balance("seller_payable", seller.id) == yuan("12000.00")
    assert "Offers kept for you" not in signed_in.get("/seller/capital/").text


def test_air_by_form_and_money_given_up_by_two(client, signed_in, seller):
    number = follow(take(signed_in, "/seller/capital/term-loan", amount="1200000", months="3"))
    page = text_of(signed_in.get(f"/seller/capital/{number}?on=2099-01-01"))
    assert "If you cannot pay" in page and "A longer plan" in page
    air = {"key": "H-1", "choice": "longer", "why": "A slow winter"}
    follow(signed_in.post(f"/seller/capital/{number}/hardship", data=air))
    assert "granted at once" in text_of(signed_in.get(f"/seller/capital/{number}"))
    one, two = make_admin(), make_admin()
    sign_in(client, one)
    wanted = {"key": "G-1", "kind": "waive", "amount": "500.00", "why": "Our mistake"}
    follow(client.post(f"/admin/capital/advances/{number}/propose", data=wanted))
    office = client.get("/admin/capital/").text
    assert "You proposed it; another admin decides." in office and "/grant" not in office
    sign_in(client, two)
    (path,) = re.findall(r"/admin/capital/proposals/\d+/grant", client.get("/admin/capital/").text)
    follow(client.post(path))
    shown = text_of(client.get(f"/admin/capital/advances/{number}"))
    assert "¥11,500.00" in shown and "Our mistake" in shown and "waived" in shown


def test_a_strangers_contract_is_not_found(client, signed_in, seller):
    ship_orders(seller, 1)
    number = follow(take(signed_in, "/seller/capital/order-advance", amount="500.00"))
    sign_in(client, make_seller())
    for method, path in (("get", ""), ("post", "/pay-off"), ("post", "/cancel"), ("post", "/pay")):
        assert getattr(client, method)(f"/seller/capital/{number}{path}").status_code == 404
    sign_in(client, make_shopper())
    assert client.get("/seller/capital/").status_code == 404


def test_the_order_box_tells_the_whole_line(app, db):
    from finance.capital import boxes, services

    seller = make_seller()
    seller.commission_ppm = 0
    (order,) = ship_orders(seller, 1)
    with app.test_request_context():
        assert "897.48" in boxes.order_box(seller.id, order.number)
        services.sell_order(seller.id, order.number, key="K")
        orders.confirm_receipt(order.number, order.buyer_id)
        line = "sale 1,000.00 → advanced 900.00 → fee 2.52 → released 100.00"
        assert line in boxes.order_box(seller.id, order.number)
        assert boxes.home_box(seller.id)
