"""Disputes of payments into a balance and of installments: who owes again."""

from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db as database
from finance.loans.models import Loan
from finance.loans.services import pay_by_card
from mall.orders.rules import OrderState
from mall.wallet import services as wallet
from payments import cards, cases, disputes
from payments import services as payments
from payments.gateway import Disputed
from payments.models import Payment
from payments.values import PaymentView
from tests.factories.disputes import DUE
from tests.factories.orders import assert_clean, balance, make_order, saved_card, yuan
from tests.factories.people import make_shopper
from tests.stories.cast import make_regular


def tell(paid: PaymentView, state: str) -> None:
    """The bank's word about all of a payment."""
    payment = database.session.get_one(Payment, paid.id)
    back = paid.amount if state == "won" else yuan("0.00")
    told = Disputed(
        "du_9", str(payment.charge_id), paid.amount, yuan("15.00"), "fraudulent", state, DUE,
        paid.amount, back,
    )  # fmt: skip
    disputes.apply("sandbox", told)


def topped_up(person: Any, amount: str) -> PaymentView:
    card = payments_card(person.id)
    return payments.refresh(wallet.top_up(person.id, yuan(amount), "k", card).id)


def payments_card(person_id: int) -> str:
    saved_card(person_id)
    return cards.of(person_id)[0].token


def lent_out(amount: str) -> Loan:
    """A plan in three of a regular shopper, whose goods have arrived."""
    shopper = make_regular(start=clock.today())
    make_order(shopper, amount=amount, offer_key="pay_later:3", state=OrderState.RECEIVED)
    return database.session.scalars(select(Loan).where(Loan.borrower_id == shopper.id)).one()


def test_what_was_spent_of_a_top_up_is_our_loss_and_a_case(db: Any) -> None:
    """100.00 paid in, 70.00 withdrawn: 30.00 are withheld, 70.00 are gone."""
    person = make_shopper()
    paid = topped_up(person, "100.00")
    wallet.withdraw(person.id, yuan("70.00"), "w", "DE89370400440532013000")
    tell(paid, "needs_response")
    tell(paid, "lost")
    assert balance("dispute_loss") == yuan("70.00")
    assert [case.amount for case in cases.listed("open")] == [yuan("-70.00")]
    assert_clean()


def test_a_disputed_installment_is_owed_again(db: Any) -> None:
    """Of a plan of 1,200.00 in three, the first row was paid by card; its bank takes that back."""
    loan = lent_out("1200.00")
    before = loan.principal_owed
    view = pay_by_card(
        loan.number, loan.borrower_id, source=payments_card(loan.borrower_id), key="k-1"
    )
    paid = payments.refresh(view.id)
    loan = fresh(loan)
    assert loan.principal_owed < before
    tell(paid, "needs_response")
    assert fresh(loan).autopay_card_id is None
    tell(paid, "lost")
    loan = fresh(loan)
    assert loan.principal_owed == before
    assert balance("loan_principal", loan.number) == before
    assert balance("dispute_loss") == yuan("0.00")
    assert_clean()
    tell(paid, "won")
    assert fresh(loan).principal_owed < before
    assert_clean()


def test_a_settled_plan_opens_again(db: Any) -> None:
    loan = lent_out("1200.00")
    view = pay_by_card(
        loan.number,
        loan.borrower_id,
        source=payments_card(loan.borrower_id),
        key="k-1",
        settle=True,
    )
    paid = payments.refresh(view.id)
    assert fresh(loan).state == "paid"
    tell(paid, "lost")
    loan = fresh(loan)
    assert (loan.state, loan.principal_owed) == ("active", yuan("1200.00"))
    assert_clean()


def fresh(loan: Loan) -> Loan:
    query = select(Loan).where(Loan.id == loan.id)
    found: Loan = database.session.scalars(query.execution_options(populate_existing=True)).one()
    for row in found.rows:
        database.session.refresh(row)
    return found
