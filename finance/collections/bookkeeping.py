"""What the lender's day books for many loans at once; pure."""

from datetime import date

from core.money import Money
from ledger.accounts import account, shard
from ledger.causes import cause
from ledger.entries import Journal, Transfer
from ledger.postings import posting

# chunks of earlier releases do not say what they booked
_BOOKED = "case when k.booked is not null then coalesce((k.booked->>{currency})::bigint, 0) end"


def _chunk(*steps: tuple[str, str]) -> tuple[str, str]:
    """The chunk of that day and step, of one book, that ended there."""
    which = " or ".join(f"k.step = '{step}' and {{book}} = '{book}'" for step, book in steps)
    return "day_chunk k", f'k."on" = {{day}}::date and k.last_id = {{upto}}::bigint and ({which})'


_PROVISIONS = _chunk(("provisions of plans", "shoppers"), ("provisions of advances", "sellers"))


@posting(
    "interest.accrued",
    "accrued_interest > advance_fee_income",
    key="accrued:{book}:{day}:{upto}:{currency}",
    cause=cause(
        *_chunk(("interest accrued", "sellers")),
        currency="{currency}",
        accrued_interest=("{book}", f"-({_BOOKED})"),
    ),
)
def accrued(book: str, amount: Money, on: date, upto: int) -> Journal:
    """A day's interest of a chunk of loans is earned; it is not on their own accounts yet."""
    key = f"accrued:{book}:{on.isoformat()}:{upto}:{amount.currency}"
    income = account("advance_fee_income", shard(key))
    line = Transfer(account("accrued_interest", book), income, amount, "accrued")
    return Journal(key, "interest.accrued", book, on, (line,))


@posting(
    "provision",
    "credit_loss > loss_allowance",
    "loss_allowance > credit_loss",
    key="provision:{book}:{day}:{upto}:{currency}",
    cause=cause(*_PROVISIONS, currency="{currency}", loss_allowance=("{book}", _BOOKED)),
)
def provisioned(book: str, change: Money, on: date, upto: int) -> Journal:
    """What is expected to be lost on a chunk of loans, less what was set aside for them before."""
    key = f"provision:{book}:{on.isoformat()}:{upto}:{change.currency}"
    allowance, loss = account("loss_allowance", book), account("credit_loss")
    line = (
        Transfer(loss, allowance, change, "expected")
        if change.minor > 0
        else Transfer(allowance, loss, -change, "less_expected")
    )
    return Journal(key, "provision", book, on, (line,))


@posting(
    "interest.nights",
    "accrued_interest > loan_interest_income",
    key="nights:{day}:{upto}:{currency}",
    cause=cause(
        "day_chunk k",
        'k."on" = {day}::date and k.last_id = {upto}::bigint'
        " and k.step = 'interest of lines accrued'",
        currency="{currency}",
        accrued_interest=("'shoppers'", f"-({_BOOKED})"),
    ),
)
def nights(amount: Money, on: date, upto: int) -> Journal:
    """A night's interest of a chunk of lines' purchases is earned; it is billed with a statement."""
    key = f"nights:{on.isoformat()}:{upto}:{amount.currency}"
    income = account("loan_interest_income", shard(key))
    line = Transfer(account("accrued_interest", "shoppers"), income, amount, "nights")
    return Journal(key, "interest.nights", "shoppers", on, (line,))
