"""The port to a card processor: what we ask, what it may answer, and what it tells us by itself."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

from core.errors import DomainError
from payments.asking import (
    Cancel,
    Capture,
    Charge,
    Evidence,
    OpenAccount,
    PayoutRequest,
    PlatformPayout,
    RefundRequest,
    Request,
    Reversal,
)
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

    def unasked(self, since: datetime) -> Iterator[Facts]:
        """What began there by itself since then, should its notices have got lost: disputes …

        Raises Unavailable.
        """
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

    def unasked(self, since: datetime) -> Iterator[Facts]:
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
