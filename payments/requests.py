"""A request to the gateway frozen into an operation's row, and thawed from it."""

from datetime import datetime
from typing import Any

from core.money import Money
from payments.gateway import Charge, PayoutRequest, RefundRequest, Request
from payments.models import GatewayOp


def frozen(request: Request) -> dict[str, Any]:
    """The request as JSON, without what the row itself holds."""
    fields = {name: getattr(request, name) for name in request.__slots__}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in fields.items()
        if name not in ("op_id", "amount")
    }


def thawed(op: GatewayOp) -> Request:
    """The very same request, however often it is sent."""
    kept = {
        name: datetime.fromisoformat(value) if name.endswith("_at") else value
        for name, value in op.params.items()
    }
    kind = {"charge": Charge, "refund": RefundRequest, "payout": PayoutRequest}[op.kind]
    return kind(op_id=op.id, amount=Money(op.amount, op.currency), **kept)
