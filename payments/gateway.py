"""The port to a card processor: what we ask, what it may answer, and what it tells us by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.errors import DomainError
from core.money import Money
from payments.facts import (
    Account,
    Answer,
    BalanceLine,
    CardSaved,
    Disputed,
    Facts,
    Fetched,
    Notice,
    PlatformPaid,
    SetUp,
    UsedCard,
)

__all__ = [
    "Account",
    "Answer",
    "BalanceLine",
    "Cancel",
    "Capture",
    "CardSaved",
    "Charge",
    "Disputed",
    "Evidence",
    "Facts",
    "Fetched",
    "Forged",
    "Gateway",
    "Notice",
    "OpenAccount",
    "PayoutRequest",
    "PlatformPaid",
    "PlatformPayout",
    "RefundRequest",
    "Request",
    "Reversal",
    "SetUp",
    "Simple",
    "Unavailable",
    "UsedCard",
    "send",
]


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
class Evidence:
    """Say why a disputed charge was right: `fields` by the names of `rules.EVIDENCE`.

    amount   what is disputed
    submit   hand it to the bank now (once, as a rule); else it stays a draft
    """

    op_id: int
    dispute_id: str
    fields: dict[str, str]
    submit: bool
    amount: Money
    asked_at: datetime


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


class Unavailable(Exception):
    """The gateway cannot be asked now."""


class Gateway(Protocol):
    """A card processor. Every call is outside any transaction and answers within the time-out."""

    name: str
    takes_digits: bool  # whether card numbers are entered on our own page

    def charge(self, request: Charge) -> Answer: ...

    def refund(self, request: RefundRequest) -> Answer: ...

    def pay_out(self, request: PayoutRequest) -> Answer: ...

    def capture(self, request: Capture) -> Answer: ...

    def cancel(self, request: Cancel) -> Answer: ...

    def reverse(self, request: Reversal) -> Answer: ...

    def platform_payout(self, request: PlatformPayout) -> Answer: ...

    def evidence(self, request: Evidence) -> Answer: ...

    def look_up(self, request: Request, object_id: str) -> Answer | None:
        """What became of a request; None when it never arrived, `unknown` when one cannot say."""
        ...

    def save_card(self, person_id: int, number: str, expiry: str, cvc: str) -> UsedCard: ...

    def setup_page(self, person_id: int, return_url: str, customer: str = "") -> SetUp:
        """The gateway's own page that saves a card without paying; raises Unavailable."""
        ...

    def open_account(self, request: OpenAccount) -> Account:
        """The seller's account; raises Unavailable, or InvalidInput with what is wrong."""
        ...

    def balance_lines(self, since: datetime, until: datetime) -> Iterator[BalanceLine]:
        """Every movement of our balance there, the oldest last; raises Unavailable."""
        ...

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Check the signature; raises Forged."""
        ...

    def fetch(self, notice: Notice) -> Facts | None:
        """None when the notice is about nothing of ours; raises Unavailable."""
        ...


_NEVER = Answer("refused", code="not_possible_here")


class Simple:
    """What a gateway answers that has no holds, accounts, disputes or balance of its own."""

    def capture(self, request: Capture) -> Answer:
        return _NEVER

    def cancel(self, request: Cancel) -> Answer:
        return _NEVER

    def reverse(self, request: Reversal) -> Answer:
        return _NEVER

    def platform_payout(self, request: PlatformPayout) -> Answer:
        return _NEVER

    def evidence(self, request: Evidence) -> Answer:
        return _NEVER

    def setup_page(self, person_id: int, return_url: str, customer: str = "") -> SetUp:
        return SetUp("")

    def open_account(self, request: OpenAccount) -> Account:
        return Account(f"{request.seller_id}", "", payouts_enabled=True)

    def balance_lines(self, since: datetime, until: datetime) -> Iterator[BalanceLine]:
        return iter(())


def send(gateway: Gateway, request: Request) -> Answer:
    """Ask the gateway with the call that fits the request."""
    match request:
        case Charge():
            return gateway.charge(request)
        case Capture():
            return gateway.capture(request)
        case Cancel():
            return gateway.cancel(request)
        case RefundRequest():
            return gateway.refund(request)
        case PayoutRequest():
            return gateway.pay_out(request)
        case Reversal():
            return gateway.reverse(request)
        case PlatformPayout():
            return gateway.platform_payout(request)
        case Evidence():
            return gateway.evidence(request)
