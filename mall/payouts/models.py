"""What a seller is paid, and every deduction with its reason."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import triggers
from core.db import Model
from core.money import Money


class SettlementLine(Model):
    """One line of what became of an order's money when it was released.

    `step` is the place in the settlement order: 0 sale, 1 refund due, 2 commission, 3 subsidy,
    4 advance tied to this order, 5 sales share, 6 installment, 7 reserve, 8 to the balance.
    `amount` is what was taken (or, for 0 and 8, what came in and what was left).

    tied         step 4: for this very order, so that the ceiling does not bind it
    releases_on  the day on which what was taken comes back by itself
    released_by  what would release it, in the seller's words
    ceiling      of step 0: the most that steps 3 to 7 could take of this order
    """

    __tablename__ = "settlement_line"
    __table_args__ = (
        CheckConstraint("step between 0 and 8 and amount >= 0", name="step_and_amount_are_known"),
        CheckConstraint(
            "step in (0, 8) or released_by <> ''", name="a_deduction_says_what_releases_it"
        ),
        CheckConstraint("ceiling is null or ceiling >= 0", name="ceiling_is_not_negative"),
        {"info": {"append_only": True}},
    )

    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    order_number: Mapped[str] = mapped_column(String(20))
    step: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    contract: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(240), default="")
    on: Mapped[date]
    tied: Mapped[bool] = mapped_column(default=False)
    releases_on: Mapped[date | None]
    released_by: Mapped[str] = mapped_column(String(240), default="")
    ceiling: Mapped[int | None] = mapped_column(BigInteger)


class CommissionRate(Model):
    """The mall's share of sales from a day on: of a category, of a seller, of both, or of all.

    The most specific row wins, of these the newest; `ppm` None takes an earlier row away.
    """

    __tablename__ = "commission_rate"
    __table_args__ = (
        CheckConstraint("ppm is null or ppm between 0 and 500000", name="rate_is_a_share"),
        {"info": {"append_only": True}},
    )

    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("seller.id"), index=True)
    ppm: Mapped[int | None]
    from_on: Mapped[date]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(240), default="")


class SellerTerms(Model):
    """What was agreed with one seller; a seller without a row has what the mall gives everybody.

    holdback_ppm     ceiling of settlement steps 3 to 7; None: the mall's
    jurisdiction     where the seller is taxed, e.g. CN; "" where unknown: no tax on commission
    payout_every     daily, weekly (payout_day 1 Monday to 7), monthly (payout_day 1 to 31, the
                     last of a shorter month), on_demand
    payout_minimum   of payouts by themselves, in minor units; None: the mall's
    scheduled_until  the last scheduled day that has been looked at
    reserve_*        once set by an admin: of each net release: this share, for so many days, up to so much in all
    """

    __tablename__ = "seller_terms"
    __table_args__ = (
        CheckConstraint(
            "holdback_ppm is null or holdback_ppm between 0 and 500000",
            name="never_hold_back_more_than_half",
        ),
        CheckConstraint(
            "payout_every in ('daily','on_demand') and payout_day is null"
            " or payout_every = 'weekly' and payout_day is not null and payout_day between 1 and 7"
            " or payout_every = 'monthly' and payout_day is not null"
            " and payout_day between 1 and 31",
            name="payout_day_fits",
        ),
        CheckConstraint("payout_minimum is null or payout_minimum > 0", name="minimum_is_positive"),
        CheckConstraint(
            "reserve_ppm = 0 or reserve_ppm between 1 and 500000"
            " and reserve_days between 1 and 365 and reserve_reason <> ''",
            name="a_reserve_has_days_and_a_reason",
        ),
        CheckConstraint("reserve_cap is null or reserve_cap > 0", name="cap_is_positive"),
    )
    DEFAULTS: ClassVar[dict[str, Any]] = {
        "jurisdiction": "",
        "payout_every": "daily",
        "reserve_ppm": 0,
        "reserve_days": 0,
        "reserve_reason": "",
        "explanation": "",
    }

    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), unique=True)
    holdback_ppm: Mapped[int | None]
    jurisdiction: Mapped[str] = mapped_column(String(8), default="")
    payout_every: Mapped[str] = mapped_column(String(10), default="daily")
    payout_day: Mapped[int | None] = mapped_column(SmallInteger)
    payout_minimum: Mapped[int | None] = mapped_column(BigInteger)
    scheduled_until: Mapped[date | None]
    reserve_ppm: Mapped[int] = mapped_column(default=0)
    reserve_days: Mapped[int] = mapped_column(SmallInteger, default=0)
    reserve_cap: Mapped[int | None] = mapped_column(BigInteger)
    reserve_reason: Mapped[str] = mapped_column(String(240), default="")
    reserve_set_at: Mapped[datetime | None]
    reserve_set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    explanation: Mapped[str] = mapped_column(String(400), default="")  # of the seller, on a reserve
    explained_at: Mapped[datetime | None]

    @classmethod
    def of_the_mall(cls, seller_id: int) -> "SellerTerms":
        """Unsaved terms of a seller with whom nothing was agreed."""
        return cls(seller_id=seller_id, **cls.DEFAULTS)


class ReserveHold(Model):
    """What the rolling reserve keeps of one release, until its day or an admin's decision."""

    __tablename__ = "reserve_hold"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("why <> ''", name="a_reserve_says_why"),
        CheckConstraint("taken between 0 and amount", name="use_at_most_what_is_kept"),
        CheckConstraint("taken < amount or released_on is not null", name="used_up_is_over"),
        Index(
            "ix_reserve_hold_open",
            "seller_id",
            "releases_on",
            postgresql_where=text("released_on is null"),
        ),
    )

    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"))
    order_number: Mapped[str] = mapped_column(String(20), unique=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    taken: Mapped[int] = mapped_column(BigInteger, default=0)  # used before its day: `ReserveUse`
    currency: Mapped[str] = mapped_column(String(3))
    releases_on: Mapped[date]
    why: Mapped[str] = mapped_column(String(240))
    released_on: Mapped[date | None]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: by itself

    @property
    def left(self) -> int:
        return self.amount - self.taken


class ReserveUse(Model):
    """A part of the reserve that paid what was due of `contract`; `entry` names its journal."""

    __tablename__ = "reserve_use"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("contract <> '' and why <> ''", name="it_says_what_for"),
        UniqueConstraint("hold_id", "contract", "entry"),
        {"info": {"append_only": True}},
    )

    hold_id: Mapped[int] = mapped_column(ForeignKey("reserve_hold.id"))
    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    contract: Mapped[str] = mapped_column(String(40), index=True)
    entry: Mapped[int]
    why: Mapped[str] = mapped_column(String(240))
    on: Mapped[date]


class DebtWriteOff(Model):
    """What a seller owed and the mall gave up."""

    __tablename__ = "debt_write_off"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("why <> ''", name="a_write_off_says_why"),
        {"info": {"append_only": True}},
    )

    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), index=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)  # of the form
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    why: Mapped[str] = mapped_column(String(240))
    written_off_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    on: Mapped[date]


class Payout(Model):
    """Money sent from a seller's balance to the seller's bank account."""

    __tablename__ = "payout"
    __table_args__ = (
        UniqueConstraint("seller_id", "key"),
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("state in ('requested','sent','paid','failed')", name="state_is_known"),
        {"info": {"frozen": "number seller_id key amount currency destination payment_id"}},
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))  # of the form or night that asked
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(10), default="requested")
    destination: Mapped[str] = mapped_column(String(80))
    payment_id: Mapped[int | None] = mapped_column(BigInteger, index=True)  # out of its charge
    why: Mapped[str] = mapped_column(String(240), default="")
    paid_at: Mapped[datetime | None]


class PayoutTakeBack(Model):
    """An admin asks for part of a payout back; `answer` is why the gateway said no."""

    __tablename__ = "payout_take_back"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("state in ('asked','done','refused')", name="state_is_known"),
        {"info": {"frozen": "payout_id key op_id amount currency why by"}},
    )

    payout_id: Mapped[int] = mapped_column(ForeignKey("payout.id"), index=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    op_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    why: Mapped[str] = mapped_column(String(240))
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    answer: Mapped[str] = mapped_column(String(240), default="")

    payout: Mapped[Payout] = relationship()

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


triggers.expect(
    {
        "debt_write_off_adds_up": "write_off_adds_up",
        "payout_adds_up": "payout_adds_up",
        "reserve_hold_adds_up": "reserve_adds_up",
        "reserve_use_adds_up": "reserve_use_adds_up",
        "settlement_adds_up": "settlement_adds_up",
    },
    {
        "payout_adds_up": "46e3de911343c428ef6964f5f017bd5a",
        "payout_must_add_up": "f848cbdca625533d81860e917571e48b",
        "reserve_adds_up": "30224550627aed91dd1ba33a9f80e395",
        "reserve_must_add_up": "6cc17fa3cdd2e3b7394314c3b90c0b7a",
        "reserve_use_adds_up": "62206d6cdba8f10defb050f80b7e1b47",
        "settlement_adds_up": "f8b5fe75c20731b4505dce3f9b013880",
        "write_off_adds_up": "46a7c02a7800fa861fe06946356be50a",
    },
)
