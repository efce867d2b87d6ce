"""The state of a loan as plain data: how one begins that was lent before its events were kept whole."""

from dataclasses import asdict, fields
from datetime import date
from fractions import Fraction
from typing import Any

from finance.lending.life.events import Event
from finance.lending.life.state import Order, Payment, Row, State

_DAYS = {
    "due_on", "accrued_on", "late_fee_on", "paid_on", "received_on", "shipped_on",
    "starts_on", "defaulted_on", "charged_off_on", "closed_on",
}  # fmt: skip
LOAN = (
    "refunded", "state", "starts_on", "defaulted_on", "charged_off_on", "closed_on",
    "recovered",
)  # fmt: skip


def restore(state: State, event: Event) -> None:
    """Set the state to what `event.details` (rows, orders, payments, loan) say."""
    data = event.details
    state.rows = [Row(**_read(row, Row)) for row in data["rows"]]
    state.orders = {row["number"]: Order(**_read(row, Order)) for row in data["orders"]}
    state.payments = [
        Payment(-place, payment["amount"], payment["returned"])
        for place, payment in enumerate(reversed(data["payments"]))
    ][::-1]
    for name, value in _days({k: v for k, v in data["loan"].items() if k in LOAN}).items():
        setattr(state, name, value)


def _read(data: dict[str, Any], kind: type) -> dict[str, Any]:
    known = {f.name for f in fields(kind)} - {"keep"}
    return {name: value for name, value in _days(data).items() if name in known}


def _days(data: dict[str, Any]) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value) if name in _DAYS and value else value
        for name, value in data.items()
    }


def as_data(state: State) -> dict[str, Any]:
    """Rows, orders, payments and the loan's own fields, comparable and fit for JSON."""
    return {
        "rows": [_plain(asdict(row)) for row in state.rows],
        "orders": [_plain(asdict(order)) for order in state.orders.values()],
        "payments": [
            {"amount": p.amount, "returned": p.returned}
            for p in sorted(state.payments, key=lambda p: p.entry)
        ],
        "loan": _plain({name: getattr(state, name) for name in LOAN}),
    }


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in data.items()
        if not isinstance(value, Fraction)
    }
