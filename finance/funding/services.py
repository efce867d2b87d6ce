"""Banks lend their part of a new loan, and get their part of whatever happens to it later.

The rooms of loans and of sellers' advances call `fund` when one begins and `follow` after every
change, inside their own use case; what they move themselves never depends on banks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core import clock, ids
from core.db import db
from core.money import Money
from core.use_case import use_case
from finance.funding import bookkeeping, reserving, sharing
from finance.funding.bookkeeping import Share
from finance.funding.models import Participation, ParticipationFlow, WaterfallStep
from finance.funding.sharing import AMOUNTS, Moved, Standing, Wanted
from ledger import book


@dataclass(frozen=True, slots=True)
class NewLoan:
    """A loan or advance that begins; apr_ppm: what the borrower pays a year."""

    ref: str
    product: str
    grade: str
    principal: Money
    apr_ppm: int
    on: date


@use_case
def fund(new: NewLoan) -> None:
    """Let banks lend their parts by the product's waterfall; the mall lends what they do not."""
    wanted = Wanted(new.principal.minor, new.grade, new.apr_ppm)
    chosen = reserving.reserve(new.product, new.principal.currency, wanted)
    if not chosen:
        return
    parts = [_bank_part(new, step, share) for step, share in chosen]
    own = new.principal.minor - sum(part.principal for part in parts)
    share, price = reserving.own_of(chosen)
    if share:
        parts.append(_part(new, share, price, own))
    db.session.add_all(parts)
    db.session.flush()
    lent = [(_share(part), part.money(part.principal)) for part in parts if part.funder_id]
    book.post(bookkeeping.drawn(new.ref, lent, new.on))
    for part in parts:
        if part.funder_id:
            _write(part, 0, new.on, "lent", drawn=part.principal)


def _bank_part(new: NewLoan, step: WaterfallStep, share: int) -> Participation:
    made = _part(new, share, step.price_ppm, sharing.part(new.principal.minor, share))
    made.funder_id, made.step_id = step.funder_id, step.id
    made.interest_ppm = sharing.interest_ppm(share, step.price_ppm, new.apr_ppm)
    return made


def _part(new: NewLoan, share: int, price: int, principal: int) -> Participation:
    return Participation(
        ref=new.ref,
        code=ids.code("F"),
        product=new.product,
        grade=new.grade,
        currency=new.principal.currency,
        share_ppm=share,
        coupon_ppm=price,
        interest_ppm=0,
        apr_ppm=new.apr_ppm,
        began_on=new.on,
        principal=principal,
        open=principal,
    )


@use_case
def follow(ref: str, now: Standing, *, on: date, cause: str) -> None:
    """A (locked) loan stands thus now: split the difference between its lenders, to the cent.

    A bank's part is a function of the sums, rounded down; the mall has what is left. So a payment
    taken back, or an event heard of late, leaves what would have been there without it.
    """
    parts = _locked(ref)
    banks = [part for part in parts if part.funder_id]
    if not banks:
        return
    after = {part.id: now.share(part.share_ppm, part.interest_ppm) for part in banks}
    changes = [(part, sharing.moved(part.standing, after[part.id])) for part in banks]
    for part in parts:
        _store(part, after.get(part.id) or now.less(after.values()))
    if any(moved.something for _, moved in changes):
        _split(ref, parts, changes, on, cause)
    db.session.flush()


def _locked(ref: str) -> list[Participation]:
    query = select(Participation).where(Participation.ref == ref).order_by(Participation.id)
    fresh = query.with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(fresh))


def _store(part: Participation, standing: Standing) -> None:
    part.open = standing.principal
    for name in AMOUNTS[1:]:
        setattr(part, name, getattr(standing, name))


def _split(
    ref: str,
    parts: Sequence[Participation],
    changes: Sequence[tuple[Participation, Moved]],
    on: date,
    cause: str,
) -> None:
    entry = max(part.entries for part in parts) + 1
    for part in parts:
        part.entries = entry
    for part, moved in changes:
        if moved.something:
            _count(part, moved)
            _write(part, entry, on, cause, moved)
    told = [(_share(part), moved) for part, moved in changes]
    book.post(bookkeeping.split(ref, entry, told, on))


def _count(part: Participation, moved: Moved) -> None:
    """What waits for the bank, and what it may lend again."""
    if freed := moved.back + moved.lost:
        reserving.give(part, freed)
    part.due += moved.back + moved.recovered + min(0, moved.earned)
    part.interest_due += max(0, moved.earned)
    waits = bool(part.due or part.interest_due)
    part.due_since = (part.due_since or clock.today()) if waits else None


def _write(
    part: Participation,
    entry: int,
    on: date,
    cause: str,
    moved: Moved | None = None,
    *,
    drawn: int = 0,
) -> None:
    row = ParticipationFlow(
        participation_id=part.id, entry=entry, on=on, cause=cause[:60], drawn=drawn
    )
    if moved is not None:
        row.back, row.interest, row.fees = moved.back, moved.interest, moved.fees
        row.lost, row.recovered = moved.lost, moved.recovered
    db.session.add(row)


def _share(part: Participation) -> Share:
    if part.funder is None:
        raise TypeError("the mall's own part has no bank")
    return Share(part.funder.code, part.ref, part.currency)
