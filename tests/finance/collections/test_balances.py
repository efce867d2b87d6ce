"""What balances pay by sets is what one plan after the other would have taken of them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from core import clock
from core.db import db as database
from finance.collections import balances, chunks, order
from finance.collections.set_events import Acted
from finance.loans import services as loans
from finance.loans.models import Loan
from ledger import audit, book
from ledger.accounts import account
from payments import cards
from tests.factories.loans import make_loan, pay_loan
from tests.factories.payments import GOOD
from tests.factories.people import make_shopper
from tests.finance.collections.test_by_sets import everything
from tests.finance.loans.test_paying_twice import fund
from tests.finance.money import yuan

BOUGHT = date(2026, 3, 10)
NIGHTS = (date(2026, 4, 10), date(2026, 4, 12), date(2026, 5, 10), date(2026, 6, 10))
STEPS = ("fallen due", "paid from balances")


def plan(shopper: Any, *, by_itself: bool = True, months: int = 12) -> Loan:
    loan = make_loan(shopper.id, yuan("3600.00"), months=months, on=BOUGHT, received_on=BOUGHT)
    if by_itself:
        saved = cards.of(shopper.id) or [cards.save(shopper.id, GOOD, "04/39", "123")]
        loans.set_autopay(loan.number, shopper.id, saved[0].id)
    return loan


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    """Rich, short of money, with two plans, by hand, with a short plan, heard of late."""
    with clock.travel(BOUGHT):
        who = {name: make_shopper() for name in ("rich", "short", "two", "hand", "ends", "late")}
        for name, shopper in who.items():
            plan(shopper, by_itself=name != "hand", months=3 if name == "ends" else 12)
        plan(who["two"])
        late = plan(who["late"])
        pay_loan(late, yuan("20.00"), date(2026, 3, 12))
        pay_loan(late, yuan("10.00"), date(2026, 3, 11))
        for name, amount in (("rich", "2000.00"), ("short", "100.00"), ("two", "400.00"),
                             ("hand", "500.00"), ("ends", "4000.00"), ("late", "450.00")):  # fmt: skip
            fund(who[name].id, amount)
    return who


def nights(people: dict[str, Any]) -> dict[str, Any]:
    """Live these nights, of which nothing stays; all that they left, and what each step did."""
    database.session.commit()
    connection: Any = database.engine  # in tests the one outer connection
    savepoint = connection.begin_nested()
    counts = []
    for day in NIGHTS:
        with clock.travel(clock.start_of(day)):
            if day == NIGHTS[1]:
                fund(people["short"].id, "50.00")
            for step in (step for step in order.steps_of(day) if step.name in STEPS):
                counts.append(chunks.run(step, day, check=True).count)
    payments = "select l.number, p.amount, p.on, p.returned, p.payment_id from loan_payment p" \
               " join loan l on l.id = p.loan_id order by l.number, p.on, p.amount"  # fmt: skip
    found = everything() | {"counts": counts}
    found["payments"] = [tuple(r) for r in database.session.execute(text(payments))]
    found["left"] = [
        book.balance(account("wallet", shopper.id), "CNY") for shopper in people.values()
    ]
    assert [f for f in audit.run() if not f.ok] == []
    database.session.close()
    savepoint.rollback()
    return found


def same_keys(found: dict[str, Any]) -> dict[str, Any]:
    """The gifts to balances have keys by dice."""
    for name in ("journals", "lines"):
        found[name] = [row for row in found[name] if not row[0].startswith("G-")]
    return found


def test_the_same_as_plan_by_plan(people: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    quick = same_keys(nights(people))
    monkeypatch.setattr(balances, "pay", lambda ids, day, rule: Acted(0, ids))
    slow = same_keys(nights(people))
    for name in quick:
        assert quick[name] == slow[name], name
    rich, short, two, hand, *_ = quick["left"]
    # 3 × 318.00 of 2,000.00; all of 150.00; 318.00 and 82.00 of 400.00; by hand nothing
    assert (rich, short, two, hand) == (yuan("1046.00"), yuan("0"), yuan("0"), yuan("500.00"))


def test_sets_do_most_and_who_has_an_odd_plan_is_left(
    people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    acted: list[Acted] = []
    pay: Callable[..., Acted] = balances.pay

    def watched(*args: Any) -> Acted:
        acted.append(pay(*args))
        return acted[-1]

    monkeypatch.setattr(balances, "pay", watched)
    nights(people)
    # the late shopper has two plans; the short plan's last row goes the long way
    assert [(each.count, len(each.left)) for each in acted] == [(5, 2), (1, 0), (2, 0), (1, 1)]


def test_a_balance_spent_meanwhile_leaves_all_to_be_done_one_by_one(
    people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at, then spent in another tab: nothing is taken twice, nothing is overdrawn."""
    monkeypatch.setattr(
        balances, "_available", lambda rows: {(row.borrower_id, "CNY"): 1_000_000 for row in rows}
    )
    found = nights(people)
    rich, short, two, *_ = found["left"]
    assert (rich, short, two) == (yuan("1046.00"), yuan("0"), yuan("0"))
