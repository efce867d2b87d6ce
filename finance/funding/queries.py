"""Reading banks and what is proposed about them."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from core.db import db, one
from finance.funding.models import PROPOSED, Funder, FunderMember, FundingChange


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


def own_proposals(bank: Funder, changes: Sequence[FundingChange]) -> set[int]:
    """Those of these changes that wait and were proposed by the bank's own people."""
    people = _people_of(bank)
    return {c.id for c in changes if c.state == PROPOSED and c.proposed_by in people}


def proposal_of(bank: Funder, change_id: int) -> FundingChange:
    """A change that one of this bank's people proposed; raises NotFound."""
    query = select(FundingChange).where(FundingChange.id == change_id)
    found: FundingChange = one(query.where(FundingChange.proposed_by.in_(_people_of(bank))))
    return found


def _people_of(bank: Funder) -> set[int]:
    query = select(FunderMember.person_id).where(FunderMember.funder_id == bank.id)
    return set(db.session.scalars(query))


def menu_counts(person_id: int) -> dict[str, int]:
    """Changes that wait for an admin, by the address of their page; those of others' only."""
    query = select(func.count(FundingChange.id)).where(
        FundingChange.state == PROPOSED, FundingChange.proposed_by != person_id
    )
    waiting = db.session.scalar(query) or 0
    return {"/admin/funding/": waiting} if waiting else {}
