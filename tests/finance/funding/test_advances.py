"""A bank funds a seller's order advance, and gets its part when it is paid off."""

from datetime import date, timedelta

from core import clock
from core.db import db as database
from finance.capital import repaying, services
from finance.capital.funded import schedules
from finance.capital.queries import advance_numbered
from finance.capital.term_loan import rules
from finance.capital.term_loan.services import take_term_loan
from finance.contracts.queries import numbered
from finance.funding import changes
from finance.funding.models import Participation
from finance.funding.reports import cashflows
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.funding import make_bank, make_waterfall
from tests.factories.orders import assert_clean, yuan
from tests.factories.people import make_admin, sign_in


def test_half_of_an_order_advance_is_the_banks(db):
    bank = make_bank("ALPHA", yuan("10000.00"))
    make_waterfall("order_advance", (bank, 50))
    seller = make_steady_seller()
    ship_orders(seller, 3)
    drawn = services.draw_on_orders(seller.id, yuan("1000.00"), key="k")
    parts = database.select(Participation).order_by(Participation.id)
    assert [p.open for p in database.session.scalars(parts)] == [50_000, 50_000]
    assert_clean()
    repaying.pay_off(seller.id, drawn.number)
    assert [p.open for p in database.session.scalars(parts)] == [0, 0]
    assert_clean()


def parts_of(ref):
    query = database.select(Participation).where(Participation.ref == ref)
    return [p for p in database.session.scalars(query) if p.funder_id]


def test_grades_are_asked_of_sellers_too_and_named_in_the_contract(db):
    bank = make_bank("ALPHA", yuan("10000.00"))
    make_waterfall("order_advance", (bank, 50), grades="AB")
    seller = make_steady_seller()  # of grade C
    ship_orders(seller, 4)
    first = services.draw_on_orders(seller.id, yuan("1000.00"), key="one")
    assert parts_of(first.number) == []
    data = {"currency": "CNY", "price_ppm": 60_000, "grades": "ABC", "most": 10**9}
    change = changes.propose("place", "ALPHA:order_advance", data, why="C too", by=1)
    changes.decide(change.id, yes=True, by=2)
    second = services.draw_on_orders(seller.id, yuan("1000.00"), key="two")
    (part,) = parts_of(second.number)
    assert (part.grade, part.open) == ("C", 50_000)
    named = numbered(second.number).contract.lenders
    assert (named[0].name, named[0].share_ppm) == ("Bank Alpha", 500_000)
    assert_clean()


def test_seller_and_admin_read_who_lends_an_advance_today(client, db):
    bank = make_bank("ALPHA", yuan("10000.00"))
    make_waterfall("order_advance", (bank, 50))
    seller = make_steady_seller()
    ship_orders(seller, 3)
    drawn = services.draw_on_orders(seller.id, yuan("1000.00"), key="k")
    pages = ((seller, "/seller/capital/"), (make_admin(), "/admin/lending/loans/"))
    for who, path in pages:
        sign_in(client, who)
        page = client.get(f"{path}{drawn.number}").text
        for words in ("Bank Alpha", "50.00 %", "500.00", "Together they ask 9.00 %"):
            assert words in page, (path, words)


def rows_of(advance):
    return schedules([advance.number])[advance.number]


def test_the_parts_of_a_term_loan_are_expected_with_their_interest(db):
    seller = make_steady_seller()
    loan = advance_numbered(take_term_loan(seller.id, yuan("12000.00"), 3, key="T").number)
    plan = rules.offer(yuan("12000.00"), 3, loan.rate_ppm, clock.today())
    assert rows_of(loan) == [(r.due_on, r.principal.minor, r.interest.minor) for r in plan.rows]
    assert [row[1] for row in rows_of(loan)] == [400_000] * 3


def test_order_advances_are_expected_after_ten_days_and_sales_by_their_minimums(db):
    seller, today = make_steady_seller(), clock.today()
    ship_orders(seller, 2)
    order = advance_numbered(services.draw_on_orders(seller.id, yuan("1000.00"), key="S2").number)
    rows = rows_of(order)
    assert {day for day, _, _ in rows} == {today + timedelta(10)}
    assert sum(row[1] for row in rows) == 100_000
    interest = 100_000 * order.rate_ppm * 10 // 1_000_000
    assert abs(sum(row[2] for row in rows) - interest) <= len(rows)
    share = services.take_sales_share(seller.id, yuan("10000.00"), 150_000, key="S3")
    share = advance_numbered(share.number)
    rows = rows_of(share)
    assert sum(row[1] for row in rows) == share.principal == 1_000_000
    assert sum(row[2] for row in rows) == share.fee
    days = [date.fromisoformat(day) for day, _ in share.minimums]
    assert [row[0] for row in rows] == days
    assert all(principal > 0 and fee > 0 for _, principal, fee in rows)


def test_the_cash_file_expects_the_banks_part_of_an_order_paid_today(db):
    bank = make_bank("ALPHA", yuan("10000.00"))
    make_waterfall("early_settlement", (bank, 50))
    seller, today = make_steady_seller(), clock.today()
    (order,) = ship_orders(seller, 1)
    advance = advance_numbered(services.sell_order(seller.id, order.number, key="S4").number)
    lines = [line.split(",") for line in cashflows("ALPHA", today, today + timedelta(60))][1:]
    (part,) = parts_of(advance.number)
    fee = advance.fee * part.interest_ppm // 1_000_000
    first, last = lines
    assert first[1:8] == [str(today), "0", str(fee), str(part.principal), "0", str(fee), "0"]
    assert last[2:4] == [str(part.principal), "0"]
