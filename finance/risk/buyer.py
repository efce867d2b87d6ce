"""Decide whether a shopper may buy in parts, from the mall's facts and the lender's book."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from core import clock
from core.db import db
from core.money import MILLION, Money
from core.use_case import use_case
from finance.contracts import consents
from finance.loans.models import Loan
from finance.loans.queries import OwnBook, loans_of, own_book, used_by_product
from finance.pricing import current
from finance.products import Installments
from finance.risk import buyer_words, contest, gating, ladder, people, policy, reviews, services
from finance.risk.buyer_features import Row, features_of, row_of, usual_month
from finance.risk.ladder import Ladder
from finance.risk.models import Decision
from finance.risk.outcome import Outcome
from finance.risk.services import Question
from mall import facts


def terms() -> Installments:
    """The installment product under the mall's regime."""
    return shelf()[-1]


def shelf() -> tuple[Installments, ...]:
    """Every product under the mall's regime, in its currency."""
    return current.shelf(*current.place())


@use_case
def decide_buyer(
    buyer_id: int, amount: Money, months: int, *, ref: str = "", product: Installments | None = None
) -> tuple[Outcome, Decision]:
    """Decide on `amount` in `months` parts of `product` (B3) and keep the decision.

    ref   the checkout it is for. Lock the person's exposure first when money depends on it.
    """
    began = services.cpu_now()
    question = Questions(buyer_id, amount, services.as_of_now()).about(months, ref, product)
    return services.decide(question, began_ns=began)


class Questions:
    """The facts of one shopper, read once, and the questions about them.

    known   their features as of the start of the day, where they were computed with many others

    Raises ConsentMissing, before any fact is read, for whoever does not want to be scored.
    """

    def __init__(
        self, buyer_id: int, amount: Money, as_of: datetime, known: Row | None = None
    ) -> None:
        consents.check_scoring("buyer", buyer_id)
        self.buyer_id, self.amount, self.as_of = buyer_id, amount, as_of
        self.terms = terms()
        row = row_of(buyer_id, as_of) if known is None else known
        self._features, self._usual = features_of(row), usual_month(row)
        today, loans = clock.day_of(as_of), loans_of(buyer_id)
        book = own_book(buyer_id, today, loans)
        self.person = _person(buyer_id, self.terms, today, loans)
        self._drawn = contest.draw("buyer", buyer_id)
        self._lifted = reviews.granted("buyer", buyer_id, as_of)
        self._gate = gating.gate_data("buyer", buyer_id, as_of)
        self._book = _book_data(book, _requests_on(buyer_id, as_of))
        self._by_product = used_by_product(buyer_id)

    def about(self, months: int, ref: str = "", product: Installments | None = None) -> Question:
        """The question about this many parts of a product; B3 when none is named."""
        terms = product or self.terms
        book = self._book | {"used_here": self._by_product.get(terms.name, 0)}
        inputs: dict[str, Any] = {
            "asked": {"amount": self.amount.minor, "months": months},
            "book": book,
            "contest": self._drawn.as_data(),
            "currency": self.amount.currency,
            "features": self._features,
            "gate": self._gate,
            "price_version": current.numbers(*current.place()).get(terms.name, 0),
            "person": self.person | {"lifted": self._lifted.get(terms.name, 0)},
            "terms": terms.as_data() | {"terms": list(terms.terms)},
            "usual_month": self._usual,
        }
        return Question(
            subject="buyer",
            subject_id=self.buyer_id,
            product=terms.name,
            asked=self.amount,
            inputs=inputs,
            facts_at=self.as_of,
            card=self._drawn.card,
            policy=policy.POLICY,
            ref=ref,
        )

    def preview(self, months: int, product: Installments | None = None) -> Outcome:
        """The answer without keeping it, for an offer on a page."""
        return services.answer(self.about(months, product=product))


def _person(
    buyer_id: int, terms: Installments, today: date, loans: Sequence[Loan]
) -> dict[str, Any]:
    """Whether they are of age, never when they were born; what is verified now; their rung."""
    rung = people.ladder_of(buyer_id, terms, today, loans)
    return rung.as_data() | {
        "of_age": people.of_age(buyer_id, terms.age_min, today),
        "verified_level": facts.verified_level(buyer_id),
    }


def _book_data(book: OwnBook, requests: int) -> dict[str, Any]:
    data = asdict(book) | {"requests_today": requests}
    for name in ("overdue_since", "paused_until"):
        data[name] = data[name].isoformat() if data[name] else ""
    return data


def _requests_on(buyer_id: int, as_of: datetime) -> int:
    start = clock.start_of(clock.day_of(as_of))
    query = select(func.count(Decision.id)).where(
        Decision.subject == "buyer",
        Decision.subject_id == buyer_id,
        Decision.created_at >= start,
        Decision.created_at < as_of,
    )
    return int(db.session.scalar(query) or 0)


def standing(buyer_id: int, currency: str) -> Outcome:
    """Where a person stands before asking: limit, what of it is free, and reasons if closed."""
    product = terms()
    if consents.refused("buyer", [buyer_id]):
        return Outcome(False, 0, "E", 0, 0, 0, (buyer_words.no_consent(),))
    least = Money(product.amount_min, currency)
    return Questions(buyer_id, least, clock.now()).preview(min(product.terms))


def grown(limit: int, rung: Ladder) -> int:
    """What a limit of today would be on the rung a person has earned."""
    if not rung.can_grow:
        return limit
    return ladder.applied(limit * MILLION // rung.granted_ppm, rung.earned_ppm, 1_000)


def outcome_of(decision: Decision) -> dict[str, Any]:
    """The kept answer as plain data."""
    found: dict[str, Any] = json.loads(decision.outcome)
    return found
