"""What the lender's day books for many loans at once; pure."""

from datetime import date

from core.money import Money
from ledger.accounts import account, shard
from ledger.entries import Journal, Transfer
from ledger.postings import posting


@posting(
    "interest.accrued",
    "accrued_interest > advance_fee_income",
    key="accrued:{book}:{day}:{upto}:{currency}",
)
def accrued(book: str, amount: Money, on: date, upto: int) -> Journal:
    """A day's interest of a chunk of loans is earned; it is not on their own accounts yet."""
    key = f"accrued:{book}:{on.isoformat()}:{upto}:{amount.currency}"
    income = account("advance_fee_income", shard(key))
    line = Transfer(account("accrued_interest", book), income, amount, "accrued")
    return Journal(key, "interest.accrued", book, on, (line,))
