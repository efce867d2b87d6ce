"""Taking a term loan, and paying more of it than is due."""

from dataclasses import replace

from core import clock
from core.errors import InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.capital import exposure, news, offers, queries, repaying
from finance.capital.opening import Agreed, Answer, Drawn, Kept, Refused, begin
from finance.capital.term_loan import rules
from finance.capital.term_loan.rules import Offer
from finance.capital.terms import TERM_LOAN, Terms
from finance.contracts.services import WITHOUT_PAGE, Acceptance
from finance.risk.models import Decision
from finance.risk.outcome import Outcome
from finance.risk.seller import Questions
from finance.risk.services import as_of_now


class NoSuchTerm(InvalidInput):
    message = "Choose one of {months} months."


@use_case
def take_term_loan(
    seller_id: int, amount: Money, months: int, *, key: str, accepted: Acceptance = WITHOUT_PAGE
) -> Answer:
    """S1: lend `amount` over `months`; a running one is paid off out of it. The same key: once.

    Raises NoSuchTerm, and TermsChanged when the page showed another contract than `accepted` says.
    """
    exposure.lock(seller_id)
    if before := queries.taken_before(seller_id, key):
        return Drawn(before.number)
    asked, outcome, decision, offer = _decide(seller_id, amount, months)
    if offer is None or not outcome.approved:
        return Refused(replace(outcome, approved=False))
    made = replace(agreed(offer), accepted=accepted)
    return start(seller_id, key, decision, made, asked.terms)


@use_case
def hold_term_loan(seller_id: int, amount: Money, months: int, *, key: str) -> Kept | Refused:
    """Keep this offer firm for the days of the settings; the same key keeps one."""
    exposure.release_expired_of(seller_id)
    if before := offers.kept_before(seller_id, key):
        return Kept(before.number)
    asked, outcome, decision, offer = _decide(seller_id, amount, months)
    if offer is None or not outcome.approved:
        return Refused(replace(outcome, approved=False))
    said = {"months": months, "daily_ppm": offer.daily_ppm}
    return offers.keep(seller_id, key, decision, amount, said, asked.terms)


def start(
    seller_id: int, key: str, decision: Decision, made: Agreed, terms: Terms, *, number: str = ""
) -> Drawn:
    """Pay the running one off and begin this one; the exposure is locked."""
    old = queries.running(seller_id, TERM_LOAN)
    payoff = repaying.end(old, "renewed") if old else ()
    answer = begin(seller_id, key, decision, made, terms, number=number)
    if old:
        repaying.book_renewal(old, payoff)
    return answer


def _decide(
    seller_id: int, amount: Money, months: int
) -> tuple[Questions, Outcome, Decision, Offer | None]:
    asked = Questions(seller_id, as_of_now())
    terms = asked.terms.term_loan
    if months not in terms.months:
        raise NoSuchTerm(months=", ".join(map(str, terms.months)))
    evidence = {"months": months, "by_month": [month.minor for month in asked.months]}
    outcome, decision = asked.decide(TERM_LOAN, amount, borne(asked), evidence=evidence)
    offer = offer_of(asked, amount, months)
    if offer is None or not outcome.approved:
        news.declined(seller_id, TERM_LOAN, amount, outcome)
    return asked, outcome, decision, offer


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
    """The largest loan that history bears and repayments have proven."""
    return asked.proven(TERM_LOAN, borne(asked))


def borne(asked: Questions) -> Money:
    """The largest loan this seller's history bears."""
    terms = asked.terms.term_loan
    return asked.credited(lambda net, months, _: rules.most(net, months, terms))
