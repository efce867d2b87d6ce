"""Stripe's objects, as plain dictionaries, read as answers of our port; pure."""

from typing import Any

from core.money import Money
from payments.gateway import Answer, UsedCard
from payments.rules import words

Thing = dict[str, Any]


def op_of(thing: Thing) -> int | None:
    """Whose operation it is, as we wrote into its metadata."""
    op = str((thing.get("metadata") or {}).get("op", ""))
    return int(op) if op.isdigit() else None


def of_session(session: Thing) -> Answer:
    """A Checkout Session: open until paid or expired; failed tries on its page do not end it."""
    intent = session.get("payment_intent")
    if session["status"] == "open":
        return Answer("requires_action", session["id"], action_url=session.get("url") or "")
    if session["status"] == "expired":
        return _refused(session["id"], "page_expired")
    if not isinstance(intent, dict):
        return Answer("processing", session["id"])
    if intent["status"] == "succeeded":
        return _succeeded(session["id"], intent)
    if intent["status"] in ("requires_capture", "canceled"):
        return _of_hold(session["id"], intent)
    return Answer("processing", session["id"])


def of_intent(intent: Thing) -> Answer:
    """A PaymentIntent of our own, or the one behind a hosted page (metadata via=page)."""
    hosted = (intent.get("metadata") or {}).get("via") == "page"
    object_id = "" if hosted else intent["id"]
    match intent["status"]:
        case "succeeded":
            return _succeeded(object_id, intent)
        case "processing":
            return Answer("processing", object_id)
        case "requires_capture" | "canceled":
            return _of_hold(object_id, intent)
        case _ if hosted:  # the shopper may still try another card there
            return Answer("requires_action")
        case "requires_action":
            return Answer("requires_action", intent["id"], action_url=_redirect(intent))
        case "requires_payment_method":
            error = intent.get("last_payment_error") or {}
            return _refused(intent["id"], error.get("decline_code") or error.get("code") or "")
        case _:
            return Answer("processing", intent["id"])


def _of_hold(object_id: str, intent: Thing) -> Answer:
    """Set aside on the card, or let go: by us, by time, or with the page it was on."""
    if intent["status"] == "requires_capture":
        return Answer("requires_capture", object_id, charge_id=intent["id"])
    if intent.get("capture_method") != "manual":
        hosted = not object_id or object_id.startswith("cs_")
        return _refused(object_id, "page_expired" if hosted else "canceled")
    by_time = intent.get("cancellation_reason") in ("automatic", "expired")
    return _refused(object_id, "capture_expired" if by_time else "canceled")


def of_capture(intent: Thing) -> Answer | None:
    """What became of a capture; None while the amount is still set aside."""
    match intent["status"]:
        case "succeeded":
            return _succeeded("", intent)
        case "requires_capture":
            return None
        case _:
            return _of_hold("", intent)


def of_cancel(intent: Thing) -> Answer | None:
    """What became of a cancel; None while the amount is still set aside."""
    match intent["status"]:
        case "canceled":
            return Answer("succeeded")
        case "requires_capture":
            return None
        case _:
            return _refused("", "already_captured")


def of_refund(refund: Thing) -> Answer:
    match refund["status"]:
        case "succeeded":
            return Answer("succeeded", refund["id"])
        case "failed" | "canceled":
            return _refused(refund["id"], refund.get("failure_reason") or refund["status"])
        case _:
            return Answer("processing", refund["id"])


def of_transfer(transfer: Thing, reversals: list[Thing]) -> Answer:
    """With the transfer the money is the seller's at Stripe.

    What we pulled back was an operation of its own; taken back whole by someone else, it failed.
    """
    if transfer.get("reversed") and not any(op_of(back) for back in reversals):
        return _refused(transfer["id"], "transfer_reversed")
    return Answer("succeeded", transfer["id"])


def of_reversal(reversal: Thing) -> Answer:
    return Answer("succeeded", reversal["id"])


def of_payout(payout: Thing) -> Answer:
    """A payout to a bank: on its way, arrived, or back in the balance (also after it had arrived)."""
    match payout["status"]:
        case "paid":
            return Answer("succeeded", payout["id"])
        case "failed" | "canceled":
            return _refused(payout["id"], payout.get("failure_code") or payout["status"])
        case _:
            return Answer("processing", payout["id"])


def _succeeded(object_id: str, intent: Thing) -> Answer:
    taken = intent.get("amount_received")
    return Answer(
        "succeeded",
        object_id,
        charge_id=intent["id"],
        fee=_fee(intent),
        card=used_card(intent.get("payment_method")),
        amount=Money(taken, intent["currency"].upper()) if taken else None,
    )


def _refused(object_id: str, code: str) -> Answer:
    return Answer("refused", object_id, code=code[:60], message=words(code, "refused"))


def _redirect(intent: Thing) -> str:
    action = intent.get("next_action") or {}
    return (action.get("redirect_to_url") or {}).get("url") or ""


def _fee(intent: Thing) -> Money | None:
    charge = intent.get("latest_charge")
    line = charge.get("balance_transaction") if isinstance(charge, dict) else None
    if not isinstance(line, dict) or line.get("fee") is None:
        return None
    return Money(line["fee"], line["currency"].upper())


def used_card(method: Any) -> UsedCard | None:
    """The card to charge again later, if Stripe keeps it for a customer."""
    if not isinstance(method, dict) or not method.get("customer") or not method.get("card"):
        return None
    card, keeper = method["card"], method["customer"]
    return UsedCard(
        token=method["id"],
        customer=keeper["id"] if isinstance(keeper, dict) else keeper,
        brand=str(card.get("brand", "card")).title()[:20],
        last4=card["last4"],
        expires=f"{card['exp_year']}-{card['exp_month']:02}",
        fingerprint=str(card.get("fingerprint") or ""),
    )
