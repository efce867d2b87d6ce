"""What the sandbox bank makes of holds on cards, payouts pulled back, and payouts to our bank."""

from datetime import timedelta

from sqlalchemy import Connection, Update, select, update

from core import clock
from payments.sandbox_bank import Outcome, give_room, later, tell
from payments.sandbox_tables import objects

HOLDS_FOR = timedelta(days=7)


def held(outcome: Outcome) -> Outcome:
    """What would have paid only sets the amount aside, and lets it go after a week."""
    if outcome["status"] != "succeeded":
        return outcome
    return outcome | {
        "status": "requires_capture",
        "next_status": "refused",
        "ready_at": clock.now() + HOLDS_FOR,
        "code": "capture_expired",
    }


def decide_capture(bank: Connection, charge_id: str, amount: int) -> Outcome:
    """Take up to what is set aside; the charge is of that amount from now on."""
    change = update(objects).where(objects.c.amount >= amount)
    return _end(bank, charge_id, change.values(status="succeeded", amount=amount, code=""))


def decide_cancel(bank: Connection, charge_id: str) -> Outcome:
    return _end(bank, charge_id, update(objects).values(status="refused", code="canceled"))


def _end(bank: Connection, charge_id: str, change: Update) -> Outcome:
    """Let the hold come to its end if it still stands; only one of two does it."""
    ended = change.where(
        objects.c.id == charge_id,
        objects.c.status == "requires_capture",
        objects.c.ready_at > clock.now(),
    ).values(next_status="", ready_at=None)
    charge = bank.execute(ended.returning(objects)).one_or_none()
    if charge is None:
        return {"behavior": "", "status": "refused", "code": "not_set_aside"}
    tell(bank, charge_id, charge.op_id, f"charge.{charge.status}", clock.now())
    lost = charge.behavior if charge.behavior in ("lost_answer", "kept_500") else ""
    return {
        "parent_id": charge_id,
        "behavior": lost,
        "status": "succeeded",
        "keeps_500": lost == "kept_500",
    }


def decide_reversal(bank: Connection, payout_id: str, amount: int) -> Outcome:
    """Room on the payout is taken; more than was paid out is refused."""
    payout = bank.execute(select(objects).where(objects.c.id == payout_id)).one_or_none()
    if payout is None or payout.kind != "payout" or payout.status in ("refused", "failed"):
        return {"behavior": "", "status": "refused", "code": "no_such_payout"}
    if not give_room(bank, payout_id, amount):
        return {"behavior": "", "status": "refused", "code": "amount_too_large"}
    return {"behavior": "", "status": "succeeded", "parent_id": payout_id}


def decide_platform_payout() -> Outcome:
    """It arrives a minute later."""
    return later("", "succeeded")
