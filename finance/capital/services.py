"""What a seller does with capital: draw on orders, sell one order's claim, take a sales share, repay."""

from dataclasses import replace
from typing import Any

from core.errors import Conflict, NotFound
from core.money import Money
from core.use_case import use_case
from finance.capital import exposure, news, offers, queries, repaying
from finance.capital.early_settlement import rules as today_rules
from finance.capital.opening import Agreed, Answer, Drawn, Kept, Refused, begin
from finance.capital.order_advance import rules as order_rules
from finance.capital.order_advance.rules import Base
from finance.capital.sales_share import rules as share_rules
from finance.capital.sales_share.rules import Offer
from finance.capital.terms import ORDER_ADVANCE, PAID_TODAY, SALES_SHARE, Terms
from finance.contracts.services import WITHOUT_PAGE, Acceptance
from finance.risk.models import Decision
from finance.risk.outcome import Outcome
from finance.risk.seller import Questions
from finance.risk.services import as_of_now

__all__ = [
    "Answer",
    "Drawn",
    "Kept",
    "Refused",
    "TooQuick",
    "draw_of",
    "draw_on_orders",
    "hold_sales_share",
    "sale_of",
    "sell_order",
    "share_of",
    "take_sales_share",
]


class TooQuick(Conflict):
    message = (
        "Your sales would repay this within days: choose a larger amount or a smaller share, "
        "or have single orders paid today."
    )


@use_case
def draw_on_orders(
    seller_id: int, amount: Money, *, key: str, accepted: Acceptance = WITHOUT_PAGE
) -> Answer:
    """S2: advance `amount` against orders shipped and not received; the same key draws once.

    accepted   how the seller agreed; raises TermsChanged when the page showed another contract
    """
    exposure.lock(seller_id)
    if before := queries.taken_before(seller_id, key):
        return Drawn(before.number)
    asked = Questions(seller_id, as_of_now())
    base = queries.base_of(seller_id, asked.score.grade, asked.as_of, asked.terms, asked.currency)
    outcome, decision = asked.decide(ORDER_ADVANCE, amount, base.capacity, evidence=_evidence(base))
    if not outcome.approved:
        news.declined(seller_id, ORDER_ADVANCE, amount, outcome)
        return Refused(outcome)
    made = replace(draw_of(asked, base, amount), accepted=accepted)
    return begin(seller_id, key, decision, made, asked.terms)


def draw_of(asked: Questions, base: Base, amount: Money) -> Agreed:
    """The contract of this draw; raises ValueError when the orders cannot carry it."""
    parts = order_rules.allocate(base.counted, amount)
    daily = order_rules.daily_ppm(asked.score.pd_ppm, asked.terms.order_advance)
    return Agreed(
        ORDER_ADVANCE,
        amount,
        {"rate_ppm": daily, "apr_ppm": daily * today_rules.YEAR},
        pledges=tuple((part.line, part.advance) for part in parts),
    )


def _evidence(base: Base) -> dict[str, Any]:
    """The base as it was counted, kept with the decision."""
    return {
        "base": base.amount.minor,
        "counted": [
            [found.line.order_number, found.counted.minor, found.rate_ppm, found.raises.minor]
            for found in base.counted
        ],
        "excluded": [
            [found.line.order_number, found.line.amount.minor, found.why] for found in base.excluded
        ],
    }


@use_case
def sell_order(
    seller_id: int, order_number: str, *, key: str, accepted: Acceptance = WITHOUT_PAGE
) -> Answer:
    """S4: pay one shipped order today; raises NotFound when it is not the seller's or under way.

    accepted   as for `draw_on_orders`
    """
    exposure.lock(seller_id)
    if before := queries.taken_before(seller_id, key):
        return Drawn(before.number)
    asked = Questions(seller_id, as_of_now())
    claim = queries.order_claim(
        seller_id, order_number, asked.as_of, asked.terms, asked.currency, asked.score.pd_ppm
    )
    if claim is None:
        raise NotFound()
    quote = claim.quote
    supports = quote.advance if not claim.why else quote.advance * 0
    evidence = {"order": order_number, "sale": quote.sale.minor, "why": claim.why}
    outcome, decision = asked.decide(
        PAID_TODAY, quote.advance, supports, ref=order_number, evidence=evidence
    )
    if not outcome.approved:
        news.declined(seller_id, PAID_TODAY, quote.advance, outcome)
        return Refused(outcome)
    made = replace(sale_of(claim), accepted=accepted)
    return begin(seller_id, key, decision, made, asked.terms)


def sale_of(claim: queries.OrderClaim) -> Agreed:
    """The contract of an order that is paid today."""
    quote = claim.quote
    parts = quote.advance.split([line.amount.minor for line in claim.lines])
    more = {
        "fee": quote.fee.minor,
        "fee_charged": quote.fee.minor,
        "fee_paid": quote.fee.minor,
        "apr_ppm": quote.apr_ppm,
    }
    lines = tuple((line, part) for line, part in zip(claim.lines, parts, strict=True) if part)
    return Agreed(PAID_TODAY, quote.advance, more, pledges=lines)


@use_case
def take_sales_share(
    seller_id: int,
    amount: Money,
    share_ppm: int,
    *,
    key: str,
    accepted: Acceptance = WITHOUT_PAGE,
) -> Answer:
    """S3: a lump sum now against a share of sales to come; a running one is paid off out of it.

    accepted   as for `draw_on_orders`
    """
    exposure.lock(seller_id)
    if before := queries.taken_before(seller_id, key):
        return Drawn(before.number)
    asked, outcome, decision, offer = _decide_share(seller_id, amount, share_ppm)
    if offer is None or not outcome.approved:
        return Refused(outcome)
    made = replace(share_of(asked, offer), accepted=accepted)
    return start_share(seller_id, key, decision, made, asked.terms)


@use_case
def hold_sales_share(seller_id: int, amount: Money, share_ppm: int, *, key: str) -> Kept | Refused:
    """Keep this offer firm for the days of the settings; the same key keeps one."""
    exposure.release_expired_of(seller_id)
    if before := offers.kept_before(seller_id, key):
        return Kept(before.number)
    asked, outcome, decision, offer = _decide_share(seller_id, amount, share_ppm)
    if offer is None or not outcome.approved:
        return Refused(outcome)
    said = {
        "share_ppm": share_ppm,
        "fee": offer.fee.minor,
        "days": offer.days,
        "apr_ppm": offer.apr_ppm,
        "steps": [step.minor for step in _steps(offer, asked)],
    }
    return offers.keep(seller_id, key, decision, amount, said, asked.terms)


def _decide_share(
    seller_id: int, amount: Money, share_ppm: int
) -> tuple[Questions, Outcome, Decision, Offer | None]:
    asked = Questions(seller_id, as_of_now())
    offer = offer_of(asked, amount, share_ppm)
    if offer is None and is_too_quick(asked, amount, share_ppm):
        raise TooQuick()
    most = borne(asked, share_ppm) if offer else Money.zero(asked.currency)
    evidence = {"share_ppm": share_ppm, "months": [m.minor for m in asked.months]}
    if offer:
        evidence["priced"] = {"days": offer.days, "fee": offer.fee.minor, "apr_ppm": offer.apr_ppm}
    outcome, decision = asked.decide(SALES_SHARE, amount, most, evidence=evidence)
    if offer is None or not outcome.approved:
        news.declined(seller_id, SALES_SHARE, amount, outcome)
    return asked, outcome, decision, offer


def start_share(
    seller_id: int, key: str, decision: Decision, made: Agreed, terms: Terms, *, number: str = ""
) -> Drawn:
    """Pay the running one off and begin this one; the exposure is locked."""
    old = queries.running_share(seller_id)
    payoff = repaying.end(old, "renewed") if old else ()
    answer = begin(seller_id, key, decision, made, terms, number=number)
    if old:
        repaying.book_renewal(old, payoff)
    return answer


def share_of(asked: Questions, offer: Offer) -> Agreed:
    """The contract of this offer."""
    return offers.agreed_share(offer, _steps(offer, asked), asked.terms)


def _steps(offer: Offer, asked: Questions) -> tuple[Money, ...]:
    return share_rules.minimums(offer.total, asked.outlook, asked.terms.sales_share)


def offer_of(asked: Questions, amount: Money, share_ppm: int) -> Offer | None:
    """The price of this choice for this seller; None where there is none."""
    if share_ppm not in asked.terms.sales_share.shares or amount.minor <= 0:
        return None
    terms, score = asked.terms.sales_share, asked.score
    return share_rules.offer(amount, share_ppm, asked.outlook, score.grade, terms, score.pd_ppm)


def is_too_quick(asked: Questions, amount: Money, share_ppm: int) -> bool:
    """Whether sales repay it so soon that no fee would be fair."""
    days = asked.outlook.days_to(amount.minor, share_ppm)
    fair = asked.terms.sales_share.fair_days
    return asked.score.grade != "E" and days is not None and days < fair


def most_of(asked: Questions, share_ppm: int) -> Money:
    """The largest sales share: what history supports and repayments have proven, within the limit."""
    return min(asked.proven(SALES_SHARE, borne(asked, share_ppm)), asked.room)


def borne(asked: Questions, share_ppm: int) -> Money:
    """What this seller's history supports at this share."""
    terms = asked.terms.sales_share
    return asked.credited(
        lambda net, months, outlook: share_rules.most(net, months, outlook, share_ppm, terms)
    )
