"""What other rooms see of a dispute: values, never rows."""

from dataclasses import dataclass
from datetime import datetime

from core.money import Money
from payments.disputes_model import Dispute
from payments.disputes_rules import ANSWERABLE, OPEN, reason_in_words


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute as rooms and pages see it.

    number      ours, `D-7K2M9Q4FA`; dispute_id: the gateway's
    amount      what is disputed; withdrawn: what the gateway has taken; reinstated: given back
    counted     how much of it the payment still held; the rest had been given back already
    reason      the bank's word; says: the same for people
    state       warning, needs_response, under_review, won, lost, closed_warning
    due_by      until when evidence is taken
    """

    number: str
    gateway: str
    dispute_id: str
    payment_id: int
    purpose: str
    payer_id: int
    amount: Money
    withdrawn: Money
    reinstated: Money
    fee: Money
    counted: Money
    borne: Money
    reason: str
    state: str
    due_by: datetime | None
    opened_at: datetime
    closed_at: datetime | None

    @property
    def says(self) -> str:
        return reason_in_words(self.reason)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def takes_evidence(self) -> bool:
        """Whether the bank still waits for our side."""
        return self.state in ANSWERABLE


def view_of(dispute: Dispute, purpose: str, payer_id: int) -> DisputeView:
    def money(minor: int) -> Money:
        return Money(minor, dispute.currency)

    return DisputeView(
        number=dispute.number,
        gateway=dispute.gateway,
        dispute_id=dispute.dispute_id,
        payment_id=dispute.payment_id,
        purpose=purpose,
        payer_id=payer_id,
        amount=dispute.money,
        withdrawn=money(dispute.withdrawn),
        reinstated=money(dispute.reinstated),
        fee=money(dispute.fee),
        counted=money(dispute.counted),
        borne=money(dispute.borne),
        reason=dispute.reason,
        state=dispute.state,
        due_by=dispute.due_by,
        opened_at=dispute.created_at,
        closed_at=dispute.closed_at,
    )
