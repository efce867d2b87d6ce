"""Answering a bank: sellers add words, an admin (or the clock) hands everything in, or gives in."""

from contextlib import suppress

from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import Conflict, InvalidInput
from core.use_case import use_case
from mall.disputes import evidence, news
from mall.disputes.casework import check_mine, locked, refuse_answered
from mall.disputes.models import DisputeCase
from mall.disputes.rules import ANSWER_BEFORE, REMIND_BEFORE
from payments import disputes, disputes_sweep
from payments import services as payments
from payments.gateway import Unavailable

WORDS_MAX = 2_000


class TooLateNow(Conflict):
    message = "The bank takes no answer to this dispute any more."


@use_case
def add_words(number: str, seller_id: int, words: str) -> DisputeCase:
    """Put the seller's own words into the evidence; said again they replace what was said."""
    case = locked(number)
    check_mine(case, seller_id)
    refuse_answered(case)
    if len(words.strip()) > WORDS_MAX:
        raise InvalidInput(f"Say it in at most {WORDS_MAX} letters.")
    for share in case.shares:
        if share.seller_id != seller_id:
            continue
        share.words, share.worded_at = words.strip(), clock.now()
    return case


@use_case
def submit(number: str, *, by: str, seller_id: int | None = None, key: str = "") -> int:
    """Hand in what there is, once; gives the payments op to drive.

    by    who did, `seller:ID`, `admin:ID` or `mall` (the day before the deadline)
    key   from the form: sent again after a refusal, it is no other answer
    """
    case = locked(number)
    if seller_id is not None:
        check_mine(case, seller_id)
    if case.op_id and (case.state == "sent" or (key and case.asked_key == key)):
        return case.op_id
    refuse_answered(case)
    told = disputes.view(number)
    if not told.takes_evidence:
        raise TooLateNow()
    case.fields = evidence.fields_of(case)
    _answered(case, "sent", by, key)
    case.op_id = payments.intend_evidence(
        dispute_id=told.dispute_id,
        fields=case.fields,
        submit=True,
        amount=told.amount,
        gateway=told.gateway,
        files=evidence.files_of(case),
    )
    return case.op_id


def _answered(case: DisputeCase, state: str, by: str, key: str) -> None:
    case.asked_key = key
    case.state, case.answered_at, case.answered_by = state, clock.now(), by
    case.refused = ""


def hand_in(number: str, *, by: str, seller_id: int | None = None, key: str = "") -> bool:
    """Submit, ask the gateway, and look how the dispute stands then; False when it was refused.

    Outside any use case.
    """
    return _drive(number, submit(number, by=by, seller_id=seller_id, key=key))


def _drive(number: str, op_id: int) -> bool:
    state = payments.drive(op_id)
    with suppress(Unavailable):  # a notice tells, or the next sweep
        disputes_sweep.refresh(number)
    return state != "refused"


@use_case
def give_in(number: str, *, by: str, key: str = "") -> int:
    """Say nothing for it: closed at the gateway as lost; gives the payments op to drive.

    0 when the bank only asks: there is nothing to close, and no answer is one.
    """
    case = locked(number)
    if case.state == "accepted" or (key and case.asked_key == key):
        return case.op_id or 0
    refuse_answered(case)
    told = disputes.view(number)
    _answered(case, "accepted", by, key)
    if told.state == "needs_response":
        case.op_id = payments.intend_giving_in(
            dispute_id=told.dispute_id, amount=told.amount, gateway=told.gateway
        )
    return case.op_id or 0


def give_in_now(number: str, *, by: str, key: str = "") -> None:
    """Give in, and close it at the gateway; outside any use case."""
    if op_id := give_in(number, by=by, key=key):
        _drive(number, op_id)


def answer_due() -> int:
    """Hand in every answer whose deadline is tomorrow; gives how many."""
    soon = clock.now() + ANSWER_BEFORE
    query = select(DisputeCase.number).where(
        DisputeCase.state == "open",
        DisputeCase.due_by <= soon,
        DisputeCase.refused == "",  # what was not taken once, a person mends
    )
    numbers = db.session.scalars(query.order_by(DisputeCase.id)).all()
    return sum(_answer(number) for number in numbers)


def remind_due() -> int:
    """Tell sellers of every answer that is due within days and was not given; gives how many."""
    soon = clock.now() + REMIND_BEFORE
    query = select(DisputeCase.number).where(
        DisputeCase.state == "open", DisputeCase.due_by.between(clock.now(), soon)
    )
    numbers = db.session.scalars(query.order_by(DisputeCase.id)).all()
    return sum(_remind(number) for number in numbers)


@use_case
def _remind(number: str) -> bool:
    case = locked(number)
    if case.state != "open" or case.due_by is None:
        return False
    news.deadline(case, case.due_by)
    return True


def _answer(number: str) -> bool:
    try:
        hand_in(number, by="mall")
    except Conflict:
        return False
    return True
