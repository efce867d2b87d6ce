"""One limit a person: whoever wants a part of it locks the person's row first."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from finance.loans.models import Claim, Exposure
from finance.loans.rules import HOLD_MINUTES, ClaimState

_GIVEN = "unnest(cast(:refs as text[]), cast(:parts as bigint[])) as n (ref, part)"
_GIVE_LIMITS = text(f"""
    update exposure e set used = e.used - g.part
      from (select c.person_id, sum(n.part)::bigint as part
              from {_GIVEN} join claim c on c.ref = n.ref group by c.person_id) g
     where e.person_id = g.person_id
""")
_GIVE_CLAIMS = text(f"""
    update claim c set amount = c.amount - n.part,
           state = case when c.amount = n.part then 'released' else 'partly_repaid' end
      from {_GIVEN} where c.ref = n.ref
""")


class OverLimit(Conflict):
    message = "This is more than is left of the limit."


@use_case
def lock(person_id: int) -> Exposure:
    """The person's exposure, made if there is none, held until this transaction ends."""
    fresh = insert(Exposure).values(
        id=ids.new_id(), created_at=clock.now(), person_id=person_id, used=0
    )
    db.session.execute(fresh.on_conflict_do_nothing(index_elements=["person_id"]))
    query = select(Exposure).where(Exposure.person_id == person_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


@use_case
def lock_all(people: Iterable[int]) -> None:
    """The same of many people, in the order of their ids."""
    todo = sorted(people)
    fresh = [
        {"id": ids.new_id(), "created_at": clock.now(), "person_id": who, "used": 0} for who in todo
    ]
    if not fresh:
        return
    db.session.execute(insert(Exposure).on_conflict_do_nothing(index_elements=["person_id"]), fresh)
    query = select(Exposure.id).where(Exposure.person_id.in_(todo)).order_by(Exposure.person_id)
    db.session.execute(query.with_for_update()).all()


@use_case
def hold(person_id: int, ref: str, amount: Money, limit: Money) -> Claim:
    """Reserve `amount` for a checkout for 30 minutes; raises OverLimit. Said twice it counts once.

    One that has ended is reserved anew.
    """
    lock(person_id)
    claim = db.session.scalars(select(Claim).where(Claim.ref == ref)).one_or_none()
    if claim is not None and claim.state != ClaimState.RELEASED:
        return claim
    _use(person_id, amount.minor, limit.minor)
    if claim is None:
        claim = Claim(person_id=person_id, ref=ref)
        db.session.add(claim)
    claim.amount, claim.state = amount.minor, ClaimState.HELD
    claim.expires_at = clock.now() + timedelta(minutes=HOLD_MINUTES)
    db.session.flush()
    return claim


@use_case
def is_held(ref: str) -> bool:
    """Whether a checkout's reservation still stands; it does until this transaction ends."""
    claim = _claim(ref)
    return claim is not None and claim.state == ClaimState.HELD


@use_case
def release(ref: str) -> None:
    """The checkout is not paid: what it reserved is free again, if it still was reserved."""
    claim = _claim(ref)
    if claim is None or claim.state != ClaimState.HELD:
        return
    _give_back(claim.person_id, claim.amount)
    claim.state, claim.amount, claim.expires_at = ClaimState.RELEASED, 0, None


def _use(person_id: int, amount: int, limit: int) -> None:
    taken = update(Exposure).where(Exposure.person_id == person_id, Exposure.used + amount <= limit)
    change = taken.values(used=Exposure.used + amount).returning(Exposure.used)
    if db.session.execute(change.execution_options(synchronize_session=False)).first() is None:
        raise OverLimit()
    _reload(person_id)


@use_case
def draw(ref: str) -> Claim:
    """A held claim becomes a loan's; raises OverLimit when the hold has expired."""
    claim = _claim(ref)
    if claim is None or claim.state != ClaimState.HELD:
        raise OverLimit("The reservation has expired. Please check out again.")
    claim.state, claim.expires_at = ClaimState.DRAWN, None
    return claim


@use_case
def give(ref: str, amount: Money) -> None:
    """Principal was repaid, refunded or written off: that much of the limit is free again."""
    claim = _claim(ref)
    if claim is None or not amount:
        return
    claim.amount -= amount.minor
    claim.state = ClaimState.PARTLY_REPAID if claim.amount else ClaimState.RELEASED
    _give_back(claim.person_id, amount.minor)


@use_case
def give_all(parts: Mapping[str, Money]) -> None:
    """The same of many (locked) loans, by the number of their checkouts."""
    given = {ref: amount.minor for ref, amount in parts.items() if amount}
    if not given:
        return
    owners = select(Claim.person_id).where(Claim.ref.in_(given))
    lock_all(set(db.session.scalars(owners)))
    values = {"refs": list(given), "parts": list(given.values())}
    for statement in (_GIVE_LIMITS, _GIVE_CLAIMS):
        db.session.execute(statement, values)
    db.session.expire_all()


@use_case
def take_again(ref: str, amount: Money) -> None:
    """A repayment was taken back by a bank: it is owed again, whatever the limit is by now."""
    claim = _claim(ref)
    if claim is None or not amount:
        return
    claim.amount += amount.minor
    claim.state = ClaimState.PARTLY_REPAID
    _give_back(claim.person_id, -amount.minor)


@use_case
def release_expired() -> int:
    """Give back what abandoned checkouts hold; returns how many."""
    query = (
        select(Claim)
        .where(Claim.state == ClaimState.HELD, Claim.expires_at <= clock.now())
        .order_by(Claim.id)
        .limit(500)
        .with_for_update(skip_locked=True)
    )
    expired = db.session.scalars(query).all()
    for claim in expired:
        _give_back(claim.person_id, claim.amount)
        claim.state, claim.amount = ClaimState.RELEASED, 0
    return len(expired)


def _claim(ref: str) -> Claim | None:
    query = select(Claim).where(Claim.ref == ref).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _give_back(person_id: int, amount: int) -> None:
    change = (
        update(Exposure)
        .where(Exposure.person_id == person_id)
        .values(used=Exposure.used - amount)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(change)
    _reload(person_id)


def _reload(person_id: int) -> None:
    query = select(Exposure).where(Exposure.person_id == person_id)
    db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
