"""Consents given and revoked, and whether a score may be made at all."""

from collections.abc import Iterable, Sequence

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import clock
from core.db import among, db, one
from core.errors import Conflict
from core.use_case import use_case
from finance.contracts import purposes
from finance.contracts.models import Consent
from finance.contracts.purposes import AUTOPAY, SCORING


class ConsentMissing(Conflict):
    message = (
        "You do not let your record be scored, so no credit is offered. Everything else works as "
        "before; you can give this consent again under Data and consents."
    )


@use_case
def give(
    subject: str, subject_id: int, purpose: str, *, language: str, receiver: str = "", ref: str = ""
) -> Consent:
    """Record a consent to the words shown in `language`; one in force is given back as it is.

    receiver   who may use the fields; "" for the mall
    ref        what it is for, such as the number of a plan
    """
    receiver = receiver or current_app.config["MALL_NAME"]
    found = _in_force(subject, subject_id, purpose, receiver, ref)
    if found is not None:
        return found
    try:
        return _new(subject, subject_id, purpose, receiver, ref, language)
    except IntegrityError:
        found = _in_force(subject, subject_id, purpose, receiver, ref)
        if found is None:
            raise
        return found


@use_case
def revoke(
    subject: str, subject_id: int, purpose: str, *, receiver: str = "", ref: str = ""
) -> None:
    """End a consent now. What was never given is recorded as refused, so that it holds from now on."""
    receiver = receiver or current_app.config["MALL_NAME"]
    found = _in_force(subject, subject_id, purpose, receiver, ref, lock=True)
    if found is None:
        latest = _latest(subject, subject_id, purpose, receiver, ref)
        if latest is not None:
            return
        found = _new(subject, subject_id, purpose, receiver, ref, "en")
    found.revoked_at = max(clock.now(), found.begins_at)


def _new(
    subject: str, subject_id: int, purpose: str, receiver: str, ref: str, language: str
) -> Consent:
    words = purposes.asked(subject, purpose, receiver, language)
    made = Consent(
        subject=subject,
        subject_id=subject_id,
        purpose=purpose,
        fields=list(purposes.fields_of(subject, purpose)),
        receiver=receiver,
        basis="mandate" if purpose == AUTOPAY else "consent",
        ref=ref,
        begins_at=clock.now(),
        language=language,
        text_hash=words.hash,
    )
    with db.session.begin_nested():  # a second click at the same moment meets the unique key
        db.session.add(made)
    return made


def _in_force(
    subject: str, subject_id: int, purpose: str, receiver: str, ref: str, *, lock: bool = False
) -> Consent | None:
    query = select(Consent).where(
        Consent.subject == subject,
        Consent.subject_id == subject_id,
        Consent.purpose == purpose,
        Consent.receiver == receiver,
        Consent.ref == ref,
        Consent.revoked_at.is_(None),
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def _latest(subject: str, subject_id: int, purpose: str, receiver: str, ref: str) -> Consent | None:
    query = select(Consent).where(
        Consent.subject == subject,
        Consent.subject_id == subject_id,
        Consent.purpose == purpose,
        Consent.receiver == receiver,
        Consent.ref == ref,
    )
    return db.session.scalars(query.order_by(Consent.id.desc()).limit(1)).one_or_none()


def all_of(subject: str, subject_id: int) -> Sequence[Consent]:
    """Everything this subject gave and revoked, newest first."""
    query = select(Consent).where(Consent.subject == subject, Consent.subject_id == subject_id)
    return db.session.scalars(query.order_by(Consent.id.desc())).all()


def own(subject: str, subject_id: int, consent_id: int) -> Consent:
    """A subject's own consent; raises NotFound for a stranger's."""
    query = select(Consent).where(
        Consent.id == consent_id, Consent.subject == subject, Consent.subject_id == subject_id
    )
    found: Consent = one(query)
    return found


def refused(subject: str, ids: Iterable[int], purpose: str = SCORING) -> set[int]:
    """Those of `ids` whose last word on this purpose was no.

    Nobody has said no before being asked: until then a score rests on the application itself,
    a step before a contract that the applicant asks for.
    """
    query = (
        select(Consent.subject_id, Consent.revoked_at)
        .where(Consent.subject == subject, among(Consent.subject_id, set(ids)))
        .where(Consent.purpose == purpose)
        .order_by(Consent.id)
    )
    last = {row.subject_id: row.revoked_at for row in db.session.execute(query)}
    return {subject_id for subject_id, revoked in last.items() if revoked is not None}


def check_scoring(subject: str, subject_id: int) -> None:
    """Raise ConsentMissing where the last word on scoring was no."""
    if refused(subject, [subject_id]):
        raise ConsentMissing()
