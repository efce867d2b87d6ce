"""Each seller's exposure, and the offers and contracts that reserve it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Model


class SellerExposure(Model):
    """All a seller owes the lender; whoever wants more, or pays back, locks this row first.

    used           principal of all advances that is not repaid, minor units
    held           what offers that are held set aside
    credit_limit   the most that both may be, as of the last decision; a trigger refuses to let
                   them grow beyond it
    hold           why no offer is made now, in words for the seller; "" when one may be
    """

    __tablename__ = "seller_exposure"
    __table_args__ = (
        CheckConstraint("used >= 0", name="used_is_positive"),
        CheckConstraint("held >= 0", name="held_is_positive"),
        {"info": {"frozen": "seller_id"}},
    )

    seller_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    used: Mapped[int] = mapped_column(BigInteger, default=0)
    held: Mapped[int] = mapped_column(BigInteger, default=0)
    credit_limit: Mapped[int] = mapped_column(BigInteger, default=0)
    hold: Mapped[str] = mapped_column(String(160), default="")
    held_by: Mapped[str] = mapped_column(String(40), default="")


HELD, DRAWN, PARTLY_REPAID, RELEASED = "held", "drawn", "partly_repaid", "released"


class SellerReservation(Model):
    """What one offer or contract takes of a seller's exposure: held → drawn → … → released.

    number       of the contract it is or will be
    amount       principal; `given` of it is repaid (or given up)
    expires_at   of a held offer: then it is released by itself
    offer        what was offered, firm until then (amount, months or share, rate or fee)
    """

    __tablename__ = "seller_reservation"
    __table_args__ = (
        Index("ix_seller_reservation_open", "seller_id", postgresql_where="state <> 'released'"),
        CheckConstraint("amount > 0 and given between 0 and amount", name="gives_at_most_all"),
        CheckConstraint(
            "case state when 'held' then given = 0 and expires_at is not null "
            "when 'drawn' then given = 0 when 'partly_repaid' then given > 0 and given < amount "
            "when 'released' then given = amount or advance_id is null else false end",
            name="state_fits_amounts",
        ),
        {"info": {"frozen": "seller_id number product currency amount decision_id offer"}},
    )

    seller_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    key: Mapped[str] = mapped_column(String(60), default="")
    product: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    given: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(14))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    advance_id: Mapped[int | None] = mapped_column(ForeignKey("advance.id"))
    offer: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    expires_at: Mapped[datetime | None]

    @property
    def open(self) -> int:
        return self.amount - self.given


triggers.expect(
    {
        "advance_is_reserved": "seller_limit_adds_up",
        "seller_exposure_adds_up": "seller_limit_adds_up",
        "seller_exposure_within": "seller_exposure_grows_within",
        "seller_reservation_adds_up": "seller_limit_adds_up",
    },
    {
        "seller_exposure_grows_within": "52c6773785f502e84f258082490f5ec3",
        "seller_limit_adds_up": "5685b03b7254d94c6e3db4e6e113d8bd",
        "seller_limit_must_add_up": "6181bd3ba473ba06c0d671c46d105213",
    },
)
