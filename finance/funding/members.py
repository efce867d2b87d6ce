"""A bank's own people: an admin invites them, and each of them belongs to one bank."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from core import clock
from core.db import db, get, one
from core.use_case import use_case
from finance.funding.models import Funder, FunderMember
from finance.funding.queries import bank_of
from mall import facts
from mall.ports import invitations
from mall.ports.invitations import Invited

ROLE = "bank"


@use_case
def invite(code: str, email: str, name: str, *, by: int) -> Invited:
    """Someone may sign in for this bank; gives the page where they choose a password."""
    bank = bank_of(code)
    invited = invitations.invite(email, name, ROLE)
    db.session.add(FunderMember(funder_id=bank.id, person_id=invited.person_id, invited_by=by))
    return invited


@use_case
def end(member_id: int) -> FunderMember:
    """This person signs in for their bank no more; again: nothing."""
    member = get(FunderMember, member_id, lock=True)
    if member.ended_on is None:
        member.ended_on = clock.today()
        invitations.end(member.person_id)
    return member


def bank_of_person(person_id: int) -> Funder:
    """The bank that a person signs in for; raises NotFound."""
    query = select(FunderMember).where(
        FunderMember.person_id == person_id, FunderMember.ended_on.is_(None)
    )
    member: FunderMember = one(query)
    return member.funder


@dataclass(frozen=True, slots=True)
class Shown:
    """One of a bank's people; `state`: invited, joined or ended; `link`: for the invited."""

    id: int
    name: str
    state: str
    link: str


def members_of(bank: Funder) -> list[Shown]:
    """Everybody who was ever invited by a bank's name, the newest first."""
    query = select(FunderMember).where(FunderMember.funder_id == bank.id)
    found: Sequence[FunderMember] = db.session.scalars(query.order_by(FunderMember.id.desc())).all()
    names = facts.person_names({member.person_id for member in found})
    return [_shown(member, names.get(member.person_id, "")) for member in found]


def _shown(member: FunderMember, name: str) -> Shown:
    if member.ended_on is not None:
        return Shown(member.id, name, "ended", "")
    path = invitations.path_of(member.person_id)
    link = f"{current_app.config['PUBLIC_URL']}{path}" if path else ""
    return Shown(member.id, name, "invited" if path else "joined", link)


def inviter_of(person_id: int) -> int | None:
    """The admin who invited this person for a bank; None: nobody did."""
    query = select(FunderMember.invited_by).where(FunderMember.person_id == person_id)
    return db.session.scalar(query)
