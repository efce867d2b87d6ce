"""Sellers' advances, the order lines that back them, and what was repaid."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import triggers
from core.db import Model
from core.money import Money

ACTIVE, REPAID, CANCELED, CHARGED_OFF = "active", "repaid", "canceled", "charged_off"


class Advance(Model):
    """One advance. Amounts in minor units of `currency`.

    Its terms and its dated events say all; the other columns are a cache of their fold.

    terms          the product's settings when it was agreed, as plain data
    fee            the flat fee agreed (S3, S4); interest comes on top as it accrues (S1, S2)
    fee_charged    fee and interest that became due or are to come; _paid and _forgiven of it
    rate_ppm       a day, of what is used (S1, S2); share_ppm of sales (S3), `share_max_ppm` its
                   highest
    micro          S1's interest through `accrued_until` in millionths of a minor unit: what had
                   accrued by any later day is a function of these columns (fold/accrual.py)
    entries        how many journals interest and collections made; names the next one
    acted_until    the day of its last event: an earlier one is replayed, not appended
    lost           owed when it was charged off; `recovered` of it was paid after all
    late_since     since when the oldest part that fell due is unpaid; next_due_on is to come
    forecast_days  until it is repaid at the forecast
    carry          refunds after release not yet taken off the sales the share is taken of
    minimums       [[ISO date, cumulative amount], …] of S3; `minimums_met` of them are behind us
    """

    __tablename__ = "advance"
    __table_args__ = (
        UniqueConstraint("seller_id", "key"),
        Index("ix_advance_seller", "seller_id", "state", "id"),
        Index("ix_advance_running", "id", postgresql_where="state = 'active'"),
        Index(
            "uq_advance_one_sales_share",
            "seller_id",
            unique=True,
            postgresql_where="state = 'active' and product = 'sales_share'",
        ),
        Index(
            "uq_advance_one_term_loan",
            "seller_id",
            unique=True,
            postgresql_where="state = 'active' and product = 'term_loan'",
        ),
        CheckConstraint(
            "state in ('active','repaid','canceled','charged_off')", name="state_is_known"
        ),
        CheckConstraint(
            "product in ('order_advance','sales_share','early_settlement','term_loan')",
            name="product_is_known",
        ),
        CheckConstraint("micro >= 0 and recovered >= 0", name="amounts_are_positive"),
        CheckConstraint("recovered <= lost", name="recover_at_most_what_was_lost"),
        CheckConstraint(
            "principal > 0 and principal_paid >= 0 and principal_forgiven >= 0 "
            "and principal_paid + principal_forgiven <= principal",
            name="never_repay_more_than_lent",
        ),
        CheckConstraint(
            "fee >= 0 and fee_paid >= 0 and fee_forgiven >= 0 "
            "and fee_paid + fee_forgiven <= fee_charged",
            name="never_pay_more_than_charged",
        ),
        CheckConstraint("share_ppm between 0 and 500000 and carry >= 0", name="share_is_bounded"),
        {
            "info": {
                "frozen": "number seller_id key product decision_id currency principal fee rate_ppm "
                "began_on terms share_agreed_ppm forecast_days grade"
            }
        },
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    seller_id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(String(60))
    product: Mapped[str] = mapped_column(String(20))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    grade: Mapped[str] = mapped_column(String(1))
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(12), default=ACTIVE)
    principal: Mapped[int] = mapped_column(BigInteger)
    principal_paid: Mapped[int] = mapped_column(BigInteger, default=0)
    principal_forgiven: Mapped[int] = mapped_column(BigInteger, default=0)
    fee: Mapped[int] = mapped_column(BigInteger, default=0)
    fee_charged: Mapped[int] = mapped_column(BigInteger, default=0)
    fee_paid: Mapped[int] = mapped_column(BigInteger, default=0)
    fee_forgiven: Mapped[int] = mapped_column(BigInteger, default=0)
    rate_ppm: Mapped[int] = mapped_column(default=0)
    apr_ppm: Mapped[int] = mapped_column(default=0)
    share_ppm: Mapped[int] = mapped_column(default=0)
    share_agreed_ppm: Mapped[int] = mapped_column(default=0)
    share_max_ppm: Mapped[int] = mapped_column(default=0)
    forecast_days: Mapped[int] = mapped_column(default=0)
    carry: Mapped[int] = mapped_column(BigInteger, default=0)
    minimums: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    minimums_met: Mapped[int] = mapped_column(default=0)
    minimums_missed: Mapped[int] = mapped_column(default=0)
    days_late_max: Mapped[int] = mapped_column(default=0)
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    micro: Mapped[int] = mapped_column(BigInteger, default=0)
    accrued_until: Mapped[date | None]
    entries: Mapped[int] = mapped_column(default=0)
    acted_until: Mapped[date | None]
    late_since: Mapped[date | None]
    next_due_on: Mapped[date | None]
    paused_until: Mapped[date | None]
    lost: Mapped[int] = mapped_column(BigInteger, default=0)
    recovered: Mapped[int] = mapped_column(BigInteger, default=0)
    from_wallet: Mapped[bool] = mapped_column(default=False)
    card_id: Mapped[int | None] = mapped_column(BigInteger)
    began_on: Mapped[date]
    closed_on: Mapped[date | None]

    pledges: Mapped[list["Pledge"]] = relationship(order_by="Pledge.id")
    remittances: Mapped[list["Remittance"]] = relationship(order_by="Remittance.id")
    events: Mapped[list["AdvanceEvent"]] = relationship(order_by="AdvanceEvent.id")
    rows: Mapped[list["AdvanceRow"]] = relationship(order_by="AdvanceRow.number")

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    @property
    def principal_owed(self) -> Money:
        return self.money(self.principal - self.principal_paid - self.principal_forgiven)

    @property
    def fee_owed(self) -> Money:
        return self.money(self.fee_charged - self.fee_paid - self.fee_forgiven)

    @property
    def owed(self) -> Money:
        return self.principal_owed + self.fee_owed

    @property
    def repaid(self) -> Money:
        return self.money(self.principal_paid + self.fee_paid)

    @property
    def is_running(self) -> bool:
        return self.state == ACTIVE


class AdvanceRow(Model):
    """One part of a term loan; `interest` is known once it fell due. Cached by the fold."""

    __tablename__ = "advance_row"
    __table_args__ = (
        UniqueConstraint("advance_id", "number"),
        CheckConstraint(
            "principal_paid between 0 and principal and interest_paid between 0 and interest",
            name="never_pay_more_than_owed",
        ),
        {"info": {"frozen": "advance_id number due_on"}},
    )

    advance_id: Mapped[int] = mapped_column(ForeignKey("advance.id"))
    number: Mapped[int]
    due_on: Mapped[date]
    principal: Mapped[int] = mapped_column(BigInteger)
    principal_paid: Mapped[int] = mapped_column(BigInteger, default=0)
    interest: Mapped[int] = mapped_column(BigInteger, default=0)
    interest_paid: Mapped[int] = mapped_column(BigInteger, default=0)
    fell_due: Mapped[bool] = mapped_column(default=False)

    @property
    def owed(self) -> int:
        return self.principal - self.principal_paid + self.interest - self.interest_paid


class Pledge(Model):
    """An order line that backs an advance; one line backs one advance at a time.

    principal    advanced against it; `recourse` of what is open is due apart from its order
    due_on       when the recourse must be paid; interest on it runs from that day
    micro        interest so far in millionths of a minor unit; `interest` of it is in the book
    """

    __tablename__ = "pledge"
    __table_args__ = (
        Index("uq_pledge_line", "line_id", unique=True, postgresql_where="closed_on is null"),
        CheckConstraint(
            "principal > 0 and paid between 0 and principal "
            "and recourse between 0 and principal - paid",
            name="never_repay_more_than_lent",
        ),
        CheckConstraint("interest_paid between 0 and interest", name="never_pay_more_interest"),
        {"info": {"frozen": "advance_id seller_id line_id order_number amount principal"}},
    )

    advance_id: Mapped[int] = mapped_column(ForeignKey("advance.id"), index=True)
    seller_id: Mapped[int] = mapped_column(BigInteger, index=True)
    line_id: Mapped[int] = mapped_column(BigInteger)
    order_number: Mapped[str] = mapped_column(String(20), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    principal: Mapped[int] = mapped_column(BigInteger)
    paid: Mapped[int] = mapped_column(BigInteger, default=0)
    recourse: Mapped[int] = mapped_column(BigInteger, default=0)
    due_on: Mapped[date | None]
    micro: Mapped[int] = mapped_column(BigInteger, default=0)
    interest: Mapped[int] = mapped_column(BigInteger, default=0)
    interest_paid: Mapped[int] = mapped_column(BigInteger, default=0)
    accrued_until: Mapped[date]
    closed_on: Mapped[date | None]
    why: Mapped[str] = mapped_column(String(160), default="")

    advance: Mapped[Advance] = relationship(viewonly=True)

    @property
    def open(self) -> int:
        return self.principal - self.paid

    @property
    def interest_owed(self) -> int:
        return self.interest - self.interest_paid


class Remittance(Model):
    """One payment on an advance. `order_number`: whose release it came from, "" for the balance.

    entry    of its journal, where that has no other cause to be named by
    source   balance, wallet, card or reserve; back: of a fee, paid out to the balance beside it
    """

    __tablename__ = "remittance"
    __table_args__ = (
        CheckConstraint(
            "principal >= 0 and fee >= 0 or reason = 'corrected'", name="amounts_are_positive"
        ),
        CheckConstraint("back >= 0 or reason = 'corrected'", name="back_is_positive"),
        CheckConstraint("source in ('balance','wallet','card','reserve')", name="source_is_known"),
        {"info": {"append_only": True}},
    )

    advance_id: Mapped[int] = mapped_column(ForeignKey("advance.id"), index=True)
    seller_id: Mapped[int] = mapped_column(BigInteger, index=True)
    order_number: Mapped[str] = mapped_column(String(20), default="", index=True)
    reason: Mapped[str] = mapped_column(String(40))
    principal: Mapped[int] = mapped_column(BigInteger)
    fee: Mapped[int] = mapped_column(BigInteger)
    back: Mapped[int] = mapped_column(BigInteger, default=0)
    source: Mapped[str] = mapped_column(String(8), default="balance")
    entry: Mapped[int | None]
    tied: Mapped[bool]
    note: Mapped[str] = mapped_column(String(240), default="")
    on: Mapped[date]


class AdvanceEvent(Model):
    """What happened to an advance on a day, for the fold (`data`) and in words (`note`).

    amount   what was there to be taken, or is concerned; what it moved follows from the fold
    """

    __tablename__ = "advance_event"
    __table_args__ = {"info": {"append_only": True}}

    advance_id: Mapped[int] = mapped_column(ForeignKey("advance.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    note: Mapped[str] = mapped_column(String(240), default="")
    on: Mapped[date]


triggers.expect(
    {
        "advance_adds_up": "advance_adds_up",
        "advance_event_follows": "advance_follows",
        "advance_follows": "advance_follows",
        "advance_row_follows": "advance_follows",
        "pledge_follows": "advance_follows",
        "remittance_follows": "advance_follows",
        "remittance_stays_within": "share_stays_within",
    },
    {
        "share_stays_within": "a3cae3fe8df8575bff4543f7d704c26a",
        "advance_adds_up": "6155b16df5fd83e1e8d980fe2e9e7733",
        "advance_follows": "17840384b6627716286e8299df44b964",
        "advance_must_add_up": "359fe0cc77a90ca4255b8d1388ba9318",
        "advance_must_follow": "99ff8065adb713201d6ca99fbbffce41",
    },
)
