"""One exposure a seller: what is held, drawn, repaid and released, also by many at once."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core import clock
from core.db import db as database
from core.errors import NotFound
from finance.capital import accepting, exposure, nightly, offers, queries, services
from finance.capital.opening import Kept, Refused
from finance.capital.term_loan import services as loans
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import assert_clean, balance, yuan
from tests.factories.people import make_seller
from tests.finance.capital.test_services import draw, receive


def keep(seller, amount="12000.00", key="K"):
    answer = loans.hold_term_loan(seller.id, yuan(amount), 3, key=key)
    assert isinstance(answer, Kept), answer
    return answer.number


def stands(seller):
    row = exposure.of(seller.id)
    return row.used, row.held


def test_held_drawn_partly_repaid_released(db):
    seller = make_steady_seller()
    number = keep(seller)
    assert keep(seller) == number
    assert stands(seller) == (0, 12_000_00)
    assert accepting.accept(seller.id, number).number == number
    accepting.accept(seller.id, number)
    assert (stands(seller), exposure.reservation(number).state) == ((12_000_00, 0), "drawn")
    from finance.capital import repaying

    repaying.pay(seller.id, number, yuan("2000.00"), key="P")
    assert exposure.reservation(number).state == "partly_repaid"
    repaying.pay_off(seller.id, number)
    assert (stands(seller), exposure.reservation(number).state) == ((0, 0), "released")
    assert_clean()


def test_an_offer_is_firm_until_its_day_and_then_free(db):
    seller = make_steady_seller()
    share = services.hold_sales_share(seller.id, yuan("100000.00"), 150_000, key="S")
    with clock.travel(clock.now() + timedelta(29)):
        assert len(exposure.held_offers(seller.id)) == 1
        accepting.accept(seller.id, share.number)
        advance = queries.advance_numbered(share.number)
        assert (advance.fee, advance.forecast_days) == (8_000_00, 277)
        assert advance.began_on == clock.today()
    number = keep(seller, "1000.00")
    with clock.travel(clock.now() + timedelta(31)):
        with pytest.raises(accepting.OfferOver):
            accepting.accept(seller.id, number)
        assert nightly.run(clock.today()).released == 1
        assert stands(seller)[1] == 0
    assert_clean()


def test_an_offer_let_go_is_free_and_a_strangers_not_found(db):
    seller = make_steady_seller()
    number = keep(seller)
    with pytest.raises(NotFound):
        offers.let_go(make_seller().id, number)
    offers.let_go(seller.id, number)
    offers.let_go(seller.id, number)
    assert stands(seller) == (0, 0)
    with pytest.raises(accepting.OfferOver):
        accepting.accept(seller.id, number)


def test_held_money_stops_even_a_firm_offer(db):
    seller = make_steady_seller()
    number = keep(seller)
    exposure.put_on_hold(seller.id, "parcels are checked", by="admin:1")
    with pytest.raises(accepting.MoneyHeld, match="parcels are checked"):
        accepting.accept(seller.id, number)


def test_the_database_refuses_more_than_the_limit(db):
    seller = make_steady_seller()
    keep(seller)
    limit = exposure.of(seller.id).credit_limit
    grown = text("update seller_exposure set used = :much where seller_id = :seller")
    with pytest.raises(IntegrityError, match="may owe"), db.session.begin_nested():
        db.session.execute(grown, {"much": limit, "seller": seller.id})


def _at_once(app, acts):
    gate, answers = threading.Barrier(len(acts)), []

    def run(act):
        with app.app_context():
            gate.wait()
            try:
                answers.append(type(act()).__name__)
            except Exception as refusal:
                answers.append(type(refusal).__name__)
            finally:
                database.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_an_order_is_sold_or_drawn_on_never_both(committed_app):
    with committed_app.app_context():
        seller = make_steady_seller()
        (order,) = ship_orders(seller, 1)
        seller_id, number = seller.id, order.number
    said = _at_once(
        committed_app,
        [
            lambda: services.draw_on_orders(seller_id, yuan("800.00"), key="S2"),
            lambda: services.sell_order(seller_id, number, key="S4"),
        ],
    )
    assert said == ["Drawn", "Refused"]
    with committed_app.app_context():
        assert database.session.scalar(text("select count(*) from pledge")) == 1


def test_offers_of_all_products_at_once_stay_within_the_limit(committed_app):
    """The limit of grade C is 500,000.00; each of these alone fits, together they do not."""
    with committed_app.app_context():
        seller = make_steady_seller("26000.00")
        seller_id = seller.id
    said = _at_once(
        committed_app,
        [
            lambda: loans.hold_term_loan(seller_id, yuan("300000.00"), 12, key="1"),
            lambda: loans.hold_term_loan(seller_id, yuan("300000.00"), 6, key="2"),
            lambda: services.hold_sales_share(seller_id, yuan("300000.00"), 150_000, key="3"),
        ],
    )
    assert said == ["Kept", "Refused", "Refused"]
    with committed_app.app_context():
        row = exposure.of(seller_id)
        assert (row.used, row.held) == (0, 300_000_00)


def test_pledged_orders_leave_every_other_base(db):
    seller = make_steady_seller()
    first, second = ship_orders(seller, 2)
    draw(seller, "800.00")
    assert isinstance(services.sell_order(seller.id, first.number, key="S4"), Refused)
    receive(first)
    assert balance("seller_payable", seller.id) == yuan("1000.00")
    draw(seller, "800.00", key="K-2")
    assert isinstance(services.sell_order(seller.id, second.number, key="S5"), Refused)
