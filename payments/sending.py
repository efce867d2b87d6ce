"""Money that leaves for sellers and for our own bank, pulled back, and evidence; commit 1 of each."""

from typing import Any

from sqlalchemy import select, update

from core import clock, ids
from core.db import db, one
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from payments import gateways, outbox, sources
from payments.asking import EVIDENCE, EVIDENCE_FILES
from payments.gateway import Evidence, PayoutRequest, PlatformPayout, Reversal
from payments.models import GatewayOp
from payments.rules import FINAL


class MoreThanPaidOut(Conflict):
    message = "This is more than is left of the payout."


class EvidenceUnderWay(Conflict):
    message = "Other evidence for this dispute is being sent; wait until it has arrived."


@use_case
def intend_payout(
    *,
    payout_number: str,
    destination: str,
    amount: Money,
    charge_id: str = "",
    payment_id: int | None = None,
    holder: str = "",
    gateway: str = "",
) -> int:
    """Write down that `amount` is to be sent to `destination`; gives the op's id.

    payment_id  whose charge it is paid out of (`sources.young`), counted there
    charge_id   the same by the gateway's name, where no payment of ours is counted
    holder      whose account that is; a payment order to our bank names them
    gateway     who sends it; "" leaves it to `gateways.for_payout`

    The asking room has held it in the book (`payout:{number}`) in the same transaction.
    """
    outbox.checked(amount, "payout")
    slot = f"payout:{payout_number}"
    known = outbox.live(slot, amount)
    if known is not None:
        return known.id
    if payment_id is not None:
        charge_id = sources.reserve(payment_id, amount)
    request = PayoutRequest(
        op_id=ids.new_id(),
        payout_number=payout_number,
        destination=destination,
        amount=amount,
        asked_at=clock.now(),
        charge_id=charge_id,
        holder=holder,
    )
    sender = gateway or gateways.for_payout(destination)
    return outbox.write_down(request, slot, payout_number, payment_id, gateway=sender)


@use_case
def intend_reversal(*, payout_number: str, amount: Money, ref: str) -> int:
    """Pull `amount` of a payout that succeeded back; gives the op's id.

    ref   what for, such as a refund's number; said twice for one `ref` it is the same operation

    The counter is guarded in the database: all reversals together never exceed the payout.
    """
    outbox.checked(amount, "reversal")
    sent = select(GatewayOp).where(
        GatewayOp.kind == "payout",
        GatewayOp.ref == payout_number,
        GatewayOp.state == "succeeded",
    )
    payout = one(sent.with_for_update().execution_options(populate_existing=True))
    slot = f"reversal:{payout_number}:{ref}"
    known = outbox.live(slot, amount)
    if known is not None:
        return known.id
    _reserve(payout, amount)
    request = Reversal(ids.new_id(), payout_number, payout.object_id or "", amount, clock.now())
    return outbox.write_down(request, slot, payout_number, gateway=payout.gateway)


def _reserve(payout: GatewayOp, amount: Money) -> None:
    change = update(GatewayOp).where(
        GatewayOp.id == payout.id,
        GatewayOp.currency == amount.currency,
        GatewayOp.amount >= GatewayOp.reversed_minor + amount.minor,
    )
    result: Any = db.session.execute(
        change.values(reversed_minor=GatewayOp.reversed_minor + amount.minor).execution_options(
            synchronize_session=False
        )
    )
    if result.rowcount != 1:
        raise MoreThanPaidOut()
    db.session.refresh(payout)


@use_case
def intend_platform_payout(*, number: str, amount: Money, account: str = "") -> int:
    """Send `amount` from the gateway to our bank (or from a seller's account to hers)."""
    outbox.checked(amount, "payout")
    slot = f"platform:{number}"
    known = outbox.live(slot, amount)
    if known is not None:
        return known.id
    request = PlatformPayout(ids.new_id(), number, amount, clock.now(), account)
    return outbox.write_down(request, slot, number)


@use_case
def intend_evidence(
    *,
    dispute_id: str,
    fields: dict[str, str],
    submit: bool,
    amount: Money,
    gateway: str = "",
    files: dict[str, str] | None = None,
) -> int:
    """Write down what is to be said about a dispute of `amount`; gives the op's id.

    files   digests (`disputes_files.store`) by the names of `EVIDENCE_FILES`

    One at a time for each dispute: the same while it is under way is the same operation, another
    is a Conflict, since the later answer would overwrite the earlier one at the bank.
    """
    files = files or {}
    if not fields or set(fields) - set(EVIDENCE) or set(files) - set(EVIDENCE_FILES):
        raise InvalidInput("Evidence says something, in the fields that processors know.")
    return _say(
        Evidence(ids.new_id(), dispute_id, fields, submit, amount, clock.now(), files), gateway
    )


@use_case
def intend_giving_in(*, dispute_id: str, amount: Money, gateway: str = "") -> int:
    """Write down that a dispute is to be closed as lost; gives the op's id."""
    request = Evidence(ids.new_id(), dispute_id, {}, False, amount, clock.now(), close=True)
    return _say(request, gateway)


def _say(request: Evidence, gateway: str) -> int:
    slot = f"evidence:{request.dispute_id}"
    known = outbox.live(slot)
    if known is not None and known.state not in FINAL:
        asked = {name: known.params.get(name) for name in _SAID}
        if asked == {name: getattr(request, name) for name in _SAID}:
            return known.id
        raise EvidenceUnderWay()
    return outbox.write_down(request, slot, request.dispute_id, gateway=gateway)


_SAID = ("fields", "submit", "files", "close")
