"""Taking an offer that was held: as it was made, from today."""

from dataclasses import replace

from core import clock
from core.db import db
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from finance.capital import exposure, offers, services
from finance.capital.exposure_models import HELD, SellerReservation
from finance.capital.opening import Agreed, Drawn
from finance.capital.term_loan import rules as term_rules
from finance.capital.term_loan import services as term_services
from finance.capital.terms import TERM_LOAN, Terms
from finance.contracts.services import WITHOUT_PAGE, Acceptance
from finance.risk.models import Decision


class OfferOver(Conflict):
    message = "This offer is over: ask again, it takes a moment."


class MoneyHeld(Conflict):
    message = "We hold money of your shop for risk ({why}): take the offer when it is released."


@use_case
def accept(seller_id: int, number: str, *, accepted: Acceptance = WITHOUT_PAGE) -> Drawn:
    """Take a held offer as it was made; a second press changes nothing.

    Raises OfferOver, MoneyHeld while money of the seller is held for risk, and TermsChanged when
    the page showed another contract (its days count from the day it is taken).
    """
    exposure.lock(seller_id)
    kept = offers.own(seller_id, number)
    if kept.advance_id is not None:
        return Drawn(number)
    if kept.state != HELD or kept.expires_at is None or kept.expires_at <= clock.now():
        raise OfferOver()
    if why := exposure.hold_of(seller_id, kept.currency):
        raise MoneyHeld(why=why)
    decision = db.session.get_one(Decision, kept.decision_id)
    terms, key = terms_of(decision), f"offer:{number}"
    made = replace(made_of(kept, terms), accepted=accepted)
    start = term_services.start if kept.product == TERM_LOAN else services.start_share
    return start(seller_id, key, decision, made, terms, number=number)


def terms_of(decision: Decision) -> Terms:
    """The settings the offer was decided with."""
    return Terms.from_data(decision.inputs["terms"])


def made_of(kept: SellerReservation, terms: Terms) -> Agreed:
    """The contract of a held offer if it is taken today."""
    amount, said = Money(kept.amount, kept.currency), kept.offer
    if kept.product == TERM_LOAN:
        plan = term_rules.offer(amount, said["months"], said["daily_ppm"], clock.today())
        return term_services.agreed(plan)
    steps = [Money(step, kept.currency) for step in said["steps"]]
    return offers.share_contract(amount, said, steps, terms)
