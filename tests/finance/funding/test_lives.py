"""A loan that two banks fund, from the click to the last cent, with the book beside it."""

from datetime import date

import pytest

from core.db import db as database
from core.use_case import use_case
from finance.contracts import lenders as named
from finance.contracts import shopping
from finance.funding import lenders, statements, transferring
from finance.funding.bookkeeping import between
from finance.funding.models import Participation
from finance.lending.life.events import CHARGED_OFF
from finance.loans.applying import New, apply
from finance.loans.life import locked
from finance.pay_later import offers
from finance.products import CN
from ledger import audit, book
from ledger.accounts import account
from mall.ports.payment_methods import CheckoutToPay, OrderToPay, TermsChanged
from tests.factories.bank import arrives
from tests.factories.funding import make_bank, make_waterfall
from tests.factories.loans import make_loan, pay_loan
from tests.factories.people import make_seller, make_shopper, sign_in
from tests.finance.loans.test_returns import give_back
from tests.finance.money import yuan

BOUGHT, GOT_IT, FIRST = date(2026, 3, 10), date(2026, 3, 14), date(2026, 4, 14)


@pytest.fixture(autouse=True)
def audited(db):
    yield
    assert [finding for finding in audit.run() if not finding.ok] == []


@pytest.fixture
def banks(db):
    """A lends 70 % at 6 %, B 20 % at 7 %; 10,000.00 committed by each."""
    a = make_bank("ALPHA", yuan("10000.00"))
    b = make_bank("BETA", yuan("10000.00"), price_ppm=70_000)
    make_waterfall("installments", (a, 70), (b, 20))
    return a, b


@pytest.fixture
def phone(banks):
    """3,600.00 in 12 of 318.00; its 18.00 a month are 10.90 % a year."""
    return make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=GOT_IT)


def parts(loan):
    """By bank ("" is the mall): open, interest, fees, lost, recovered."""
    query = database.select(Participation).where(Participation.ref == loan.number)
    rows = database.session.scalars(query.execution_options(populate_existing=True))
    return {
        (p.funder.code if p.funder_id else ""): (p.open, p.interest, p.fees, p.lost, p.recovered)
        for p in rows
    }


def on_the_book(name, bank, loan):
    return book.balance(account(name, f"{bank}:{loan.number}"), "CNY")


def used(bank):
    database.session.refresh(bank)
    return bank.used


def test_each_bank_lends_its_share_and_the_mall_the_rest(banks, phone):
    assert {name: p[0] for name, p in parts(phone).items()} == {
        "ALPHA": 252_000, "BETA": 72_000, "": 36_000,
    }  # fmt: skip
    assert on_the_book("partner_payable", "ALPHA", phone) == yuan("2520.00")
    assert book.balance(between("ALPHA"), "CNY") == yuan("2520.00")
    assert [used(bank) for bank in banks] == [252_000, 72_000]


def test_a_payment_is_split_with_the_cent_to_the_mall(banks, phone):
    pay_loan(phone, yuan("318.00"), FIRST)
    # 300.00 of principal by share; 18.00 of interest: 4.2 and 1.4 of 10.8964 parts
    assert phone.apr_ppm == 108_964
    assert parts(phone) == {
        "ALPHA": (231_000, 693, 0, 0, 0),  # 18.00 x 385,448 ppm = 6.938
        "BETA": (66_000, 231, 0, 0, 0),
        "": (33_000, 876, 0, 0, 0),
    }
    assert on_the_book("partner_due", "ALPHA", phone) == yuan("210.00")
    assert on_the_book("partner_interest", "ALPHA", phone) == yuan("6.93")
    assert [used(bank) for bank in banks] == [231_000, 66_000]


def test_a_transfer_pays_what_was_collected_once(banks, phone):
    pay_loan(phone, yuan("318.00"), FIRST)
    before = book.balance(between("ALPHA"), "CNY")
    sent = transferring.transfer_all()
    assert [(t.due, t.interest) for t in sent] == [(21_000, 693), (6_000, 231)]
    assert book.balance(between("ALPHA"), "CNY") == before - yuan("216.93")
    assert transferring.transfer_all() == []


def test_a_return_gives_the_banks_their_money_back(banks, phone):
    pay_loan(phone, yuan("318.00"), FIRST)
    give_back(phone, yuan("1200.00"), on=date(2026, 4, 20))
    owed = book.balance(account("loan_principal", phone.number), "CNY").minor
    assert parts(phone)["ALPHA"][0] == owed * 7 // 10
    assert sum(p[0] for p in parts(phone).values()) == owed


def test_a_loss_is_borne_by_share_and_so_is_what_is_recovered(banks, phone):
    @use_case
    def charge_off():
        apply(locked(phone.number), New(CHARGED_OFF, date(2026, 12, 1), "lost", amount=1))

    charge_off()
    assert {name: (p[0], p[3]) for name, p in parts(phone).items()} == {
        "ALPHA": (0, 252_000), "BETA": (0, 72_000), "": (0, 36_000),
    }  # fmt: skip
    assert not on_the_book("partner_payable", "ALPHA", phone)
    assert [used(bank) for bank in banks] == [0, 0]
    pay_loan(phone, yuan("100.00"), date(2026, 12, 5))
    assert on_the_book("partner_due", "ALPHA", phone) == yuan("70.00")
    assert book.balance(account("recovery"), "CNY") == yuan("10.00")


def test_lines_of_our_statement_clear_what_is_between_us(banks, phone):
    became = arrives("2520.00", reference=statements.reference(banks[0]))
    assert became == {"funding": 1}
    assert not book.balance(between("ALPHA"), "CNY")
    pay_loan(phone, yuan("318.00"), FIRST)
    transferring.transfer_all()
    assert arrives("-216.93", reference=statements.reference(banks[0])) == {"funding": 1}
    assert not book.balance(between("ALPHA"), "CNY")
    assert book.balance(account("bank"), "CNY") == yuan("2303.07")


def test_lenders_are_named_before_and_after_with_the_blended_price(banks, phone):
    before = lenders.would_lend("installments", 360_000, "CNY", phone.apr_ppm, "B")
    assert before == lenders.do_lend(phone.number)
    assert [(one.name, one.share_ppm, one.price_ppm) for one in before] == [
        ("Bank Alpha", 700_000, 60_000),
        ("Bank Beta", 200_000, 70_000),
        (lenders.own_name(), 100_000, 120_000),
    ]
    price = lenders.price_today(phone.number, 83_000)
    assert (price.blended_ppm, price.service_ppm) == (68_000, 15_000)


def test_the_borrower_sees_which_bank_holds_which_share_today(client, banks):
    shopper = make_shopper()
    loan = make_loan(shopper.id, yuan("3600.00"), on=BOUGHT, received_on=GOT_IT)
    pay_loan(loan, yuan("318.00"), FIRST)
    sign_in(client, shopper)
    page = client.get(f"/account/credit/{loan.number}").text
    assert "Who lends" in page and "Bank Alpha" in page and "2,310.00" in page


def test_a_contract_that_names_others_than_lend_is_not_kept(banks, phone):
    checkout, plan = basket(phone.borrower_id), offers.plan(yuan("3600.00"), 12, CN, BOUGHT)
    contract = shopping.of_plan(checkout, plan, shopping.Names(checkout))
    assert len(contract.lenders) == 3
    banks[0].paused = True
    database.session.flush()
    other = shopping.of_plan(checkout, plan, shopping.Names(checkout))
    assert [one.share_ppm for one in other.lenders] == [900_000, 100_000]
    named.check(contract, phone.number)
    with pytest.raises(TermsChanged):
        named.check(other, phone.number)


def basket(buyer_id):
    order = OrderToPay("O-9", make_seller().id, yuan("3600.00"))
    return CheckoutToPay("C-9", buyer_id, order.total, BOUGHT, (order,))
