"""What a gateway tells us: answers to what we asked, and facts nobody asked for."""

from dataclasses import dataclass
from datetime import datetime

from core.money import Money


@dataclass(frozen=True, slots=True)
class UsedCard:
    """A card the gateway keeps for us after a payment: a token, never its digits.

    fingerprint   the same for the same card whoever saved it, opaque; "" where the gateway has none
    """

    token: str
    customer: str
    brand: str
    last4: str
    expires: str
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request.

    state       succeeded, requires_action, processing, requires_capture (authorized, not taken),
                refused (definite: nothing moved) or unknown (no answer, or one that says nothing)
    object_id   the gateway's id of what was made
    charge_id   what a refund must refer to, once money was taken
    code        the gateway's reason; `message` says it in the shopper's words
    action_url  where the shopper goes on
    fee         what the gateway keeps, when it is known already
    amount      what was taken, where it may differ from what was asked (a partial capture)
    """

    state: str
    object_id: str = ""
    charge_id: str = ""
    code: str = ""
    message: str = ""
    action_url: str = ""
    fee: Money | None = None
    card: UsedCard | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something happened to `object_id`; only a hint: what is true is fetched.

    account   the seller's account it happened in; "" when it was our own
    """

    event_id: str
    type: str
    object_id: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The present state of the object a notice was about, and whose operation it is."""

    op_id: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Disputed:
    """A payer's bank asks for a charge back; the present state of that.

    charge_id    as `payment.charge_id` has it
    amount       what is disputed; fee: what the gateway keeps for the trouble, so far
    reason       the bank's word, such as fraudulent or product_not_received
    state        warning, needs_response, under_review, won, lost, closed_warning
    due_by       until when evidence is taken
    withdrawn    taken out of our balance for it (without the fee); reinstated: put back since
    """

    dispute_id: str
    charge_id: str
    amount: Money
    fee: Money
    reason: str
    state: str
    due_by: datetime | None
    withdrawn: Money
    reinstated: Money


@dataclass(frozen=True, slots=True)
class PlatformPaid:
    """A payout of our balance to our bank that the gateway began by itself.

    state   processing (on its way), succeeded (arrived) or failed (back in the balance)
    """

    payout_id: str
    number: str
    amount: Money
    state: str


@dataclass(frozen=True, slots=True)
class Account:
    """A seller's account at the gateway; `onboarding_url` is where the seller completes it."""

    id: str
    onboarding_url: str
    payouts_enabled: bool


@dataclass(frozen=True, slots=True)
class SetUp:
    """The gateway's page that saves a card; "" when cards are entered on our own."""

    url: str


@dataclass(frozen=True, slots=True)
class CardSaved:
    """A person saved a card on the gateway's page without paying."""

    person_id: int
    card: UsedCard


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One movement of our balance at the gateway: net = amount − fee, signed as the gateway does.

    type       charge, refund, transfer, transfer_reversal, payout, adjustment, stripe_fee …
    source_id  the object that moved it; op_id: our operation behind that, if it says so
    """

    id: str
    type: str
    amount: Money
    fee: Money
    net: Money
    currency: str
    source_id: str
    op_id: int | None
    at: datetime


Facts = Fetched | Disputed | PlatformPaid | Account | CardSaved
