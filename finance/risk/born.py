"""A birth date given wrongly: one admin corrects it, once; what was said stays."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, String, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, messages
from core.db import Model, db
from core.errors import Conflict, InvalidInput, NotFound
from core.use_case import use_case
from finance.loans import exposure
from finance.risk.models import Borrower

_OLDEST = 120  # years


class BornCorrection(Model):
    """The day a person was born after all; once a person, with who saw the proof and why."""

    __tablename__ = "born_correction"
    __table_args__ = (
        CheckConstraint("why <> ''", name="says_why"),
        CheckConstraint("born_on <> said_on", name="corrects_something"),
        CheckConstraint("corrected_by <> person_id", name="not_by_oneself"),
        {"info": {"append_only": True}},
    )

    person_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    said_on: Mapped[date]
    born_on: Mapped[date]
    why: Mapped[str] = mapped_column(String(240))
    corrected_by: Mapped[int] = mapped_column(BigInteger)


class CorrectedBefore(Conflict):
    message = "This birth date was corrected before; it can be done once."


class NotBySelf(Conflict):
    message = "Ask another admin: nobody corrects their own birth date."


def age_on(born: date, day: date) -> int:
    """Whole years; who was born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def can_be(born: date) -> bool:
    """Whether somebody alive can be born on this day."""
    return 0 <= age_on(born, clock.today()) <= _OLDEST


def of(person_id: int) -> date | None:
    """The day as it was corrected, else as the person said; None: not asked yet."""
    return _corrected(person_id) or said(person_id)


def said(person_id: int) -> date | None:
    """The day this person said."""
    return db.session.scalar(select(Borrower.born_on).where(Borrower.person_id == person_id))


def correction_of(person_id: int) -> BornCorrection | None:
    query = select(BornCorrection).where(BornCorrection.person_id == person_id)
    return db.session.scalars(query).one_or_none()


def _corrected(person_id: int) -> date | None:
    query = select(BornCorrection.born_on).where(BornCorrection.person_id == person_id)
    return db.session.scalar(query)


@use_case
def correct(person_id: int, born_on: date, *, why: str, by: int) -> BornCorrection:
    """Keep the right day; the person is told. Their exposure is locked, so that it happens once.

    Raises NotFound for who has said no day, CorrectedBefore, NotBySelf, InvalidInput.
    """
    exposure.lock(person_id)
    before = said(person_id)
    if before is None:
        raise NotFound()
    if person_id == by:
        raise NotBySelf()
    if correction_of(person_id) is not None:
        raise CorrectedBefore()
    if not can_be(born_on):
        raise InvalidInput("Write the day they were born.")
    if born_on == before:
        raise InvalidInput("This is the day they said.")
    if len(why.strip()) < 3:
        raise InvalidInput("Say what you saw, for the record.")
    made = BornCorrection(
        person_id=person_id,
        said_on=before,
        born_on=born_on,
        why=why.strip()[:240],
        corrected_by=by,
    )
    db.session.add(made)
    db.session.flush()
    messages.send(person_id, "born_corrected", key=f"born:{person_id}", link="/account/credit")
    return made
