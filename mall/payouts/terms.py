"""What was agreed with one seller about money: ceiling, jurisdiction, payouts, reserve."""

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db, one
from core.errors import InvalidInput
from core.use_case import use_case
from mall.payouts.models import SellerTerms
from mall.payouts.rules import HOLDBACK_PPM_MAX


def terms_of(seller_id: int) -> SellerTerms:
    """The seller's terms; what the mall gives everybody, unsaved, where nothing was agreed."""
    query = select(SellerTerms).where(SellerTerms.seller_id == seller_id)
    return db.session.scalars(query).one_or_none() or SellerTerms.of_the_mall(seller_id)


def locked_terms(seller_id: int) -> SellerTerms:
    """The seller's own row of terms, made when there is none, locked."""
    fresh = insert(SellerTerms).values(
        id=ids.new_id(), created_at=clock.now(), seller_id=seller_id, **SellerTerms.DEFAULTS
    )
    db.session.execute(fresh.on_conflict_do_nothing(index_elements=["seller_id"]))
    query = select(SellerTerms).where(SellerTerms.seller_id == seller_id).with_for_update()
    return one(query.execution_options(populate_existing=True))


def holdback_ppm(seller_id: int) -> int:
    """The seller's holdback ceiling: the one agreed, else the mall's; never above the absolute."""
    agreed = terms_of(seller_id).holdback_ppm
    ppm = current_app.config["HOLDBACK_CEILING_PPM"] if agreed is None else agreed
    return min(int(ppm), HOLDBACK_PPM_MAX)


@use_case
def set_holdback(seller_id: int, ppm: int | None) -> None:
    """Agree a holdback ceiling with one seller, in millionths; None: the mall's."""
    if ppm is not None and not 0 <= ppm <= HOLDBACK_PPM_MAX:
        raise InvalidInput("A holdback ceiling is between 0 and 50 percent.")
    locked_terms(seller_id).holdback_ppm = ppm


@use_case
def set_jurisdiction(seller_id: int, jurisdiction: str) -> None:
    """Say where a seller is taxed, e.g. CN; "" where unknown. Orders placed keep theirs."""
    cleaned = jurisdiction.strip().upper()
    if cleaned and not (cleaned.replace("-", "").isalnum() and cleaned.isascii()):
        raise InvalidInput("Write a jurisdiction such as CN or US-CA.")
    if len(cleaned) > 8:
        raise InvalidInput("Write a jurisdiction of at most 8 letters, such as CN or US-CA.")
    locked_terms(seller_id).jurisdiction = cleaned
