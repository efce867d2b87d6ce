"""Reading advances: what a seller owes, what can be lent on, and how a contract stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core import clock
from core.db import db, one
from core.money import MILLION, Money, round_fraction, total
from finance.capital import exposure
from finance.capital.early_settlement import rules as today_rules
from finance.capital.early_settlement.rules import Quote
from finance.capital.models import ACTIVE, Advance, AdvanceEvent, Pledge, Remittance
from finance.capital.order_advance import rules as order_rules
from finance.capital.order_advance.rules import Base, Line
from finance.capital.terms import SALES_SHARE, TERM_LOAN, Terms
from finance.risk.fraud import suspects
from finance.risk.models import Decision
from ledger import book
from mall import facts
from mall.facts import OpenLine

YEAR = timedelta(365)


@dataclass(frozen=True, slots=True)
class OwnBook:
    """What the lender's book knows of a seller; amounts in minor units.

    used           principal owed, and what held offers set aside
    taken_28       taken from releases in 28 days, apart from what was tied to their own orders
    running        what the running sales share still owes, and how much of it is repaid;
                   `term_…` the same of the running term loan
    """

    used: int
    hold: str
    days_late: int
    days_late_max_365: int | None
    minimums_missed: int | None
    taken_28: int
    asks_30: int
    running_owed: int
    running_repaid_ppm: int | None
    term_owed: int = 0
    term_repaid_ppm: int | None = None


def own_book(seller_id: int, on: date, currency: str) -> OwnBook:
    """The seller's standing with the lender on a day."""
    row = exposure.of(seller_id)
    advances = advances_of(seller_id)
    recent = [a for a in advances if a.closed_on is None or a.closed_on >= on - YEAR]
    shares = [a for a in recent if a.product == SALES_SHARE]
    running = next((a for a in shares if a.is_running), None)
    term = next((a for a in recent if a.is_running and a.product == TERM_LOAN), None)
    late = max((days_late(a, on) for a in recent if a.is_running), default=0)
    return OwnBook(
        used=row.used + row.held if row else 0,
        hold=exposure.hold_of(seller_id, currency),
        days_late=late,
        days_late_max_365=_latest(recent, late),
        minimums_missed=sum(a.minimums_missed for a in shares) if shares else None,
        taken_28=_taken(seller_id, on - timedelta(28), on),
        asks_30=_asks(seller_id, on - timedelta(30)),
        running_owed=running.owed.minor if running else 0,
        running_repaid_ppm=repaid_ppm(running) if running else None,
        term_owed=term.owed.minor if term else 0,
        term_repaid_ppm=term.principal_paid * MILLION // term.principal if term else None,
    )


def _latest(recent: Sequence[Advance], late: int) -> int | None:
    """The latest anything of the last year was; None while nothing has been repaid yet."""
    worst = max((late, *(a.days_late_max for a in recent)))
    return worst if worst or any(a.closed_on for a in recent) else None


def _taken(seller_id: int, since: date, until: date) -> int:
    query = select(func.sum(Remittance.principal + Remittance.fee)).where(
        Remittance.seller_id == seller_id,
        ~Remittance.tied,
        Remittance.order_number != "",
        Remittance.on > since,
        Remittance.on <= until,
    )
    return int(db.session.scalar(query) or 0)


def _asks(seller_id: int, since: date) -> int:
    query = select(func.count()).where(
        Decision.subject == "seller",
        Decision.subject_id == seller_id,
        Decision.product == SALES_SHARE,
        Decision.created_at >= clock.start_of(since),
    )
    return int(db.session.scalar(query) or 0)


def repaid_ppm(advance: Advance) -> int:
    """How much of the whole contract is repaid, in millionths."""
    whole = advance.principal + advance.fee_charged
    return round_fraction(Fraction(advance.repaid.minor * MILLION, whole))


def days_late(advance: Advance, on: date) -> int:
    """Days since something of it had to be paid and was not."""
    return max(0, (on - advance.late_since).days) if advance.late_since else 0


def advances_of(seller_id: int) -> Sequence[Advance]:
    """A seller's advances, newest first, with what backs them."""
    query = select(Advance).where(Advance.seller_id == seller_id).order_by(Advance.id.desc())
    return db.session.scalars(query.options(selectinload(Advance.pledges))).all()


def advance_of(seller_id: int, number: str, *, lock: bool = False) -> Advance:
    """A seller's own advance; raises NotFound for a stranger's."""
    query = select(Advance).where(Advance.number == number, Advance.seller_id == seller_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: Advance = one(query)
    return found


def advance_numbered(number: str) -> Advance:
    """An advance by its number; raises NotFound."""
    found: Advance = one(select(Advance).where(Advance.number == number))
    return found


def taken_before(seller_id: int, key: str) -> Advance | None:
    """The advance this form was answered with already."""
    query = select(Advance).where(Advance.seller_id == seller_id, Advance.key == key)
    return db.session.scalars(query).one_or_none()


def running_share(seller_id: int) -> Advance | None:
    """The one sales share that is being repaid."""
    return running(seller_id, SALES_SHARE)


def running(seller_id: int, product: str) -> Advance | None:
    """The one contract of a product that runs one at a time (S1, S3)."""
    query = select(Advance).where(
        Advance.seller_id == seller_id, Advance.product == product, Advance.state == ACTIVE
    )
    return db.session.scalars(query).one_or_none()


def event_of(seller_id: int, number: str, cause: str) -> AdvanceEvent | None:
    """The event this form was answered with already."""
    query = (
        select(AdvanceEvent)
        .join(Advance, Advance.id == AdvanceEvent.advance_id)
        .where(
            Advance.number == number,
            Advance.seller_id == seller_id,
            AdvanceEvent.data["cause"].astext == cause,
        )
    )
    return db.session.scalars(query).one_or_none()


def open_pledges(seller_id: int, order_number: str = "") -> Sequence[Pledge]:
    """Lines that back something now, oldest first."""
    query = select(Pledge).where(Pledge.seller_id == seller_id, Pledge.closed_on.is_(None))
    if order_number:
        query = query.where(Pledge.order_number == order_number)
    return db.session.scalars(query.order_by(Pledge.id)).all()


def lines_of(seller_id: int, as_of: datetime) -> list[Line]:
    """The seller's lines under way as the rules look at them."""
    pledged = {pledge.line_id for pledge in open_pledges(seller_id)}
    today, suspected = clock.day_of(as_of), suspects.numbers(seller_id, as_of)
    return [_line(line, pledged, suspected, today) for line in facts.open_lines(seller_id, as_of)]


def _line(line: OpenLine, pledged: set[int], suspected: frozenset[str], today: date) -> Line:
    return Line(
        line_id=line.line_id,
        order_number=line.order_number,
        buyer_id=line.buyer_id,
        category_id=line.category_id,
        amount=line.amount,
        reaches=line.amount - line.amount.ppm(line.commission_ppm),
        age_days=(today - clock.day_of(line.shipped_at)).days,
        scanned=line.first_scan_at is not None,
        disputed=line.disputed,
        linked=line.linked,
        pledged=line.line_id in pledged,
        suspected=line.order_number in suspected,
    )


def base_of(seller_id: int, grade: str, as_of: datetime, terms: Terms, currency: str) -> Base:
    """What order advances can be lent on now."""
    refunds = facts.category_refund_ppm(as_of)
    lines = lines_of(seller_id, as_of)
    return order_rules.base(lines, grade, refunds, terms.order_advance, currency)


def settled_orders(seller_id: int, order_number: str) -> Sequence[Advance]:
    """The advances that this order of the seller backs or backed."""
    query = (
        select(Advance)
        .join(Pledge, Pledge.advance_id == Advance.id)
        .where(Pledge.seller_id == seller_id, Pledge.order_number == order_number)
        .distinct()
    )
    return db.session.scalars(query).all()


def remittances_from(seller_id: int, order_number: str) -> Sequence[tuple[Remittance, Advance]]:
    """What was taken out of one order's release, and for which advance."""
    query = (
        select(Remittance, Advance)
        .join(Advance, Advance.id == Remittance.advance_id)
        .where(Remittance.seller_id == seller_id, Remittance.order_number == order_number)
        .order_by(Remittance.id)
    )
    return [(remittance, advance) for remittance, advance in db.session.execute(query)]


def released_after(order_number: str) -> Money | None:
    """What reached the seller's balance at the order's release; None before it."""
    for journal in book.journals_of(order_number):
        if journal.kind == "order.released":
            came = [line.amount for line in journal.lines if line.credit.startswith("2110:")]
            went = [line.amount for line in journal.lines if line.debit.startswith("2110:")]
            currency = journal.lines[0].amount.currency
            return total(came, currency) - total(went, currency)
    return None


@dataclass(frozen=True, slots=True)
class OrderClaim:
    """One order's claim as “paid today” would buy it; `why` says why not, "" when it can be."""

    order_number: str
    lines: tuple[Line, ...]
    quote: Quote
    why: str


def order_claims(
    seller_id: int, as_of: datetime, terms: Terms, currency: str, pd_ppm: int
) -> list[OrderClaim]:
    """Every order under way, the oldest first, with what it would fetch today.

    pd_ppm   the shop's chance of default, which a price by the formula reads
    """
    whole = {line.order_number: line for line in facts.open_lines(seller_id, as_of)}
    by_order: dict[str, list[Line]] = {}
    for line in lines_of(seller_id, as_of):
        by_order.setdefault(line.order_number, []).append(line)
    return [
        _claim(whole[number], tuple(lines), terms, currency, pd_ppm)
        for number, lines in by_order.items()
        if number in whole
    ]


def order_claim(
    seller_id: int, order_number: str, as_of: datetime, terms: Terms, currency: str, pd_ppm: int
) -> OrderClaim | None:
    """One of them; None when the order is not under way or not this seller's."""
    found = order_claims(seller_id, as_of, terms, currency, pd_ppm)
    return next((claim for claim in found if claim.order_number == order_number), None)


def _claim(
    order: OpenLine, lines: tuple[Line, ...], terms: Terms, currency: str, pd_ppm: int
) -> OrderClaim:
    sale = order.order_total
    reaches = sale - sale.ppm(order.order_fees_ppm)
    quote = today_rules.quote(sale, reaches, terms.paid_today, pd_ppm)
    why = order_rules.base(lines, "C", {}, terms.order_advance, currency).excluded
    return OrderClaim(order.order_number, lines, quote, why[0].why if why else "")
