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


# When a saved card is asked again after a refusal, by the bank's word: days after each try.
_PASSING = (1, 1, 2)  # trouble on the way: soon, and not for long
_SHORT_OF_MONEY = (3, 4)  # also what banks say when they do not say why
_AGAIN: dict[str, tuple[int, ...]] = dict.fromkeys(
    ("processing_error", "issuer_not_available", "reenter_transaction", "try_again_later"),
    _PASSING,
) | dict.fromkeys(
    (
        "authentication_required",  # only the shopper can, who gets a link
        "authentication_not_handled",
        "approve_with_id",
        "lost_card",
        "stolen_card",
        "pickup_card",
        "restricted_card",
        "fraudulent",
        "merchant_blacklist",
        "expired_card",
        "incorrect_number",
        "invalid_number",
        "invalid_account",
        "invalid_expiry_month",
        "invalid_expiry_year",
        "incorrect_cvc",
        "invalid_cvc",
        "new_account_information_available",
        "card_not_supported",
        "currency_not_supported",
        "not_permitted",
        "service_not_allowed",
        "transaction_not_allowed",
        "do_not_try_again",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stop_payment_order",
        "no_such_card",
    ),
    (),
)


def retry_after(code: str, attempt: int) -> timedelta | None:
    """How long after the refusal `code` a saved card may be asked again; None: never by itself.

    attempt   how often this card has been asked for it so far, 1 after the first time
    """
    waits = _AGAIN.get(code, _SHORT_OF_MONEY)
    return timedelta(days=waits[attempt - 1]) if attempt <= len(waits) else None


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
    "paid_before": "An earlier try has paid this already. Nothing more was taken.",
    "charge_already_refunded": "This payment has already been given back.",
    "amount_too_large": "This is more than the payment still holds.",
    "canceled": "The amount set aside on the card was let go.",
    "capture_expired": "The amount set aside on the card was not taken in time and was let go.",
    "moto_needs_card": "By telephone only a saved card can be charged. Send a link to pay instead.",
    "no_answer_taken": "The bank takes no answer to this dispute any more.",
    "amount_too_fine": "Card processors take this currency in hundredths only.",
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
