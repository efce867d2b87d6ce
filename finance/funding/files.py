"""A bank's files as downloads: its cash by loan and day, and its trial balance."""

from datetime import date

from flask import Response

from core.errors import InvalidInput
from finance.funding import portfolio, reports
from finance.funding.models import Funder


class NoSuchDays(InvalidInput):
    message = "Write both days as 2026-03-01, the first before the last."


def days(since: str | None, until: str | None) -> tuple[date, date]:
    """The days of a file, this month's where none are given; raises NoSuchDays."""
    first, last = portfolio.this_month()
    try:
        first = date.fromisoformat(since) if since else first
        last = date.fromisoformat(until) if until else last
    except ValueError:
        raise NoSuchDays() from None
    if first > last:
        raise NoSuchDays()
    return first, last


def cashflows(bank: Funder, since: date, until: date) -> Response:
    """The lines of `flask finance bank CODE --cashflows`, byte by byte."""
    lines = "".join(f"{line}\n" for line in reports.cashflows(bank.code, since, until))
    return _file(f"cashflows-{bank.code}-{since}-{until}.csv", lines)


def trial_balance(bank: Funder) -> Response:
    """The accounts of the book beside what the bank's loans say, in minor units."""
    lines = [
        f"{b.name},{bank.currency},{b.debits},{b.credits},{b.balance},{b.ours}\n"
        for b in reports.trial_balance(bank.code)
    ]
    head = "account,currency,debits,credits,balance,loans_say\n"
    return _file(f"trial-balance-{bank.code}.csv", head + "".join(lines))


def _file(name: str, body: str) -> Response:
    response = Response(body, mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
