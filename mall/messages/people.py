"""Where people are reached: their account's e-mail address."""

from sqlalchemy import select

from core.db import db
from core.messages.directory import Contact
from mall.accounts.models import Person, Role


class People:
    """The accounts of the mall as the directory of messages."""

    def contact(self, person_id: int) -> Contact | None:
        person = db.session.get(Person, person_id)
        if person is None or not person.email:
            return None
        return Contact(person.email, person.name)

    def admins(self) -> list[int]:
        query = select(Person.id).where(
            Person.role == Role.ADMIN,
            Person.suspended_at.is_(None),
            Person.password_hash.is_not(None),
        )
        return list(db.session.scalars(query.order_by(Person.id)))
