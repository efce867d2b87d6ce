"""What other rooms see of a payment and of an operation: values, never rows."""

from dataclasses import dataclass

from core.money import Money
from payments.models import GatewayOp, Payment
from payments.rules import words


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment as a page shows it.

    state        intended, sending, unknown, requires_action, processing, refused, succeeded
    action_url   where the shopper confirms or pays, while the state is requires_action
    message      the state in the shopper's words
    op_id        what `drive` brings forward
    """

    id: int
    purpose: str
    payer_id: int
    amount: Money
    state: str
    captured: Money
    refunded: Money
    action_url: str
    message: str
    op_id: int
    gateway: str
    code: str = ""

    @property
    def waits_for_payer(self) -> bool:
        """Refused only because the payer was not there to confirm it."""
        return self.state == "refused" and self.code == "authentication_required"

    @property
    def is_open(self) -> bool:
        """Whether its answer is still to come."""
        return self.state not in ("refused", "succeeded")


def view_of(payment: Payment) -> PaymentView:
    return PaymentView(
        id=payment.id,
        purpose=payment.purpose,
        payer_id=payment.payer_id,
        amount=payment.money,
        state=payment.state,
        captured=Money(payment.captured_minor, payment.currency),
        refunded=Money(payment.refunded_minor, payment.currency),
        action_url=payment.action_url if payment.state == "requires_action" else "",
        message=payment.message or words(payment.code, payment.state),
        op_id=payment.op_id,
        gateway=payment.gateway,
        code=payment.code,
    )


@dataclass(frozen=True, slots=True)
class OpView:
    """One operation as a page or the terminal shows it."""

    id: int
    kind: str
    ref: str
    amount: Money
    state: str
    attempts: int
    object_id: str
    message: str


def op_view_of(op: GatewayOp) -> OpView:
    return OpView(
        id=op.id,
        kind=op.kind,
        ref=op.ref,
        amount=op.money,
        state=op.state,
        attempts=op.attempts,
        object_id=op.object_id or "",
        message=op.message or words(op.code, op.state),
    )
