"""A seller's balance as a statement: every movement with its order, reason and contract."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from core.db import db
from core.money import Money
from ledger import book
from ledger.accounts import account, at
from ledger.reading import StatementLine
from mall.payouts import contained
from mall.payouts.models import SettlementLine
from mall.payouts.rules import COMMISSION
from mall.payouts.words import in_words
from mall.taxes.rules import Contained, by_rate

_BY_ACCOUNT = {
    ("advance_principal", False): "Advance repaid",
    ("advance_principal", True): "Advance to your balance",
    ("advance_fee", False): "Fee of an advance",
    ("unearned_fee", False): "Fee of an advance",
    ("unearned_fee", True): "Fee of an advance given back",
    ("advance_fee_income", True): "Fee of an advance given back",
    ("seller_receivable", False): "Paid what you owed",
    ("payout_in_flight", False): "Payout to your bank",
    ("payout_in_flight", True): "Payout that came back",
    ("seller_reserve", False): "Into your reserve",
    ("seller_reserve", True): "Out of your reserve",
    ("commission", True): "Commission given back",
    ("tax_payable", True): "Tax on the commission given back",
}
_CONTRACTS = {"advance_principal", "advance_fee", "unearned_fee"}
_ABOUT = {
    "order": "order",
    "reserve": "order",
    "payout": "payout",
    "advance": "contract",
    "dispute": "dispute",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a seller's statement.

    about     what `ref` is the number of: order, payout, contract, or "" for none of these
    amount    what it adds to the balance (the sale) or takes from it
    balance   after the row; None inside a sale that is divided into its parts
    taxes     what a sale contains, or (below zero) a refund takes back: the seller's own
    """

    on: date
    words: str
    about: str
    ref: str
    contract: str
    amount: Money
    balance: Money | None
    key: str
    taxes: tuple[Contained, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """A seller's balance from one day to another: opening + Σ rows = closing.

    rows      the oldest first; `balance` of each is what it left
    sums      what the rows came to, by their words, in the order in which they first came
    taxes     contained in the sales less refunds of these days, by rate
    reserve   withheld, and `owed` by the seller, at the end of the last day
    """

    since: date
    until: date
    opening: Money
    rows: list[Row]
    closing: Money
    sums: list[tuple[str, Money]]
    reserve: Money
    owed: Money
    taxes: list[Contained]


@dataclass(frozen=True, slots=True)
class Statement:
    """Rows, the newest first; `before` is where the next page begins, None on the last."""

    rows: list[Row]
    before: int | None


def statement(
    seller_id: int, currency: str, *, limit: int | None = None, before: int | None = None
) -> Statement:
    """What moved on the seller's balance; sales are shown whole, with the commission below."""
    payable = account("seller_payable", seller_id)
    one_more = None if limit is None else limit + 1
    lines = book.statement(payable, currency, limit=one_more, before=before)
    more = limit is not None and len(lines) > limit
    lines = lines[1:] if more else lines
    sales = _sales_of(line.ref for line in lines if _is_sale(line))
    taxes = _taxes_of(lines)
    rows = [row for line in reversed(lines) for row in _rows(line, sales, taxes, currency)]
    return Statement(rows, lines[0].version if more else None)


def period(seller_id: int, currency: str, since: date, until: date) -> Period:
    """The statement from `since` to `until`, both included, by business date."""
    payable, after = account("seller_payable", seller_id), until + timedelta(1)
    opening = book.balance_before(payable, currency, since)
    lines = book.statement(payable, currency, since=since, until=until)
    sales = _sales_of(line.ref for line in lines if _is_sale(line))
    taxes = _taxes_of(lines)
    rows: list[Row] = []
    left = opening
    sums: dict[str, Money] = {}
    for line in lines:
        for row in reversed(_rows(line, sales, taxes, currency)):
            left = left + row.amount
            rows.append(replace(row, balance=left))
            sums[row.words] = sums.get(row.words, Money.zero(currency)) + row.amount
    return Period(
        since,
        until,
        opening,
        rows,
        left,
        list(sums.items()),
        book.balance_before(account("seller_reserve", seller_id), currency, after),
        book.balance_before(account("seller_receivable", seller_id), currency, after),
        _contained_in(rows, seller_id, since, until),
    )


def _contained_in(rows: list[Row], seller_id: int, since: date, until: date) -> list[Contained]:
    """Sales by their rows; refunds by their day, since some are owed and never move the balance."""
    sales = [tax for row in rows if row.words == in_words("sale") for tax in row.taxes]
    refunds = contained.of_days(seller_id, since, until)
    return by_rate([(tax.rate, tax.amount) for tax in (*sales, *refunds)])


def _is_sale(line: StatementLine) -> bool:
    return line.kind == "order.released" and line.reason == "sale"


def _sales_of(orders: Iterable[str]) -> dict[str, dict[str, int]]:
    """What the mall's fees took of these orders, by reason."""
    numbers = set(orders)
    if not numbers:
        return {}
    line = SettlementLine
    query = select(line.order_number, line.reason, line.amount).where(
        line.order_number.in_(numbers), line.step == COMMISSION, line.amount > 0
    )
    found: dict[str, dict[str, int]] = {}
    for number, reason, amount in db.session.execute(query.order_by(line.id)):
        found.setdefault(number, {})[reason] = amount
    return found


def _taxes_of(lines: Iterable[StatementLine]) -> dict[str, list[Contained]]:
    """By the order of a sale, and by the key of a refund."""
    lines = list(lines)
    found = contained.of_sales(line.ref for line in lines if _is_sale(line))
    refunds = [line.key.partition(":")[2] for line in lines if _is_refund(line)]
    return found | contained.of_refunds(refunds)


def _is_refund(line: StatementLine) -> bool:
    """The part of a refund that is the amount itself, not what comes beside it."""
    return line.kind == "order.refunded" and line.reason == "refund"


def _rows(
    line: StatementLine,
    sales: dict[str, dict[str, int]],
    taxes: dict[str, list[Contained]],
    currency: str,
) -> list[Row]:
    fees = sales.get(line.ref, {}) if _is_sale(line) else {}
    known = line.ref if _is_sale(line) else line.key.partition(":")[2] if _is_refund(line) else ""
    found = tuple(taxes.get(known, ()))
    if not fees:
        return [replace(_row(line, _words(line), line.change, line.balance), taxes=found)]
    gross = line.change + Money(sum(fees.values()), currency)
    rows = [replace(_row(line, in_words("sale"), gross, None), taxes=found)]
    for reason, amount in fees.items():
        rows.append(_row(line, in_words(reason), Money(-amount, currency), None))
    rows[-1] = replace(rows[-1], balance=line.balance)
    return rows[::-1]  # the newest first, as everywhere on the page


def _row(line: StatementLine, words: str, amount: Money, balance: Money | None) -> Row:
    other = at(line.other)
    return Row(
        on=line.on,
        words=words,
        about=_ABOUT.get(line.kind.partition(".")[0], ""),
        ref=line.ref,
        contract=other.owner if other.kind.name in _CONTRACTS else "",
        amount=amount,
        balance=balance,
        key=line.key,
    )


def _words(line: StatementLine) -> str:
    known = _BY_ACCOUNT.get((at(line.other).kind.name, line.change.minor > 0))
    return known or in_words(line.reason)
