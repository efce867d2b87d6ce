"""Loans to shoppers, their rows, what happened to them, and each person's one exposure."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import triggers
from core.db import Model
from core.money import Money
from finance.lending.as_if import Standing
from finance.lending.life import terms as life_terms
from finance.loans.rules import ClaimState, LoanState, RowState


class Exposure(Model):
    """All a person owes or has reserved; whoever wants more locks this row first.

    used           sum of the person's open claims, minor units
    own_ceiling    a lower limit the person chose; None: the lender's
    raised_from    when `raised_ceiling` (None: the lender's limit) takes its place
    waived_late_on the day the first late fee ever was waived
    """

    __tablename__ = "exposure"
    __table_args__ = (
        CheckConstraint("used >= 0", name="used_is_positive"),
        {"info": {"frozen": "person_id"}},
    )

    person_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    used: Mapped[int] = mapped_column(BigInteger, default=0)
    own_ceiling: Mapped[int | None] = mapped_column(BigInteger)
    raised_ceiling: Mapped[int | None] = mapped_column(BigInteger)
    raised_from: Mapped[datetime | None]
    paused_until: Mapped[date | None]
    waived_late_on: Mapped[date | None]

    def ceiling_at(self, at: datetime) -> int | None:
        """The person's own ceiling at this instant."""
        if self.raised_from is not None and self.raised_from <= at:
            return self.raised_ceiling
        return self.own_ceiling


class Claim(Model):
    """A part of a person's limit, from a checkout's hold to the last repayment."""

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_is_positive"),
        CheckConstraint(
            "state in ('held','drawn','partly_repaid','released')", name="state_is_known"
        ),
        CheckConstraint("state <> 'released' or amount = 0", name="released_claims_nothing"),
        {"info": {"frozen": "person_id ref"}},
    )

    person_id: Mapped[int] = mapped_column(BigInteger, index=True)
    ref: Mapped[str] = mapped_column(String(40), unique=True)  # the checkout's number
    amount: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(14), default=ClaimState.HELD)
    expires_at: Mapped[datetime | None] = mapped_column(index=True)


class Loan(Model):
    """One purchase in parts. Amounts in minor units of `currency`.

    What may change here and in rows, orders and payments is the cache of a fold of the events.

    principal     what was financed; `refunded` of it was returned since
    months        number of rows; terms: how they were made (finance.lending.life.terms)
    began_on      the day of the purchase; starts_on: the last order's receipt, None before it
    provisioned   what earlier releases set aside; it moved to `loan_standing`
    recovered     paid after it was charged off
    """

    __tablename__ = "loan"
    __table_args__ = (
        Index("ix_loan_borrower", "borrower_id", "state"),
        Index("ix_loan_state", "state", "id"),
        CheckConstraint("state in ('active','paid','void','charged_off')", name="state_is_known"),
        CheckConstraint("principal > 0 and months > 0", name="terms_are_positive"),
        CheckConstraint("refunded between 0 and principal", name="never_refund_more_than_lent"),
        CheckConstraint("provisioned >= 0 and recovered >= 0", name="amounts_are_positive"),
        {
            "info": {
                "frozen": "number borrower_id product checkout_number decision_id principal currency "
                "months monthly_fee_ppm terms apr_ppm began_on"
            }
        },
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    borrower_id: Mapped[int] = mapped_column(BigInteger)
    product: Mapped[str] = mapped_column(String(30))
    checkout_number: Mapped[str] = mapped_column(String(20), unique=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    principal: Mapped[int] = mapped_column(BigInteger)
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3))
    months: Mapped[int] = mapped_column(SmallInteger)
    monthly_fee_ppm: Mapped[int]
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    apr_ppm: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default=LoanState.ACTIVE)
    began_on: Mapped[date]
    starts_on: Mapped[date | None]
    autopay_card_id: Mapped[int | None] = mapped_column(BigInteger)
    defaulted_on: Mapped[date | None]
    charged_off_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    provisioned: Mapped[int] = mapped_column(BigInteger, default=0)
    recovered: Mapped[int] = mapped_column(BigInteger, default=0)

    rows: Mapped[list["Installment"]] = relationship(order_by="Installment.number")
    orders: Mapped[list["LoanOrder"]] = relationship(order_by="LoanOrder.id")
    payments: Mapped[list["LoanPayment"]] = relationship(order_by="LoanPayment.id")
    events: Mapped[list["LoanEvent"]] = relationship(order_by="LoanEvent.id")

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    @property
    def principal_owed(self) -> Money:
        return self.money(sum(row.principal - row.principal_paid for row in self.rows))

    @property
    def interest_owed(self) -> Money:
        """Fees earned and not paid."""
        return self.money(sum(row.fee - row.fee_paid for row in self.rows if row.accrued_on))

    @property
    def late_fee_owed(self) -> Money:
        return self.money(sum(row.late_fee - row.late_fee_paid for row in self.rows))

    @property
    def is_by_day(self) -> bool:
        """Whether it is a purchase on a line: billed and paid with the line's statements."""
        return bool(self.terms.get("pricing") == life_terms.DAILY)

    @property
    def is_running(self) -> bool:
        return self.state == LoanState.ACTIVE


class LoanOrder(Model):
    """One order a loan paid for. `paused`: under a return or dispute, so not due."""

    __tablename__ = "loan_order"
    __table_args__ = (
        CheckConstraint("refunded between 0 and amount", name="never_refund_more_than_lent"),
        CheckConstraint("paused between 0 and amount", name="never_pause_more_than_lent"),
        {"info": {"frozen": "loan_id order_number seller_id amount"}},
    )

    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), index=True)
    order_number: Mapped[str] = mapped_column(String(20), unique=True)
    seller_id: Mapped[int] = mapped_column(BigInteger, index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    paused: Mapped[int] = mapped_column(BigInteger, default=0)
    shipped_on: Mapped[date | None]
    received_on: Mapped[date | None]


class Installment(Model):
    """One row of a plan. A fee is earned (`accrued_on`) when due, or when paid in advance."""

    __tablename__ = "installment"
    __table_args__ = (
        Unique("loan_id", "number"),
        Index("ix_installment_due", "state", "due_on"),
        CheckConstraint("principal_paid between 0 and principal", name="principal_paid_fits"),
        CheckConstraint("fee_paid between 0 and fee", name="fee_paid_fits"),
        CheckConstraint("fee_paid = 0 or accrued_on is not null", name="fee_is_earned_when_paid"),
        CheckConstraint("late_fee_paid between 0 and late_fee", name="late_fee_paid_fits"),
        CheckConstraint("paused >= 0", name="paused_is_positive"),
        CheckConstraint("state in ('scheduled','due','late','paid','void')", name="state_is_known"),
        {"info": {"frozen": "loan_id number"}},
    )

    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    due_on: Mapped[date]
    principal: Mapped[int] = mapped_column(BigInteger)
    fee: Mapped[int] = mapped_column(BigInteger)
    late_fee: Mapped[int] = mapped_column(BigInteger, default=0)
    principal_paid: Mapped[int] = mapped_column(BigInteger, default=0)
    fee_paid: Mapped[int] = mapped_column(BigInteger, default=0)
    late_fee_paid: Mapped[int] = mapped_column(BigInteger, default=0)
    paused: Mapped[int] = mapped_column(BigInteger, default=0)
    fee_free: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default=RowState.SCHEDULED)
    accrued_on: Mapped[date | None]
    late_fee_on: Mapped[date | None]  # decided: charged, waived, or nothing to charge
    paid_on: Mapped[date | None]

    @property
    def payment(self) -> int:
        return self.principal + self.fee

    @property
    def owed(self) -> int:
        """What is left to pay, the late fee included, a paused part too."""
        paid = self.principal_paid + self.fee_paid + self.late_fee_paid
        return self.payment + self.late_fee - paid

    @property
    def payable(self) -> int:
        """What is left to pay without the part under a return or dispute."""
        return max(0, self.owed - self.paused)

    def standing(self, currency: str) -> Standing:
        return Standing(
            self.number,
            self.due_on,
            Money(self.principal, currency),
            Money(self.fee, currency),
            Money(self.principal_paid, currency),
            Money(self.fee_paid, currency),
            accrued=self.accrued_on is not None,
            fee_free=self.fee_free,
        )


class LoanPayment(Model):
    """Money a shopper paid on a loan; `payment_id` None: from the wallet. `returned` went back.

    One payment pays several purchases of a line, each its part.
    """

    __tablename__ = "loan_payment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("returned between 0 and amount", name="never_return_more_than_paid"),
        Unique("loan_id", "payment_id"),
        {"info": {"frozen": "loan_id payment_id on amount"}},
    )

    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(BigInteger)
    on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    returned: Mapped[int] = mapped_column(BigInteger, default=0)


class LoanEvent(Model):
    """What happened to a loan; append-only. `key` makes each thing happen once.

    on      the business day it counts for; entry: 1, 2, 3 … in the order of being written
    """

    __tablename__ = "loan_event"
    __table_args__ = (
        Unique("loan_id", "key"),
        Unique("loan_id", "entry"),
        {"info": {"append_only": True}},
    )

    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"))
    entry: Mapped[int]
    key: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20), index=True)
    on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
    ref: Mapped[str] = mapped_column(String(40), default="")  # order, refund or payment
    note: Mapped[str] = mapped_column(String(240), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


triggers.expect(
    {
        "claim_adds_up": "claim_adds_up",
        "exposure_adds_up": "claim_adds_up",
        "installment_adds_up": "loan_adds_up",
        "installment_follows": "loan_follows",
        "loan_adds_up": "loan_adds_up",
        "loan_event_follows": "loan_follows",
        "loan_event_stays": "lender_refuse",
        "loan_follows": "loan_follows",
        "loan_order_follows": "loan_follows",
        "loan_payment_adds_up": "loan_adds_up",
        "loan_payment_follows": "loan_follows",
    },
    {
        "claim_adds_up": "38825cbf4d981456ee781a91dacc5aea",
        "claim_must_add_up": "9122775284fd018417b693ef8a55cbf7",
        "limit_must_add_up": "914d3a0faff2260f7ea36251ee629806",
        "loan_adds_up": "5ee88c9003e2e4b98880573d02bc1561",
        "loan_follows": "a7b53e7888443848a9c55c2606a93812",
        "loan_must_add_up": "48398548f5c183b817a939643d37c084",
        "loan_must_follow": "b33bdf651fcde21a7ec49cccb484ad43",
        "loan_parts_must_follow": "68a324ee93918cac24a50aba7b5f2db3",
    },
)
