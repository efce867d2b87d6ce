"""Who is told what became of a payment, a refund or a payout; rooms above register here."""

from typing import Protocol

from core.money import Money
from ledger.accounts import Account
from ledger.entries import Transfer
from payments.values import PaymentView


class PurposeHandler(Protocol):
    """The room whose purposes begin with a prefix; called inside the one transaction of the answer."""

    def paid(self, payment: PaymentView, clearing: Account) -> tuple[Transfer, ...]:
        """Where the money goes: transfers that debit `clearing`, in sum the payment's amount.

        What they leave goes to the payer's wallet; so does everything when the room no longer
        wants the money and returns nothing or raises a DomainError.
        """
        ...

    def refused(self, payment: PaymentView) -> None: ...


class RefundHandler(Protocol):
    def settled(self, refund_number: str) -> None:
        """Every part of this refund has reached its card."""
        ...

    def failed(self, refund_number: str, why: str) -> None:
        """A part could not be given back; its money lies in `refund_payable` again."""
        ...


class PayoutHandler(Protocol):
    def sent(self, number: str) -> None: ...

    def paid(self, number: str) -> None: ...

    def failed(self, number: str, why: str) -> None:
        """Not paid; the money lies in `seller_payable` again."""
        ...


_purposes: dict[str, PurposeHandler] = {}
_refunds: list[RefundHandler] = []
_payouts: list[PayoutHandler] = []


def register(prefix: str, handler: PurposeHandler) -> None:
    """Tell `handler` about payments for `prefix:…`; a second registration replaces the first."""
    _purposes[prefix] = handler


def on_refund(handler: RefundHandler) -> None:
    _refunds[:] = [handler]


def on_payout(handler: PayoutHandler) -> None:
    _payouts[:] = [handler]


def handler_of(purpose: str) -> PurposeHandler:
    """The handler of `checkout:C-1`; a purpose nobody registered is a mistake of ours."""
    prefix = purpose.partition(":")[0]
    if prefix not in _purposes:
        raise LookupError(f"no room has registered for payments of {prefix!r}")
    return _purposes[prefix]


def refund_handlers() -> list[RefundHandler]:
    return _refunds


def payout_handlers() -> list[PayoutHandler]:
    return _payouts


def sum_of(transfers: tuple[Transfer, ...], clearing: Account, currency: str) -> Money:
    """How much of the clearing account these transfers use."""
    used = [transfer.amount.minor for transfer in transfers if transfer.debit == clearing]
    return Money(sum(used), currency)
