"""What a seller may get, and how much: the rules on top of the score; pure."""

from collections.abc import Collection
from fractions import Fraction
from typing import Any

from core.money import MILLION, Rounding, round_fraction
from finance.capital.terms import ORDER_ADVANCE, SALES_SHARE, TERM_LOAN
from finance.risk import promises
from finance.risk import seller_words as words
from finance.risk.outcome import Outcome, Why, first_of_each
from finance.risk.scorecard import REASONS_MAX, Card, Score
from finance.risk.seller_case import Case, case_of

POLICY = "seller_capital_5"
OF_MANY = "seller_capital_4"  # the same rules, which said “1 days”
AT_ONCE = "seller_capital_3"  # the same rules where no limit began low
OF_THE_MOMENT = "seller_capital_2"  # the same rules over facts of the second, not the morning


def decide(inputs: dict[str, Any], card: Card) -> Outcome:
    """Score the case and apply the rules; at most four reasons, the weightiest first."""
    case = case_of(inputs)
    score = card.score(case.values())
    limit = case.terms.limits[score.grade]
    free = max(0, min(case.standing.supports, limit - case.standing.used, _proven(case)))
    reasons = [*_closed(case), *_suspected(case)]
    if not case.is_lifted:
        reasons += [*_sales_share(case, card, free), *_term_loan(case, card), *_amount(case, free)]
    elif case.amount > limit - case.standing.used:
        reasons += [
            words.over_limit(case.amount, max(0, limit - case.standing.used), case.currency)
        ]
    return Outcome.scored(
        score,
        approved=not reasons,
        limit=limit,
        free=free,
        reasons=first_of_each(reasons, REASONS_MAX),
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


def _suspected(case: Case) -> list[Why]:
    """What fraud detection found; orders that do not count are named where they are missed."""
    gate, found = case.gate, []
    if case.is_lifted:  # a person has looked at it
        return []
    if gate.is_shut:
        back = gate.sentence_of("X6", "X7", "X8")
        found.append(words.came_back(back) if back else words.linked(gate.sentence))
    if gate.orders and (gate.is_shut or case.amount > case.standing.supports):
        if light := gate.sentence_of("X9"):
            found.append(words.light_parcels(light))
        found.append(words.left_out(gate.orders))
    return found


def _sales_share(case: Case, card: Card, free: int) -> list[Why]:
    """What only an advance on sales to come asks for."""
    if case.product != SALES_SHARE:
        return []
    return [*_history(case, free), *_burden(case), *_low_grade(case, card, "ABCD")]


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


def _low_grade(case: Case, card: Card, grades: Collection[str]) -> list[Why]:
    """What cost most points, and what each would have to be to reach one of these grades."""
    found = promises.of(card, case.values(), grades)
    return promises.in_words(found, lambda lost: words.of_the_card(lost, case.currency))


def _term_loan(case: Case, card: Card) -> list[Why]:
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
    return [*found, *_low_grade(case, card, terms.grades)]


def _proven(case: Case) -> int:
    """What the ladder leaves this contract; all of what the sales bear where there is none."""
    if case.rungs is None or case.product not in (SALES_SHARE, TERM_LOAN):
        return case.standing.supports
    return case.rungs.free(case.product, _least(case))


def _amount(case: Case, free: int) -> list[Why]:
    asked, currency = case.amount, case.currency
    if asked > free:
        if case.rungs is not None and free == _proven(case) < case.standing.supports:
            ladder, bears = case.rungs, case.standing.supports
            after = ladder.next(case.product, _least(case), bears)
            shown = ladder.rung.proven > ladder.first(_least(case))
            return [words.over_proven(asked, free, after, ladder.days_left, shown, currency)]
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
