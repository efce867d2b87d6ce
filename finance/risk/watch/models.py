"""What the watch over the cards found, as it was found."""

from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class WatchRun(Model):
    """One look at every card; `level` is that of its worst finding."""

    __tablename__ = "watch_run"
    __table_args__ = (
        CheckConstraint("level in ('calm','watch','stop')", name="level_is_known"),
        {"info": {"append_only": True}},
    )

    level: Mapped[str] = mapped_column(String(8))
    found: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
