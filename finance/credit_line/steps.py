"""What the lender's day does with lines: close statements, remind, collect, say what is late."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, or_, select

from core import clock
from core.db import db
from core.money import Money
from finance.collections.chunks import Done, Part, Step
from finance.collections.rules import REMIND_DAYS_BEFORE
from finance.credit_line import accruing, limits, news, queries
from finance.credit_line.billing import close_statement
from finance.credit_line.models import FULL, LEAST, OPEN, CreditLine, LineDraw, LineStatement
from finance.credit_line.opening import remember
from finance.credit_line.owing import owing
from finance.credit_line.paying import AUTO, PREFIX, PayingAlready, check_nothing_moves
from finance.credit_line.paying import take_from_wallet as take
from finance.loans.models import Loan
from finance.loans.paying import AUTO_DAYS
from finance.loans.rules import LoanState
from finance.products import Line
from ledger import book
from ledger.accounts import account
from payments import cards, retries
from payments import services as payments


def _closing(day: date) -> Select[int]:
    """Lines whose statement closes by a day; closed ones only while something runs on them."""
    runs = (
        select(LineDraw.id)
        .join(Loan, Loan.id == LineDraw.loan_id)
        .where(LineDraw.line_id == CreditLine.id, Loan.state == LoanState.ACTIVE)
        .exists()
    )
    return select(CreditLine.id).where(
        CreditLine.next_closing_on <= day, or_(CreditLine.state == OPEN, runs)
    )


def _with_statement(day: date, *conditions: Any) -> Select[int]:
    """Lines whose last statement is like this."""
    later = LineStatement.__table__.alias()
    query = (
        select(CreditLine.id)
        .join(LineStatement, LineStatement.line_id == CreditLine.id)
        .where(LineStatement.full > 0, *conditions)
    )
    newer = select(later.c.id).where(
        later.c.line_id == CreditLine.id, later.c.serial > LineStatement.serial
    )
    return query.where(~newer.exists())


def _reminded(day: date) -> Select[int]:
    days = [day + timedelta(before) for before in REMIND_DAYS_BEFORE]
    return _with_statement(day, LineStatement.due_on.in_(days))


def _collected(day: date) -> Select[int]:
    due = LineStatement.due_on.between(day - timedelta(AUTO_DAYS), day)
    return _with_statement(day, CreditLine.autopay != "", due)


def _late(day: date) -> Select[int]:
    first = day - timedelta(AUTO_DAYS)
    return _with_statement(day, LineStatement.due_on < day, LineStatement.due_on >= first)


def _lines(ids: Sequence[int]) -> Iterator[CreditLine]:
    query = select(CreditLine).where(CreditLine.id.in_(ids)).order_by(CreditLine.id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    yield from db.session.scalars(locked).all()


def _close(part: Part) -> Done:
    count = 0
    for line in _lines(part.ids):
        while line.next_closing_on <= part.day:
            count += close_statement(line) is not None
    return Done(count)


def _remind(part: Part) -> Done:
    count = 0
    for line, last in _with_last(part):
        before, standing = (last.due_on - part.day).days, owing(line, part.day)
        least, full = standing.amount(LEAST), standing.amount(FULL)
        key = f"reminded:{last.serial}:{before}"
        if full and remember(line, key, "reminded", part.day, amount=least.minor):
            count += 1
            if part.day >= clock.today():
                news.due(line, last, least, full, before)
    return Done(count)


def _with_last(part: Part) -> Iterator[tuple[CreditLine, LineStatement]]:
    for line in _lines(part.ids):
        last = queries.last_statement(line)
        if last is not None:
            yield line, last


def _collect(part: Part) -> Done:
    """From the balance, else by the card; a message where neither can. Never overdraws."""
    done = Done()
    for line, last in _with_last(part):
        amount = owing(line, part.day, lock=True).amount(line.autopay)
        if not amount or _moves(line):
            continue
        if book.available(account("wallet", line.person_id), line.currency) >= amount:
            take(line, amount, f"{AUTO}:{last.serial}:{part.day}", part.day)
            done.count += 1
        elif (op := _ask_card(line, last, amount, part.day)) is not None:
            done.ops.append(op)
            done.count += 1
    return done


def _moves(line: CreditLine) -> bool:
    try:
        check_nothing_moves(line)
    except PayingAlready:
        return True  # she may be paying this very statement; the next try comes tomorrow
    return False


def _ask_card(line: CreditLine, last: LineStatement, amount: Money, day: date) -> int | None:
    saved = cards.of(line.person_id)
    card = next((card for card in saved if card.id == line.autopay_card_id), None)
    if card is None:
        key = f"unpaid:{last.serial}"
        if remember(line, key, "unpaid", day, amount=amount.minor) and day >= clock.today():
            news.unpaid(line, last, amount)
        return None
    purpose = f"{PREFIX}:{line.number}:{AUTO}:{last.serial}"
    if not retries.may_collect(purpose, card.token, day):
        return None
    return payments.intend_charge(
        purpose=purpose,
        payer_id=line.person_id,
        amount=amount,
        source=card.token,
        description=f"Line {line.number}, statement {last.serial}",
        off_session=True,
    ).op_id


def _tell_late(part: Part) -> Done:
    count = 0
    for line, last in _with_last(part):
        grace = Line.from_data(line.terms).rules.late.grace_days
        least = owing(line, part.day).amount(LEAST)
        if not least or (part.day - last.due_on).days <= grace:
            continue
        if remember(line, f"late:{last.serial}", "late", part.day, amount=least.minor):
            count += 1
            if part.day >= clock.today():
                news.late(line, last, least)
    return Done(count)


def _looked_at(day: date) -> Select[int]:
    """Open lines on the day of the month on which their statements close."""
    return select(CreditLine.id).where(
        CreditLine.state == OPEN, CreditLine.closes == day.day, CreditLine.opened_on < day
    )


def _look(part: Part) -> Done:
    """A day that is caught up decides nothing: the facts are those of today."""
    if part.day < clock.today():
        return Done()
    return Done(sum(bool(limits.look(line, part.day)) for line in _lines(part.ids)))


FIRST = (accruing.NIGHTS, Step("statements closed", _closing, _close))
THEN = (
    Step("lines collected", _collected, _collect, asks=True),
    Step("lines reminded", _reminded, _remind),
    Step("lines late", _late, _tell_late),
    Step("limits of lines looked at", _looked_at, _look),
)
