"""Taking an offer that was held: as it was made, from today."""

from core import clock
from core.db import db
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from finance.capital import exposure, offers, services
from finance.capital.exposure_models import HELD, SellerReservation
from finance.capital.opening import Drawn
from finance.capital.term_loan import rules as term_rules
from finance.capital.term_loan import services as term_services
from finance.capital.terms import TERM_LOAN, Terms
from finance.risk.models import Decision


class OfferOver(Conflict):
    message = "This offer is over: ask again, it takes a moment."


class MoneyHeld(Conflict):
    message = "We hold money of your shop for risk ({why}): take the offer when it is released."


@use_case
def accept(seller_id: int, number: str) -> Drawn:
    """Take a held offer as it was made; a second press changes nothing.

    Raises OfferOver, and MoneyHeld while money of the seller is held for risk.
    """
    exposure.lock(seller_id)
    kept = offers.own(seller_id, number)
    if kept.advance_id is not None:
        return Drawn(number)
    if kept.state != HELD or kept.expires_at is None or kept.expires_at <= clock.now():
        raise OfferOver()
    if why := exposure.hold_of(seller_id, kept.currency):
        raise MoneyHeld(why=why)
    return _begin(kept, db.session.get_one(Decision, kept.decision_id))


def _begin(kept: SellerReservation, decision: Decision) -> Drawn:
    terms = Terms.from_data(decision.inputs["terms"])
    amount, said, key = Money(kept.amount, kept.currency), kept.offer, f"offer:{kept.number}"
    if kept.product == TERM_LOAN:
        offer = term_rules.offer(amount, said["months"], said["daily_ppm"], clock.today())
        return term_services.start(kept.seller_id, key, decision, offer, terms, number=kept.number)
    steps = [Money(step, kept.currency) for step in said["steps"]]
    made = offers.share_contract(amount, said, steps, terms)
    return services.start_share(kept.seller_id, key, decision, made, terms, number=kept.number)
