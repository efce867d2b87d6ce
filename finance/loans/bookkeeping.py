"""Every entry a shopper's loan can cause; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.money import Money, total
from finance.lending.allocation import FEE, LATE_FEE, PRINCIPAL, Share
from finance.lending.as_if import Undone
from ledger.accounts import Account, account, shard
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting

BOOK = "shoppers"  # whose expected losses `loss_allowance` holds
_OWED = {LATE_FEE: "loan_fee", FEE: "loan_interest", PRINCIPAL: "loan_principal"}


def principal_of(number: str) -> Account:
    """What is owed of the money lent; always the sum of the unpaid principal of the rows."""
    return account("loan_principal", number)


def interest_of(number: str) -> Account:
    """Fees earned (fallen due) and not paid."""
    return account("loan_interest", number)


def late_fees_of(number: str) -> Account:
    return account("loan_fee", number)


@posting("loan.lent", "loan_principal > escrow", key="loan:{number}:lent")
def lent(number: str, orders: Sequence[tuple[str, Money]], on: date) -> Journal:
    """The lender pays each order into its escrow; the shopper owes the sum."""
    transfers = tuple(
        Transfer(principal_of(number), account("escrow", order), amount, "lent")
        for order, amount in orders
    )
    return Journal(f"loan:{number}:lent", "loan.lent", number, on, transfers)


@posting("loan.due", "loan_interest > loan_interest_income", key="loan:{number}:due:{row}")
def due(number: str, row: int, fee: Money, on: date) -> Journal:
    """A row's fee is earned on its due day (or when it is paid in advance)."""
    income = account("loan_interest_income", shard(number))
    earned = Transfer(interest_of(number), income, fee, f"row_{row}")
    return Journal(f"loan:{number}:due:{row}", "loan.due", number, on, (earned,))


@posting("loan.late_fee", "loan_fee > late_fee_income", key="loan:{number}:late_fee:{row}")
def late_fee(number: str, row: int, fee: Money, on: date) -> Journal:
    """A row is late: the fee the contract names is owed."""
    charged = Transfer(late_fees_of(number), account("late_fee_income"), fee, f"row_{row}")
    return Journal(f"loan:{number}:late_fee:{row}", "loan.late_fee", number, on, (charged,))


@piece(
    "clearing, wallet > loan_fee, loan_interest, loan_principal",
    into=("payment.paid", "loan.paid", "dispute.recovered"),
)
def paid(number: str, source: Account, shares: Sequence[Share]) -> tuple[Transfer, ...]:
    """A payment's parts, from where the money came (`clearing`, a wallet)."""
    found = []
    for part in (LATE_FEE, FEE, PRINCIPAL):
        amounts = [share.amount for share in shares if share.part == part]
        if amounts:
            owed = account(_OWED[part], number)
            found.append((source, owed, total(amounts, amounts[0].currency), part))
    return moves(*found)


@posting(
    "loan.withdrawn",
    "loan_interest_income > loan_principal, loan_interest",
    key="loan:{number}:withdrawn",
)
def fees_given_back(number: str, paid: Money, unpaid: Money, on: date) -> Journal | None:
    """The shopper withdrew: earned fees are no income; what was paid of them is principal paid."""
    income = account("loan_interest_income", shard(number))
    back = moves(
        (income, principal_of(number), paid, "withdrawn"),
        (income, interest_of(number), unpaid, "withdrawn"),
    )
    return Journal(f"loan:{number}:withdrawn", "loan.withdrawn", number, on, back) if back else None


@posting("loan.paid", key="loan:{number}:wallet:{key}")
def paid_from_wallet(number: str, key: str, transfers: tuple[Transfer, ...], on: date) -> Journal:
    """The shopper pays a plan out of the balance with us."""
    return Journal(f"loan:{number}:wallet:{key}", "loan.paid", number, on, transfers)


@posting(
    "loan.charged_back",
    "loan_fee, loan_interest, loan_principal, wallet > disputed_funds",
    key="loan:{number}:charged_back:{dispute}",
)
def charged_back(
    number: str, dispute: str, shares: Sequence[Share], rest: tuple[Account, Money], on: date
) -> Journal:
    """A bank took a payment back: the plan owes it again; its rest had gone to the balance."""
    funds = account("disputed_funds", dispute)
    owed = [(account(_OWED[s.part], number), funds, s.amount, f"row_{s.row}") for s in shares]
    transfers = moves(*owed, (rest[0], funds, rest[1], "balance"))
    key = f"loan:{number}:charged_back:{dispute}"
    return Journal(key, "loan.charged_back", number, on, transfers)


@piece(
    "clearing, wallet, refund_payable > recovery",
    into=("payment.paid", "loan.paid", "order.refunded", "dispute.recovered"),
)
def recovered(source: Account, amount: Money) -> tuple[Transfer, ...]:
    """Money on a loan that was charged off."""
    return moves((source, account("recovery"), amount, "recovered"))


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Late fees that a full refund takes back with everything else (paid part, unpaid part)."""

    paid: Money
    unpaid: Money


@piece(
    "loan_interest > loan_interest_income",
    "refund_payable > loan_principal, loan_interest, loan_fee",
    "refund_payable > recovery",
    into="order.refunded",
)
def refunded(
    number: str, refund_number: str, undone: Undone, late: GivenUp, charged_off: bool
) -> tuple[Transfer, ...]:
    """The lender's part of a refund's one journal: out of `refund_payable` into what is owed.

    After a charge-off nothing is owed in the book any more, so the money is a recovery.
    """
    promised = account("refund_payable", refund_number)
    if charged_off:
        what = undone.principal_less + undone.interest_less + late.unpaid
        return recovered(promised, what)
    income = account("loan_interest_income", shard(number))
    return moves(
        (interest_of(number), income, undone.fee_added, "rounding"),
        (promised, principal_of(number), undone.principal_less, "principal"),
        (promised, interest_of(number), undone.interest_less, "fee"),
        (promised, late_fees_of(number), late.unpaid, "late_fee"),
    )


@posting("loan.default", "credit_loss > loss_allowance", key="loan:{number}:default:{date}")
def provisioned(number: str, amount: Money, on: date) -> Journal:
    """The loan is in default: all that is owed is expected to be lost."""
    expected = Transfer(account("credit_loss"), account("loss_allowance", BOOK), amount, "default")
    return Journal(f"loan:{number}:default:{on}", "loan.default", number, on, (expected,))


@posting("loan.cured", "loss_allowance > credit_loss", key="loan:{number}:cured:{key}")
def provision_released(number: str, key: str, amount: Money, on: date) -> Journal:
    """Less is owed than was expected to be lost."""
    back = Transfer(account("loss_allowance", BOOK), account("credit_loss"), amount, "cured")
    return Journal(f"loan:{number}:cured:{key}", "loan.cured", number, on, (back,))


@dataclass(frozen=True, slots=True)
class Owing:
    """What is owed of each part."""

    principal: Money
    interest: Money
    late_fees: Money

    @property
    def all(self) -> Money:
        return self.principal + self.interest + self.late_fees


@posting(
    "loan.charged_off",
    "loss_allowance, credit_loss > loan_principal, loan_interest, loan_fee",
    key="loan:{number}:charged_off",
)
def charged_off(number: str, owing: Owing, allowance: Money, on: date) -> Journal:
    """The loan leaves the book: against what was set aside for it, the rest is a loss today."""
    sources = [(account("loss_allowance", BOOK), allowance), (account("credit_loss"), owing.all)]
    parts = [
        (principal_of(number), owing.principal),
        (interest_of(number), owing.interest),
        (late_fees_of(number), owing.late_fees),
    ]
    lines = []
    for owed, amount in parts:
        for place, (source, left) in enumerate(sources):
            take = min(amount, left)
            lines.append((source, owed, take, "charged_off"))
            sources[place] = (source, left - take)
            amount = amount - take
    return Journal(f"loan:{number}:charged_off", "loan.charged_off", number, on, moves(*lines))
