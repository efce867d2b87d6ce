"""The database handle, the base of all models, and rows locked in one order."""

import select as waiting
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ARRAY, BigInteger, DateTime, MetaData, any_, event, literal, select
from sqlalchemy.exc import (
    DisconnectionError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.pool import Pool, PoolResetState

from core import clock, ids
from core.direct import is_idle
from core.errors import NotFound
from core.session import LateSession

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=_NAMING),
        type_annotation_map={datetime: DateTime(timezone=True)},
    )


class Database(SQLAlchemy):
    """Flask-SQLAlchemy's handle; a page that is ready is sent, though the database just went."""

    def _teardown_session(self, exc: BaseException | None) -> None:
        try:
            super()._teardown_session(exc)
        except (OperationalError, InterfaceError):  # nothing was open but a read
            self.session.registry.clear()


db = Database(model_class=Base, disable_autonaming=True, session_options={"class_": LateSession})


@event.listens_for(Pool, "checkout")
def _is_alive(connection: Any, record: Any, proxy: Any) -> None:
    """A new connection for one whose server has gone, found out without asking over the wire.

    Nothing but a farewell can wait to be read on a connection nobody uses.
    """
    said = record.info.get("said")
    if said is None or connection.closed:
        said = record.info["said"] = waiting.poll()
        try:
            said.register(connection, waiting.POLLIN)
        except Exception as error:  # closed on our side already
            raise DisconnectionError() from error
    if said.poll(0):
        raise DisconnectionError()


@event.listens_for(Pool, "reset")
def _rolls_back(connection: Any, record: Any, state: PoolResetState) -> None:
    """What is open when a connection goes back to the pool is forgotten; mostly nothing is.

    In place of the pool's own rollback, which config.py switches off: that asks every time.
    """
    if not is_idle(connection):
        connection.rollback()


def forget() -> None:
    """Roll back whatever is open, though the database may be gone."""
    with suppress(SQLAlchemyError):
        db.session.rollback()
        return
    db.session.remove()


class Model(Base):
    """A row with a bigint id made in Python and the instant it was made."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=ids.new_id, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=-1)


Row = TypeVar("Row", bound=Model)


def get(kind: type[Row], id: int, *, lock: bool = False) -> Row:
    """The row with this id; raises NotFound. `lock` waits for and holds its row lock."""
    query = select(kind).where(kind.id == id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalars(query).one_or_none()
    if row is None:
        raise NotFound()
    return row


def one(query: Any) -> Any:
    """The single row of `query`; raises NotFound when there is none."""
    row = db.session.scalars(query).one_or_none()
    if row is None:
        raise NotFound()
    return row


def among(column: Any, ids: Iterable[int]) -> Any:
    """`column` is one of these ids: the same statement whoever many they are, unlike an IN."""
    return column == any_(literal(list(ids), ARRAY(BigInteger)))


def locked(kind: type[Row], ids: Iterable[int]) -> Sequence[Row]:
    """Lock these rows in the order of their ids (so that no two actions wait for each other)."""
    query = select(kind).where(kind.id.in_(sorted(set(ids)))).order_by(kind.id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).all()
