"""What was compared when, and every difference that was found."""

from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Model


class ReconciliationRun(Model):
    """One comparison of one source with our book: `theirs` less `ours` is the sum of its items.

    source   a gateway's name, or the number of our account at the bank
    """

    __tablename__ = "reconciliation_run"
    __table_args__ = (
        CheckConstraint("side in ('gateway','bank')", name="side_is_known"),
        CheckConstraint("since < until", name="it_covers_something"),
        CheckConstraint("least(matched, explained, unexplained) >= 0", name="counts_are_counts"),
        {"info": {"frozen": "side source since until currency theirs ours matched made_by"}},
    )

    side: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(34))
    since: Mapped[datetime]
    until: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3))
    theirs: Mapped[int] = mapped_column(BigInteger)
    ours: Mapped[int] = mapped_column(BigInteger)
    matched: Mapped[int] = mapped_column(Integer)
    explained: Mapped[int] = mapped_column(Integer)
    unexplained: Mapped[int] = mapped_column(Integer)
    made_by: Mapped[str] = mapped_column(String(60))

    @property
    def until_day(self) -> date:
        """The last business day compared."""
        return clock.day_of(self.until - timedelta(seconds=1))


class ReconciliationItem(Model):
    """One difference, by its name; `effect` is theirs less ours. What nobody explains has a case."""

    __tablename__ = "reconciliation_item"
    __table_args__ = (
        UniqueConstraint("run_id", "key"),
        CheckConstraint("explained or case_id is not null", name="explained_or_a_case"),
        {"info": {"append_only": True}},
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("reconciliation_run.id"), index=True)
    key: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(30))
    explained: Mapped[bool]
    ref: Mapped[str] = mapped_column(String(160))
    their_id: Mapped[str] = mapped_column(String(160))
    our_key: Mapped[str] = mapped_column(String(200))
    theirs: Mapped[int | None] = mapped_column(BigInteger)
    ours: Mapped[int | None] = mapped_column(BigInteger)
    effect: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("payment_case.id"))
