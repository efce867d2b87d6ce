"""A card payment of a term loan that its bank takes back: owed again, or owed by the seller."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.db import db as database
from core.money import Money
from finance.capital import nightly, repaying, verify
from finance.capital.models import Advance
from finance.capital.term_loan import linked
from mall.payouts.services import balance_of
from mall.sellers.models import Seller
from payments import disputes
from payments import services as payments
from payments.facts import Disputed
from payments.models import Payment
from tests.factories.capital import make_steady_seller, ship_orders, spend_all
from tests.factories.orders import assert_clean, balance, saved_card, yuan
from tests.finance.capital.test_services import receive
from tests.finance.capital.test_term_loan import take

pytestmark = pytest.mark.usefixtures("db")
A_DAY = yuan("7.20")  # of 12,000.00 at 600 ppm


@pytest.fixture
def paid() -> tuple[Seller, Advance, Payment]:
    """12,000.00 in three parts; the first is paid by the owner's card the day after it fell due."""
    seller = make_steady_seller()
    advance = take(seller)
    spend_all(seller)
    card = int(saved_card(seller.owner_id).partition(":")[2])
    linked.link(seller.id, advance.number, seller.owner_id, wallet=False, card_id=card)
    with clock.travel(clock.start_of(advance.rows[0].due_on + timedelta(1))):
        nightly.run(clock.today())
    query = select(Payment).where(Payment.purpose.startswith(f"advance:{advance.number}"))
    payment = database.session.scalars(query).one()
    assert advance.principal_owed == yuan("8000.00") and advance.card_id == card
    return seller, advance, payment


def later(advance: Advance, days: int) -> Any:
    """So many days after the first part was paid."""
    return clock.travel(clock.start_of(advance.rows[0].due_on + timedelta(1 + days)))


def tell(payment: Payment, state: str, amount: Money | None = None) -> None:
    whole = amount or Money(payment.captured_minor, payment.currency)
    back = whole if state == "won" else whole - whole
    word = Disputed("du_1", str(payment.charge_id), whole, yuan("15.00"), "fraudulent", state,
                    None, whole, back)  # fmt: skip
    disputes.apply(payment.gateway, word)
    database.session.refresh(payment)


def days_of(advance: Advance) -> int:
    return (clock.today() - advance.began_on).days


def test_lost_it_counts_as_never_made_and_its_days_cost_again(paid: Any) -> None:
    _, advance, payment = paid
    with later(advance, 10):
        tell(payment, "needs_response")
        assert advance.card_id is None  # its holder objected
        tell(payment, "lost")
        assert advance.principal_owed == yuan("12000.00")
        assert advance.fee_owed == A_DAY * days_of(advance)
        assert advance.late_since == advance.rows[0].due_on
        assert balance("dispute_loss") == yuan("0.00")
        assert [e.kind for e in advance.events][-1] == "reversed"
        assert list(verify.every()) == []
        assert_clean()


def test_a_part_of_it_lost_is_owed_again_and_the_rest_stays_paid(paid: Any) -> None:
    """1,000.00 of the payment are taken back: 9,000.00 are owed, interest on them since then."""
    _, advance, payment = paid
    with later(advance, 10):
        tell(payment, "needs_response", yuan("1000.00"))
        tell(payment, "lost", yuan("1000.00"))
        assert advance.principal_owed == yuan("9000.00")
        assert advance.rows[0].principal_paid == 3_000_00
        assert balance("dispute_loss") == yuan("0.00")
        assert list(verify.every()) == []
        assert_clean()


def test_won_after_it_was_lost_it_pays_what_is_due(paid: Any) -> None:
    seller, advance, payment = paid
    with later(advance, 10):
        tell(payment, "needs_response")
        tell(payment, "lost")
        tell(payment, "won")
        assert advance.principal_owed == yuan("8000.00")
        assert advance.late_since is None
        assert balance("seller_receivable", seller.id) == yuan("0.00")
        assert balance("disputed_funds", disputes.of_payment(payment.id)[0].number) == yuan("0.00")
        assert_clean()


def test_after_an_early_payoff_the_seller_owes_it_beside_the_contract(paid: Any) -> None:
    """The contract is over: what the bank took is the shop's debt, taken from its next releases."""
    seller, advance, payment = paid
    amount = Money(payment.captured_minor, "CNY")
    with later(advance, 5):
        for order in ship_orders(seller, 9):
            receive(order)
        repaying.pay_off(seller.id, advance.number)
        assert advance.state == "repaid"
        tell(payment, "needs_response")
        tell(payment, "lost")
        assert advance.state == "repaid"
        # 968.80 of 9,000.00 are left after the payoff of 8,031.20: they go first
        assert (amount, balance_of(seller.id, "CNY")) == (yuan("4216.00"), yuan("0.00"))
        assert balance("seller_receivable", seller.id) == yuan("3247.20")
        assert balance("dispute_loss") == yuan("0.00")
        assert_clean()
        tell(payment, "won")
        assert balance("seller_receivable", seller.id) == yuan("0.00")
        assert balance_of(seller.id, "CNY") == yuan("968.80")
        assert_clean()


def test_won_nothing_changes_but_the_card_is_asked_no_more(paid: Any) -> None:
    _, advance, payment = paid
    with later(advance, 10):
        tell(payment, "needs_response")
        tell(payment, "won")
        assert (advance.principal_owed, advance.card_id) == (yuan("8000.00"), None)
        assert {"disputed", "dispute_won"} <= {e.kind for e in advance.events}
        assert payments.view(payment.id).captured == Money(payment.captured_minor, "CNY")
        assert_clean()
