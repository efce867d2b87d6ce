"""Who may buy in parts, and how much: the rules on top of the score; pure."""

from dataclasses import replace
from typing import Any

from core.money import MILLION
from finance.risk import buyer_words as words
from finance.risk import ladder, promises
from finance.risk.buyer_case import Asked, Case, case_of
from finance.risk.outcome import Counter, Outcome, Why, amount, first_of_each
from finance.risk.scorecard import REASONS_MAX, Card, Score

POLICY = "buyer_installments_4"
OF_MANY = "buyer_installments_3"  # the same rules, which said “1 days”
OF_THE_MOMENT = "buyer_installments_2"  # the same rules over facts of the second, not the morning
_STEP = 1_000  # counter-offers are whole tens


def decide(inputs: dict[str, Any], card: Card) -> Outcome:
    """Score the case and apply the rules; at most four reasons, the weightiest first."""
    case = case_of(inputs)
    score = card.score(case.values())
    limit = _limit(case, score)
    free = max(0, limit - case.book.used)
    low = [] if case.is_lifted else _low_grade(case, card)
    closed = [*_closed(case), *low]
    reasons = [*closed, *([] if low or case.is_lifted else _too_much(case, case.asked, free))]
    counter = _counter(case, free) if reasons and not closed else None
    if counter:
        reasons = [_with_offer(why, counter, case.currency) for why in reasons]
    return Outcome.scored(
        score,
        approved=not reasons,
        limit=limit,
        free=free,
        reasons=first_of_each(reasons, REASONS_MAX),
        counter=counter,
    )


def _limit(case: Case, score: Score) -> int:
    limit = _lenders_limit(case, score, case.person.granted_ppm)
    if case.is_lifted:
        limit = max(limit, case.book.used + case.asked.amount)
    if case.book.own_ceiling is not None:
        limit = min(limit, case.book.own_ceiling)
    return limit


def _lenders_limit(case: Case, score: Score, rung_ppm: int) -> int:
    """The grade's limit on a rung of the ladder; newcomers start lower, and do not climb."""
    limit = ladder.applied(case.terms.limits[score.grade], rung_ppm, _STEP)
    if case.is_new:
        starts = case.orders >= case.terms.starter_orders_min
        starter = ladder.applied(case.terms.starter_limit, min(rung_ppm, MILLION), _STEP)
        limit = min(limit, starter if starts else 0)
    if case.terms.person_limits:
        elsewhere = case.book.used - (case.book.used_here or 0)
        most = ladder.applied(case.terms.person_limits[score.grade], rung_ppm, _STEP)
        limit = min(limit + elsewhere, most) if limit else 0
    return limit


def _closed(case: Case) -> list[Why]:
    """Reasons that no smaller basket would remove, nor a person at the desk."""
    book, terms, features = case.book, case.terms, case.features
    level = case.verified_level or 0
    claims = features.get("no_receipt_claims_365") or 0
    lifted = case.is_lifted
    found = [
        (book.overdue > 0, words.overdue(book.overdue, book.overdue_since, case.currency)),
        (bool(book.paused_until), words.paused(book.paused_until)),
        (not case.person.of_age, words.age(case.person.of_age, terms.age_min)),
        (level < terms.verified_level_min, words.identity(level, terms.verified_level_min)),
        (case.gate.is_shut and not lifted, words.linked(case.gate.sentence)),
        (
            book.requests_today >= terms.requests_a_day_max,
            words.many_requests(book.requests_today, terms.requests_a_day_max),
        ),
        (claims > terms.claims_max and not lifted, words.claims(claims, terms.claims_max)),
        (
            book.plans_running >= terms.plans_max,
            words.many_plans(book.plans_running, terms.plans_max),
        ),
        (lifted and _over_own(case), words.own_ceiling(book.own_ceiling or 0, case.currency)),
    ]
    return [why for so, why in found if so]


def _over_own(case: Case) -> bool:
    ceiling = case.book.own_ceiling
    return ceiling is not None and case.asked.amount + case.book.used > ceiling


def _low_grade(case: Case, card: Card) -> list[Why]:
    """What cost most points, and what each would have to be; none where there is a limit."""
    open_to = [grade for grade, limit in case.terms.limits.items() if limit]
    return promises.in_words(promises.of(card, case.values(), open_to), words.of_the_card)


def _too_much(case: Case, asked: Asked, free: int) -> list[Why]:
    """Reasons that another amount or term may remove."""
    terms, book = case.terms, case.book
    found = []
    starter = asked.months == min(terms.terms) and 0 < asked.amount <= free
    if case.is_new and not starter:
        days = case.features.get("account_age_days") or 0
        found.append(words.too_new(days, case.orders, terms.orders_min))
    if asked.amount > free and (free or not case.is_new):
        found += _over_limit(case, asked, free)
    if (load := case.load_ppm(asked)) is not None and load > terms.load_max_ppm:
        most = max(0, case.usual_month * terms.load_max_ppm // MILLION)
        due = book.due_30 + case.payment(asked)
        found.append(words.load(due, case.usual_month, most, case.currency))
    return [*found, *_out_of_range(case, asked)]


def _over_limit(case: Case, asked: Asked, free: int) -> list[Why]:
    """Whose limit it is: the shopper's own, or ours, and whether a late payment lowered it."""
    ceiling, person = case.book.own_ceiling, case.person
    if ceiling is not None and asked.amount + case.book.used > ceiling:
        return [words.own_ceiling(ceiling, case.currency)]
    over = words.over_limit(asked.amount, free, case.currency)
    if person.earned_ppm > person.granted_ppm:
        return [words.may_grow(over)]
    if person.granted_ppm < MILLION:
        late = case.book.days_late_max_365 or 0
        return [words.lowered(late, person.granted_ppm), over]
    return [over]


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


def _counter(case: Case, free: int) -> Counter | None:
    """The largest amount, in the asked term or else the nearest, that would be granted."""
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
