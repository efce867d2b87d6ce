"""What the credit pages show, read once for each page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from core import clock
from core.db import db, one
from core.messages import sending
from core.money import Money, total
from finance.lending.early import Payoff
from finance.loans import showing, withdrawing
from finance.loans.models import Claim, Exposure, Loan
from finance.loans.paying import payoff_of
from finance.loans.queries import days_past_due, exposure_of, loan_of, loans_of, payment_due
from finance.loans.rules import ClaimState
from finance.pricing import of_decision
from finance.risk import born, buyer, people, reviews, said
from finance.risk.ladder import Ladder
from finance.risk.models import Decision
from finance.risk.outcome import Outcome, Why
from finance.risk.review_models import Override, Review
from ledger import book
from ledger.accounts import account
from payments import cards, retries
from payments.values import PaymentView


@dataclass(frozen=True, slots=True)
class Overview:
    """All of a person's credit. `held` is reserved by checkouts under way.

    raised      the own ceiling that waits for its day (None: none at all), from `raised_from` on
    asks_born   whether the person has not said yet when they were born
    rung        where the limit stands; `grown` is what it would be if they agreed
    """

    standing: Outcome
    closed_for: list[Why]
    currency: str
    limit: Money
    used: Money
    held: Money
    free: Money
    ceiling: Money | None
    raised: Money | None
    raised_from: datetime | None
    paused_until: date | None
    asks_born: bool
    age_min: int
    rung: Ladder
    grown: Money
    soon: list[dict[str, Any]]
    soon_total: Money
    running: list[showing.Summary]
    closed: list[showing.Summary]
    calendar: tuple[list[str], list[tuple[str, list[int]]]]
    decisions: Sequence[Decision]


_ABOUT_A_BASKET = ("RB05", "RB06", "RB14")


def overview(person_id: int) -> Overview:
    currency, today = current_app.config["MALL_CURRENCY"], clock.today()
    standing = buyer.standing(person_id, currency)
    exposure, loans, terms = exposure_of(person_id), loans_of(person_id), buyer.terms()
    rung = people.ladder_of(person_id, terms, today, loans)
    plans = [showing.summary(loan, today) for loan in loans if not loan.is_by_day]
    soon = showing.due_soon(loans, today)
    ceiling = exposure.ceiling_at(clock.now()) if exposure else None
    raised_from, raised = _raised(exposure)
    return Overview(
        standing=standing,
        closed_for=[why for why in standing.reasons if why.code not in _ABOUT_A_BASKET],
        currency=currency,
        limit=Money(standing.limit, currency),
        used=Money(exposure.used if exposure else 0, currency),
        held=_held(person_id, currency),
        free=Money(standing.free, currency),
        ceiling=None if ceiling is None else Money(ceiling, currency),
        raised=None if raised is None else Money(raised, currency),
        raised_from=raised_from,
        paused_until=exposure.paused_until if exposure else None,
        asks_born=born.of(person_id) is None,
        age_min=terms.age_min,
        rung=rung,
        grown=Money(buyer.grown(standing.limit, rung), currency),
        soon=soon,
        soon_total=total((item["amount"] for item in soon), currency),
        running=[plan for plan in plans if plan.loan.is_running],
        closed=[plan for plan in plans if not plan.loan.is_running],
        calendar=showing.calendar(loans, today),
        decisions=_decisions(person_id),
    )


def _raised(exposure: Exposure | None) -> tuple[datetime | None, int | None]:
    """From when a higher own ceiling counts, and which; (None, None) when none waits."""
    if exposure is None or exposure.raised_from is None or exposure.raised_from <= clock.now():
        return None, None
    return exposure.raised_from, exposure.raised_ceiling


def _held(person_id: int, currency: str) -> Money:
    query = select(Claim.amount).where(Claim.person_id == person_id, Claim.state == ClaimState.HELD)
    return Money(sum(db.session.scalars(query)), currency)


def _decisions(person_id: int) -> Sequence[Decision]:
    query = select(Decision).where(Decision.subject == "buyer", Decision.subject_id == person_id)
    return db.session.scalars(query.order_by(Decision.id.desc()).limit(10)).all()


@dataclass(frozen=True, slots=True)
class PlanView:
    """One plan with all its page shows; `due` is what one press pays.

    withdrawal   the right to withdraw, while it lasts
    to_confirm   payments her bank lets the saved card make only if she confirms them
    """

    loan: Loan
    word: str
    owed: Money
    due: Money
    payoff: Payoff
    withdrawal: withdrawing.Open | None
    days_late: int
    paused: Money
    rows: list[dict[str, Any]]
    statement: list[showing.Line]
    cards: Sequence[Any]
    wallet: Money
    typed_here: bool
    to_confirm: Sequence[PaymentView]

    @property
    def can_be_paid(self) -> bool:
        payable = self.owed and not self.loan.is_by_day  # a line's purchase is paid with the line
        return bool(payable) and self.loan.state in ("active", "charged_off")


def plan(number: str, person_id: int) -> PlanView:
    """A person's own plan; raises NotFound for a stranger's."""
    loan, today = loan_of(person_id, number), clock.today()
    brief = showing.summary(loan, today)
    return PlanView(
        loan=loan,
        word=brief.word,
        owed=brief.owed,
        due=payment_due(loan, today),
        payoff=payoff_of(loan),
        withdrawal=withdrawing.open_until(loan, today),
        days_late=days_past_due(loan, today),
        paused=loan.money(sum(row.paused for row in loan.rows)),
        rows=showing.schedule_rows(loan, today),
        statement=showing.statement(loan),
        cards=cards.of(person_id),
        wallet=book.available(account("wallet", person_id), loan.currency),
        typed_here=cards.entered_here(),
        to_confirm=retries.waiting_for(person_id, f"loan:{number}:"),
    )


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision as its shopper reads it: the answer, the reasons, the data it stood on."""

    decision: Decision
    asked: Money
    months: int
    limit: Money
    reasons: list[dict[str, Any]]
    data: list[tuple[str, str]]
    counter: dict[str, Any] | None
    price: str
    review: Review | None
    override: Override | None


_FEATURE_WORDS = {
    "confirmed_orders_365": "Finished orders, last 365 days",
    "account_age_days": "Age of the account, days",
    "active_months_12": "Months with orders, of the last 12",
    "verified_level": "Identity confirmed, level",
    "refund_rate_ppm": "Returned share of what was bought",
    "no_receipt_claims_365": "Orders claimed as not received",
    "shared_address_people": "Other accounts at your address",
    "addresses_365": "Addresses used",
    "favorites_365": "Favorites",
    "reviews_365": "Reviews",
}


def decision(decision_id: int, person_id: int) -> DecisionView:
    """A person's own decision; raises NotFound for a stranger's."""
    found: Decision = one(
        select(Decision).where(
            Decision.id == decision_id,
            Decision.subject == "buyer",
            Decision.subject_id == person_id,
        )
    )
    features = found.inputs["features"]
    data = [(words, _shown(name, features.get(name))) for name, words in _FEATURE_WORDS.items()]
    return DecisionView(
        decision=found,
        asked=found.money,
        months=found.inputs["asked"]["months"],
        limit=Money(found.credit_limit, found.currency),
        reasons=said.reasons(found.reasons, sending.language_of(person_id)),
        data=data,
        counter=buyer.outcome_of(found)["counter"],
        price=of_decision.in_words(found),
        review=reviews.of_decision(found.id),
        override=reviews.override_of(found.id),
    )


def _shown(name: str, value: int | None) -> str:
    if value is None:
        return "none yet"
    return f"{value // 10_000} %" if name.endswith("_ppm") else str(value)
