"""A night finds a ring in a real mall: a case, orders out of every base, proofs, a hold by two."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from core import clock
from core.db import db as database
from core.errors import NotFound
from finance.capital import queries
from finance.risk import fraud
from finance.risk.fraud import deciding, services
from finance.risk.fraud.models import FraudCase, FraudEvent, SuspectOrder
from finance.risk.seller import Questions, terms
from mall.accounts.models import Person
from mall.orders.models import Order
from mall.orders.rules import OrderState
from mall.sellers.models import Seller
from tests.factories.capital import make_steady_seller
from tests.factories.goods import make_product
from tests.factories.orders import (
    ADDRESS,
    make_order,
    move,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
)
from tests.factories.people import make_admin, make_shopper

WORDS = "The buyer is a cousin who lives next door and keeps the goods."


def order_from(buyer: Person, seller: Seller, state: OrderState, days_ago: int = 0) -> Order:
    """An order sent to a door of the buyer's own, paid and delivered, received a day later."""
    with clock.travel(clock.now() - timedelta(days_ago + 1)):
        order = _placed(buyer, seller, state)
    if state == OrderState.RECEIVED:
        with clock.travel(clock.now() - timedelta(days_ago)):
            move(order, state)
    return order


def _placed(buyer: Person, seller: Seller, state: OrderState) -> Order:
    amount = "1000.00"
    put_in_cart(buyer, make_product(seller, amount, stock=1))
    door = ADDRESS | {"line": f"Lake Road {buyer.id}"}
    order = orders_of_answer(place_and_pay(buyer, address=door))[0]
    move(order, OrderState.DELIVERED if state == OrderState.RECEIVED else state)
    return order


def on_the_owners_phone(seller: Seller) -> Order:
    owner = database.session.get_one(Person, seller.owner_id)
    owner.device = f"phone {seller.id}"
    buyer = make_shopper()
    buyer.device = owner.device
    database.session.flush()
    order = order_from(buyer, seller, OrderState.RECEIVED)
    buyer.device = "another phone"  # what the last sign-in says no longer links them
    database.session.commit()
    return order


def a_night_later() -> Any:
    return clock.travel(clock.start_of(clock.today() + timedelta(1)) + timedelta(minutes=5))


@pytest.fixture
def seller(db: Any) -> Seller:
    return make_steady_seller()


def test_the_gate_is_open_for_who_is_not_suspected(seller: Seller) -> None:
    assert fraud.gate("seller", seller.id, clock.now()) == fraud.Gate("clear")


def test_a_night_opens_one_case_however_often_it_looks(seller: Seller) -> None:
    order = on_the_owners_phone(seller)
    before = clock.now()
    with a_night_later():
        first, again = services.look(clock.today()), services.look(clock.today())
        assert (first.opened, first.orders) == (1, 1)
        assert (again.opened, again.orders) == (0, 0)
        gate = fraud.gate("seller", seller.id, clock.now())
        assert gate.action == "haircut" and gate.orders == {order.id}
        assert [f.id for f in gate.signals] == ["X4"] and not gate.stops
    assert database.session.scalar(select(func.count()).select_from(FraudCase)) == 1
    assert fraud.gate("seller", seller.id, before).action == "clear"  # as it was known then


def test_suspected_orders_leave_the_forecast_and_nothing_else_does(seller: Seller) -> None:
    on_the_owners_phone(seller)
    with a_night_later():
        before = Questions(seller.id, clock.now())
        services.look(clock.today())
        after = Questions(seller.id, clock.now())
    assert before.sales.net_28 - after.sales.net_28 == 100_000  # the amount is gone at once
    assert before.sales.months[0] - after.sales.months[0] == 100_000
    assert before.sales.net_365 - after.sales.net_365 == 100_000
    assert before.sales.weeks[4:] == after.sales.weeks[4:]
    with clock.travel(clock.now() + timedelta(days=2)):
        later = Questions(seller.id, clock.now())
    assert (before.features["buyers_90"], later.features["buyers_90"]) == (1, 0)
    # left out of the row of the day, and not twice: only a day of 2,600.00 has passed
    assert later.sales.net_28 == after.sales.net_28 - 260_000


def test_a_suspected_order_is_no_base_of_an_order_advance(seller: Seller) -> None:
    good = order_from(make_shopper(), seller, OrderState.SHIPPED, 2)
    bad = on_the_owners_phone(seller)
    open_one = order_from(make_shopper(), seller, OrderState.SHIPPED, 4)
    with a_night_later():
        services.look(clock.today())
        suspect = database.session.scalars(select(SuspectOrder)).one()
        assert suspect.order_number == bad.number
        services.use_case(_also_suspect)(suspect, open_one)
        base = queries.base_of(seller.id, "C", clock.now(), terms(), "CNY")
    why = {x.line.order_number: x.why for x in base.excluded}
    assert "RS27" in why[open_one.number] and "RS27" not in why[good.number]


def _also_suspect(like: SuspectOrder, order: Order) -> None:
    database.session.add(
        SuspectOrder(
            case_id=like.case_id, order_id=order.id, order_number=order.number,
            seller_id=order.seller_id, amount=order.total, signals=["X4"],
        )
    )  # fmt: skip


def test_a_proved_order_counts_again_and_is_never_suspected_anew(seller: Seller) -> None:
    order = on_the_owners_phone(seller)
    admin = make_admin()
    with a_night_later():
        services.look(clock.today())
        proof = deciding.prove(seller.id, order.number, key="k", words=WORDS)
        assert deciding.prove(seller.id, order.number, key="k", words=WORDS).id == proof.id
        with pytest.raises(NotFound):
            deciding.prove(seller.id + 1, order.number, key="k", words=WORDS)
        deciding.answer_proof(proof.id, accept=True, words="Seen.", by=admin.id)
        with pytest.raises(deciding.DecidedBefore):
            deciding.answer_proof(proof.id, accept=False, words="", by=admin.id)
        assert fraud.gate("seller", seller.id, clock.now()).orders == frozenset()
    with clock.travel(clock.now() + timedelta(3)):
        found = services.look(clock.today())
        assert (found.opened, found.orders, found.closed) == (0, 0, 1)
        assert fraud.gate("seller", seller.id, clock.now()).action == "clear"


def test_a_refused_proof_leaves_the_order_out_and_another_may_be_sent(seller: Seller) -> None:
    order = on_the_owners_phone(seller)
    with a_night_later():
        services.look(clock.today())
        proof = deciding.prove(seller.id, order.number, key="k", words=WORDS)
        deciding.answer_proof(proof.id, accept=False, words="Whose card?", by=make_admin().id)
        assert fraud.gate("seller", seller.id, clock.now()).orders == {order.id}
        assert deciding.prove(seller.id, order.number, key="l", words=WORDS).id != proof.id


def test_two_people_hold_and_every_step_is_in_the_log(seller: Seller) -> None:
    on_the_owners_phone(seller)
    one, other = make_admin(), make_admin()
    with a_night_later():
        services.look(clock.today())
        case = database.session.scalars(select(FraudCase)).one()
        hold = deciding.propose_hold(case.number, why="Owner's phone", by=one.id)
        with pytest.raises(deciding.ProposedAlready):
            deciding.propose_hold(case.number, why="Again", by=other.id)
        with pytest.raises(deciding.SamePerson):
            deciding.decide_hold(hold.id, yes=True, by=one.id)
        deciding.decide_hold(hold.id, yes=True, by=other.id)
        assert fraud.gate("seller", seller.id, clock.now()).held
        assert "H07" in Questions(seller.id, clock.now()).book.hold
        deciding.lift_hold(case.number, why="Explained", by=one.id)
        assert not fraud.gate("seller", seller.id, clock.now()).held
        assert Questions(seller.id, clock.now()).book.hold == ""
        deciding.close_case(case.number, why="A cousin", by=one.id)
        steps = database.session.scalars(select(FraudEvent).order_by(FraudEvent.id)).all()
        kinds = ["opened", "found", "hold_proposed", "held", "lifted", "known", "closed"]
        assert [step.kind for step in steps] == kinds
        assert {step.by for step in steps[2:]} == {f"admin {one.id}", f"admin {other.id}"}
    with clock.travel(clock.now() + timedelta(2)):
        assert services.look(clock.today()).opened == 0  # people know these signals


def test_a_new_payout_account_stops_new_money_for_a_week(seller: Seller) -> None:
    seller.payout_account = "6222020000001234"
    seller.payout_account_changed_at = clock.now()
    database.session.flush()
    gate = fraud.gate("seller", seller.id, clock.now())
    assert gate.stops and [f.id for f in gate.signals] == ["X20"]
    assert fraud.gate("seller", seller.id, clock.now() + timedelta(7)).action == "clear"


def test_a_phone_of_many_accounts_stops_credit_of_a_shopper(db: Any) -> None:
    shop = make_steady_seller()
    buyers = [make_shopper() for _ in range(5)]
    for buyer in buyers:
        buyer.device = "one phone"
        database.session.flush()
        order_from(buyer, shop, OrderState.PAID)
    with a_night_later():
        services.look(clock.today())
        gate = fraud.gate("buyer", buyers[0].id, clock.now())
    assert gate.stops and [f.id for f in gate.signals] == ["X22"]


def test_orders_of_strangers_are_nobodys_case(seller: Seller) -> None:
    for day in range(3):
        order_from(make_shopper(), seller, OrderState.RECEIVED, day)
    make_order(make_shopper(), seller)
    with a_night_later():
        assert services.look(clock.today()).opened == 0
