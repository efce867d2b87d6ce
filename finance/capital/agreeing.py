"""The contract of an offer before it is taken: what the page shows, and the form brings back."""

from core.db import db
from core.errors import InvalidInput
from core.money import Money
from finance.capital import accepting, offers, queries, services
from finance.capital.exposure_models import SellerReservation
from finance.capital.opening import Agreed
from finance.capital.queries import OrderClaim
from finance.capital.sales_share.rules import Offer as ShareOffer
from finance.capital.term_loan import services as term_loan
from finance.capital.term_loan.rules import Offer as LoanOffer
from finance.capital.terms import ORDER_ADVANCE, PAID_TODAY, SALES_SHARE, TERM_LOAN
from finance.contracts import selling
from finance.contracts.contract import Contract
from finance.risk.models import Decision
from finance.risk.seller import Questions

HELD_OFFER = "held"


class NoSuchOffer(InvalidInput):
    message = "There is no such offer now. Go back and choose another one."


def draw(asked: Questions, amount: Money) -> Contract | None:
    """Of an amount drawn on orders; None when they do not carry it."""
    base = queries.base_of(
        asked.seller_id, asked.score.grade, asked.as_of, asked.terms, asked.currency
    )
    if not 0 < amount.minor <= base.capacity.minor:
        return None
    return _of(asked, services.draw_of(asked, base, amount))


def sale(asked: Questions, claim: OrderClaim) -> Contract:
    """Of one order paid today."""
    return _of(asked, services.sale_of(claim))


def share(asked: Questions, offer: ShareOffer) -> Contract:
    """Of a sales share."""
    return _of(asked, services.share_of(asked, offer))


def loan(asked: Questions, offer: LoanOffer) -> Contract:
    """Of a term loan."""
    return _of(asked, term_loan.agreed(offer))


def _of(asked: Questions, made: Agreed) -> Contract:
    return selling.of_advance(asked.seller_id, made, asked.terms, asked.score.grade)


def held(kept: SellerReservation) -> Contract:
    """Of an offer that is held, taken today."""
    decision = db.session.get_one(Decision, kept.decision_id)
    terms = accepting.terms_of(decision)
    made = accepting.made_of(kept, terms)
    return selling.of_advance(kept.seller_id, made, terms, decision.grade)


def wanted(
    asked: Questions, product: str, amount: Money, *, choice: int = 0, order: str = ""
) -> Contract:
    """The contract of what a page asks for; raises NoSuchOffer.

    choice   the share of sales in millionths (S3), the months (S1)
    order    the order paid today (S4), or the number of an offer that is held
    """
    made = None
    if product == HELD_OFFER:
        made = held(offers.own(asked.seller_id, order))
    elif product == ORDER_ADVANCE:
        made = draw(asked, amount)
    elif product == PAID_TODAY:
        claim = queries.order_claim(
            asked.seller_id, order, asked.as_of, asked.terms, asked.currency, asked.score.pd_ppm
        )
        made = sale(asked, claim) if claim and not claim.why else None
    elif product == SALES_SHARE:
        offer = services.offer_of(asked, amount, choice)
        made = share(asked, offer) if offer else None
    elif product == TERM_LOAN and choice in asked.terms.term_loan.months:
        plan = term_loan.offer_of(asked, amount, choice)
        made = loan(asked, plan) if plan else None
    if made is None:
        raise NoSuchOffer()
    return made
