"""Every entry a shopper's loan can cause; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.money import Money
from finance.lending.life.state import Move
from ledger.accounts import Account, account, shard
from ledger.causes import cause
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting

BOOK = "shoppers"  # whose expected losses `loss_allowance` holds


@dataclass(frozen=True, slots=True)
class Whose:
    """A loan by its number, who owes it, and its currency."""

    number: str
    borrower_id: int
    currency: str


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
def due(number: str, row: str, fee: Money, on: date) -> Journal:
    """A row's fee is earned on its due day (or when it is paid in advance)."""
    income = account("loan_interest_income", shard(number))
    earned = Transfer(interest_of(number), income, fee, f"row_{row}")
    return Journal(f"loan:{number}:due:{row}", "loan.due", number, on, (earned,))


@posting(
    "loan.nights",
    "loan_interest_income > accrued_interest",
    "accrued_interest > loan_interest_income",
    key="loan:{number}:nights:{entry}",
    cause=cause(
        "nights_taken k join loan l on l.id = k.loan_id",
        "l.number = {number} and k.entry = {entry}::int",
        currency="l.currency",
        accrued_interest=("'shoppers'", "k.amount"),
    ),
)
def nights_taken(number: str, less: Money, entry: int, on: date) -> Journal:
    """Nights that were booked apart are billed, or undone (below zero: more of them were paid for)."""
    income, control = (
        account("loan_interest_income", shard(number)),
        account("accrued_interest", BOOK),
    )
    line = (
        Transfer(income, control, less, "billed_or_undone")
        if less.minor > 0
        else Transfer(control, income, -less, "nights")
    )
    return Journal(f"loan:{number}:nights:{entry}", "loan.nights", number, on, (line,))


@posting("loan.late_fee", "loan_fee > late_fee_income", key="loan:{number}:late_fee:{row}")
def late_fee(number: str, row: str, fee: Money, on: date) -> Journal:
    """A row is late: the fee the contract names is owed."""
    charged = Transfer(late_fees_of(number), account("late_fee_income"), fee, f"row_{row}")
    return Journal(f"loan:{number}:late_fee:{row}", "loan.late_fee", number, on, (charged,))


@piece(
    "clearing, wallet > loan_fee, loan_interest, loan_principal",
    "clearing, wallet > recovery",
    into=("payment.paid", "loan.paid", "dispute.recovered"),
)
def paid(whose: Whose, moved: Sequence[Move], source: Account) -> tuple[Transfer, ...]:
    """A payment's parts, from where the money came; after a charge-off it is a recovery."""
    return _lines(whose, moved, source)


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


_LOAN = ("loan l", "l.number = {number}")
_BORROWER = cause(*_LOAN, wallet=("l.borrower_id", None), loss_allowance=("'shoppers'", None))


@posting(
    "loan.paid",
    key="loan:{number}:wallet:{key}",
    cause=cause(
        "loan_event e join loan l on l.id = e.loan_id",
        "l.number = {number} and e.key = 'paid:' || {key}",
        currency="l.currency",
        wallet=("l.borrower_id", "-e.amount"),
    ),
)
def paid_from_wallet(number: str, key: str, transfers: tuple[Transfer, ...], on: date) -> Journal:
    """The shopper pays a plan out of the balance with us."""
    return Journal(f"loan:{number}:wallet:{key}", "loan.paid", number, on, transfers)


@posting(
    "loan.charged_back",
    "loan_fee, loan_interest, loan_principal, wallet, recovery, credit_loss > disputed_funds",
    key="loan:{number}:charged_back:{dispute}",
    cause=_BORROWER,
)
def charged_back(
    whose: Whose, dispute: str, moved: Sequence[Move], rest: tuple[Account, Money], on: date
) -> Journal:
    """A bank took a payment back: the plan owes it again; its rest had gone to the balance."""
    funds = account("disputed_funds", dispute)
    transfers = (*_lines(whose, moved), *moves((rest[0], funds, rest[1], "balance")))
    key = f"loan:{whose.number}:charged_back:{dispute}"
    return Journal(key, "loan.charged_back", whose.number, on, transfers)


@piece(
    "loan_interest > loan_interest_income",
    "refund_payable > loan_principal, loan_interest, loan_fee, recovery",
    into="order.refunded",
)
def refunded(whose: Whose, moved: Sequence[Move]) -> tuple[Transfer, ...]:
    """The lender's part of a refund's one journal: out of `refund_payable` into what is owed.

    After a charge-off nothing is owed in the book any more, so the money is a recovery.
    """
    return _lines(whose, moved)


_INSIDE = (
    "loan_principal, loan_interest, loan_fee, loan_interest_income, late_fee_income, "
    "loss_allowance, credit_loss, recovery, wallet"
)


@posting(
    "loan.corrected",
    f"{_INSIDE} > {_INSIDE}",
    key="loan:{number}:corrected:{entry}",
    cause=_BORROWER,
)
def corrected(whose: Whose, entry: int, moved: Sequence[Move], on: date) -> Journal:
    """An event was heard of late: what had been booked after its day, made right by difference."""
    key = f"loan:{whose.number}:corrected:{entry}"
    return Journal(key, "loan.corrected", whose.number, on, _lines(whose, moved))


@posting(
    "loan.forgiven",
    "late_fee_income > loan_fee",
    "loan_interest_income > loan_interest",
    key="loan:{number}:forgiven:{entry}",
)
def forgiven(whose: Whose, entry: int, moved: Sequence[Move], on: date) -> Journal:
    """The lender gives up a fee that was earned and not paid."""
    key = f"loan:{whose.number}:forgiven:{entry}"
    return Journal(key, "loan.forgiven", whose.number, on, _lines(whose, moved))


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
    cause=cause(
        _LOAN[0],
        f"{_LOAN[1]} and l.charged_off_on is not null",
        loss_allowance=("'shoppers'", None),
    ),
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


_PLAIN = ("late_fee_income", "credit_loss", "recovery")


def _lines(
    whose: Whose, moved: Iterable[Move], source: Account | None = None
) -> tuple[Transfer, ...]:
    """What a fold moved, between accounts of the book."""
    return moves(
        *(
            (
                _account(whose, debit, source),
                _account(whose, credit, source),
                Money(minor, whose.currency),
                label,
            )
            for debit, credit, minor, label in moved
        )
    )


def _account(whose: Whose, name: str, source: Account | None) -> Account:
    kind, _, owner = name.partition(":")
    if kind == "source" and source is not None:
        return source
    if owner or kind in _PLAIN:
        return account(kind, owner)
    if kind in ("wallet", "over"):
        return account("wallet", whose.borrower_id)
    if kind == "loss_allowance":
        return account(kind, BOOK)
    return account(kind, shard(whose.number) if kind == "loan_interest_income" else whose.number)
