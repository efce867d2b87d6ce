"""Taking a term loan, and paying more of it than is due."""

from dataclasses import replace

from core import clock
from core.errors import InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.capital import exposure, news, queries, repaying
from finance.capital.opening import Agreed, Answer, Drawn, Refused, begin
from finance.capital.term_loan import rules
from finance.capital.term_loan.rules import Offer
from finance.capital.terms import TERM_LOAN
from finance.risk.seller import Questions
from finance.risk.services import as_of_now


class NoSuchTerm(InvalidInput):
    message = "Choose one of {months} months."


@use_case
def take_term_loan(seller_id: int, amount: Money, months: int, *, key: str) -> Answer:
    """S1: lend `amount` over `months`; a running one is paid off out of it. The same key: once.

    Raises NoSuchTerm.
    """
    exposure.lock(seller_id)
    if before := queries.taken_before(seller_id, key):
        return Drawn(before.number)
    asked = Questions(seller_id, as_of_now())
    terms = asked.terms.term_loan
    if months not in terms.months:
        raise NoSuchTerm(months=", ".join(map(str, terms.months)))
    evidence = {"months": months, "by_month": [month.minor for month in asked.months]}
    outcome, decision = asked.decide(TERM_LOAN, amount, most_of(asked), evidence=evidence)
    offer = offer_of(asked, amount, months)
    if offer is None or not outcome.approved:
        news.declined(seller_id, TERM_LOAN, amount, outcome)
        return Refused(replace(outcome, approved=False))
    old = queries.running(seller_id, TERM_LOAN)
    payoff = repaying.end(old, "renewed") if old else ()
    answer = begin(seller_id, key, decision, agreed(offer), asked.terms)
    if old:
        repaying.book_renewal(old, payoff)
    return answer


def agreed(offer: Offer) -> Agreed:
    """The contract of this offer."""
    rows = [[row.due_on.isoformat(), row.principal.minor] for row in offer.rows]
    columns = {"rate_ppm": offer.daily_ppm, "apr_ppm": offer.apr_ppm}
    return Agreed(TERM_LOAN, offer.amount, columns, {"rows": rows})


def offer_of(asked: Questions, amount: Money, months: int) -> Offer | None:
    """The price of this choice for this seller; None where there is none."""
    terms, score = asked.terms.term_loan, asked.score
    daily = rules.daily_ppm(score.grade, score.pd_ppm, months, terms)
    if not daily or amount.minor < months or months not in terms.months:
        return None
    return rules.offer(amount, months, daily, clock.today())


def most_of(asked: Questions) -> Money:
    """The largest loan this seller's history bears."""
    return rules.most(asked.record.net_365, asked.months, asked.terms.term_loan)
