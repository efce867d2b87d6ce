"""A person looks at a decision: asked for, answered within a day, by two where much is at stake."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids, messages
from core.db import db, one
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.risk.models import Decision
from finance.risk.review_models import Override, Review
from mall import facts

DEADLINE = timedelta(hours=24)
REMINDED = timedelta(hours=4)  # before the day is over
VALID = timedelta(days=7)  # what was granted can be taken
FOUR_EYES = 1_000_000  # minor units from which two must agree: 10,000.00


class NothingToReview(Conflict):
    message = "This was granted as it was asked for: there is nothing to look at again."


class NotByTheSame(Conflict):
    message = "You proposed this; another admin must agree."


class AlreadyAnswered(Conflict):
    message = "This was answered already."


@use_case
def ask(decision_id: int, subject: str, subject_id: int, *, by: int, wish: str) -> Review:
    """Let a person look at one's own decision; asked twice it is one review.

    by   the person who asks. Raises NotFound for a stranger's, NothingToReview for one granted.
    """
    decision: Decision = one(
        select(Decision).where(
            Decision.id == decision_id,
            Decision.subject == subject,
            Decision.subject_id == subject_id,
        )
    )
    if decision.approved:
        raise NothingToReview()
    if (known := of_decision(decision_id)) is not None:
        return known
    now = clock.now()
    row = insert(Review).values(
        id=ids.new_id(),
        created_at=now,
        decision_id=decision_id,
        subject=subject,
        subject_id=subject_id,
        asked_by=by,
        wish=wish.strip()[:400],
        due_at=now + DEADLINE,
        needs_two=decision.asked >= FOUR_EYES,
        state="asked",
        amount=0,
        reason="",
    )
    db.session.execute(row.on_conflict_do_nothing(index_elements=["decision_id"]))
    review: Review = one(select(Review).where(Review.decision_id == decision_id))
    messages.to_admins(
        "review_asked",
        key=f"review:{review.id}",
        link=f"/admin/lending/reviews/{review.id}",
        amount=decision.money,
        until=review.due_at,
    )
    return review


@use_case
def answer(review_id: int, *, amount: Money | None, reason: str, by: int) -> Review:
    """Grant this much instead, or (None) let the decision stand; large sums wait for a second.

    Raises AlreadyAnswered, and InvalidInput for no reason or more than was asked.
    """
    review = _locked(review_id)
    if review.state != "asked":
        raise AlreadyAnswered()
    decision = db.session.get_one(Decision, review.decision_id)
    minor = amount.minor if amount else 0
    if not reason.strip():
        raise InvalidInput("Say why: the applicant reads it.")
    if minor > decision.asked:
        raise InvalidInput(f"At most {decision.money.grouped()} was asked for.")
    review.amount, review.reason, review.proposed_by = minor, reason.strip()[:400], by
    review.state = "proposed"
    if not review.needs_two:
        _finish(review, decision, second=None)
    return review


@use_case
def second(review_id: int, *, by: int, agrees: bool) -> Review:
    """The second admin agrees, or sends it back; raises NotByTheSame and AlreadyAnswered."""
    review = _locked(review_id)
    if review.state != "proposed":
        raise AlreadyAnswered()
    if review.proposed_by == by:
        raise NotByTheSame()
    if agrees:
        _finish(review, db.session.get_one(Decision, review.decision_id), second=by)
    else:
        review.state, review.proposed_by, review.amount, review.reason = "asked", None, 0, ""
    return review


def _finish(review: Review, decision: Decision, *, second: int | None) -> None:
    assert review.proposed_by is not None
    review.state = "done"
    db.session.add(
        Override(
            decision_id=decision.id,
            subject=review.subject,
            subject_id=review.subject_id,
            product=decision.product,
            amount=review.amount,
            reason=review.reason,
            decided_by=review.proposed_by,
            second_by=second,
            needs_two=review.needs_two,
            until=clock.now() + VALID,
        )
    )
    db.session.flush()
    _tell(review, decision)


def _tell(review: Review, decision: Decision) -> None:
    to, pages = _applicant(review)
    messages.send(
        to,
        "review_answered",
        key=f"review:{review.id}:answered",
        link=f"{pages}/{decision.id}",
        amount=decision.money,
        granted=Money(review.amount, decision.currency),
        yes=int(review.amount > 0),
        reason=review.reason,
    )


def _applicant(review: Review) -> tuple[int, str]:
    """Who asked for it, and where their decisions are."""
    if review.subject == "buyer":
        return review.subject_id, "/account/credit/decisions"
    return facts.seller(review.subject_id).owner_id, "/seller/capital/decisions"


def _locked(review_id: int) -> Review:
    query = select(Review).where(Review.id == review_id).with_for_update()
    found: Review = one(query.execution_options(populate_existing=True))
    return found


def granted(subject: str, subject_id: int, as_of: datetime) -> dict[str, int]:
    """By product what a person granted and was not taken yet, minor units."""
    taken = exists().where(
        Decision.subject == Override.subject,
        Decision.subject_id == Override.subject_id,
        Decision.product == Override.product,
        Decision.approved,
        Decision.created_at > Override.created_at,
    )
    query = (
        select(Override.product, func.max(Override.amount))
        .where(
            Override.subject == subject,
            Override.subject_id == subject_id,
            Override.amount > 0,
            Override.created_at <= as_of,
            Override.until > as_of,
            ~taken,
        )
        .group_by(Override.product)
    )
    return {product: int(amount) for product, amount in db.session.execute(query)}


@use_case
def remind() -> int:
    """Tell admins of reviews due within hours, and both sides of those whose day is over; how many.

    Each is told once of each: a review that nobody answers stays the first of the queue.
    """
    now = clock.now()
    soon = select(Review).where(Review.state != "done", Review.due_at <= now + REMINDED)
    found = db.session.scalars(soon.order_by(Review.due_at)).all()
    for review in found:
        asked = db.session.get_one(Decision, review.decision_id).money
        key, link = f"review:{review.id}", f"/admin/lending/reviews/{review.id}"
        until = review.due_at
        if until > now:
            messages.to_admins("review_due", key=f"{key}:due", link=link, amount=asked, until=until)
            continue
        messages.to_admins("review_late", key=f"{key}:late", link=link, amount=asked, until=until)
        to, pages = _applicant(review)
        link = f"{pages}/{review.decision_id}"
        messages.send(to, "review_waits", key=f"{key}:waits", link=link, amount=asked, until=until)
    return len(found)


def of_decision(decision_id: int) -> Review | None:
    """The review of a decision, asked for or done."""
    return db.session.scalars(select(Review).where(Review.decision_id == decision_id)).one_or_none()


def override_of(decision_id: int) -> Override | None:
    """What a person answered in the end."""
    query = select(Override).where(Override.decision_id == decision_id)
    return db.session.scalars(query).one_or_none()


def menu_counts(person_id: int) -> dict[str, int]:
    """How many wait for this admin: asked, or proposed by another; the badge of the menu."""
    query = select(func.count(Review.id)).where(
        (Review.state == "asked")
        | ((Review.state == "proposed") & (Review.proposed_by != person_id))
    )
    return {"/admin/lending/reviews": int(db.session.scalar(query) or 0)}


def waiting() -> Sequence[tuple[Review, Decision]]:
    """Reviews nobody has finished, the first due first."""
    query = select(Review, Decision).join(Decision, Decision.id == Review.decision_id)
    rows = db.session.execute(query.where(Review.state != "done").order_by(Review.due_at))
    return [(review, decision) for review, decision in rows]


def answered(limit: int = 30) -> Sequence[Override]:
    """The last answers."""
    query = select(Override).order_by(Override.id.desc()).limit(limit)
    return db.session.scalars(query).all()
