"""Reading banks and what is proposed about them."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from core.db import db, one
from finance.funding.models import PROPOSED, Funder, FundingChange


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


def menu_counts(person_id: int) -> dict[str, int]:
    """Changes that wait for an admin, by the address of their page; those of others' only."""
    query = select(func.count(FundingChange.id)).where(
        FundingChange.state == PROPOSED, FundingChange.proposed_by != person_id
    )
    waiting = db.session.scalar(query) or 0
    return {"/admin/funding/": waiting} if waiting else {}
