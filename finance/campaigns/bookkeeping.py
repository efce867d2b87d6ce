"""What sellers pay for plans, in the book; pure."""

from datetime import date

from core.money import Money
from ledger.accounts import Account, account, shard
from ledger.causes import cause
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting


def _unearned(loan: str) -> Account:
    return account("unearned_fee", loan)


_SUBSIDY = ("subsidy s", "s.order_number = {order}")
# of an order's plan, if what lies in the book is what all orders of the plan have not earned
_UNEARNED = cause(
    _SUBSIDY[0],
    f"{_SUBSIDY[1]} and (select sum(x.taken - x.given_back - x.earned) from subsidy x"
    " where x.loan_number = s.loan_number) = coalesce((select a.credits_posted - a.debits_posted"
    " from ledger_account a where a.path = '2500:unearned_fee:' || s.loan_number"
    " and a.currency = s.currency), 0)",
    unearned_fee=("s.loan_number", None),
)


@piece("seller_payable > unearned_fee", into="order.released", cause=_UNEARNED)
def taken(seller_id: int, loan: str, amount: Money) -> tuple[Transfer, ...]:
    """The seller's price of a plan, out of the settlement of the order it paid for."""
    return moves((account("seller_payable", seller_id), _unearned(loan), amount, "subsidy"))


@posting(
    "subsidy.earned",
    "unearned_fee > loan_interest_income",
    key="subsidy:{order}:earned:{date}",
    cause=_UNEARNED,
)
def earned(order: str, loan: str, amount: Money, on: date) -> Journal:
    """Rows of the plan have fallen due: their part of the seller's price is earned."""
    income = account("loan_interest_income", shard(loan))
    line = Transfer(_unearned(loan), income, amount, "earned")
    return Journal(f"subsidy:{order}:earned:{on}", "subsidy.earned", loan, on, (line,))


@posting(
    "subsidy.given_back",
    "unearned_fee, loan_interest_income > seller_payable",
    key="subsidy:{order}:back:{refund}",
    cause=(
        _UNEARNED,
        cause(*_SUBSIDY, seller_payable=("s.seller_id", "(s.backs->>{refund})::bigint")),
    ),
)
def given_back(
    order: str, loan: str, seller_id: int, refund: str, unearned: Money, income: Money, on: date
) -> Journal:
    """Goods came back: the seller's price of that part goes back too, earned or not."""
    seller = account("seller_payable", seller_id)
    lines = moves(
        (_unearned(loan), seller, unearned, "given_back"),
        (account("loan_interest_income", shard(loan)), seller, income, "given_back"),
    )
    return Journal(f"subsidy:{order}:back:{refund}", "subsidy.given_back", loan, on, lines)
