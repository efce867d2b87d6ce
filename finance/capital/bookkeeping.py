"""How an advance's money moves; pure.

A = the advance, S = the seller. Interest and fees become income only when they are earned:
interest day by day, a flat fee with each repayment (S3) or when the order is over (S4).
"""

from datetime import date

from core.money import Money
from finance.capital.rules import Rebate
from ledger.accounts import Account, account, shard
from ledger.entries import Journal, Transfer, moves


def _income(number: str) -> Account:
    return account("advance_fee_income", shard(number))


def paid_out(
    number: str, seller_id: int, principal: Money, fee: Money, on: date, *, fee_now: bool
) -> Journal:
    """The money is the seller's at once; a flat fee is owed (S3) or kept back (`fee_now`, S4)."""
    payable, unearned = account("seller_payable", seller_id), account("unearned_fee", number)
    payer = payable if fee_now else account("advance_fee", number)
    transfers = moves(
        (account("advance_principal", number), payable, principal, "advance"),
        (payer, unearned, fee, "fee"),
    )
    return Journal(f"advance:{number}:paid", "advance.paid", number, on, transfers)


def interest(number: str, amount: Money) -> tuple[Transfer, ...]:
    """Interest of the days since it was last reckoned."""
    return moves((account("advance_fee", number), _income(number), amount, "interest"))


def repaid(
    number: str, seller_id: int, principal: Money, fee: Money, reason: str
) -> tuple[Transfer, ...]:
    """Taken from the seller's balance."""
    payable = account("seller_payable", seller_id)
    return moves(
        (payable, account("advance_fee", number), fee, f"{reason}_fee"),
        (payable, account("advance_principal", number), principal, reason),
    )


def earned(number: str, fee: Money) -> tuple[Transfer, ...]:
    """A part of a flat fee becomes income."""
    return moves((account("unearned_fee", number), _income(number), fee, "fee_earned"))


def given_back(number: str, seller_id: int, rebate: Rebate) -> tuple[Transfer, ...]:
    """A fee that is not earned: what is still owed falls away, what was paid comes off income."""
    payable = account("seller_payable", seller_id)
    return moves(
        (
            account("unearned_fee", number),
            account("advance_fee", number),
            rebate.fee,
            "fee_rebate",
        ),
        (
            _income(number),
            account("advance_principal", number),
            rebate.principal,
            "fee_rebate",
        ),
        (_income(number), payable, rebate.back, "fee_rebate"),
    )
