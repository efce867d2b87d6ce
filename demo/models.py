"""The mark of a demo world: begun, and finished or not."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class DemoBuild(Model):
    """One build; without `finished_at` it was interrupted."""

    __tablename__ = "demo_build"

    seed: Mapped[int]
    days: Mapped[int]
    last_day: Mapped[date]
    finished_at: Mapped[datetime | None]
    digest: Mapped[str] = mapped_column(default="")
