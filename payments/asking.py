"""What a gateway can be asked: one frozen request for each kind of operation."""

from dataclasses import dataclass, field
from datetime import datetime

from core.money import Money

# what may be said of a disputed charge, as card processors name it
EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_tracking_number",
    "uncategorized_text",
)
EVIDENCE_FILES = (
    "shipping_documentation",
    "customer_communication",
    "receipt",
    "customer_signature",
    "service_documentation",
    "refund_policy",
    "duplicate_charge_documentation",
    "uncategorized_file",
)


@dataclass(frozen=True, slots=True)
class Charge:
    """Take `amount` from a card.

    op_id        our operation; `op-{op_id}` is the idempotency key and goes into the metadata
    source       token of a saved card; "" lets the shopper enter one on the gateway's own page
    customer     the gateway's name for the payer, if it has one
    off_session  the shopper is not there to authenticate
    return_url   where the gateway's page sends the shopper back to
    expires_at   until when the shopper may pay on that page
    moto         told by mail or telephone: an operator entered the card, nobody can authenticate
    capture      "automatic", or "manual": only authorized, to be captured or canceled in a week
    """

    op_id: int
    purpose: str
    amount: Money
    source: str
    description: str
    off_session: bool
    return_url: str
    expires_at: datetime
    asked_at: datetime
    customer: str = ""
    moto: bool = False
    capture: str = "automatic"


@dataclass(frozen=True, slots=True)
class Capture:
    """Take `amount` of what `charge_id` authorized; the rest is let go."""

    op_id: int
    charge_id: str
    amount: Money
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Cancel:
    """Let go of the whole `amount` that `charge_id` authorized."""

    op_id: int
    charge_id: str
    amount: Money
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Give `amount` of the charge `charge_id` back to the card it came from."""

    op_id: int
    charge_id: str
    refund_number: str
    amount: Money
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class PayoutRequest:
    """Send `amount` to a seller: `destination` is a bank account or the gateway's account id.

    charge_id   the one charge it is paid out of, where there is just one: it waits for that money
    holder      whose account it is, as their bank knows them; a payment order names them
    """

    op_id: int
    payout_number: str
    destination: str
    amount: Money
    asked_at: datetime
    charge_id: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Reversal:
    """Pull `amount` of the payout that made `transfer_id` back from the seller."""

    op_id: int
    payout_number: str
    transfer_id: str
    amount: Money
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class PlatformPayout:
    """Send `amount` of a balance at the gateway to a bank: ours, or that of the seller's `account`."""

    op_id: int
    number: str
    amount: Money
    asked_at: datetime
    account: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A file of evidence under one of the names of `EVIDENCE_FILES`."""

    field: str
    name: str  # with the ending of its media type
    body: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """Say why a disputed charge was right: `fields` by the names of `EVIDENCE`; or give in.

    amount     what is disputed
    submit     hand it to the bank now (once, as a rule); else it stays a draft
    files      digests of kept files, by the names of `EVIDENCE_FILES`
    close      nothing is said: the dispute is lost at once, for good
    documents  the files, taken from where they are kept when it is sent
    """

    op_id: int
    dispute_id: str
    fields: dict[str, str]
    submit: bool
    amount: Money
    asked_at: datetime
    files: dict[str, str] = field(default_factory=dict)
    close: bool = False
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """A seller wants an account at the gateway, or to complete the one she has (`account_id`).

    return_url   where the gateway's page sends her back to
    resend       it was asked before and the answer got lost: look for it first
    """

    op_id: int
    seller_id: int
    email: str
    country: str
    return_url: str
    asked_at: datetime
    account_id: str = ""
    resend: bool = False


Request = (
    Charge | Capture | Cancel | RefundRequest | PayoutRequest | Reversal | PlatformPayout | Evidence
)
