"""Who may buy in parts, and how much: the rules on top of the score; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from core.money import MILLION, round_fraction
from finance.products import Installments
from finance.risk.outcome import Counter, Outcome, Why, amount
from finance.risk.past import buyer_words_1 as words
from finance.risk.scorecard import REASONS_MAX, Card, Score

POLICY = "buyer_installments_1"
_STEP = 1_000  # counter-offers are whole tens


@dataclass(frozen=True, slots=True)
class Asked:
    """`amount` minor units in `months` parts."""

    amount: int
    months: int


@dataclass(frozen=True, slots=True)
class Book:
    """What the lender's own book knows of a person (minor units, days, counts).

    used         principal owed and reserved
    used_here    of it, with the product asked for; None: not told apart
    due_30       payments of running plans due in the next 30 days
    overdue      due and unpaid since `overdue_since` (ISO date, "" when nothing is)
    """

    used: int = 0
    used_here: int | None = None
    due_30: int = 0
    overdue: int = 0
    overdue_since: str = ""
    plans_running: int = 0
    plans_finished: int = 0
    days_late_max_365: int | None = None
    requests_today: int = 0
    own_ceiling: int | None = None
    paused_until: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """All a decision stands on; built from kept inputs, so that it can be replayed."""

    asked: Asked
    book: Book
    terms: Installments
    currency: str
    features: Mapping[str, int | None]
    usual_month: int

    def payment(self, asked: Asked) -> int:
        """What falls due of the plan asked for in thirty days, rounded half-up."""
        return round_fraction(asked.amount * self.month(asked.months))

    def month(self, months: int) -> Fraction:
        """The share of the amount that falls due in the first thirty days."""
        fee = Fraction(self.terms.monthly_fee_ppm, MILLION)
        return Fraction(self.terms.parts_in_30, months) + fee

    def load_ppm(self, asked: Asked) -> int | None:
        """What would fall due in 30 days, in millionths of the usual month's spending."""
        if not self.usual_month:
            return None
        due = self.book.due_30 + self.payment(asked)
        return round_fraction(Fraction(due * MILLION, self.usual_month))

    def values(self) -> dict[str, int | None]:
        """What the scorecard reads."""
        own = {
            "plans_running": self.book.plans_running,
            "plans_finished": self.book.plans_finished,
            "days_late_max_365": self.book.days_late_max_365,
            "load_ppm": self.load_ppm(self.asked),
        }
        return {**self.features, **own}

    @property
    def orders(self) -> int:
        return self.features.get("confirmed_orders_365") or 0

    @property
    def is_new(self) -> bool:
        return self.orders < self.terms.orders_min


def case_of(inputs: dict[str, Any]) -> Case:
    """The case written down in a decision's inputs."""
    return Case(
        Asked(**inputs["asked"]),
        Book(**inputs["book"]),
        Installments.from_data(inputs["terms"]),
        inputs["currency"],
        inputs["features"],
        inputs["usual_month"],
    )


def decide(inputs: dict[str, Any], card: Card) -> Outcome:
    """Score the case and apply the rules; at most four reasons, the weightiest first."""
    case = case_of(inputs)
    score = card.score(case.values())
    limit = _limit(case, score)
    free = max(0, limit - case.book.used)
    reasons = [*_closed(case), *_low_grade(score), *_too_much(case, case.asked, free)]
    counter = _counter(case, score, free) if reasons else None
    if counter:
        reasons = [_with_offer(why, counter, case.currency) for why in reasons]
    return Outcome.scored(
        score,
        approved=not reasons,
        limit=limit,
        free=free,
        reasons=_first_of_each(reasons),
        counter=counter,
    )


def _limit(case: Case, score: Score) -> int:
    limit = case.terms.limits[score.grade]
    if case.is_new:
        starts = case.orders >= case.terms.starter_orders_min
        limit = min(limit, case.terms.starter_limit if starts else 0)
    if case.terms.person_limits:
        elsewhere = case.book.used - (case.book.used_here or 0)
        limit = min(limit + elsewhere, case.terms.person_limits[score.grade]) if limit else 0
    if case.book.own_ceiling is not None:
        limit = min(limit, case.book.own_ceiling)
    return limit


def _closed(case: Case) -> list[Why]:
    """Reasons that no smaller basket would remove."""
    book, terms, features = case.book, case.terms, case.features
    level = features.get("verified_level") or 0
    claims = features.get("no_receipt_claims_365") or 0
    found = [
        (book.overdue > 0, words.overdue(book.overdue, book.overdue_since, case.currency)),
        (bool(book.paused_until), words.paused(book.paused_until)),
        (level < terms.verified_level_min, words.identity(level, terms.verified_level_min)),
        (
            book.requests_today >= terms.requests_a_day_max,
            words.many_requests(book.requests_today, terms.requests_a_day_max),
        ),
        (claims > terms.claims_max, words.claims(claims, terms.claims_max)),
        (
            book.plans_running >= terms.plans_max,
            words.many_plans(book.plans_running, terms.plans_max),
        ),
    ]
    return [why for so, why in found if so]


def _low_grade(score: Score) -> list[Why]:
    return [words.of_the_card(lost) for lost in score.lost] if score.grade == "E" else []


def _too_much(case: Case, asked: Asked, free: int) -> list[Why]:
    """Reasons that another amount or term may remove."""
    terms, book = case.terms, case.book
    found = []
    starter = asked.months == min(terms.terms) and 0 < asked.amount <= free
    if case.is_new and not starter:
        days = case.features.get("account_age_days") or 0
        found.append(words.too_new(days, case.orders, terms.orders_min))
    if asked.amount > free and (free or not case.is_new):
        capped = book.own_ceiling is not None and asked.amount + book.used > book.own_ceiling
        ceiling = book.own_ceiling if capped else None
        found.append(
            words.over_limit(asked.amount, free, case.currency)
            if ceiling is None
            else words.own_ceiling(ceiling, case.currency)
        )
    if (load := case.load_ppm(asked)) is not None and load > terms.load_max_ppm:
        most = max(0, case.usual_month * terms.load_max_ppm // MILLION)
        due = book.due_30 + case.payment(asked)
        found.append(words.load(due, case.usual_month, most, case.currency))
    return [*found, *_out_of_range(case, asked)]


def _out_of_range(case: Case, asked: Asked) -> list[Why]:
    terms, currency = case.terms, case.currency
    if asked.amount < terms.amount_min:
        return [words.not_financed(f"below {amount(terms.amount_min, currency)}")]
    if asked.amount > terms.amount_max:
        return [words.not_financed(f"above {amount(terms.amount_max, currency)}")]
    if asked.months == terms.long_term and asked.amount < terms.long_from:
        floor = amount(terms.long_from, currency)
        return [words.not_financed(f"{asked.months} months from {floor}")]
    return []


def _counter(case: Case, score: Score, free: int) -> Counter | None:
    """The largest amount, in the asked term or else the nearest, that would be granted."""
    if _closed(case) or _low_grade(score):
        return None
    terms = sorted(case.terms.terms, key=lambda months: (abs(months - case.asked.months), months))
    best: Counter | None = None
    for months in terms:
        part = _most(case, free, months)
        if part is not None and (best is None or part > best.in_parts):
            best = Counter(case.asked.amount - part, part, months)
    return best


def _most(case: Case, free: int, months: int) -> int | None:
    """The largest grantable amount in this term, in whole tens below the basket."""
    most = min(case.asked.amount, free, case.terms.amount_max)
    if case.usual_month:
        bearable = case.usual_month * case.terms.load_max_ppm // MILLION - case.book.due_30
        most = min(most, int(bearable / case.month(months)))
    if most < case.asked.amount:
        most = most // _STEP * _STEP
    asked = Asked(most, months)
    return most if most > 0 and not _too_much(case, asked, free) else None


def _with_offer(why: Why, counter: Counter, currency: str) -> Why:
    """Say the counter-offer where the amount was the trouble."""
    if why.code not in ("RB05", "RB06"):
        return why
    parts = f"{amount(counter.in_parts, currency)} in {counter.months} parts"
    if counter.months == 1:
        parts = f"{amount(counter.in_parts, currency)} later"
    if not counter.now:
        return replace(why, change=f"{parts} would do.")
    return replace(why, change=f"Pay {amount(counter.now, currency)} now, {parts}.")


def _first_of_each(reasons: list[Why]) -> tuple[Why, ...]:
    """One reason a code, the first of each, at most four."""
    return tuple({why.code: why for why in reversed(reasons)}[code] for code in _codes(reasons))


def _codes(reasons: list[Why]) -> list[str]:
    return list(dict.fromkeys(why.code for why in reasons))[:REASONS_MAX]
