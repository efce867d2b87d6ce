"""Who bears a lost dispute, what each seller's share is, and what the bank may be shown; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.money import Money

NOT_THEIRS = ("fraudulent", "unrecognized")  # the cardholder says it was somebody else
OF_THE_MALL = (  # nothing a seller could have done otherwise
    "duplicate",
    "bank_cannot_process",
    "check_returned",
    "debit_not_authorized",
    "incorrect_account_details",
    "insufficient_funds",
)
REMIND_BEFORE = timedelta(days=3)  # sellers are told again so long before the deadline
ANSWER_BEFORE = timedelta(days=1)  # the mall answers by itself so long before the deadline


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands in the records about an order's parcel and refunds.

    tracking      the carrier's number, empty when it never left
    delivered_at  scanned by the carrier at the door; received_at: confirmed by the shopper herself
    promised      a refund had been accepted that has not reached the card
    """

    tracking: str = ""
    first_scan_at: datetime | None = None
    delivered_at: datetime | None = None
    received_at: datetime | None = None
    promised: bool = False

    @property
    def arrived(self) -> bool:
        return bool(self.tracking) and (self.delivered_at or self.received_at) is not None


@dataclass(frozen=True, slots=True)
class Bearer:
    """`seller` or `mall`, and the sentence that says why."""

    who: str
    why: str


def bearer_of(reason: str, proof: Proof) -> Bearer:
    """Who bears a lost dispute of an order: the table of `docs/payments.md`."""
    if reason in OF_THE_MALL:
        return Bearer("mall", "The payment went wrong, not the sale: the mall bears it.")
    if reason == "credit_not_processed" and proof.promised:
        return Bearer("mall", "The refund was accepted in time and the mall had not sent it.")
    if reason in NOT_THEIRS and proof.arrived:
        return Bearer("mall", "Sent and delivered as ordered: the mall let the payment through.")
    if reason == "product_not_received" and proof.arrived:
        return Bearer("mall", "The carrier delivered it: the mall bears the bank's verdict.")
    if reason in NOT_THEIRS:
        return Bearer("seller", "There is no proof that it was delivered.")
    return Bearer("seller", "A complaint about the sale is the shop's matter.")


def shares(amount: Money, left: Sequence[Money]) -> list[Money]:
    """How much of a disputed `amount` falls on each order of which `left` can be given back.

    One order's exact amount is that order's; else in proportion, never more than is left.
    """
    zero = Money.zero(amount.currency)
    whole = sum((each.minor for each in left), 0)
    alone = [place for place, each in enumerate(left) if each and each == amount]
    if alone and amount.minor < whole:
        return [amount if place == alone[0] else zero for place in range(len(left))]
    if amount.minor >= whole:
        return list(left)
    return amount.split([each.minor for each in left])
