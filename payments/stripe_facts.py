"""Stripe's objects nobody asked us for, read as facts of our port; pure."""

from datetime import UTC, datetime
from typing import Any

from core.money import Money
from payments.facts import Account, BalanceLine, CardSaved, Disputed, PlatformPaid
from payments.stripe_answers import of_payout, op_of, used_card

Thing = dict[str, Any]

_DISPUTES = {
    "warning_needs_response": "warning",
    "warning_under_review": "warning",
    "needs_response": "needs_response",
    "appeal_needs_response": "needs_response",
    "under_review": "under_review",
    "appeal_under_review": "under_review",
    "won": "won",
    "lost": "lost",
    "warning_closed": "closed_warning",
    "prevented": "closed_warning",
}
# the same movement under the name our port has for it, where Stripe has several
_LINES = {
    "payment": "charge",
    "payment_refund": "refund",
    "transfer_refund": "transfer_reversal",
}


def money(amount: int, currency: str) -> Money:
    return Money(amount, currency.upper())


def moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def of_dispute(dispute: Thing) -> Disputed:
    """What was taken and put back stands in its lines of our balance, the fee beside them."""
    lines = dispute.get("balance_transactions") or []
    currency = (lines[0]["currency"] if lines else dispute["currency"]).upper()
    evidence = dispute.get("evidence_details") or {}
    return Disputed(
        dispute_id=dispute["id"],
        charge_id=id_of(dispute.get("payment_intent")) or id_of(dispute.get("charge")),
        amount=money(dispute["amount"], dispute["currency"]),
        fee=Money(sum(line.get("fee") or 0 for line in lines), currency),
        reason=str(dispute.get("reason") or "general"),
        state=_DISPUTES.get(dispute["status"], "needs_response"),
        due_by=moment(evidence.get("due_by")),
        withdrawn=Money(-sum(line["amount"] for line in lines if line["amount"] < 0), currency),
        reinstated=Money(sum(line["amount"] for line in lines if line["amount"] > 0), currency),
    )


def of_bank_payout(payout: Thing) -> PlatformPaid:
    """A payout to our bank that Stripe began by its own schedule."""
    state = of_payout(payout).state
    return PlatformPaid(
        payout_id=payout["id"],
        number=payout["id"],
        amount=money(payout["amount"], payout["currency"]),
        state="failed" if state == "refused" else state,
    )


def of_account(account: Thing, link: str = "") -> Account:
    """Money may be sent there once transfers are active and Stripe may pay it out."""
    transfers = (account.get("capabilities") or {}).get("transfers")
    ready = transfers == "active" and bool(account.get("payouts_enabled"))
    return Account(account["id"], link, ready)


def of_setup(setup: Thing | None) -> CardSaved | None:
    """None for a setup that is not ours or has not come to its end."""
    person = str(((setup or {}).get("metadata") or {}).get("person", ""))
    card = used_card(setup.get("payment_method")) if setup else None
    if setup is None or setup.get("status") != "succeeded" or not person.isdigit() or not card:
        return None
    return CardSaved(int(person), card)


def of_line(line: Thing) -> BalanceLine:
    """One balance transaction, its source expanded where that exists."""
    source = line.get("source")
    at = moment(line["created"])
    assert at is not None
    return BalanceLine(
        id=line["id"],
        type=str(_LINES.get(line["type"], line["type"])),
        amount=money(line["amount"], line["currency"]),
        fee=money(line["fee"], line["currency"]),
        net=money(line["net"], line["currency"]),
        currency=line["currency"].upper(),
        source_id=id_of(source),
        op_id=op_of(source) if isinstance(source, dict) else None,
        at=at,
    )


def id_of(thing: Any) -> str:
    """The id of an object that may be expanded, or not there."""
    return str(thing["id"] if isinstance(thing, dict) else thing or "")
