"""What must hold between the lender's day and the book; each check names what is wrong."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import TextClause, text

from core.db import db
from core.money import MILLION, Money
from finance.collections import accruing, chunks
from finance.collections.provision_rules import rules
from finance.collections.provisioning import SHOPPERS
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
_PARTS = text("select book, currency, sum(allowance) from loan_standing group by book, currency")
# one for each combination is enough: there are few, and a book of millions of loans
_STANDINGS = text("""
    select book, min(contract_id), days_late, stage, exposure, rate_ppm, allowance
      from loan_standing group by book, days_late, stage, exposure, rate_ppm, allowance
""")
_CURRENCIES = text(
    "select currency from advance union select currency from ledger_account where code = 1420"
)


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


def allowances() -> Iterator[str]:
    """Books whose `loss_allowance` is not the sum over `loan_standing`."""
    parts = {(of, currency): int(sum_) for of, currency, sum_ in _rows(_PARTS)}
    for of in (SHOPPERS, SELLERS):
        for currency in {c for _, c in parts} | set(book.currencies()):
            there = book.balance(account("loss_allowance", of), currency)
            wanted = Money(parts.get((of, currency), 0), currency)
            if there != wanted:
                yield f"{of}: {there} in the book, {wanted} by loan"


def wrong_parts() -> Iterator[str]:
    """Parts that are not PD × LGD × exposure by the settings, or a stage that its days are not."""
    rates = {(r["stage"], r["ppm"]) for r in rules().rates()}
    for row in _rows(_STANDINGS):
        of, id, days, stage, exposure, ppm, allowance = row
        known = ppm == 0 or (stage, ppm) in rates or ppm == MILLION  # set aside by earlier releases
        used_up = exposure == 0 and ppm == 0
        if not known or stage not in _stages(days):
            yield f"{of} {id}: {days} days late, stage {stage}, rate {ppm}"
        elif not used_up and allowance != (exposure * ppm + MILLION // 2) // MILLION:
            yield f"{of} {id}: {allowance} set aside of {exposure} at {ppm}"


def _stages(days: int) -> tuple[int, int]:
    """By its days late, or the second one because the borrower's PD has doubled."""
    return rules().stage(days), max(2, rules().stage(days))


def _rows(query: TextClause) -> Sequence[Any]:
    return db.session.connection().execute(query).all()


def register() -> None:
    """Add the checks to the ledger's audit."""
    audit.add("interest accrued is what every contract's columns say", accrued)
    audit.add("no chunk of a day was worked twice", _TWICE)
    audit.add("each loss allowance is the sum of its loans' parts", allowances)
    audit.add("each part of an allowance is its stage's rate of the exposure", wrong_parts)
