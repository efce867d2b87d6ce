"""A dispute's case, locked, and what must be so before anything is added to it."""

from sqlalchemy import select

from core.db import db, one
from core.errors import Conflict, NotFound
from mall.disputes import news
from mall.disputes.models import DisputeCase


class AnsweredAlready(Conflict):
    message = "This dispute has been answered; the bank takes an answer once."


def not_taken(number: str, op_id: int, why: str) -> None:
    """The gateway refused this answer: another may be given. Within payments' transaction."""
    case = locked(number)
    if case.op_id != op_id or case.state not in ("sent", "accepted"):
        return
    case.state, case.answered_at, case.answered_by = "open", None, ""
    case.refused = why[:240] or "It was refused."
    db.session.flush()
    news.refused(case)


def locked(number: str) -> DisputeCase:
    """The case, locked; raises NotFound."""
    query = select(DisputeCase).where(DisputeCase.number == number).with_for_update()
    case: DisputeCase = one(query.execution_options(populate_existing=True))
    return case


def check_open(case: DisputeCase, seller_id: int | None) -> None:
    """Raises NotFound for another seller's case, AnsweredAlready for one that was answered."""
    if seller_id is not None:
        check_mine(case, seller_id)
    refuse_answered(case)


def refuse_answered(case: DisputeCase) -> None:
    if case.state != "open":
        raise AnsweredAlready()


def check_mine(case: DisputeCase, seller_id: int) -> None:
    if all(share.seller_id != seller_id for share in case.shares):
        raise NotFound()
