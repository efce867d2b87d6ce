"""A return on a plan: pause, undo, and every penny where it belongs."""

from datetime import date

import pytest
from sqlalchemy import text

from core.errors import Conflict
from core.use_case import use_case
from finance.collections.services import run_day
from finance.loans import services as loans
from finance.loans.queries import own_book, payment_due
from finance.loans.rules import LoanState
from finance.pay_later.method import PayLater
from ledger import audit, book
from ledger.accounts import account
from ledger.entries import Journal, Transfer, moves
from mall.ports.payment_methods import GiveBack
from tests.factories.ledger import declare
from tests.factories.loans import make_loan, owed, pay_loan
from tests.factories.owner import as_owner
from tests.factories.people import make_shopper
from tests.finance.money import yuan

BOUGHT, SELLER = date(2026, 3, 10), 1
REFUND_DAY = date(2026, 5, 20)
REFUNDED = "test.refunded"  # no refund of this world stands behind it; the card answers at once
declare(
    REFUNDED,
    "escrow, seller_receivable, promotion > refund_payable",
    "refund_payable > loan_principal, loan_interest, loan_fee, recovery, wallet, clearing",
    "loan_interest > loan_interest_income",
)


@pytest.fixture
def phone(db):
    """A phone and an accessory of 1,200.00, in 12, two rows paid (636.00)."""
    loan = make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)
    pay_loan(loan, yuan("318.00"), date(2026, 4, 10))
    pay_loan(loan, yuan("318.00"), date(2026, 5, 10))
    return loan


@pytest.fixture(autouse=True)
def audited(db):
    yield
    assert [finding for finding in audit.run() if not finding.ok] == []


@use_case
def give_back(loan, amount, fault="seller", number="R-1", on=REFUND_DAY):
    """What the orders room does with an accepted refund before release."""
    order = loan.orders[0].order_number
    ref, promised = f"pay_later:{loan.number}", account("refund_payable", number)
    given = PayLater().give_back(
        GiveBack(loan.checkout_number, ref, order, number, amount, fault, on)
    )
    seller, zero = account("seller_receivable", SELLER), yuan("0.00")
    transfers = (
        Transfer(account("escrow", order), promised, amount, "refund"),
        *moves((seller, promised, given.seller_pays or zero, "seller_pays")),
        *moves((account("promotion"), promised, given.mall_pays or zero, "mall_pays")),
        *given.transfers,
        *moves((promised, account("wallet", loan.borrower_id), given.to_wallet or zero, "wallet")),
        *moves(
            *((promised, account("clearing", "test"), c.amount, "card") for c in given.to_cards)
        ),
    )
    book.post(Journal(f"refund:{number}", REFUNDED, order, on, transfers))
    assert not book.balance(promised, "CNY")
    return given


def test_j2_the_shop_bears_the_fee_and_ten_rows_become_212(db, phone):
    given = give_back(phone, yuan("1200.00"))
    assert given.to_wallet == yuan("212.00")  # paid from no card in this test
    assert (given.seller_pays, given.mall_pays) == (yuan("12.00"), yuan("0.00"))
    assert given.note == "Payments become 212.00."
    assert [row.payment for row in phone.rows] == [21_200] * 12
    assert [row.owed for row in phone.rows] == [0, 0] + [21_200] * 10
    assert owed(phone)["loan_principal"] == yuan("2000.00")
    assert own_book(phone.borrower_id, REFUND_DAY).used == 200_000


@pytest.mark.parametrize(("part", "fee"), [("1200.00", "12.00"), ("3600.00", "36.00")])
def test_the_shop_is_told_the_fee_before_it_accepts(db, phone, part, fee):
    before = PayLater().fee_earned(f"pay_later:{phone.number}", yuan(part))
    assert before == yuan(fee) == give_back(phone, yuan(part)).seller_pays


def test_a_change_of_mind_costs_the_mall_the_fee(db, phone):
    given = give_back(phone, yuan("1200.00"), fault="buyer")
    assert (given.seller_pays, given.mall_pays) == (yuan("0.00"), yuan("12.00"))


def test_an_open_return_pauses_its_part_of_the_next_row(db, phone):
    order = phone.orders[0].order_number
    loans.pause(phone.number, order, yuan("1200.00"), REFUND_DAY, begin=True)
    assert [row.paused for row in phone.rows[:3]] == [0, 0, 10_600]
    assert payment_due(phone, date(2026, 6, 10)) == yuan("212.00")
    late = own_book(phone.borrower_id, date(2026, 6, 20))
    assert late.overdue == 21_200
    loans.pause(phone.number, order, yuan("1200.00"), REFUND_DAY, begin=False)
    assert payment_due(phone, date(2026, 6, 10)) == yuan("318.00")


def test_everything_returned_makes_the_plan_void(db, phone):
    given = give_back(phone, yuan("3600.00"))
    assert (given.to_wallet, given.seller_pays) == (yuan("636.00"), yuan("36.00"))
    assert phone.state == LoanState.VOID
    assert not any(owed(phone).values())


def test_two_refunds_are_as_one(db, phone):
    give_back(phone, yuan("500.00"), number="R-1")
    give_back(phone, yuan("700.00"), number="R-2")
    assert [row.payment for row in phone.rows] == [21_200] * 12
    assert owed(phone)["loan_principal"] == yuan("2000.00")


def test_a_refund_after_early_settlement_returns_the_whole_principal(db, phone):
    pay_loan(phone, yuan("3000.00"), date(2026, 5, 15), settle=True)
    given = give_back(phone, yuan("1200.00"))
    assert given.to_wallet == yuan("1212.00")
    assert phone.state == LoanState.PAID


def test_more_than_was_lent_cannot_come_back(db, phone):
    with pytest.raises(Conflict, match="More would be given back"):
        give_back(phone, yuan("3600.01"))


def test_the_newest_card_gets_its_money_back_first(db, phone):
    for place, payment in enumerate(sorted(phone.payments, key=lambda p: p.id), 1):
        change = "update loan_payment set payment_id = :place where id = :id"  # as if two cards
        with as_owner():
            db.session.execute(text(change), {"place": place, "id": payment.id})
    db.session.expire_all()
    given = give_back(phone, yuan("3600.00"))
    assert [(card.payment_id, card.amount) for card in given.to_cards] == [
        (2, yuan("318.00")),
        (1, yuan("318.00")),
    ]


def test_a_return_after_charge_off_is_a_recovery(db):
    loan = make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)
    run_day(date(2026, 4, 1))
    run_day(date(2026, 8, 8))  # 120 days after the first row was due
    assert loan.state == LoanState.CHARGED_OFF
    given = give_back(loan, yuan("1200.00"), on=date(2026, 8, 9))
    assert not given.to_wallet
    assert book.sum_of("recovery", "CNY") == yuan("1200.00") + given.seller_pays
    assert given.seller_pays == yuan("24.00")  # four fees of 6.00 had been earned


def test_a_return_that_is_heard_of_after_the_charge_off_makes_the_loss_smaller(db):
    loan = make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT, received_on=BOUGHT)
    run_day(date(2026, 4, 1))
    run_day(date(2026, 8, 8))
    lost = book.sum_of("credit_loss", "CNY")
    give_back(loan, yuan("1200.00"), on=date(2026, 8, 1))
    assert book.sum_of("credit_loss", "CNY") == lost - yuan("1224.00")  # four fees of 6.00
    assert not book.sum_of("recovery", "CNY")
