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
    if session.get("payment_status") == "unpaid" or not isinstance(intent, dict):
        return Answer("processing", session["id"])
    return _succeeded(session["id"], intent)


def of_intent(intent: Thing) -> Answer:
    """A PaymentIntent of our own, or the one behind a hosted page (metadata via=page)."""
    hosted = (intent.get("metadata") or {}).get("via") == "page"
    match intent["status"]:
        case "succeeded":
            return _succeeded("" if hosted else intent["id"], intent)
        case "processing":
            return Answer("processing", "" if hosted else intent["id"])
        case "canceled":
            return _refused("" if hosted else intent["id"], "page_expired" if hosted else "")
        case _ if hosted:  # the shopper may still try another card there
            return Answer("requires_action")
        case "requires_action":
            return Answer("requires_action", intent["id"], action_url=_redirect(intent))
        case "requires_payment_method":
            error = intent.get("last_payment_error") or {}
            return _refused(intent["id"], error.get("decline_code") or error.get("code") or "")
        case _:
            return Answer("processing", intent["id"])


def of_refund(refund: Thing) -> Answer:
    match refund["status"]:
        case "succeeded":
            return Answer("succeeded", refund["id"])
        case "failed" | "canceled":
            return _refused(refund["id"], refund.get("failure_reason") or refund["status"])
        case _:
            return Answer("processing", refund["id"])


def of_transfer(transfer: Thing) -> Answer:
    """With the transfer the money is the seller's at Stripe; a reversal takes it back."""
    if transfer.get("reversed"):
        return _refused(transfer["id"], "transfer_reversed")
    return Answer("succeeded", transfer["id"])


def _succeeded(object_id: str, intent: Thing) -> Answer:
    return Answer(
        "succeeded",
        object_id,
        charge_id=intent["id"],
        fee=_fee(intent),
        card=_used_card(intent),
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


def _used_card(intent: Thing) -> UsedCard | None:
    method = intent.get("payment_method")
    if not isinstance(method, dict) or not method.get("customer") or not method.get("card"):
        return None
    card = method["card"]
    customer = method["customer"]
    return UsedCard(
        token=method["id"],
        customer=customer["id"] if isinstance(customer, dict) else customer,
        brand=str(card.get("brand", "card")).title()[:20],
        last4=card["last4"],
        expires=f"{card['exp_year']}-{card['exp_month']:02}",
    )
