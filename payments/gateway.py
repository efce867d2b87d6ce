"""The port to a card processor: what we ask, what it may answer, and what it tells us by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.errors import DomainError
from core.money import Money


class Forged(DomainError):
    message = "This notice is not signed by the gateway."


@dataclass(frozen=True, slots=True)
class Charge:
    """Take `amount` from a card.

    op_id        our operation; `op-{op_id}` is the idempotency key and goes into the metadata
    source       token of a saved card; "" lets the shopper enter one on the gateway's own page
    customer     the gateway's name for the payer, if it has one
    off_session  the shopper is not there to authenticate
    return_url   where the gateway's page sends the shopper back to
    expires_at   until when the shopper may pay on that page
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
    """Send `amount` to a seller: `destination` is a bank account or the gateway's account id."""

    op_id: int
    payout_number: str
    destination: str
    amount: Money
    asked_at: datetime


Request = Charge | RefundRequest | PayoutRequest


@dataclass(frozen=True, slots=True)
class UsedCard:
    """A card the gateway keeps for us after a payment: a token, never its digits."""

    token: str
    customer: str
    brand: str
    last4: str
    expires: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request.

    state       succeeded, requires_action, processing, refused (definite: nothing moved) or
                unknown (no answer, or one that says nothing about the money)
    object_id   the gateway's id of what was made
    charge_id   what a refund must refer to, once money was taken
    code        the gateway's reason; `message` says it in the shopper's words
    action_url  where the shopper goes on
    fee         what the gateway keeps, when it is known already
    """

    state: str
    object_id: str = ""
    charge_id: str = ""
    code: str = ""
    message: str = ""
    action_url: str = ""
    fee: Money | None = None
    card: UsedCard | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something happened to `object_id`; only a hint: what is true is fetched."""

    event_id: str
    type: str
    object_id: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """The present state of the object a notice was about, and whose operation it is."""

    op_id: int
    answer: Answer


class Unavailable(Exception):
    """The gateway cannot be asked now."""


class Gateway(Protocol):
    """A card processor. Every call is outside any transaction and answers within the time-out."""

    name: str
    takes_digits: bool  # whether card numbers are entered on our own page

    def charge(self, request: Charge) -> Answer: ...

    def refund(self, request: RefundRequest) -> Answer: ...

    def pay_out(self, request: PayoutRequest) -> Answer: ...

    def look_up(self, request: Request, object_id: str) -> Answer | None:
        """What became of a request; None when it never arrived, `unknown` when one cannot say."""
        ...

    def save_card(self, person_id: int, number: str, expiry: str, cvc: str) -> UsedCard: ...

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Check the signature; raises Forged."""
        ...

    def fetch(self, notice: Notice) -> Fetched | None:
        """None when the notice is about nothing of ours; raises Unavailable."""
        ...


def send(gateway: Gateway, request: Request) -> Answer:
    """Ask the gateway with the call that fits the request."""
    match request:
        case Charge():
            return gateway.charge(request)
        case RefundRequest():
            return gateway.refund(request)
        case PayoutRequest():
            return gateway.pay_out(request)
