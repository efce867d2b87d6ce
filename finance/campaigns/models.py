"""Campaigns of sellers, and what each financed order costs its seller."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Model
from core.money import Money


class Campaign(Model):
    """A seller takes over the whole fee of some plans. Amounts in minor units of `currency`.

    product_ids    what it is for; empty: everything the shop sells
    tenors         the numbers of monthly payments it makes free
    budget         never spent beyond; `spent` is promised or taken, less what came back
    per_order_cap  an order whose fee is more is not covered
    fallback       b3: who is not covered sees the usual plans; paynow: no plan of these tenors
    hold_out_ppm   the share of shoppers who never see it, so that its effect can be measured
    """

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("state in ('running','paused','ended')", name="state_is_known"),
        CheckConstraint("fallback in ('b3','paynow')", name="fallback_is_known"),
        CheckConstraint("spent between 0 and budget", name="never_spend_beyond_the_budget"),
        CheckConstraint("per_order_cap > 0 and ends_on >= starts_on", name="terms_make_sense"),
        CheckConstraint("hold_out_ppm between 0 and 500000", name="hold_out_is_a_part"),
        {
            "info": {
                "frozen": "number seller_id product_ids tenors starts_on per_order_cap fallback "
                "hold_out_ppm currency"
            }
        },
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    seller_id: Mapped[int] = mapped_column(BigInteger, index=True)
    title: Mapped[str] = mapped_column(String(80))
    product_ids: Mapped[list[int]] = mapped_column(JSONB, default=list)
    tenors: Mapped[list[int]] = mapped_column(JSONB)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    budget: Mapped[int] = mapped_column(BigInteger)
    spent: Mapped[int] = mapped_column(BigInteger, default=0)
    per_order_cap: Mapped[int] = mapped_column(BigInteger)
    fallback: Mapped[str] = mapped_column(String(8), default="b3")
    hold_out_ppm: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(8), default="running")
    key: Mapped[str] = mapped_column(String(60), unique=True)  # of the form: sent twice is once

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    def is_open(self, on: date) -> bool:
        return self.state == "running" and self.starts_on <= on <= self.ends_on


class Subsidy(Model):
    """What a seller pays for the plan that financed an order; one an order.

    financed    of the order, of which `returned` was given back since
    amount      for all of it; what is due is its share of what is still financed
    taken       out of settlements; `given_back` of it after a return; `earned` of the rest
    backs       {refund: what it gave back}
    """

    __tablename__ = "subsidy"
    __table_args__ = (
        CheckConstraint("amount > 0 and financed > 0", name="amounts_are_positive"),
        CheckConstraint("returned between 0 and financed", name="never_return_more_than_lent"),
        CheckConstraint("given_back between 0 and taken", name="never_give_back_more_than_taken"),
        CheckConstraint("earned between 0 and taken - given_back", name="earn_what_was_taken"),
        CheckConstraint("taken - given_back <= amount", name="never_take_more_than_agreed"),
        {
            "info": {
                "frozen": "loan_number order_number seller_id campaign_id amount financed currency"
            }
        },
    )

    loan_number: Mapped[str] = mapped_column(String(20), index=True)
    order_number: Mapped[str] = mapped_column(String(20), unique=True)
    seller_id: Mapped[int] = mapped_column(BigInteger, index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    financed: Mapped[int] = mapped_column(BigInteger)
    returned: Mapped[int] = mapped_column(BigInteger, default=0)
    taken: Mapped[int] = mapped_column(BigInteger, default=0)
    given_back: Mapped[int] = mapped_column(BigInteger, default=0)
    backs: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)
    earned: Mapped[int] = mapped_column(BigInteger, default=0)
    released_on: Mapped[date | None]
    currency: Mapped[str] = mapped_column(String(3))

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    @property
    def agreed(self) -> int:
        """Due for what is still financed, rounded half-up."""
        left = self.financed - self.returned
        return (2 * self.amount * left + self.financed) // (2 * self.financed)

    @property
    def due(self) -> int:
        """Still to be taken."""
        return max(0, self.agreed - (self.taken - self.given_back))


triggers.expect(
    {"subsidy_adds_up": "subsidy_adds_up", "subsidy_stays": "subsidy_stays"},
    {
        "subsidy_adds_up": "16acfd5ad42a87f4868266f91a635eb8",
        "subsidy_stays": "1fc6e9b716a9b680b28e7e4641a9d170",
    },
)
