"""Keep what came too much in suspense, and what a person decides about it."""

from core import clock
from core.db import db, get
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from ledger import book
from ledger.accounts import Account, account
from payments import bank_returns, cases
from payments.bank_models import BankLine, BankRest
from payments.case_models import PaymentCase
from payments.rests import bookkeeping

KIND = "paid_too_much"


class NotTooMuch(Conflict):
    message = "This case is not about money that came too much, or its money has its place already."


def keep(line_id: int, purpose: str, amount: Money) -> None:
    """Into suspense with a case, inside what places the line; `amount` lies in `clearing:bank`."""
    rest = BankRest(line_id=line_id, purpose=purpose, amount=amount.minor, currency=amount.currency)
    db.session.add(rest)
    db.session.flush()
    book.post(bookkeeping.rest_kept(line_id, purpose, amount, clock.today()))
    key = case_key(line_id)
    why = f"{amount} more than was asked."
    cases.open_case(KIND, purpose, amount, why, key, {"rest": rest.id})


def case_key(line_id: int) -> str:
    """The key of the case about what of a line was too much."""
    return f"bank:{line_id}:kept"


@use_case
def to_wallet(case_id: int, person_id: int, *, by: str) -> None:
    """It is this person's: into the wallet. Raises NotTooMuch."""
    rest = _open(case_id)
    _clear(rest, "to_wallet", str(person_id), account("wallet", person_id))
    cases.close_case(case_id, by, "Put into a wallet.")


@use_case
def send_back(case_id: int, *, by: str) -> str:
    """Order our bank to return it to the account it came from; gives the order's number.

    Raises NotTooMuch, NoWayBack.
    """
    rest = _open(case_id)

    def move(number: str) -> None:
        _clear(rest, "send_back", number, account("refund_payable", number))
        cases.close_case(case_id, by, f"Sent back: {number}.")

    return bank_returns.send_back(get(BankLine, rest.line_id), rest.money, move)


@use_case
def as_income(case_id: int, *, by: str) -> None:
    """Nobody's: the mall keeps it. Raises NotTooMuch."""
    rest = _open(case_id)
    _clear(rest, "income", "", account("other_income"))
    cases.close_case(case_id, by, "Kept as income of the mall.")


def of_case(facts: dict[str, int]) -> BankRest | None:
    """What came too much that a case is about, if it is about that."""
    return db.session.get(BankRest, facts["rest"]) if "rest" in facts else None


def _open(case_id: int) -> BankRest:
    """The rest that an open case asks about, locked before the case."""
    facts = get(PaymentCase, case_id).facts
    if "rest" not in facts:
        raise NotTooMuch()
    rest = get(BankRest, facts["rest"], lock=True)
    cases.locked(case_id)
    if rest.cleared is not None:
        raise NotTooMuch()
    return rest


def _clear(rest: BankRest, why: str, owner: str, other: Account) -> None:
    rest.cleared, rest.owner = why, owner
    db.session.flush()
    book.post(
        bookkeeping.rest_cleared(rest.line_id, why, rest.purpose, other, rest.money, clock.today())
    )
