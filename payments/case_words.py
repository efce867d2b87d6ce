"""The kinds of cases, in words: what each means and how one closes it; pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """title names it; `means` says what is so; `todo` how to close it.

    suspended   its amount lies in `suspense` while it is open, and must leave with it
    """

    title: str
    means: str
    todo: str
    suspended: bool = False


KINDS: dict[str, Kind] = {
    "unknown_money": Kind(
        "Money from nobody we know",
        "Money came to our account without a reference that belongs to a payment.",
        "Find the payment it is for and assign it, give it to a person's balance, or send it back.",
        suspended=True,
    ),
    "partial_transfer": Kind(
        "A transfer that is too small",
        "Less than asked has come for a payment. It waits for the rest.",
        "Nothing to do: the rest ends it; when the time runs out, what came goes to the balance.",
        suspended=True,
    ),
    "paid_too_much": Kind(
        "More than was asked, of nobody we know",
        "More came than was asked for, and who asked for it is not whose money it is.",
        "Give it to a person's balance, send it back, or keep it as income of the mall.",
        suspended=True,
    ),
    "other_currency": Kind(
        "Money in another currency",
        "Money came for a payment, but in another currency than was asked.",
        "Send it back, or change it at the bank and book both legs.",
        suspended=True,
    ),
    "unknown_debit": Kind(
        "Money left that we did not order",
        "Our account was debited without an order of ours, or with another amount.",
        "Say what it was: a fee of the bank, or ask the bank to return it and wait for that line.",
        suspended=True,
    ),
    "unknown_return": Kind(
        "Money came back that we cannot place",
        "The bank returned a payment which had not left, or had come back before.",
        "Compare both lines with the order; assign it, or send it on.",
        suspended=True,
    ),
    "return_refused": Kind(
        "Money that could not be sent back",
        "We tried to send a payer's money back and the bank refused or returned it.",
        "Ask the payer for another account; until then it stays in `refund_payable`.",
    ),
    "dispute_uncovered": Kind(
        "A dispute nobody covers",
        "A bank took back money that had been given back already, or a balance that was spent.",
        "Ask the bank to mind the refund, or the person to pay; else it stays our loss.",
    ),
    "reconciliation": Kind(
        "A difference nobody explained",
        "The gateway or the bank says otherwise than our book.",
        "Look at both sides; correct with a journal or at the gateway, then run it again.",
    ),
}
