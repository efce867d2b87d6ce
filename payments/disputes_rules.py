"""States of a dispute, which may follow which, and how a card network's reasons are named; pure."""

from dataclasses import dataclass

RANKS: dict[str, int] = {
    "warning": 0,  # an inquiry: the bank asks, no money has moved
    "needs_response": 1,
    "under_review": 2,
    "won": 3,
    "lost": 3,
    "closed_warning": 3,
}
STATES = tuple(RANKS)
OPEN = ("warning", "needs_response", "under_review")
CLOSED = ("won", "lost", "closed_warning")
ANSWERABLE = ("warning", "needs_response")

REASONS: dict[str, str] = {
    "fraudulent": "The cardholder says it was not they who paid",
    "unrecognized": "The cardholder does not recognize the payment",
    "product_not_received": "The cardholder says nothing came",
    "product_unacceptable": "The cardholder says it is not as described",
    "credit_not_processed": "The cardholder says a promised refund never came",
    "duplicate": "The cardholder says it was paid twice",
    "subscription_canceled": "The cardholder says it had been canceled",
    "general": "The cardholder objects",
}


def merged(here: str, told: str) -> str:
    """The state after being told `told` while in `here`: the higher rank wins, whatever came first.

    A verdict stands, but for one thing: a bank may give back what it had awarded (lost, then won).
    """
    if here == "lost" and told == "won":
        return "won"
    return told if RANKS[told] > RANKS[here] else here


def reason_in_words(reason: str) -> str:
    """What the cardholder says, for sellers and admins."""
    return REASONS.get(reason, REASONS["general"])


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a payment is still there, in minor units."""

    captured: int
    refunded: int
    lost: int
    open: int

    def counts(self, amount: int, own: int = 0) -> int:
        """How much of a disputed `amount` the payment still holds; `own` is what it has counted.

        The rest had been given back already: the shopper is about to get it twice.
        """
        left = self.captured - self.refunded - self.lost - (self.open - own)
        return max(0, min(amount, left))
