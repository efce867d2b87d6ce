"""Funding banks, their places in the waterfalls, and their parts of loans."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model
from core.money import Money
from finance.funding.sharing import Standing


class Funder(Model):
    """A bank that lends a part of loans; amounts in minor units of `currency`.

    committed   the most that may be lent of its money at a time; used: what is
    reopened    of what is used, what came back over the limit because a payment was disputed
    price_ppm   what it asks a year, where a waterfall says nothing else
    """

    __tablename__ = "funder"
    __table_args__ = (
        CheckConstraint("used >= 0 and reopened >= 0", name="amounts_are_positive"),
        CheckConstraint("used <= committed + reopened", name="never_use_more_than_committed"),
        CheckConstraint("price_ppm between 0 and 1000000", name="price_is_a_rate"),
        CheckConstraint("code ~ '^[A-Z][A-Z0-9]{1,11}$'", name="code_is_plain"),
        {"info": {"frozen": "code currency"}},
    )

    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    currency: Mapped[str] = mapped_column(String(3))
    price_ppm: Mapped[int]
    committed: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[int] = mapped_column(BigInteger, default=0)
    reopened: Mapped[int] = mapped_column(BigInteger, default=0)
    paused: Mapped[bool] = mapped_column(default=False)

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    @property
    def available(self) -> Money:
        return self.money(max(0, self.committed - self.used))


class FunderMember(Model):
    """Someone who signs in for a bank: one person, one bank."""

    __tablename__ = "funder_member"
    __table_args__ = ({"info": {"frozen": "funder_id person_id invited_by"}},)

    funder_id: Mapped[int] = mapped_column(ForeignKey("funder.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    invited_by: Mapped[int] = mapped_column(BigInteger)
    ended_on: Mapped[date | None]

    funder: Mapped[Funder] = relationship()


class WaterfallStep(Model):
    """A bank's place in the order in which a product's loans are offered to banks.

    share_ppm   of each loan; `most`: of this product at a time, `used` of it is lent
    grades      "AB" takes A and B, "" all; ended_on: another waterfall took its place
    """

    __tablename__ = "waterfall_step"
    __table_args__ = (
        Index(
            "uq_waterfall_step_place",
            "product",
            "currency",
            "position",
            unique=True,
            postgresql_where="ended_on is null",
        ),
        CheckConstraint("used >= 0 and most > 0", name="amounts_are_positive"),
        CheckConstraint("share_ppm between 1 and 1000000", name="share_is_a_part"),
        CheckConstraint("grades ~ '^A?B?C?D?E?$'", name="grades_are_known"),
        {"info": {"frozen": "product currency position funder_id share_ppm price_ppm grades most"}},
    )

    product: Mapped[str] = mapped_column(String(30))
    currency: Mapped[str] = mapped_column(String(3))
    position: Mapped[int]
    funder_id: Mapped[int] = mapped_column(ForeignKey("funder.id"), index=True)
    share_ppm: Mapped[int]
    price_ppm: Mapped[int]
    grades: Mapped[str] = mapped_column(String(5), default="")
    most: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[int] = mapped_column(BigInteger, default=0)
    ended_on: Mapped[date | None]

    funder: Mapped[Funder] = relationship(lazy="joined")


PROPOSED, DONE, REFUSED, WITHDRAWN = "proposed", "done", "refused", "withdrawn"


class FundingChange(Model):
    """A change of banks or waterfalls: an admin or a bank proposes it, another admin decides.

    Until then who proposed it may take it back (`withdrawn`).
    """

    __tablename__ = "funding_change"
    __table_args__ = (
        CheckConstraint(
            "state in ('proposed','done','refused','withdrawn')", name="state_is_known"
        ),
        CheckConstraint(
            "kind in ('bank','terms','place','waterfall','resume')", name="kind_is_known"
        ),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "(state in ('proposed','withdrawn')) = (decided_by is null)", name="decided_by_somebody"
        ),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_by is not null)", name="withdrawn_by_somebody"
        ),
        CheckConstraint("why <> ''", name="says_why"),
        Index(
            "uq_funding_change_open",
            "kind",
            "subject",
            unique=True,
            postgresql_where="state = 'proposed'",
        ),
        {"info": {"frozen": "kind subject data why proposed_by"}},
    )

    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(30))  # a bank's code, CODE:product, or a product
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    why: Mapped[str] = mapped_column(String(240))
    proposed_by: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default=PROPOSED)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(BigInteger)  # one of the bank that proposed it


class Participation(Model):
    """Who lends which part of a loan; the mall's own has no bank. Sums so far, minor units.

    ref           the loan's number; code: what the bank knows it by
    interest_ppm  its part of each cent of interest
    open          principal that is owed of its part
    due           collected for it and not transferred; below zero it owes us
    due_since     the first day of what waits; interest_due the same of interest
    entries       of the mall's own: how often the loan's money was split
    """

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("ref", "funder_id"),
        Index("uq_participation_own", "ref", unique=True, postgresql_where="funder_id is null"),
        Index("ix_participation_waits", "funder_id", postgresql_where="due_since is not null"),
        CheckConstraint("open between 0 and principal", name="never_get_back_more_than_lent"),
        CheckConstraint("share_ppm between 1 and 1000000", name="share_is_a_part"),
        CheckConstraint("interest_due >= 0", name="interest_waits_for_the_bank"),
        {
            "info": {
                "frozen": "ref code product grade currency funder_id step_id share_ppm "
                "coupon_ppm interest_ppm apr_ppm principal began_on"
            }
        },
    )

    ref: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(20), unique=True)
    product: Mapped[str] = mapped_column(String(30))
    grade: Mapped[str] = mapped_column(String(1))
    currency: Mapped[str] = mapped_column(String(3))
    funder_id: Mapped[int | None] = mapped_column(ForeignKey("funder.id"))
    step_id: Mapped[int | None] = mapped_column(ForeignKey("waterfall_step.id"))
    share_ppm: Mapped[int]
    coupon_ppm: Mapped[int]
    interest_ppm: Mapped[int]
    apr_ppm: Mapped[int]
    began_on: Mapped[date]
    principal: Mapped[int] = mapped_column(BigInteger)
    open: Mapped[int] = mapped_column(BigInteger)
    interest: Mapped[int] = mapped_column(BigInteger, default=0)
    fees: Mapped[int] = mapped_column(BigInteger, default=0)
    lost: Mapped[int] = mapped_column(BigInteger, default=0)
    recovered: Mapped[int] = mapped_column(BigInteger, default=0)
    due: Mapped[int] = mapped_column(BigInteger, default=0)
    interest_due: Mapped[int] = mapped_column(BigInteger, default=0)
    due_since: Mapped[date | None]
    entries: Mapped[int] = mapped_column(default=0)

    funder: Mapped[Funder | None] = relationship(viewonly=True)

    @property
    def standing(self) -> Standing:
        return Standing(self.open, self.interest, self.fees, self.lost, self.recovered)

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)


class ParticipationFlow(Model):
    """What one event brought a bank of a loan, minor units; below zero it was undone."""

    __tablename__ = "participation_flow"
    __table_args__ = (
        UniqueConstraint("participation_id", "entry"),
        {"info": {"append_only": True}},
    )

    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"))
    entry: Mapped[int]
    on: Mapped[date] = mapped_column(index=True)
    cause: Mapped[str] = mapped_column(String(60))
    drawn: Mapped[int] = mapped_column(BigInteger, default=0)
    back: Mapped[int] = mapped_column(BigInteger, default=0)
    interest: Mapped[int] = mapped_column(BigInteger, default=0)
    fees: Mapped[int] = mapped_column(BigInteger, default=0)
    lost: Mapped[int] = mapped_column(BigInteger, default=0)
    recovered: Mapped[int] = mapped_column(BigInteger, default=0)


class FundingTransfer(Model):
    """What was collected for a bank went to it, minor units; `due` below zero came from it."""

    __tablename__ = "funding_transfer"
    __table_args__ = (
        CheckConstraint("interest >= 0", name="interest_goes_to_the_bank"),
        {"info": {"append_only": True}},
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    funder_id: Mapped[int] = mapped_column(ForeignKey("funder.id"), index=True)
    on: Mapped[date]
    due: Mapped[int] = mapped_column(BigInteger)
    interest: Mapped[int] = mapped_column(BigInteger)
