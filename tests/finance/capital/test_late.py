"""What was known late: what followed is replayed, the difference booked, nothing edited."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from core import clock
from core.errors import InvalidInput
from finance.capital import late, queries, repaying, verify
from finance.capital.fold.state import Event
from ledger import book
from mall.orders import services as orders
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import assert_clean, balance, yuan
from tests.finance.capital import test_services as told
from tests.finance.capital.test_services import draw, receive, refund
from tests.finance.capital.test_term_loan import take as take_loan


def test_a_refund_known_late_gives_the_share_back(db):
    seller = make_steady_seller()
    advance = told.TestSalesShare().take(seller)
    one, two = ship_orders(seller, 2)
    receive(one)
    with clock.travel(clock.now() + timedelta(2)):
        receive(two)  # 15 % of 1,000.00 each
        before = balance("seller_payable", seller.id)
        data = {"order": one.number}
        back = late.record_late(
            seller.id,
            advance.number,
            Event("sales_back", advance.began_on + timedelta(1), 400_00, data),
            why="Known late",
        )
        assert back.back == yuan("60.00")  # 15 % of the 400.00 that came back before the second
        assert balance("seller_payable", seller.id) - before == yuan("60.00")
        assert advance.repaid == yuan("240.00")
        assert_clean()


def test_a_late_event_on_orders_moves_interest_to_principal(db):
    seller = make_steady_seller()
    shipped = ship_orders(seller, 10)
    advance = draw(seller, "8000.00")
    start = clock.now()
    with clock.travel(start + timedelta(5)):
        receive(shipped[0])  # 800.00 and five days: 2.00
        data = {"order": shipped[1].number, "before": 1_000_00}
        event = Event("refund_due", clock.today() - timedelta(4), 1_000_00, data)
        back = late.record_late(seller.id, advance.number, event, why="Known late")
        # on 800.00 nothing accrues for the three free days: 4 days less 1 is 1.20 less
        assert (back.fee, back.back) == (yuan("1.20"), yuan("0.00"))
        assert advance.pledges[1].recourse == 800_00
        assert_clean()
        refund(shipped[2], "1000.00")
        assert_clean()


def test_a_payment_reversed_goes_back_and_its_days_cost_again(db):
    seller = make_steady_seller()
    advance = take_loan(seller)
    with clock.travel(clock.now() + timedelta(10)):
        repaying.pay(seller.id, advance.number, yuan("2072.00"), key="P")
        assert advance.principal_owed == yuan("10000.00")
    with clock.travel(clock.now() + timedelta(15)):
        before = balance("seller_payable", seller.id)
        paid = next(e for e in verify.events_of(advance) if e.kind == "paid")
        back = late.reverse(seller.id, advance.number, paid.id, why="Taken by mistake")
        assert (back.principal, back.back) == (yuan("-2000.00"), yuan("2072.00"))
        assert balance("seller_payable", seller.id) - before == yuan("2072.00")
        assert advance.principal_owed == yuan("12000.00")
        assert advance.fee_owed == yuan("108.00")  # 15 days of 12,000.00 at 600 ppm
        with pytest.raises(InvalidInput, match="before"):
            late.reverse(seller.id, advance.number, paid.id, why="Again")
        kinds = [journal.kind for journal in book.journals_of(advance.number)]
        assert kinds.count("advance.corrected") == 1
        assert_clean()


def test_a_row_changed_by_hand_is_found(db):
    seller = make_steady_seller()
    ship_orders(seller, 1)
    advance = draw(seller, "800.00")
    assert list(verify.every()) == []
    db.session.execute(text("update pledge set micro = micro + 1"))
    db.session.expire_all()
    (found,) = verify.every()
    assert found.startswith(f"{advance.number}: line")


def test_the_sql_says_the_same_interest_as_the_fold(db):
    from finance.capital import recording
    from finance.capital.fold import accrual, apply

    seller = make_steady_seller()
    (order,) = ship_orders(seller, 1, "1234.56")
    loan, advance = take_loan(seller), draw(seller, "777.77", key="K-2")
    refund(order, "333.33")
    for days in (0, 1, 3, 4, 29):
        on = loan.began_on + timedelta(days)
        asked = f"select {accrual.TERM_LOAN_NEW} from advance a where a.id = {loan.id}"
        state = recording.contract_of(loan)
        apply.to_day(state, on)
        assert db.session.scalar(text(asked), {"day": on}) == state.fee_charged - loan.fee_charged
        asked = f"select {accrual.PLEDGE_NEW} from pledge p join advance a on a.id = p.advance_id"
        state = recording.contract_of(advance)
        apply.to_day(state, on)
        new = state.fee_charged - advance.fee_charged
        assert db.session.scalar(text(asked), {"day": on}) == new


def test_an_advance_repaid_by_a_replay_is_closed(db):
    seller = make_steady_seller()
    advance = take_loan(seller, "1000.00")
    with clock.travel(clock.now() + timedelta(10)):
        (order,) = ship_orders(seller, 1)
        orders.confirm_receipt(order.number, order.buyer_id)
        event = Event("paid", advance.began_on, 1_000_00, {"how": "shorter"})
        back = late.record_late(seller.id, advance.number, event, why="Its money came on the day")
        assert (advance.state, back.fee) == ("repaid", yuan("6.00"))
        assert queries.days_late(advance, clock.today()) == 0
