"""A form that counts once: what its key was answered the first time is its answer ever after.

The first request under a key runs and its answer is kept; a double click, a second tab of the
same page, a retry of the browser or of a proxy gets that answer again. This only replays: the use
case below is keyed (or guarded by its state) too, so that a process that died between the effect
and the kept answer may be asked again and still does the thing once.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial, wraps
from hashlib import sha256
from time import sleep
from typing import Any, ClassVar

from flask import Response, current_app, request, session
from flask_login import current_user
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    LargeBinary,
    String,
    UniqueConstraint,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, ids, jobs
from core.db import Model, db
from core.errors import Conflict, InvalidInput
from core.use_case import use_case

View = Callable[..., Any]

FORM_KEY_MAX = 32
LEASE = timedelta(seconds=60)  # longer than any request works; then a repeat may take over
PATIENCE = 100  # looks, this many seconds apart, before a browser is told to come back
PAUSE_SECONDS = 0.1
_RUNNING, _DONE = "running", "done"
_NOT_HASHED = ("csrf_token", "key")  # a token differs from page to page
_NEVER_HASHED = "cvc"  # a card's security code leaves no trace, not even a keyed one
_KEPT_HEADERS = ("Content-Type", "Location")
_FLASHES = "_flashes"  # where Flask keeps them


class OtherBody(InvalidInput):
    message = (
        "This was already sent with other answers, and those were carried out. "
        "Reload the page to see how things stand, then send the new ones."
    )


class StillRunning(Conflict):
    message = "Your first click is still being worked on. Nothing is done twice; look again soon."
    retry_after: ClassVar[int] = 2  # seconds


class Idempotency(Model):
    """One key of one person: the request it stood for, and what that was answered."""

    __tablename__ = "idempotency"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        CheckConstraint("state in ('running','done')", name="state_is_known"),
        CheckConstraint(
            "(state = 'done') = (response_code is not null and locked_until is null)",
            name="done_is_answered",
        ),
        {"info": {"removable": True}},
    )

    user_id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(String(255))
    method: Mapped[str] = mapped_column(String(8))
    path: Mapped[str] = mapped_column(String(240))
    request_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(8), default=_RUNNING)
    run: Mapped[int] = mapped_column(BigInteger)  # who works on it; one overtaken is silent
    locked_until: Mapped[datetime | None]
    response_code: Mapped[int | None]
    response_headers: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    response_body: Mapped[bytes | None] = mapped_column(LargeBinary)
    said: Mapped[list[list[str]]] = mapped_column(JSONB, default=list)  # flashed with it


@dataclass(frozen=True, slots=True)
class Ask:
    """A request under a key."""

    user_id: int
    key: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What the first request was answered."""

    code: int
    headers: dict[str, str]
    body: bytes
    said: list[list[str]]


def once(view: View | None = None, *, when: Callable[[], bool] = lambda: True) -> View:
    """A view whose POST form, sent again with the same `key`, answers what it answered.

    when  whether this request moves anything (a form that also has a button to look again)

    Answers below 400 are kept. A refusal or a form to correct leaves the key free: nothing was
    done. Another body under a used key raises OtherBody (422); while the first request runs the
    second waits for its answer, and after ten seconds is told StillRunning (409).
    """
    if view is None:
        return partial(once, when=when)

    @wraps(view)
    def counted(*args: Any, **arguments: Any) -> Any:
        key = request.form.get("key", "") if request.method == "POST" else ""
        if not key or not current_user.is_authenticated or not when():
            return view(*args, **arguments)
        if len(key) > FORM_KEY_MAX:
            raise InvalidInput("This form's key is damaged. Reload the page and send it again.")
        return answer(current_user.id, key, partial(view, *args, **arguments))

    counted.counts_once = True  # type: ignore[attr-defined]
    return counted


def answer(user_id: int, key: str, run: Callable[[], Any], *, looks: int = PATIENCE) -> Response:
    """What `run` answers under this key, or answered before.

    looks  how often to look for the first one's answer before raising StillRunning
    """
    asked, mine = Ask(user_id, key, fingerprint()), ids.new_id()
    for look in range(looks + 1):
        found = _claim(asked, mine)
        if isinstance(found, Answered):
            return _again(found)
        if found:
            return _first(asked, mine, run)
        if look < looks:
            sleep(PAUSE_SECONDS)
    raise StillRunning()


def fingerprint() -> str:
    """A keyed hash of the request: nobody can guess what was typed from it."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    mark = hmac.new(secret, digestmod=sha256)
    for part in (request.method, request.full_path, *_sent()):
        mark.update(f"{len(part)}:{part}".encode())
    return mark.hexdigest()


def _sent() -> list[str]:
    if request.is_json:
        return [sha256(request.get_data(cache=True)).hexdigest()]
    fields = sorted(request.form.items(multi=True))
    texts = [
        text
        for name, value in fields
        if name not in _NOT_HASHED and not name.endswith(_NEVER_HASHED)
        for text in (name, value)
    ]
    for name, file in sorted(request.files.items()):
        texts += [name, sha256(file.stream.read()).hexdigest()]
        file.stream.seek(0)
    return texts


def _first(asked: Ask, mine: int, run: Callable[[], Any]) -> Response:
    said_before = len(session.get(_FLASHES, []))
    try:
        response = current_app.make_response(run())
    except BaseException:
        _release(asked, mine)
        raise
    if response.status_code >= 400:
        _release(asked, mine)
        return response
    said = [list(words) for words in session.get(_FLASHES, [])[said_before:]]
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    _keep(asked, mine, Answered(response.status_code, headers, response.get_data(), said))
    return response


def _again(kept: Answered) -> Response:
    waiting = [list(words) for words in session.get(_FLASHES, [])]
    missing = [words for words in kept.said if words not in waiting]
    if missing:  # the browser never saw the first answer, nor what it said
        session[_FLASHES] = [(kind, text) for kind, text in waiting + missing]
    response = Response(kept.body, kept.code, kept.headers)
    response.headers["Idempotent-Replayed"] = "true"
    return response


@use_case
def _claim(asked: Ask, mine: int) -> Answered | bool:
    """The kept answer; True when this run is to make it; False while another one does."""
    if _inserted(asked, mine):
        return True
    row = _row_of(asked)
    if row is None:  # given up between our two looks: look again
        return False
    if row.request_hash != asked.request_hash:
        raise OtherBody()
    if row.state == _DONE:
        return Answered(
            row.response_code or 200, row.response_headers, row.response_body or b"", row.said
        )
    if row.locked_until is not None and row.locked_until > clock.now():
        return False
    row.run, row.locked_until = mine, clock.now() + LEASE  # the first one died
    return True


def _inserted(asked: Ask, mine: int) -> bool:
    values = {
        "id": ids.new_id(),
        "created_at": clock.now(),
        "user_id": asked.user_id,
        "key": asked.key,
        "method": request.method,
        "path": request.path[:240],
        "request_hash": asked.request_hash,
        "state": _RUNNING,
        "run": mine,
        "locked_until": clock.now() + LEASE,
        "response_headers": {},
        "said": [],
    }
    made = insert(Idempotency).values(values).on_conflict_do_nothing().returning(Idempotency.id)
    return db.session.scalar(made) is not None


def _row_of(asked: Ask) -> Idempotency | None:
    query = select(Idempotency).where(
        Idempotency.user_id == asked.user_id, Idempotency.key == asked.key
    )
    return db.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def _held(asked: Ask, mine: int) -> tuple[Any, ...]:
    return (
        Idempotency.user_id == asked.user_id,
        Idempotency.key == asked.key,
        Idempotency.run == mine,
    )


@use_case
def _keep(asked: Ask, mine: int, made: Answered) -> None:
    db.session.execute(
        update(Idempotency)
        .where(*_held(asked, mine))
        .values(
            state=_DONE,
            locked_until=None,
            response_code=made.code,
            response_headers=made.headers,
            response_body=made.body,
            said=made.said,
        )
    )


@use_case
def _release(asked: Ask, mine: int) -> None:
    """Nothing was done under this key: it may be used again."""
    db.session.rollback()  # what a failed view left open is nobody's
    db.session.execute(delete(Idempotency).where(*_held(asked, mine)))


@jobs.job("core.forget_keys", cron="17 3 * * *")
def forget_keys() -> None:
    """Forget keys that nobody sends again; the use cases below them keep their own."""
    _forget(clock.now() - timedelta(days=current_app.config["IDEMPOTENCY_DAYS"]))


@use_case
def _forget(before: datetime) -> None:
    db.session.execute(delete(Idempotency).where(Idempotency.created_at < before))
