"""Reading contracts that were accepted."""

from collections.abc import Sequence

from sqlalchemy import select

from core.db import db, one
from finance.contracts.models import KeptContract


def numbered(number: str) -> KeptContract:
    """The contract of a loan or advance; raises NotFound."""
    found: KeptContract = one(select(KeptContract).where(KeptContract.number == number))
    return found


def find(number: str) -> KeptContract | None:
    """The contract of a loan or advance; None for one that began before contracts were kept."""
    query = select(KeptContract).where(KeptContract.number == number)
    return db.session.scalars(query).one_or_none()


def own(subject: str, subject_id: int, number: str) -> KeptContract:
    """A borrower's own contract; raises NotFound for a stranger's."""
    query = select(KeptContract).where(
        KeptContract.number == number,
        KeptContract.subject == subject,
        KeptContract.subject_id == subject_id,
    )
    found: KeptContract = one(query)
    return found


def all_of(subject: str, subject_id: int) -> Sequence[KeptContract]:
    """All contracts of a borrower, newest first."""
    query = select(KeptContract).where(
        KeptContract.subject == subject, KeptContract.subject_id == subject_id
    )
    return db.session.scalars(query.order_by(KeptContract.id.desc())).all()
