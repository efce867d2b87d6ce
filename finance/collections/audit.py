"""What must hold between the lender's day and the book; each check names what is wrong."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import text

from core.db import db
from core.money import Money
from finance.collections import accruing, chunks
from finance.collections.through import SELLERS, STEP
from ledger import audit, book
from ledger.accounts import account

_TWICE = """
    select format('%s of %s: ids %s to %s twice', c.step, c."on", c.first_id, o.last_id)
      from day_chunk c
      join lateral (select last_id from day_chunk o
                     where o.step = c.step and o."on" = c."on" and o.first_id < c.first_id
                     order by o.first_id desc limit 1) o on o.last_id >= c.first_id
"""
_CURRENCIES = text("select distinct currency from advance")


def accrued() -> Iterator[str]:
    """Where the control account is not what all contracts accrued to the last run."""
    on = chunks.latest(STEP)
    before = on and chunks.latest(STEP, on)
    upto = chunks.reached(STEP, on) if on else 0
    owed = accruing.owed(upto, on or date.min, before or date.min)
    for currency in db.session.connection().execute(_CURRENCIES).scalars().all():
        there = book.balance(account("accrued_interest", SELLERS), currency)
        wanted = Money(owed.get(currency, 0), currency)
        if there != wanted:
            yield f"{there} in the book, {wanted} by the contracts' columns"


def register() -> None:
    """Add the checks to the ledger's audit."""
    audit.add("interest accrued is what every contract's columns say", accrued)
    audit.add("no chunk of a day was worked twice", _TWICE)
