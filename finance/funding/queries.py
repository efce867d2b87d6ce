"""Reading banks and what is proposed about them."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from core.db import db, one
from finance.funding.models import Funder, FundingChange


def bank_of(code: str, *, lock: bool = False) -> Funder:
    """The bank with this code; raises NotFound."""
    query = select(Funder).where(Funder.code == code)
    found: Funder = one(query.with_for_update() if lock else query)
    return found


def changes_of(bank: Funder) -> Sequence[FundingChange]:
    """What was proposed about a bank itself and its places, the newest first."""
    kinds = FundingChange.kind.in_(("bank", "terms", "place", "resume"))
    about = FundingChange.subject
    mine = or_(about == bank.code, about.startswith(f"{bank.code}:", autoescape=True))
    query = select(FundingChange).where(kinds, mine)
    return db.session.scalars(query.order_by(FundingChange.id.desc()).limit(50)).all()
