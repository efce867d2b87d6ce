"""What a bank statement says, whatever file it came in: values, never rows; pure."""

import re
from dataclasses import dataclass
from datetime import date

from stdnum import iso11649

from core.errors import InvalidInput
from core.money import Money, total

LINE_ID_MAX, WORD_MAX, TEXT_MAX = 120, 140, 500
OURS = 17  # length of the references we give out
_REFERENCE = re.compile(r"\bRF\d{2}(?:[ -]?[A-Z0-9]){1,21}", re.IGNORECASE)


class BadStatement(InvalidInput):
    """A file that cannot be read as a statement; its sentence says where and what to do."""

    message = "This is not a bank statement we can read."


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of our account.

    id             the bank's own id of it, unique in the account
    on             the day the bank booked it
    amount         above zero: came in; below: went out
    reference      ISO 11649 reference without spaces, or ""
    end_to_end_id  what the ordering side called it, or ""
    counterparty   who paid, or was paid; `iban` their account, as the bank gives it
    text           everything else a person may need to recognize it
    comes_back     the bank reverses an earlier movement or returns a payment
    reason         the bank's code for that, such as AC04
    """

    id: str
    on: date
    amount: Money
    reference: str = ""
    end_to_end_id: str = ""
    counterparty: str = ""
    iban: str = ""
    text: str = ""
    comes_back: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines of one account over some days; the balances are None where the file has none."""

    account: str
    currency: str
    opening: Money | None
    closing: Money | None
    lines: tuple[Line, ...]
    name: str = ""


def checked(statement: Statement) -> Statement:
    """The statement, once its lines explain its balances and no id is used twice."""
    seen: set[str] = set()
    for line in statement.lines:
        if line.id in seen:
            raise BadStatement(
                f"Two lines have the id {line.id}. Ask the bank for a file with its own ids."
            )
        seen.add(line.id)
    if statement.opening is None or statement.closing is None:
        return statement
    moved = total((line.amount for line in statement.lines), statement.currency)
    if statement.opening + moved != statement.closing:
        raise BadStatement(
            f"The lines of this statement sum to {moved}, but its balance goes from "
            f"{statement.opening} to {statement.closing}. Ask the bank for the whole file."
        )
    return statement


def compact(account: str) -> str:
    """An account number without spaces, in capitals."""
    return re.sub(r"[\s-]", "", account).upper()


def reference_in(*texts: str) -> str:
    """The first valid ISO 11649 reference in these texts, without spaces; "" when there is none."""
    for text in texts:
        for found in _REFERENCE.finditer(text):
            if valid := _valid_start(iso11649.compact(found.group())):
                return valid
    return ""


def _valid_start(candidate: str) -> str:
    """What follows may look like part of it ("RF18… INVOICE"): first the length of ours."""
    lengths = [OURS, *range(min(len(candidate), 25), 4, -1)]
    return next((candidate[:n] for n in lengths if iso11649.is_valid(candidate[:n])), "")
