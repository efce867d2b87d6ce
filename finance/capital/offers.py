"""Offers that are held: firm for some days under the number of the contract they may become."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db, one
from core.money import Money
from core.use_case import use_case
from finance.capital import exposure
from finance.capital.exposure_models import SellerReservation
from finance.capital.opening import Agreed, Kept
from finance.capital.sales_share.rules import Offer
from finance.capital.terms import SALES_SHARE, Terms
from finance.risk.models import Decision


def keep(
    seller_id: int, key: str, decision: Decision, amount: Money, said: dict[str, Any], terms: Terms
) -> Kept:
    """Reserve the offer; raises OverLimit. The exposure is locked."""
    kept = exposure.hold(
        seller_id,
        key,
        decision.product,
        amount,
        limit=decision.credit_limit,
        decision_id=decision.id,
        offer=said,
        until=clock.now() + timedelta(terms.firm_days),
    )
    return Kept(kept.number)


def kept_before(seller_id: int, key: str) -> SellerReservation | None:
    """The offer that this form kept already."""
    query = select(SellerReservation).where(
        SellerReservation.seller_id == seller_id, SellerReservation.key == key
    )
    return db.session.scalars(query).one_or_none()


def own(seller_id: int, number: str) -> SellerReservation:
    """A seller's offer; raises NotFound for a stranger's."""
    query = select(SellerReservation).where(
        SellerReservation.number == number, SellerReservation.seller_id == seller_id
    )
    found: SellerReservation = one(query)
    return found


def agreed_share(offer: Offer, steps: tuple[Money, ...], terms: Terms) -> Agreed:
    """The contract of this S3 offer as of today."""
    said = {
        "fee": offer.fee.minor,
        "apr_ppm": offer.apr_ppm,
        "share_ppm": offer.share_ppm,
        "days": offer.days,
    }
    return share_contract(offer.amount, said, list(steps), terms)


def share_contract(amount: Money, said: dict[str, Any], steps: list[Money], terms: Terms) -> Agreed:
    """The contract of an S3 offer kept as plain data, with its minimums counted from today."""
    period, today = terms.sales_share.period_days, clock.today()
    ends = [today + timedelta(period * (i + 1)) for i in range(len(steps))]
    columns = {
        "fee": said["fee"],
        "fee_charged": said["fee"],
        "apr_ppm": said["apr_ppm"],
        "share_ppm": said["share_ppm"],
        "share_agreed_ppm": said["share_ppm"],
        "share_max_ppm": said["share_ppm"],
        "forecast_days": said["days"],
    }
    minimums = [[end.isoformat(), step.minor] for end, step in zip(ends, steps, strict=True)]
    return Agreed(SALES_SHARE, amount, columns, {"minimums": minimums})


@use_case
def let_go(seller_id: int, number: str) -> None:
    """Give a held offer up; what it set aside is free again. A second press changes nothing."""
    exposure.lock(seller_id)
    exposure.let_go(own(seller_id, number))
