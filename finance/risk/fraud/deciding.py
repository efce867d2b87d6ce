"""What people do with a case: prove, answer, hold by two, lift, close; every step in its log."""

from sqlalchemy import select

from core import clock
from core.db import db, get, one
from core.errors import Conflict, InvalidInput, NotFound
from core.use_case import use_case
from finance.capital import exposure
from finance.risk.fraud import news
from finance.risk.fraud.models import (
    ACCEPTED,
    ASKED,
    DONE,
    OPEN,
    PROPOSED,
    REFUSED,
    FraudCase,
    FraudHold,
    FraudProof,
    SuspectOrder,
)
from finance.risk.fraud.services import close, event
from finance.risk.fraud.signals import SELLER
from payments import disputes_files

WHY_HELD = "Possible linked orders (H07)"


class SamePerson(Conflict):
    message = "Who proposes a hold cannot decide on it: ask another admin."


class DecidedBefore(Conflict):
    message = "This was decided before."


class ProposedAlready(Conflict):
    message = "A hold is proposed or in force already."


class CaseClosed(Conflict):
    message = "This case is closed."


def locked(number: str) -> FraudCase:
    """A case by its number, its row locked; raises NotFound."""
    query = select(FraudCase).where(FraudCase.number == number).with_for_update()
    found: FraudCase = one(query.execution_options(populate_existing=True))
    return found


@use_case
def prove(
    seller_id: int, order_number: str, *, key: str, words: str, name: str = "", body: bytes = b""
) -> FraudProof:
    """A seller says, and may show, that an order is real; the same form once.

    Raises NotFound for an order that is not suspected or not theirs, BadFile.
    """
    order: SuspectOrder = one(
        select(SuspectOrder).where(
            SuspectOrder.order_number == order_number, SuspectOrder.seller_id == seller_id
        )
    )
    case = get(FraudCase, order.case_id, lock=True)
    known = select(FraudProof).where(FraudProof.case_id == case.id, FraudProof.key == key)
    if before := db.session.scalars(known).one_or_none():
        return before
    if len(words.strip()) < 10:
        raise InvalidInput("Say in a sentence who bought this and how it was sent.")
    if get(SuspectOrder, order.id, lock=True).cleared_at is not None:
        raise DecidedBefore()
    proof = FraudProof(
        case_id=case.id,
        order_id=order.order_id,
        order_number=order_number,
        key=key,
        words=words.strip()[:2_000],
        name=_shown(name) if body else "",
        media_type=_type(body) if body else "",
        body=body or None,
        state=ASKED,
    )
    db.session.add(proof)
    db.session.flush()
    event(case, f"proof:{proof.id}", "proof", f"seller {seller_id}", order=order_number)
    return proof


def _type(body: bytes) -> str:
    if len(body) > disputes_files.SIZE_MAX:
        raise disputes_files.BadFile()
    return disputes_files.type_of(body)


def _shown(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable() and c not in '"<>:|?*')[:120] or "file"


@use_case
def answer_proof(proof_id: int, *, accept: bool, words: str, by: int) -> FraudProof:
    """An admin looks at a proof: the order counts again, or does not. Raises DecidedBefore."""
    case = get(FraudCase, get(FraudProof, proof_id).case_id, lock=True)
    proof = get(FraudProof, proof_id, lock=True)
    if proof.state != ASKED:
        raise DecidedBefore()
    proof.state, proof.answer = ACCEPTED if accept else REFUSED, words.strip()[:240]
    proof.decided_by, proof.decided_at = by, clock.now()
    if accept:
        query = select(SuspectOrder).where(SuspectOrder.order_id == proof.order_id)
        order: SuspectOrder = one(query.with_for_update())
        order.cleared_at = order.cleared_at or clock.now()
    db.session.flush()
    kind = "proved" if accept else "not_proved"
    event(case, f"answer:{proof.id}", kind, f"admin {by}", order=proof.order_number, words=words)
    news.answered(case, proof)
    return proof


@use_case
def propose_hold(number: str, *, why: str, by: int) -> FraudHold:
    """One admin proposes to hold new financing of the shop; another decides."""
    case = locked(number)
    if case.state != OPEN:
        raise CaseClosed()
    if case.subject != SELLER:
        raise InvalidInput("Only financing of shops is held here.")
    if len(why.strip()) < 3:
        raise InvalidInput("Say why, for the record.")
    if _open_hold(case.id) or _in_force(case.id):
        raise ProposedAlready()
    hold = FraudHold(case_id=case.id, why=why.strip()[:160], proposed_by=by, state=PROPOSED)
    db.session.add(hold)
    db.session.flush()
    event(case, f"hold:{hold.id}", "hold_proposed", f"admin {by}", why=hold.why)
    return hold


def _open_hold(case_id: int) -> FraudHold | None:
    query = select(FraudHold).where(FraudHold.case_id == case_id, FraudHold.state == PROPOSED)
    return db.session.scalars(query).one_or_none()


def _in_force(case_id: int) -> bool:
    case = get(FraudCase, case_id)
    steps = [e.kind for e in case.events if e.kind in ("held", "lifted")]
    return bool(steps) and steps[-1] == "held"


@use_case
def decide_hold(hold_id: int, *, yes: bool, by: int) -> FraudHold:
    """Another admin agrees or not; raises SamePerson, DecidedBefore. Agreed: nothing new is lent."""
    case = get(FraudCase, get(FraudHold, hold_id).case_id, lock=True)
    hold = get(FraudHold, hold_id, lock=True)
    if hold.state != PROPOSED:
        raise DecidedBefore()
    if hold.proposed_by == by:
        raise SamePerson()
    hold.state = DONE if yes else REFUSED
    hold.decided_by, hold.decided_at = by, clock.now()
    if yes:
        exposure.put_on_hold(case.subject_id, f"{WHY_HELD}: {hold.why}", by=f"admin {by}")
        news.held(case, hold.why)
    event(case, f"decided:{hold.id}", "held" if yes else "hold_refused", f"admin {by}")
    return hold


@use_case
def lift_hold(number: str, *, why: str, by: int) -> None:
    """One admin ends a hold; a second press changes nothing."""
    case = locked(number)
    if not _in_force(case.id):
        return
    exposure.lift_hold(case.subject_id, by=f"admin {by}")
    event(case, f"lifted:{clock.now().isoformat()}", "lifted", f"admin {by}", why=why.strip())


@use_case
def close_case(number: str, *, why: str, by: int) -> FraudCase:
    """An admin ends a case: its orders count again, a hold ends, the same signals open none anew."""
    case = locked(number)
    if case.state != OPEN:
        raise CaseClosed()
    if len(why.strip()) < 3:
        raise InvalidInput("Say why, for the record.")
    lift_hold(number, why=why, by=by)
    said = [e.data for e in case.events if e.kind == "found"]
    fired = sorted({row["id"] for data in said for row in data.get("signals", ())})
    event(case, "known", "known", f"admin {by}", signals=fired)
    close(case, by=f"admin {by}", why=why.strip(), key="closed")
    return case


def document_of(seller_id: int | None, proof_id: int) -> FraudProof:
    """A proof with a file, for its seller or for an admin (None); raises NotFound."""
    proof = get(FraudProof, proof_id)
    case = get(FraudCase, proof.case_id)
    if seller_id is not None and (case.subject != SELLER or case.subject_id != seller_id):
        raise NotFound()
    if proof.body is None:
        raise NotFound()
    return proof
