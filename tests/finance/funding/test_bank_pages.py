"""A bank's own people: what they see, what they propose, and what of others they do not see."""

import re
from datetime import date, timedelta

import pytest

from core import clock
from core.db import db as database
from core.errors import NotFound
from core.use_case import use_case
from finance.collections import steps
from finance.collections.services import run_day
from finance.funding import changes, members, portfolio, queries, reports, vintages
from finance.funding.models import Participation, WaterfallStep
from finance.funding.reserving import steps_of
from mall.accounts import invitations
from mall.accounts.invitations import InvitationOver
from mall.orders import services as orders
from tests.factories.funding import make_bank, make_banker, make_waterfall
from tests.factories.goods import make_product
from tests.factories.loans import make_loan, pay_loan
from tests.factories.orders import assert_clean, orders_of_answer, place_and_pay, put_in_cart
from tests.factories.people import make_admin, make_seller, make_shopper, sign_in
from tests.finance.money import yuan

BOUGHT, GOT_IT, FIRST = date(2026, 3, 10), date(2026, 3, 14), date(2026, 4, 14)
NAME = "Wang Xiulan"


@pytest.fixture
def alpha(db):
    return make_bank("ALPHA", yuan("10000.00"))


@pytest.fixture
def loan(alpha):
    """3,600.00 in 12, seven tenths of it the bank's; its first 318.00 are paid."""
    make_waterfall("installments", (alpha, 70))
    made = make_loan(make_shopper(NAME).id, yuan("3600.00"), on=BOUGHT, received_on=GOT_IT)
    pay_loan(made, yuan("318.00"), FIRST)
    return made


def code_of(bank):
    query = database.select(Participation.code).where(Participation.funder_id == bank.id)
    return database.session.scalars(query).one()


def post(client, path, **data):
    page = client.get("/bank/proposals").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return client.post(path, data={"csrf_token": token[1] if token else "", **data})


def test_a_bank_reads_its_book_and_nobody_elses(client, alpha, loan):
    beta = make_bank("BETA", yuan("500.00"))
    ours, theirs = make_banker(alpha), make_banker(beta)
    sign_in(client, ours)
    page = client.get("/bank/").text
    for figure in ("10,000.00", "2,310.00", "7,690.00", "70.00 %", "6.93"):
        assert figure in page, figure
    one = client.get(f"/bank/participations/{code_of(alpha)}").text
    assert "210.00" in one and "6.93" in one and "10.90 %" in one
    assert NAME not in one and loan.number not in one
    assert code_of(alpha) in client.get("/bank/participations").text
    assert client.get("/admin/funding/").status_code == 404
    sign_in(client, theirs)
    assert client.get(f"/bank/participations/{code_of(alpha)}").status_code == 404
    assert "2,310.00" not in client.get("/bank/").text


def test_one_contract_says_what_is_owed_why_and_what_it_costs(client, alpha):
    make_waterfall("installments", (alpha, 50))
    with clock.travel(clock.now() - timedelta(100)):
        shopper = make_shopper(NAME)
    product = make_product(make_seller("Fine Pots"), "400.00", stock=50)
    for days in (90, 60, 30):  # a past long enough for credit
        with clock.travel(clock.now() - timedelta(days)):
            put_in_cart(shopper, product)
            (order,) = orders_of_answer(place_and_pay(shopper))
            orders.ship(order.number, order.seller_id, carrier="SF", tracking=order.number)
            orders.deliver(order.number)
            orders.confirm_receipt(order.number, shopper.id)
    put_in_cart(shopper, product)
    place_and_pay(shopper, offer_key="pay_later:3")
    sign_in(client, make_banker(alpha))
    page = client.get(f"/bank/participations/{code_of(alpha)}").text
    for words in ("200.00", "¥400.00", "Bank Alpha", "8.98 %", "If you pay late"):
        assert words in page, words
    assert NAME not in page and "Fine Pots" not in page and order.number not in page


def test_its_files_are_those_of_the_commands(client, alpha, loan):
    sign_in(client, make_banker(alpha))
    file = client.get("/bank/files/cashflows.csv?from=2026-01-01&to=2027-12-31").text
    assert file.splitlines() == list(
        reports.cashflows("ALPHA", date(2026, 1, 1), date(2027, 12, 31))
    )
    balance = client.get("/bank/files/trial-balance.csv").text
    assert "partner_payable,CNY,21000,252000,231000,231000" in balance
    assert client.get("/bank/files/cashflows.csv?from=yesterday").status_code == 422


def test_loans_stand_in_the_class_of_their_oldest_payment(alpha, loan):
    late = FIRST + timedelta(40 + 30)  # the second row fell due on 14 May: 40 days late
    with clock.travel(clock.start_of(late) + timedelta(hours=1)):
        run_day(late)
        classes = {found.name: found for found in portfolio.by_class(alpha)}
        (row,) = portfolio.participations(alpha, 1).rows
    assert list(classes) == [
        "current", "1–30", "31–60", "61–90", "over 90", "written off", "paid",
    ]  # fmt: skip
    found = classes["31–60"]
    assert (found.count, found.whole, found.own) == (1, 330_000, 231_000)
    assert row["days_late"] == 40 and row["stage"] == 2 and row["allowance"] == found.allowance > 0
    assert sum(each.count for each in classes.values()) == 1


def test_a_bank_proposes_and_an_admin_accepts_for_loans_to_come(client, alpha, loan):
    banker, admin = make_banker(alpha), make_admin()
    sign_in(client, banker)
    form = {"installments-price": "6.5", "installments-most": "4000.00", "why": "rates rose"}
    form = {**form, "installments-grades": ["A", "B"], "installments-why": form.pop("why")}
    assert post(client, "/bank/proposals/places/installments", **form).status_code == 303
    assert "Rates rose" not in client.get("/bank/proposals").text  # as it was written:
    assert "rates rose" in client.get("/bank/proposals").text
    (before,) = steps_of("installments", "CNY")
    assert before.price_ppm == 60_000  # nothing has changed yet
    waiting = database.session.scalars(database.select(changes.FundingChange)).one()
    with pytest.raises(changes.SamePerson):
        changes.decide(waiting.id, yes=True, by=banker.id)
    changes.decide(waiting.id, yes=True, by=admin.id)
    (after,) = steps_of("installments", "CNY")
    assert (after.price_ppm, after.grades, after.most) == (65_000, "AB", 400_000)
    assert (after.position, after.share_ppm) == (before.position, before.share_ppm)
    lent = database.session.scalars(
        database.select(Participation).where(Participation.funder_id == alpha.id)
    ).one()
    assert (lent.coupon_ppm, lent.open, lent.step_id) == (60_000, 231_000, before.id)
    assert_clean()


def test_the_limit_of_a_product_counts_what_is_lent_from_its_places_before(alpha, loan):
    data = {"currency": "CNY", "price_ppm": 60_000, "grades": "", "most": 231_000 + 69_999}
    change = changes.propose("place", "ALPHA:installments", data, why="less", by=1)
    changes.decide(change.id, yes=True, by=2)
    other = make_loan(make_shopper().id, yuan("1000.00"), on=BOUGHT)  # 700.00 would be its part
    parts = database.select(Participation).where(Participation.ref == other.number)
    assert database.session.scalars(parts).all() == []
    (place,) = steps_of("installments", "CNY")
    database.session.execute(
        database.update(WaterfallStep).where(WaterfallStep.id == place.id).values(ended_on=BOUGHT)
    )
    make_waterfall("installments", (alpha, 70), most=231_000 + 70_000)
    third = make_loan(make_shopper().id, yuan("1000.00"), on=BOUGHT)
    parts = database.select(Participation.open).where(Participation.ref == third.number)
    assert list(database.session.scalars(parts.order_by(Participation.id))) == [70_000, 30_000]
    assert_clean()


def test_a_bank_stops_at_once_and_goes_on_with_the_malls_yes(client, alpha):
    make_waterfall("installments", (alpha, 70))
    sign_in(client, make_banker(alpha))
    assert post(client, "/bank/pause").status_code == 303
    assert alpha.paused
    assert post(client, "/bank/proposals/resume", why="it may go on").status_code == 303
    assert alpha.paused
    change = database.session.scalars(database.select(changes.FundingChange)).one()
    changes.decide(change.id, yes=True, by=make_admin().id)
    assert not alpha.paused


def test_a_commitment_is_proposed_and_a_wrong_form_is_shown_again(client, alpha):
    sign_in(client, make_banker(alpha))
    path = "/bank/proposals/commitment"
    wrong = post(client, path, committed="1,0", price="seven", why="")
    assert wrong.status_code == 422 and "Write a price such as 6.5." in wrong.text
    more = {"committed": "20000.00", "price": "5.75", "why": "we have more"}
    assert post(client, path, **more).status_code == 303
    assert post(client, path, **more).status_code == 409  # one waits
    change = database.session.scalars(database.select(changes.FundingChange)).one()
    changes.decide(change.id, yes=True, by=make_admin().id)
    assert (alpha.committed, alpha.price_ppm) == (2_000_000, 57_500)


def test_an_admin_invites_and_does_not_decide_for_who_was_invited(client, alpha):
    admin = make_admin()
    sign_in(client, admin)
    invite = {"name": "Treasurer", "email": "treasurer@example.com"}
    assert client.post("/admin/funding/banks/ALPHA/members", data=invite).status_code == 303
    page = client.get("/admin/funding/banks/ALPHA").text
    link = re.search(r"/invited/[\w.-]+", page)[0]
    guest = client.application.test_client()
    assert "treasurer@example.com" in guest.get(link).text
    assert guest.post(link, data={"password": "short"}).status_code == 422
    joined = guest.post(link, data={"password": "a long password"})
    assert joined.headers["Location"] == "/bank/" and guest.get("/bank/").status_code == 200
    again = client.application.test_client().get(link)
    assert again.status_code == 409
    assert "/invited/" not in client.get("/admin/funding/banks/ALPHA").text
    (person,) = members.members_of(alpha)
    banker = database.session.get_one(members.FunderMember, person.id).person_id
    terms = {"price_ppm": 60_000, "committed": 2_000_000}
    change = changes.propose("terms", "ALPHA", terms, why="it has more", by=banker)
    with pytest.raises(changes.SamePerson):
        changes.decide(change.id, yes=True, by=admin.id)
    members.end(person.id)
    assert guest.get("/bank/").headers["Location"].startswith("/sign-in")
    with pytest.raises(NotFound):
        members.bank_of_person(banker)


def test_an_invitation_is_good_for_seven_days_and_nobody_forges_one(db, alpha):
    token = members.invite("ALPHA", "late@example.com", "Late", by=1).path.rpartition("/")[2]
    with pytest.raises(NotFound):
        invitations.invited(token + "x")
    with clock.travel(clock.now() + timedelta(days=7, seconds=5)), pytest.raises(InvitationOver):
        invitations.choose_password(token, "a long password")
    assert invitations.choose_password(token, "a long password").is_bank


def test_a_bank_takes_back_what_it_proposed(client, alpha):
    ours = make_banker(alpha)
    sign_in(client, ours)
    form = {"committed": "20000.00", "price": "6", "why": "we have more"}
    assert post(client, "/bank/proposals/commitment", **form).status_code == 303
    (change,) = queries.changes_of(alpha)
    assert "Take it back" in client.get("/bank/proposals").text
    path = f"/bank/proposals/{change.id}/withdraw"
    assert post(client, path).status_code == 303
    page = client.get("/bank/proposals").text
    assert "Taken back" in page and "Take it back" not in page
    with pytest.raises(changes.DecidedBefore):
        changes.decide(change.id, yes=True, by=make_admin().id)
    assert post(client, "/bank/proposals/commitment", **form).status_code == 303  # once more
    assert alpha.committed == yuan("10000.00").minor


def test_vintages_say_what_was_given_up_since(db, alpha):
    """Two plans of 1,200.00 lent in March, half the bank's; one is given up whole after 121 days."""
    make_waterfall("installments", (alpha, 50))
    for on in (date(2026, 3, 2), date(2026, 3, 9)):
        lost = make_loan(make_shopper().id, yuan("1200.00"), on=on, received_on=on)
    with clock.travel(date(2026, 3, 20)):
        (made,) = vintages.vintages(alpha)
        assert (made.name, made.loans, made.lent, made.open) == ("2026 Q1", 2, 120_000, 120_000)
        assert made.lost == [(1, None), (3, None), (6, None), (9, None), (12, None)]
    with clock.travel(date(2026, 8, 10)):
        _give_up(lost, date(2026, 8, 10))  # five months after it began
    with clock.travel(date(2026, 9, 10)):
        (made,) = vintages.vintages(alpha)
        assert (made.lent, made.open) == (120_000, 60_000)
        assert made.lost == [(1, 0), (3, 0), (6, 500_000), (9, None), (12, None)]


@use_case
def _give_up(loan, on):
    steps.give_up(loan, on)
