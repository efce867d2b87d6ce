"""States of an operation and their ranks: what may follow what, and what the shopper is told; pure."""

from datetime import timedelta

RANKS: dict[str, int] = {
    "intended": 0,
    "sending": 1,
    "unknown": 2,
    "requires_action": 3,
    "processing": 4,
    "requires_capture": 5,  # authorized; a charge that is to be captured or canceled
    "refused": 6,
    "succeeded": 7,
    "failed": 8,  # succeeded, and taken back later; never a charge
}
STATES = tuple(RANKS)
KINDS = (
    "charge",
    "capture",
    "cancel",
    "refund",
    "payout",
    "reversal",
    "platform",
    "evidence",
)
MOVING = ("intended", "sending", "unknown", "processing")
FINAL = ("refused", "succeeded", "failed")

LEASE = timedelta(seconds=60)  # longer than a time-out of 10 s with its retries
SAFETY_NET = timedelta(seconds=20)  # the page drives first, the job only if the page died
RESEND_UNTIL = timedelta(hours=23)  # gateways forget idempotency keys after 24 hours
PAGE_OPEN = timedelta(hours=2)  # how long the gateway's own page takes a payment
_POLL = {
    "unknown": timedelta(seconds=10),
    "requires_action": timedelta(minutes=5),
    "processing": timedelta(minutes=10),
    "requires_capture": timedelta(minutes=30),
}
_POLL_MAX = timedelta(hours=1)


def merged(kind: str, here: str, told: str) -> str:
    """The state after being told `told` while in `here`: the higher rank wins, whatever came first.

    A refund or payout that had succeeded and is now refused has failed late; once refused it
    stays so, since an answer fetched earlier may arrive later. A charge that took money after
    seeming refused did take it.
    """
    if kind != "charge" and here in ("refused", "failed"):
        return here
    if kind != "charge" and here == "succeeded" and told == "refused":
        return "failed"
    return told if RANKS[told] > RANKS[here] else here


def next_poll(state: str, attempts: int) -> timedelta | None:
    """How long to wait before asking again; None when there is nothing left to ask."""
    first = _POLL.get(state)
    return min(first * 2 ** min(attempts, 12), _POLL_MAX) if first else None


WORDS: dict[str, str] = {
    "card_declined": "The bank declined the card. Try another card, or ask your bank.",
    "generic_decline": "The bank declined the card. Try another card, or ask your bank.",
    "insufficient_funds": "There is not enough money on this card. Try another card.",
    "expired_card": "The card has expired. Try another card.",
    "incorrect_cvc": "The security code is wrong. Enter the card again.",
    "lost_card": "The bank declined the card. Try another card, or ask your bank.",
    "stolen_card": "The bank declined the card. Try another card, or ask your bank.",
    "authentication_required": "The bank asks you to confirm this payment yourself.",
    "authentication_refused": "The payment was not confirmed with the bank. You can try again.",
    "authentication_expired": "The time to confirm the payment ran out. You can try again.",
    "page_expired": "The payment page was left open too long. You can try again.",
    "no_such_card": "This card is no longer saved. Choose another card.",
    "account_closed": "The bank account is closed. Enter another one.",
    "transfer_expired": "The transfer did not come in time. What comes later goes to your balance.",
    "not_carried_out": "The bank did not carry the payment out.",
    "sent_back": "The other bank sent the money back.",
    "no_account": "There is no such bank account. Check the number.",
    "charge_already_refunded": "This payment has already been given back.",
    "amount_too_large": "This is more than the payment still holds.",
    "canceled": "The amount set aside on the card was let go.",
    "capture_expired": "The amount set aside on the card was not taken in time and was let go.",
    "moto_needs_card": "By telephone only a saved card can be charged. Send a link to pay instead.",
    "no_answer_taken": "The bank takes no answer to this dispute any more.",
    "not_possible_here": "This way to pay cannot do that.",
}
_BY_STATE: dict[str, str] = {
    "intended": "The payment is about to start.",
    "sending": "The payment is under way.",
    "unknown": "We are checking with the bank whether the payment went through. Do not pay again.",
    "requires_action": "The bank asks you to confirm this payment.",
    "processing": "The bank is still working on the payment.",
    "requires_capture": "The amount is set aside on the card.",
    "refused": "The payment was refused. Try another card.",
    "succeeded": "Paid.",
    "failed": "The bank sent the money back.",
}


def words(code: str, state: str) -> str:
    """What to say to the person who pays or is paid."""
    return WORDS.get(code) or _BY_STATE[state]
