"""Someone is invited under a role: an account without a password, and a link to choose one."""

from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import IntegrityError

from core import clock
from core.db import db, get
from core.errors import Conflict, NotFound
from core.use_case import use_case
from mall.accounts import passwords
from mall.accounts.models import Person, Role
from mall.accounts.rules import EmailTaken, check_password, clean_email, clean_name
from mall.ports.invitations import Invited

LASTS = timedelta(days=7)


class InvitationOver(Conflict):
    message = "This invitation was used, or its seven days are over. Ask for a new one."


@use_case
def invite(email: str, name: str, role: Role) -> Person:
    """An account that nobody can sign in to before its password is chosen; raises EmailTaken."""
    person = Person(email=clean_email(email), name=clean_name(name), role=role)
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError:
        raise EmailTaken() from None
    return person


def path_of(person: Person) -> str:
    """Where the invited choose their password: good once, for seven days."""
    until = int((clock.now() + LASTS).timestamp())
    return f"/invited/{_serializer().dumps([person.id, person.passwords_changed, until])}"


def invited(token: str) -> Person:
    """Who a link is for; raises NotFound for one that we did not sign, InvitationOver."""
    try:
        person_id, changes, until = _serializer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound() from None
    person = get(Person, person_id)
    over = clock.now().timestamp() > until or person.suspended_at is not None
    if over or person.password_hash is not None or person.passwords_changed != changes:
        raise InvitationOver()
    return person


@use_case
def choose_password(token: str, password: str) -> Person:
    """The invited may sign in from now on; raises InvitationOver, InvalidInput."""
    person = get(Person, invited(token).id, lock=True)
    if person.password_hash is not None:
        raise InvitationOver()
    person.password_hash = passwords.hash_of(check_password(password))
    return person


@use_case
def end_access(person_id: int) -> None:
    """This account is closed, and every session of it with it."""
    person = get(Person, person_id, lock=True)
    person.suspended_at = person.suspended_at or clock.now()
    person.passwords_changed += 1


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="invitation")


class ForOthers:
    """`mall.ports.invitations` of these."""

    def invite(self, email: str, name: str, role: str) -> Invited:
        person = invite(email, name, Role(role))
        return Invited(person.id, path_of(person))

    def end(self, person_id: int) -> None:
        end_access(person_id)

    def path_of(self, person_id: int) -> str:
        person = get(Person, person_id)
        return "" if person.password_hash is not None else path_of(person)
