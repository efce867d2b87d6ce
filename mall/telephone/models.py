"""Who took which order by telephone."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class PhoneOrder(Model):
    """An operator asked a shopper's card for a checkout; kept for the card's bank and for complaints."""

    __tablename__ = "phone_order"
    __table_args__ = ({"info": {"append_only": True}},)

    checkout_number: Mapped[str] = mapped_column(String(20), unique=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
