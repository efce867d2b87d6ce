"""The JSON of each thing; money is whole minor units beside the text a person reads."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from core.money import Money
from mall.orders.models import Order, OrderLine, Refund, Shipment
from mall.payouts.models import Payout, SettlementLine
from mall.payouts.statements import Row
from mall.sellers.money_queries import Balances
from mall.taxes.rules import Contained

Json = dict[str, Any]


def money(amount: Money) -> Json:
    return {"minor": amount.minor, "currency": amount.currency, "text": amount.decimal_text()}


def _minor(minor: int, currency: str) -> Json:
    return money(Money(minor, currency))


def _at(instant: datetime | date | None) -> str | None:
    return None if instant is None else instant.isoformat()


def order(row: Order) -> Json:
    """An order in a list."""
    return {
        "number": row.number,
        "state": row.state,
        "paid_at": _at(row.paid_at),
        "ship_by": _at(row.ship_by),
        "total": _minor(row.total, row.currency),
        "refunded": _minor(row.refunded, row.currency),
        "lines": [_line(line, row.currency) for line in row.lines],
    }


def _line(line: OrderLine, currency: str) -> Json:
    return {
        "id": str(line.id),
        "title": line.title,
        "label": line.label,
        "quantity": line.quantity,
        "returned": line.returned,
        "price": _minor(line.price, currency),
        "tax": _minor(line.tax, currency),
        "tax_ppm": line.tax_ppm,
    }


def _taxes(taxes: Sequence[Contained]) -> list[Json]:
    """What an amount contains, by rate."""
    return [{"name": t.rate.name, "ppm": t.rate.ppm, "amount": money(t.amount)} for t in taxes]


def whole_order(row: Order, settlement: list[SettlementLine]) -> Json:
    """An order with all that hangs on it."""
    return order(row) | {
        "address": row.address,
        "taxes": _taxes(row.taxes),
        "shipping": _minor(row.shipping, row.currency),
        "shipped_at": _at(row.shipped_at),
        "delivered_at": _at(row.delivered_at),
        "received_at": _at(row.received_at),
        "canceled_at": _at(row.canceled_at),
        "shipment": shipment(row.shipment) if row.shipment else None,
        "refunds": [refund(each) for each in row.refunds],
        "settlement": [_settled(line) for line in settlement],
    }


def _settled(line: SettlementLine) -> Json:
    return {
        "step": line.step,
        "reason": line.reason,
        "amount": _minor(line.amount, line.currency),
        "contract": line.contract or None,
        "on": _at(line.on),
    }


def shipment(row: Shipment) -> Json:
    return {
        "carrier": row.carrier,
        "tracking": row.tracking,
        "first_scan_at": _at(row.first_scan_at),
        "delivered_at": _at(row.delivered_at),
    }


def refund(row: Refund) -> Json:
    return {
        "number": row.number,
        "state": row.state,
        "amount": _minor(row.amount, row.currency),
        "taxes": _taxes(row.contains),
        "cause": row.cause,
        "note": row.note,
        "created_at": _at(row.created_at),
    }


def payout(row: Payout) -> Json:
    return {
        "number": row.number,
        "state": row.state,
        "amount": _minor(row.amount, row.currency),
        "created_at": _at(row.created_at),
        "paid_at": _at(row.paid_at),
        "why": row.why,
    }


def balance(found: Balances) -> Json:
    return {
        "escrow": money(found.escrow),
        "available": money(found.payable),
        "reserve": money(found.reserve),
        "in_flight": money(found.in_flight),
        "owed": money(found.owed),
    }


def statement_row(row: Row) -> Json:
    return {
        "on": _at(row.on),
        "words": row.words,
        "about": row.about or None,
        "ref": row.ref,
        "contract": row.contract or None,
        "amount": money(row.amount),
        "balance": money(row.balance) if row.balance is not None else None,
        "taxes": _taxes(row.taxes),
    }
