"""An advance's row beside its fold: load, let something happen, write back, and book the interest.

Everything here is called inside a use case that has locked the seller's exposure.
"""

from copy import deepcopy
from dataclasses import replace
from datetime import date

from core.db import db
from finance.capital import bookkeeping, exposure, funded
from finance.capital.fold import apply as folding
from finance.capital.fold.state import ACTIVE, REPAID, Contract, Effect, Event, Pledged, Row
from finance.capital.interest_models import InterestTaken
from finance.capital.models import Advance, AdvanceEvent, AdvanceRow, Pledge
from finance.capital.terms import PAID_TODAY, SALES_SHARE
from finance.collections.through import through
from finance.risk.seller import terms as terms_now
from ledger import book

KEPT = (
    "fee_charged", "fee_paid", "share_ppm", "share_max_ppm", "minimums", "state", "closed_on",
    "principal_paid", "principal_forgiven", "fee_forgiven", "micro", "accrued_until", "carry",
    "minimums_met", "minimums_missed", "paused_until", "recovered", "lost",
)  # fmt: skip
_OF_PLEDGES = (
    "paid", "recourse", "due_on", "micro", "interest", "interest_paid", "accrued_until",
    "closed_on", "why",
)  # fmt: skip
_OF_ROWS = ("principal", "principal_paid", "interest", "interest_paid", "fell_due")


def contract_of(advance: Advance) -> Contract:
    """The state that the advance's columns hold; a copy, to be changed freely."""
    start = start_of(advance)
    for name in KEPT:
        setattr(start, name, getattr(advance, name))
    start.pledges = [_pledged(pledge) for pledge in advance.pledges]
    start.rows = [
        Row(row.number, row.due_on, *(getattr(row, name) for name in _OF_ROWS))
        for row in advance.rows
    ]
    return start


def start_of(advance: Advance) -> Contract:
    """The contract as it was agreed: frozen columns, terms, and the lines pledged."""
    agreed = advance.terms.get("agreed", {})
    flat = advance.fee if advance.product in (SALES_SHARE, PAID_TODAY) else 0
    rows = [
        Row(number, date.fromisoformat(day), principal)
        for number, (day, principal) in enumerate(agreed.get("rows", ()), 1)
    ]
    return Contract(
        product=advance.product,
        currency=advance.currency,
        began_on=advance.began_on,
        terms=settings_of(advance),
        principal=advance.principal,
        fee=advance.fee,
        fee_charged=flat,
        fee_paid=flat if advance.product == PAID_TODAY else 0,
        rate_ppm=advance.rate_ppm,
        share_ppm=advance.share_agreed_ppm,
        share_agreed_ppm=advance.share_agreed_ppm,
        share_max_ppm=advance.share_agreed_ppm,
        forecast_days=advance.forecast_days,
        minimums=list(agreed.get("minimums", ())),
        pledges=[_as_agreed(pledge, advance.began_on) for pledge in advance.pledges],
        rows=rows,
    )


def settings_of(advance: Advance) -> dict[str, object]:
    """The product's settings it was agreed with; of older contracts today's."""
    kept: dict[str, object] | None = advance.terms.get("product")
    return kept if kept else terms_now().of_product(advance.product)


def _as_agreed(pledge: Pledge, on: date) -> Pledged:
    return Pledged(pledge.line_id, pledge.order_number, pledge.principal, on)


def _pledged(pledge: Pledge) -> Pledged:
    found = _as_agreed(pledge, pledge.accrued_until)
    for name in _OF_PLEDGES:
        setattr(found, name, getattr(pledge, name))
    return found


def record(advance: Advance, event: Event, *, text: str = "") -> Effect:
    """Let `event` happen now: columns, event and interest; the caller books what it moved.

    One that is dated before the last event counts as of that day; `late.record_late` replays.
    """
    on = max(event.on, advance.acted_until or advance.began_on)
    event, after = replace(event, on=on), contract_of(advance)
    effect = folding.apply(after, event)
    remember(advance, event, text=text)
    save(advance, after, on)
    return effect


def bring_to(advance: Advance, on: date) -> int:
    """Interest and rows through `on`, without an event; gives the interest that is new."""
    after = contract_of(advance)
    before = after.fee_charged
    fallen = {row.number for row in after.rows if row.fell_due}
    folding.to_day(after, on)
    for row in after.rows:
        if row.fell_due and row.number not in fallen:
            text = f"Part {row.number}: {after.money(row.owed).grouped()}"
            event = Event("fell_due", row.due_on, row.owed, {"number": row.number})
            remember(advance, event, text=text, acts=False)
    save(advance, after, on)
    return after.fee_charged - before


def remember(advance: Advance, event: Event, *, text: str = "", acts: bool = True) -> None:
    """Append the event. acts: what comes later in the book but earlier in time is replayed."""
    db.session.add(
        AdvanceEvent(
            advance_id=advance.id,
            kind=event.kind,
            amount=event.amount,
            data=event.data,
            note=text[:240],
            on=event.on,
        )
    )
    if acts:
        advance.acted_until = max(event.on, advance.acted_until or event.on)


def save(advance: Advance, after: Contract, on: date) -> None:
    """Write the state into the columns, the exposure after it, and new interest into the book."""
    lent = after.principal_paid + after.principal_forgiven
    less = lent - advance.principal_paid - advance.principal_forgiven
    if less:
        exposure.give(advance, less)
    new = after.fee_charged - advance.fee_charged
    was_active, accrued = advance.state == ACTIVE, accrued_apart(advance)
    write(advance, after)
    funded.follow(advance, on)
    book_interest(advance, new, accrued, on)
    if was_active and after.state != ACTIVE:
        _ended(advance, after, on)


def accrued_apart(advance: Advance) -> int:
    """Interest to the last nightly run that is not on its own account: it is in the control account."""
    state = contract_of(advance)
    day = through(advance.id) if state.state == ACTIVE and state.rate_ppm else None
    if day is None:
        return 0
    ahead = deepcopy(state)
    folding.to_day(ahead, day)
    return ahead.fee_charged - state.fee_charged


def book_interest(advance: Advance, new: int, accrued: int, on: date) -> None:
    """Post interest that is `new` on its own account; `accrued` of it lay apart before."""
    less = accrued - accrued_apart(advance)
    if new > 0 or less:
        entry, money = next_entry(advance), advance.money(max(0, new))
        db.session.add(InterestTaken(advance_id=advance.id, entry=entry, amount=less, on=on))
        journal = bookkeeping.interest(advance.number, money, advance.money(less), entry, on)
        if journal is not None:
            book.post(journal)


def _ended(advance: Advance, after: Contract, on: date) -> None:
    if after.state == REPAID:
        text = f"{advance.repaid.grouped()} in all"
        remember(advance, Event("repaid", on, advance.repaid.minor), text=text, acts=False)
    if advance.product == PAID_TODAY:
        # the fee kept back at the start is earned now
        earned = bookkeeping.earned_at_the_end(advance.number, advance.money(advance.fee), on)
        if earned is not None:
            book.post(earned)


def write(advance: Advance, after: Contract) -> None:
    """The state into the columns, nothing else."""
    for name in KEPT:
        setattr(advance, name, getattr(after, name))
    advance.late_since, advance.next_due_on = after.late_since, after.next_due_on
    by_line = {pledge.line_id: pledge for pledge in advance.pledges}
    for pledged in after.pledges:
        for name in _OF_PLEDGES:
            setattr(by_line[pledged.line_id], name, getattr(pledged, name))
    by_number = {row.number: row for row in advance.rows}
    for row in after.rows:
        kept = by_number.get(row.number)
        if kept is None:
            kept = AdvanceRow(number=row.number, due_on=row.due_on)
            advance.rows.append(kept)
        for name in _OF_ROWS:
            setattr(kept, name, getattr(row, name))


def next_entry(advance: Advance) -> int:
    """A number for the next journal of this advance that has no other cause to be named by."""
    advance.entries += 1
    return advance.entries
