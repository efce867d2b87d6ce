"""A request to the gateway frozen into an operation's row, and thawed from it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from core.money import Money
from payments import disputes_files
from payments.gateway import (
    Cancel,
    Capture,
    Charge,
    Evidence,
    PayoutRequest,
    PlatformPayout,
    RefundRequest,
    Request,
    Reversal,
)
from payments.models import GatewayOp

_KINDS: dict[str, Callable[..., Request]] = {
    "charge": Charge,
    "capture": Capture,
    "cancel": Cancel,
    "refund": RefundRequest,
    "payout": PayoutRequest,
    "reversal": Reversal,
    "platform": PlatformPayout,
    "evidence": Evidence,
}


def kind_of(request: Request) -> str:
    """What an operation's row calls this request."""
    return next(name for name, kind in _KINDS.items() if kind is type(request))


def frozen(request: Request) -> dict[str, Any]:
    """The request as JSON, without what the row itself holds."""
    fields = {name: getattr(request, name) for name in request.__slots__}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in fields.items()
        if name not in ("op_id", "amount", "documents")
    }


def thawed(op: GatewayOp) -> Request:
    """The very same request, however often it is sent."""
    kept: dict[str, Any] = {
        name: datetime.fromisoformat(value) if name.endswith("_at") else value
        for name, value in op.params.items()
    }
    if kept.get("files"):
        kept["documents"] = disputes_files.documents(op.id, kept["files"])
    return _KINDS[op.kind](op_id=op.id, amount=Money(op.amount, op.currency), **kept)
