"""Journals of what came too much: kept in suspense, then where a person says; pure."""

from datetime import date

from core.money import Money
from ledger.accounts import Account, account
from ledger.causes import cause
from ledger.entries import Journal, Transfer
from ledger.postings import posting
from payments.bookkeeping import clearing


@posting(
    "bank.rest_kept",
    "clearing > suspense",
    key="bank:{line}:kept",
    cause=cause("bank_rest r", "r.line_id = {line}::bigint", suspense=("", "r.amount")),
)
def rest_kept(line_id: int, purpose: str, amount: Money, on: date) -> Journal:
    """What was transferred too much, and is not the payer's, waits for a person."""
    move = Transfer(clearing("bank"), account("suspense"), amount, "paid_too_much")
    return Journal(f"bank:{line_id}:kept", "bank.rest_kept", purpose, on, (move,))


@posting(
    "suspense.rest_cleared",
    "suspense > wallet, refund_payable, other_income",
    key="bank:{line}:kept:{why}",
    cause=cause(
        "bank_rest r",
        "r.line_id = {line}::bigint and r.cleared = {why}",
        suspense=("", "-r.amount"),
        wallet=("r.owner", "case when r.cleared = 'to_wallet' then r.amount else 0 end"),
        refund_payable=("r.owner", "case when r.cleared = 'send_back' then r.amount else 0 end"),
    ),
)
def rest_cleared(
    line_id: int, why: str, ref: str, other: Account, amount: Money, on: date
) -> Journal:
    """A person has said whose the rest of a line is."""
    move = Transfer(account("suspense"), other, amount, why)
    return Journal(f"bank:{line_id}:kept:{why}", "suspense.rest_cleared", ref, on, (move,))
