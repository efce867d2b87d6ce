"""Money of nobody known goes back to the account of a statement's line, as a payout of our bank."""

from collections.abc import Callable

from core import clock, ids
from core.errors import Conflict
from core.money import Money
from ledger import book
from payments import bookkeeping, services
from payments.bank_gateway import NAME
from payments.bank_models import BankLine
from payments.bank_orders import account_is_possible

SENT_BACK = "S"  # payouts whose number begins with this return money of nobody


class NoWayBack(Conflict):
    message = "The statement names no account it came from. Give it to a wallet instead."


def send_back(line: BankLine, amount: Money, move: Callable[[str], None]) -> str:
    """Order our bank to return `amount` to where the line came from; gives the order's number.

    move  told the number, brings the money into its `refund_payable`. Raises NoWayBack.
    """
    if not account_is_possible(line.iban):
        raise NoWayBack()
    number = ids.code(SENT_BACK)
    move(number)
    book.hold(bookkeeping.sending_back(number, amount, clock.today()))
    services.intend_payout(
        payout_number=number,
        destination=line.iban,
        holder=line.counterparty,
        amount=amount,
        gateway=NAME,
    )
    return number
