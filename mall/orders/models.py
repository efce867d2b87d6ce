"""Orders, their lines, steps, shipments and refunds."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import clock, triggers
from core.db import Model, db
from core.money import Money
from mall.orders.rules import OrderState, RefundState, check_move, check_refund_move
from mall.taxes.rules import Contained, Rate, by_rate, of_data

# a number made of the delivery address: the same place gives the same number
PLACE = (
    "hashtextextended((coalesce(address ->> 'line', '') || '|') "
    "|| coalesce(address ->> 'postcode', ''), 0)"
)


class Order(Model):
    """What one shopper buys from one seller in one checkout.

    `total` = `goods` + `shipping`, minor units. Frozen at the sale: `commission_ppm` (the mean
    of its lines' rates by amount) and `tax_ppm`, the tax of `tax_jurisdiction` on the commission.
    `refunded` counts accepted refunds, `disputed` what banks ask back and have not decided,
    `mall_bore` what they took back at the mall's cost: together never more than the total. `near`:
    to the shop's own city; `buyer_received`: orders the buyer had from other shops by then.
    """

    __tablename__ = "orders"  # `order` is a word of SQL
    __table_args__ = (
        Index("ix_orders_seller_state", "seller_id", "state", "id"),
        Index("ix_orders_buyer", "buyer_id", "id"),
        Index("ix_orders_place", text(PLACE), postgresql_where=text("paid_at is not null")),
        CheckConstraint(
            "total = goods + shipping and goods > 0 and shipping >= 0", name="total_adds_up"
        ),
        CheckConstraint(
            "refunded + disputed + mall_bore between 0 and total",
            name="never_refund_more_than_paid",
        ),
        CheckConstraint("least(refunded, disputed, mall_bore) >= 0", name="counters_are_positive"),
        CheckConstraint("promised_days between 0 and 60", name="promise_is_in_days"),
        {
            "info": {
                "frozen": "number checkout_id buyer_id seller_id goods shipping total currency "
                "commission_ppm tax_ppm tax_jurisdiction near promised_days buyer_received"
            }
        },
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    checkout_id: Mapped[int] = mapped_column(ForeignKey("checkout.id"), index=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"))
    state: Mapped[str] = mapped_column(String(12), default=OrderState.PLACED)
    goods: Mapped[int] = mapped_column(BigInteger)
    shipping: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    disputed: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    mall_bore: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    currency: Mapped[str] = mapped_column(String(3))
    commission_ppm: Mapped[int]
    tax_ppm: Mapped[int] = mapped_column(default=0)
    tax_jurisdiction: Mapped[str] = mapped_column(String(8), default="")
    shipping_choice: Mapped[str] = mapped_column(String(20))
    address: Mapped[dict[str, Any]] = mapped_column(
        JSONB
    )  # copy: recipient, line, city, region, postcode, country
    near: Mapped[bool | None]
    promised_days: Mapped[int | None] = mapped_column(SmallInteger)  # under way at most
    buyer_received: Mapped[int | None]
    paid_with: Mapped[str] = mapped_column(String(40), default="")  # offer key
    paid_at: Mapped[datetime | None] = mapped_column(index=True)
    ship_by: Mapped[datetime | None]  # promised
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    received_by_timer: Mapped[bool] = mapped_column(default=False)
    canceled_at: Mapped[datetime | None]
    canceled_by: Mapped[str] = mapped_column(String(10), default="")  # shopper, seller, mall
    cancel_reason: Mapped[str] = mapped_column(String(160), default="")

    lines: Mapped[list["OrderLine"]] = relationship(order_by="OrderLine.position")
    steps: Mapped[list["OrderStep"]] = relationship(order_by="OrderStep.id")
    shipment: Mapped["Shipment | None"] = relationship()
    refunds: Mapped[list["Refund"]] = relationship(order_by="Refund.id")

    def move_to(self, state: OrderState, *, by: str, why: str = "") -> None:
        """Move along the table of moves and remember who and why; raises IllegalMove."""
        check_move(OrderState(self.state), state)
        # added beside the order: appending would first read every earlier step
        step = OrderStep(order_id=self.id, came_from=self.state, went_to=state, by=by, why=why)
        db.session.add(step)
        self.state = state

    @property
    def money(self) -> Money:
        return Money(self.total, self.currency)

    @property
    def taxes(self) -> list[Contained]:
        """What its total contains, by rate, as it was bought."""
        return by_rate(
            [
                (Rate(line.tax_name, line.tax_ppm), Money(line.tax, self.currency))
                for line in self.lines
            ]
        )

    @property
    def left(self) -> Money:
        """What can still be given back: neither given back nor asked back by a bank."""
        return Money(self.total - self.refunded - self.disputed - self.mall_bore, self.currency)

    @property
    def deliver_by(self) -> datetime | None:
        """By when it was promised to arrive."""
        days = self.promised_days
        return self.ship_by + timedelta(days) if self.ship_by and days is not None else None

    @property
    def country(self) -> str:
        """Where it goes; "" for one of before countries were kept: the mall's own."""
        return str(self.address.get("country", ""))

    @property
    def in_dispute(self) -> bool:
        """Whether a bank has taken money of it and not decided yet: nothing is released then."""
        return self.disputed > 0


class OrderLine(Model):
    """A variant as it was sold: title, label and price are copies.

    `tax` is what `amount` and the line's share of the shipping contain, at `tax_ppm`: the seller's.
    """

    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint(
            "quantity > 0 and price > 0 and amount = quantity * price", name="amount_adds_up"
        ),
        CheckConstraint("returned between 0 and quantity", name="never_return_more_than_bought"),
        CheckConstraint("tax >= 0 and tax_ppm between 0 and 1000000", name="tax_is_a_part"),
        CheckConstraint("tax_ppm > 0 or tax = 0", name="no_tax_without_a_rate"),
        {
            "info": {
                "frozen": "order_id seller_id buyer_id product_id variant_id quantity price amount "
                "commission_ppm tax_class tax_name tax_ppm tax"
            }
        },
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    seller_id: Mapped[int] = mapped_column(BigInteger, index=True)
    buyer_id: Mapped[int] = mapped_column(BigInteger)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"))
    category_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(String(160))
    label: Mapped[str] = mapped_column(String(120), default="")
    picture: Mapped[str | None] = mapped_column(String(64))
    quantity: Mapped[int]
    price: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    returned: Mapped[int] = mapped_column(default=0)
    commission_ppm: Mapped[int | None]  # frozen at the sale; None: the order's
    tax_class: Mapped[str] = mapped_column(String(10), default="", server_default="")
    tax_name: Mapped[str] = mapped_column(String(10), default="", server_default="")  # VAT
    tax_ppm: Mapped[int] = mapped_column(default=0, server_default="0")
    tax: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class OrderStep(Model):
    """One move of an order."""

    __tablename__ = "order_step"
    __table_args__ = {"info": {"append_only": True}}

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    came_from: Mapped[str] = mapped_column(String(12))
    went_to: Mapped[str] = mapped_column(String(12))
    by: Mapped[str] = mapped_column(String(40))
    why: Mapped[str] = mapped_column(String(240), default="")


class Shipment(Model):
    """The parcel of an order and its way."""

    __tablename__ = "shipment"
    __table_args__ = ({"info": {"frozen": "order_id seller_id"}},)

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    seller_id: Mapped[int] = mapped_column(BigInteger, index=True)
    carrier: Mapped[str] = mapped_column(String(40))
    tracking: Mapped[str] = mapped_column(String(40))
    first_scan_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    weight_grams: Mapped[int | None]


class Refund(Model):
    """Money to give back for an order, asked by the shopper or given by seller or mall.

    `extra` is what the seller bears on top of `amount` (a financed order's fee, at fault);
    `sources` what each kind of account gave (below zero) or got, minor units, once it is accepted.
    """

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount > 0 and extra >= 0", name="amount_is_positive"),
        CheckConstraint("fault in ('seller','buyer','mall')", name="fault_is_known"),
        {"info": {"frozen": "number order_id seller_id buyer_id currency key"}},
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    seller_id: Mapped[int] = mapped_column(BigInteger, index=True)
    buyer_id: Mapped[int] = mapped_column(BigInteger, index=True)
    state: Mapped[str] = mapped_column(String(10), default=RefundState.OPENED)
    amount: Mapped[int] = mapped_column(BigInteger)
    extra: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3))
    cause: Mapped[str] = mapped_column(String(20))  # rules.Cause
    fault: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text, default="")
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)  # {line_id, quantity}
    key: Mapped[str | None] = mapped_column(String(60), unique=True)  # of the form that gave it
    cards: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)  # {payment_id, amount}
    sources: Mapped[dict[str, int] | None] = mapped_column(JSONB)
    taxes: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)  # contained, once accepted
    why: Mapped[str] = mapped_column(String(240), default="")  # of a rejection or failure
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(40), default="")
    settled_at: Mapped[datetime | None]

    def move_to(self, state: RefundState, *, by: str) -> None:
        check_refund_move(RefundState(self.state), state)
        self.state, self.decided_by = state, by
        if self.decided_at is None:  # one that came back and is sent again was known before
            self.decided_at = clock.now()

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def contains(self) -> list[Contained]:
        """The tax in it, by rate; nothing before it is accepted."""
        return of_data(self.taxes or (), self.currency)


triggers.expect(
    {
        "order_adds_up": "order_adds_up",
        "order_is_of_its_checkout": "checkout_adds_up",
        "order_line_sold_adds_up": "sold_adds_up",
        "order_sold_adds_up": "sold_adds_up",
        "order_line_returned_adds_up": "returned_adds_up",
        "refund_adds_up": "refund_adds_up",
        "refund_decided_at_stays": "column_stays",
        "refund_returned_adds_up": "returned_adds_up",
        "refund_has_sources": "refund_has_sources",
        "refund_has_taxes": "refund_has_taxes",
        "refund_moves_by_rule": "refund_moves_by_rule",
        "refund_stays": "refund_stays",
        "refund_tax_is_pro_rata": "refund_tax_is_pro_rata",
    },
    {
        "order_adds_up": "eeb08f8008c8f6222980eb6bee88d005",
        "order_must_add_up": "0a3fbe7484a3b3c4cdfc897be4042652",
        "refund_adds_up": "a008d1c68650312d5917049904896270",
        "returned_adds_up": "86d75e7abd8bcf29605d8997627edf1c",
        "refund_contains": "3e7c2ba50ed836a941fb39bb48efc623",
        "refund_has_taxes": "3d79f08caeeb76bd2127472eb691d302",
        "refund_tax_is_pro_rata": "d7b6e12522838e39c36526687b2df228",
        "refund_has_sources": "3711ab47e0bdfe92b9b9b88b445c4200",
        "refund_moves_by_rule": "45d1ca00602ee22d4234968a2bac023b",
        "refund_stays": "d76d0d3e42312c6a0e33b0a317dd3d5f",
        "sold_adds_up": "601228e54c609b5c921bb282a0f0dd4d",
        "sold_must_add_up": "363d1dc90306d2ddfe850a0b1583b8ce",
    },
)
