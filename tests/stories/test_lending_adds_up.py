"""What raw SQL as the application cannot commit: loans and advances other than the book has them."""

from typing import Any

import pytest
from sqlalchemy import text

from core import clock
from finance.capital import services
from mall.orders.rules import OrderState
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import make_order, yuan
from tests.factories.owner import without_causes
from tests.stories.cast import make_regular
from tests.stories.test_accounts_add_up import CLEARING, moved
from tests.stories.test_sums_at_commit import at_commit, refused


@pytest.fixture(autouse=True)
def sums_alone(db: Any) -> None:
    without_causes()


@pytest.fixture
def loan(db: Any) -> str:
    """300.00 in three parts."""
    buyer = make_regular(start=clock.today())
    make_order(buyer, amount="300.00", offer_key="pay_later:3", state=OrderState.PAID)
    at_commit(db)
    number: str = db.session.scalar(text("select number from loan"))
    return number


@pytest.fixture
def advance(db: Any) -> str:
    """500.00 on orders under way."""
    seller = make_steady_seller()
    ship_orders(seller, 4)
    services.draw_on_orders(seller.id, yuan("500.00"), key="K")
    at_commit(db)
    number: str = db.session.scalar(text("select number from advance"))
    return number


@pytest.mark.parametrize(
    "change",
    [
        "installment set principal_paid = principal where number = 1",
        "installment set principal = principal - 1 where number = 3",
        "installment set accrued_on = current_date where number = 1",
        "installment set late_fee = 100 where number = 1",
        "loan set refunded = 10000",
        "loan set charged_off_on = current_date",
    ],
)
def test_a_loan_is_what_its_accounts_say(db: Any, loan: str, change: str) -> None:
    if "accrued_on" in change:
        change = change.replace(" set ", " set fee = fee + 1, ")
    refused(db, f"update {change}", why=f"loan {loan} is not what its accounts say")


def test_no_journal_alone_moves_a_loan(db: Any, loan: str) -> None:
    why = f"loan {loan} is not what its accounts say"
    principal, late = f"1300:loan_principal:{loan}", f"1320:loan_fee:{loan}"
    refused(db, moved("payment.paid", CLEARING, principal, 100), why=why)
    refused(db, moved("loan.late_fee", late, "4210:late_fee_income", 100), why=why)
    none = moved("loan.late_fee", "1320:loan_fee:L-NONE", "4210:late_fee_income", 100)
    refused(db, none, why="there is no loan L-NONE for its accounts")


@pytest.mark.parametrize(
    "change",
    [
        "principal_paid = principal_paid + 1",
        "principal_forgiven = 100",
        "fee_charged = fee_charged + 100",
        "fee_charged = fee_charged + 100, fee_paid = fee_paid + 50",
    ],
)
def test_an_advance_is_what_its_accounts_say(db: Any, advance: str, change: str) -> None:
    refused(db, f"update advance set {change}", why=f"advance {advance} is not what its accounts")


def test_no_journal_alone_moves_an_advance(db: Any, advance: str) -> None:
    owed = f"1400:advance_principal:{advance}"
    lost = moved("advance.charged_off", "5300:credit_loss", owed, 100)
    refused(db, lost, why=f"advance {advance} is not what its accounts say")
    none = moved("advance.waived", "5300:credit_loss", "1400:advance_principal:A-NONE", 100)
    db.session.execute(text(none))  # nothing is owed there: it is not written
    at_commit(db)
