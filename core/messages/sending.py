"""Telling someone something, inside the action that causes it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db
from core.messages import directory, words
from core.messages.models import Mail, Message, MessageWish
from core.use_case import outside_any_action, use_case

_COLUMNS = {
    "id": "bigint",
    "person_id": "bigint",
    "kind": "text",
    "key": "text",
    "about": "text",
    "on_day": "date",
    "language": "text",
    "subject": "text",
    "body": "text",
    "link": "text",
}
# one statement for however many: a thousand messages are as many trips otherwise
_NEW = text(f"""
    insert into message (created_at, {", ".join(_COLUMNS)})
    select :now, n.* from unnest(
      {", ".join(f"cast(:{name} as {kind}[])" for name, kind in _COLUMNS.items())}) as n
    on conflict do nothing returning id
""")


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody is to be told."""

    to: int
    kind: str
    key: str
    link: str
    about: str
    mail: bool
    facts: dict[str, Any]


def note(
    to: int,
    kind: str,
    *,
    key: str,
    link: str = "",
    about: str = "",
    mail: bool = True,
    **facts: Any,
) -> Note:
    """What a message says, to be sent by `send`, or with many others by `send_all`."""
    return Note(to, kind, key, link, about, mail, facts)


def send(to: int, kind: str, *, key: str, **said: Any) -> bool:
    """Tell person `to` what template `kind` says of facts, as `note` does; False if told before.

    To be called in the use case that causes it: rolled back with it, kept with it. The same `key`
    tells one person once for ever. `about` (a loan, say) tells at most one thing a day of it: the
    first. `link` is a path of ours. `mail=False` keeps it to the page; without MAIL_URL, or for
    who has no address, all stay there. Facts are texts, whole numbers, Money, dates and instants.
    """
    return send_all([note(to, kind, key=key, **said)]) == 1


def send_all(notes: Sequence[Note]) -> int:
    """The same of many at once; how many were told, who were told before left out."""
    if outside_any_action():
        raise RuntimeError("a message is sent inside the action that causes it")
    if not notes:
        return 0
    speak = _languages(each.to for each in notes)
    rows = [_row(each, speak.get(each.to, "en")) for each in notes]
    values = {name: [row[name] for row in rows] for name in _COLUMNS} | {"now": clock.now()}
    told = set(db.session.execute(_NEW, values).scalars())
    if current_app.config["MAIL_URL"]:
        both = zip(rows, notes, strict=True)
        _mail([(row["id"], each.to) for row, each in both if each.mail and row["id"] in told])
    return len(told)


def _mail(told: Sequence[tuple[int, int]]) -> None:
    """Messages of people who have an address leave by mail too."""
    letters = [
        {"message_id": message_id, "next_at": clock.now()}
        for message_id, person_id in told
        if directory.contact(person_id) is not None
    ]
    if letters:
        db.session.execute(insert(Mail), letters)


def _row(said: Note, language: str) -> dict[str, Any]:
    worded = words.render(said.kind, language, said.facts)
    values = {"id": ids.new_id(), "person_id": said.to, "kind": said.kind, "key": said.key}
    values |= {"link": said.link, "about": said.about, "language": language}
    on_day = clock.today() if said.about else None
    return values | {"subject": worded.subject, "body": worded.body, "on_day": on_day}


def to_admins(kind: str, *, key: str, link: str = "", mail: bool = False, **facts: Any) -> None:
    """Tell every admin; by mail too only if asked."""
    for admin in directory.admins():
        send(admin, kind, key=key, link=link, mail=mail, **facts)


def language_of(person_id: int) -> str:
    """The language this person wants messages in; English unless they said otherwise."""
    return _languages([person_id]).get(person_id, "en")


def _languages(people: Iterable[int]) -> dict[int, str]:
    wishes = select(MessageWish.person_id, MessageWish.language)
    found = db.session.execute(wishes.where(MessageWish.person_id.in_(set(people))))
    return {person_id: language for person_id, language in found}


@use_case
def wish(person_id: int, language: str) -> None:
    """Write to this person in `language` from now on."""
    row = insert(MessageWish).values(person_id=person_id, language=language)
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=[MessageWish.person_id], set_={"language": language}
        )
    )


@use_case
def mark_read(person_id: int, up_to: int, *, only: bool = False) -> int:
    """Mark this person's messages read: up to that one, or it `only`; returns how many were not."""
    which = Message.id == up_to if only else Message.id <= up_to
    mine = (Message.person_id == person_id, Message.read_at.is_(None), which)
    result = db.session.execute(
        update(Message).where(*mine).values(read_at=clock.now()).returning(Message.id)
    )
    return len(result.all())


@use_case
def forget(person_id: int) -> None:
    """Erase what this person was told; that, when and under which key something was told stays."""
    mine = select(Message.id).where(Message.person_id == person_id)
    db.session.execute(
        update(Mail)
        .where(Mail.message_id.in_(mine), Mail.state == "waiting")
        .values(state="canceled", answer="erased")
    )
    gone = {"subject": "", "body": "", "link": "", "erased_at": clock.now()}
    db.session.execute(
        update(Message)
        .where(Message.person_id == person_id)
        .values(read_at=func.coalesce(Message.read_at, clock.now()), **gone)
    )


@use_case
def remove_before(instant: datetime) -> int:
    """Throw away messages older than this, with their mails; returns how many."""
    old = select(Message.id).where(Message.created_at < instant)
    db.session.execute(delete(Mail).where(Mail.message_id.in_(old)))
    gone = delete(Message).where(Message.created_at < instant).returning(Message.id)
    return len(db.session.execute(gone).all())
