"""What a seller may get, and how much: the rules on top of the score; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core.money import MILLION, Rounding, round_fraction
from finance.capital.terms import ORDER_ADVANCE, SALES_SHARE, TERM_LOAN, Terms
from finance.risk.outcome import Outcome, Why
from finance.risk.past import seller_words_1 as words
from finance.risk.scorecard import REASONS_MAX, Card, Score

POLICY = "seller_capital_1"


@dataclass(frozen=True, slots=True)
class Standing:
    """What mall and book know of the seller besides the features (minor units, days, ppm).

    supports          what orders or forecast bear for the product asked, worked out before
    used              principal owed over all products; `unsecured` is what S3 owes
    hold              why money is held for risk; "" when none is
    running_repaid    of the running S3, None when none runs
    account_age_days  since the payout account changed, None when it never did
    term_…            what the running S1 owes, and its share repaid (None when none runs)
    active_months_6   of the last six months, those with sales
    """

    supports: int
    used: int = 0
    approved: bool = True
    hold: str = ""
    days_late: int = 0
    days_late_max_365: int | None = None
    minimums_missed: int | None = None
    load_ppm: int | None = None
    asks_30: int = 0
    running_owed: int = 0
    running_repaid_ppm: int | None = None
    account_age_days: int | None = None
    term_owed: int = 0
    term_repaid_ppm: int | None = None
    active_months_6: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """All a decision stands on; built from kept inputs, so that it can be replayed."""

    product: str
    amount: int
    standing: Standing
    terms: Terms
    currency: str
    features: Mapping[str, int | None]

    def values(self) -> dict[str, int | None]:
        """What the scorecard reads."""
        names = ("days_late_max_365", "minimums_missed", "load_ppm", "asks_30")
        return {**self.features, **{name: getattr(self.standing, name) for name in names}}

    def count(self, feature: str) -> int:
        return self.features.get(feature) or 0


def case_of(inputs: dict[str, Any]) -> Case:
    """The case written down in a decision's inputs."""
    asked = inputs["asked"]
    return Case(
        asked["product"],
        asked["amount"],
        Standing(**inputs["standing"]),
        Terms.from_data(inputs["terms"]),
        inputs["currency"],
        inputs["features"],
    )


def decide(inputs: dict[str, Any], card: Card) -> Outcome:
    """Score the case and apply the rules; at most four reasons, the weightiest first."""
    case = case_of(inputs)
    score = card.score(case.values())
    limit = case.terms.limits[score.grade]
    free = max(0, min(case.standing.supports, limit - case.standing.used))
    reasons = [
        *_closed(case),
        *_sales_share(case, score, free),
        *_term_loan(case, score),
        *_amount(case, free),
    ]
    return Outcome.scored(
        score,
        approved=not reasons,
        limit=limit,
        free=free,
        reasons=_first_of_each(reasons),
    )


def score_of(inputs: dict[str, Any], card: Card) -> Score:
    """The score alone, which says the grade before it is known what the orders support."""
    return card.score(case_of(inputs).values())


def _closed(case: Case) -> list[Why]:
    """No offer to a closed shop, nor while money of the seller is held, nor while one is late."""
    standing = case.standing
    found = [
        (not standing.approved, words.not_open()),
        (bool(standing.hold), words.held(standing.hold)),
        (standing.days_late > 0, words.late_contract(standing.days_late)),
    ]
    return [why for so, why in found if so]


def _sales_share(case: Case, score: Score, free: int) -> list[Why]:
    """What only an advance on sales to come asks for."""
    if case.product != SALES_SHARE:
        return []
    return [*_history(case, free), *_burden(case), *_low_grade(case, score)]


def _history(case: Case, free: int) -> list[Why]:
    terms, found = case.terms.sales_share, []
    days, months = case.count("shop_age_days"), case.count("active_months_12")
    if days < terms.shop_days_min:
        found.append(words.too_young(days, terms.shop_days_min))
    if months < terms.months_min:
        found.append(words.few_months(months, terms.months_min))
    least = round_fraction(
        Fraction(terms.amount_min * MILLION * 90, terms.year_ppm * 365), Rounding.UP
    )
    if free < terms.amount_min and case.count("net_90") < least:
        found.append(words.too_small(case.count("net_90"), least, case.currency))
    return found


def _burden(case: Case) -> list[Why]:
    standing, terms, found = case.standing, case.terms.sales_share, []
    age = standing.account_age_days
    if age is not None and age < terms.account_days_min:
        found.append(words.account_changed(age, terms.account_days_min))
    if (load := standing.load_ppm) is not None and load > case.terms.load_max_ppm:
        found.append(words.loaded(load, case.terms.load_max_ppm))
    repaid = standing.running_repaid_ppm
    if repaid is not None and repaid < terms.renew_from_ppm:
        owed = standing.running_owed
        found.append(words.running(owed, repaid, terms.renew_from_ppm, case.currency))
    if standing.asks_30 > terms.asks_max:
        found.append(words.many_asks(standing.asks_30, terms.asks_max))
    return found


def _low_grade(case: Case, score: Score) -> list[Why]:
    if score.grade != "E":
        return []
    return [words.of_the_card(lost, case.currency) for lost in score.lost]


def _term_loan(case: Case, score: Score) -> list[Why]:
    """What only a loan on how the shop has sold asks for."""
    if case.product != TERM_LOAN:
        return []
    terms, standing = case.terms.term_loan, case.standing
    found, days = [], case.count("shop_age_days")
    if days < terms.shop_days_min:
        found.append(words.too_young(days, terms.shop_days_min))
    if standing.active_months_6 < terms.active_months_min:
        found.append(words.few_of_six(standing.active_months_6, terms.active_months_min))
    age = standing.account_age_days
    if age is not None and age < terms.account_days_min:
        found.append(words.account_changed(age, terms.account_days_min))
    repaid, least = standing.term_repaid_ppm, terms.renew_from_ppm
    if repaid is not None and repaid < least:
        found.append(words.running(standing.term_owed, repaid, least, case.currency))
    if score.grade not in terms.grades:
        found += [words.of_the_card(lost, case.currency) for lost in score.lost]
    return found


def _amount(case: Case, free: int) -> list[Why]:
    asked, currency = case.amount, case.currency
    if asked > free:
        if case.product == SALES_SHARE:
            return [words.over_forecast(asked, free, currency)]
        if case.product == TERM_LOAN:
            return [words.over_history(asked, free, currency)]
        return [words.over_base(asked, free, currency)]
    least = _least(case)
    return [words.below_least(asked, least, currency)] if asked < least else []


def _least(case: Case) -> int:
    if case.product == SALES_SHARE:
        return case.terms.sales_share.amount_min
    if case.product == TERM_LOAN:
        return case.terms.term_loan.amount_min
    if case.product == ORDER_ADVANCE:
        return case.terms.order_advance.amount_min
    return case.terms.paid_today.amount_min * case.terms.paid_today.rate_ppm // (2 * MILLION)


def _first_of_each(reasons: list[Why]) -> tuple[Why, ...]:
    """One reason a code, the first of each, at most four."""
    first = {why.code: why for why in reversed(reasons)}
    codes = list(dict.fromkeys(why.code for why in reasons))[:REASONS_MAX]
    return tuple(first[code] for code in codes)
