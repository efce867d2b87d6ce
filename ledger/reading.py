"""What the book says: balances, statements, and the journals of one thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from core.db import db
from core.money import Money
from ledger.accounts import BY_NAME, CHART, Account, Kind
from ledger.models import accounts, journals, transfers


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posted movement on an account; `change` and `balance` on its normal side.

    `other` is the path of the account on the other side, `version` the account's count.
    """

    key: str
    kind: str
    ref: str
    on: date
    reason: str
    change: Money
    balance: Money
    other: str
    version: int
    event_at: datetime


@dataclass(frozen=True, slots=True)
class LineView:
    """One transfer; `state` is posted, pending, settled or voided."""

    line: int
    debit: str
    credit: str
    amount: Money
    reason: str
    state: str


@dataclass(frozen=True, slots=True)
class JournalView:
    """A journal with its lines; `form` is entry, hold, settlement, void or reversal."""

    id: int
    key: str
    form: str
    kind: str
    ref: str
    on: date
    event_at: datetime
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class TrialLine:
    """All accounts of one kind together."""

    kind: Kind
    debits: Money
    credits: Money
    balance: Money


def _posted() -> ColumnElement[int]:
    gain = accounts.c.credits_posted - accounts.c.debits_posted
    return case((accounts.c.side == "credit", gain), else_=-gain)


def _outgoing() -> ColumnElement[int]:
    return case(
        (accounts.c.side == "credit", accounts.c.debits_pending), else_=accounts.c.credits_pending
    )


def _run(query: Any) -> Any:
    return db.session.connection().execute(query)


def _of(account: Account, currency: str, column: ColumnElement[int]) -> Money:
    here = (accounts.c.path == account.path) & (accounts.c.currency == currency)
    minor = _run(select(func.sum(column)).where(here)).scalar_one()  # a busy account is many rows
    return Money(int(minor or 0), currency)


def balance(account: Account, currency: str) -> Money:
    """What is posted, on the account's normal side; zero for an account never used."""
    return _of(account, currency, _posted())


def available(account: Account, currency: str) -> Money:
    """The balance less what holds may still take away."""
    return _of(account, currency, _posted() - _outgoing())


def all_available(wanted: Sequence[Account], currency: str) -> list[Money]:
    """What `available` says of each of these accounts, in one question."""
    paths = [account.path for account in wanted]
    query = (
        select(accounts.c.path, func.sum(_posted() - _outgoing()))
        .where(accounts.c.path.in_(paths), accounts.c.currency == currency)
        .group_by(accounts.c.path)
    )
    found = {path: int(minor) for path, minor in _run(query)}
    return [Money(found.get(path, 0), currency) for path in paths]


def sum_of(kind_name: str, currency: str) -> Money:
    """The balances of all accounts of a kind, on its normal side."""
    here = (accounts.c.code == BY_NAME[kind_name].code) & (accounts.c.currency == currency)
    return Money(
        int(_run(select(func.coalesce(func.sum(_posted()), 0)).where(here)).scalar_one()), currency
    )


def trial_balance(currency: str) -> list[TrialLine]:
    """One line for each kind of the chart that was used, in the chart's order."""
    debits, credits = func.sum(accounts.c.debits_posted), func.sum(accounts.c.credits_posted)
    query = select(accounts.c.code, debits, credits).where(accounts.c.currency == currency)
    sums = {code: (int(d), int(c)) for code, d, c in _run(query.group_by(accounts.c.code))}
    return [_trial_line(kind, *sums[kind.code], currency) for kind in CHART if kind.code in sums]


def _trial_line(kind: Kind, debits: int, credits: int, currency: str) -> TrialLine:
    gain = debits - credits if kind.side == "debit" else credits - debits
    return TrialLine(kind, Money(debits, currency), Money(credits, currency), Money(gain, currency))


def currencies() -> list[str]:
    """Every currency in the book."""
    query = select(accounts.c.currency).distinct().order_by(accounts.c.currency)
    return list(_run(query).scalars())


def statement(
    account: Account,
    currency: str,
    *,
    limit: int | None = None,
    before: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[StatementLine]:
    """What moved on the account, oldest first; with `limit` only the newest lines.

    before         only lines whose version is lower: the page of older ones
    since, until   only lines of these business dates, both included
    """
    ids = _rows_of(account, currency)
    if not ids:
        return []
    sides = _moved(ids, account.kind.side.value)
    other = accounts.alias()
    query = (
        select(sides, other.c.path, journals)
        .join(journals, journals.c.id == sides.c.journal_id)
        .join(other, other.c.id == sides.c.other_id)
        .order_by(sides.c.version.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(sides.c.version < before)
    if since is not None:
        query = query.where(journals.c.business_date >= since)
    if until is not None:
        query = query.where(journals.c.business_date <= until)
    side = account.kind.side.value
    return [_statement_line(row, side, currency) for row in reversed(_run(query).mappings().all())]


def balance_before(account: Account, currency: str, day: date) -> Money:
    """What earlier business dates than `day` left on the account, on its normal side."""
    ids = _rows_of(account, currency)
    if not ids:
        return Money.zero(currency)
    sides = union_all(_side("debit", "credit", ids), _side("credit", "debit", ids)).subquery()
    mine = sides.c.side == account.kind.side.value
    change = func.sum(case((mine, sides.c.amount), else_=-sides.c.amount))
    query = select(change).join(journals, journals.c.id == sides.c.journal_id)
    minor = _run(query.where(journals.c.business_date < day)).scalar_one()
    return Money(int(minor or 0), currency)


def _rows_of(account: Account, currency: str) -> list[int]:
    """Ids of the rows that are this account: one, or several of a busy one."""
    here = (accounts.c.path == account.path) & (accounts.c.currency == currency)
    return list(_run(select(accounts.c.id).where(here)).scalars())


def _moved(ids: list[int], side: str) -> Subquery:
    """What moved on one account; several rows are told as one, counted and summed in one order."""
    sides = union_all(_side("debit", "credit", ids), _side("credit", "debit", ids)).subquery()
    if len(ids) == 1:
        return sides
    inorder: dict[str, Any] = {"order_by": (sides.c.journal_id, sides.c.line)}
    change = case((sides.c.side == side, sides.c.amount), else_=-sides.c.amount)
    as_one = {
        "version": func.row_number().over(**inorder).label("version"),
        "balance": cast(func.sum(change).over(**inorder), BigInteger).label("balance"),
    }
    return select(*(as_one.get(column.name, column) for column in sides.c)).subquery()


def _side(mine: str, theirs: str, ids: list[int]) -> Select[Any]:
    column = transfers.c
    return select(
        column.journal_id,
        column.line,
        column[f"{theirs}_account_id"].label("other_id"),
        column[f"{mine}_version"].label("version"),
        column[f"{mine}_balance"].label("balance"),
        column.amount,
        column.reason,
        literal(mine).label("side"),
    ).where(column[f"{mine}_account_id"].in_(ids), column.state.in_(("posted", "settled")))


def _statement_line(row: Any, side: str, currency: str) -> StatementLine:
    return StatementLine(
        key=row["idempotency_key"],
        kind=row["kind"],
        ref=row["ref"],
        on=row["business_date"],
        reason=row["reason"],
        change=Money(row["amount"] if row["side"] == side else -row["amount"], currency),
        balance=Money(row["balance"], currency),
        other=row["path"],
        version=row["version"],
        event_at=row["event_at"],
    )


def journals_of(*refs: str) -> list[JournalView]:
    """Every journal about any of `refs`, in the order written."""
    return _views(select(journals).where(journals.c.ref.in_(refs)).order_by(journals.c.id))


def recent(limit: int = 50) -> list[JournalView]:
    """The newest journals, newest first."""
    return _views(select(journals).order_by(journals.c.id.desc()).limit(limit))


def view(key: str) -> JournalView | None:
    """The journal written under `key`."""
    found = _views(select(journals).where(journals.c.idempotency_key == key))
    return found[0] if found else None


def _views(query: Select[Any]) -> list[JournalView]:
    heads = _run(query).mappings().all()
    lines = _lines_of([head["id"] for head in heads])
    return [
        JournalView(
            id=head["id"],
            key=head["idempotency_key"],
            form=head["form"],
            kind=head["kind"],
            ref=head["ref"],
            on=head["business_date"],
            event_at=head["event_at"],
            lines=tuple(lines[head["id"]]),
        )
        for head in heads
    ]


def _lines_of(journal_ids: list[int]) -> dict[int, list[LineView]]:
    debit, credit, column = accounts.alias(), accounts.alias(), transfers.c
    query = (
        select(transfers, debit.c.path, credit.c.path.label("credit_path"))
        .join(debit, debit.c.id == column.debit_account_id)
        .join(credit, credit.c.id == column.credit_account_id)
        .where(column.journal_id.in_(journal_ids))
        .order_by(column.journal_id, column.line)
    )
    lines: dict[int, list[LineView]] = {id: [] for id in journal_ids}
    for row in _run(query).mappings() if journal_ids else ():
        amount = Money(row["amount"], row["currency"])
        sides = row["path"], row["credit_path"]
        view = LineView(row["line"], *sides, amount, row["reason"], row["state"])
        lines[row["journal_id"]].append(view)
    return lines
