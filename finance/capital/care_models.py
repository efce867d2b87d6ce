"""What sellers in trouble ask for, and money that two admins give up."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model
from finance.capital.models import Advance

ASKED, GRANTED, DECLINED = "asked", "granted", "declined"
PROPOSED, DONE, REFUSED = "proposed", "done", "refused"
CHARGE_OFF, WAIVE = "charge_off", "waive"


class HardshipRequest(Model):
    """A seller asks for air: pause the share, lower minimums, or a longer plan.

    The first in the months of the settings is granted at once; a person decides on the others.
    """

    __tablename__ = "hardship_request"
    __table_args__ = (
        UniqueConstraint("seller_id", "key"),
        Index("ix_hardship_request_asked", "id", postgresql_where="state = 'asked'"),
        CheckConstraint("state in ('asked','granted','declined')", name="state_is_known"),
        CheckConstraint("choice in ('pause','lower','longer')", name="choice_is_known"),
        {"info": {"frozen": "advance_id seller_id key choice why"}},
    )

    advance_id: Mapped[int] = mapped_column(ForeignKey("advance.id"), index=True)
    seller_id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(String(60))
    choice: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(String(400), default="")
    state: Mapped[str] = mapped_column(String(10))
    answer: Mapped[str] = mapped_column(String(240), default="")
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]

    advance: Mapped[Advance] = relationship(viewonly=True)


class GiveUp(Model):
    """Money one admin proposes to give up and another decides on; the database tells them apart."""

    __tablename__ = "give_up"
    __table_args__ = (
        Index(
            "uq_give_up_one_open", "advance_id", unique=True, postgresql_where="state = 'proposed'"
        ),
        CheckConstraint("state in ('proposed','done','refused')", name="state_is_known"),
        CheckConstraint("kind in ('charge_off','waive')", name="kind_is_known"),
        CheckConstraint("amount > 0 and why <> ''", name="says_how_much_and_why"),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_by is null)", name="decided_by_somebody"),
        {"info": {"frozen": "advance_id kind amount why proposed_by"}},
    )

    advance_id: Mapped[int] = mapped_column(ForeignKey("advance.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int] = mapped_column(BigInteger)
    why: Mapped[str] = mapped_column(String(240))
    proposed_by: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default=PROPOSED)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]

    advance: Mapped[Advance] = relationship(viewonly=True)
