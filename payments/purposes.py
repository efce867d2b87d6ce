"""Who is told what became of a payment, a refund or a payout; rooms above register here."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, runtime_checkable

from core.money import Money
from ledger.accounts import Account
from ledger.entries import Transfer
from payments.values import PaymentView

F = TypeVar("F")


class PurposeHandler(Protocol):
    """The room whose purposes begin with a prefix; called inside the one transaction of the answer."""

    def paid(self, payment: PaymentView, clearing: Account) -> tuple[Transfer, ...]:
        """Where the money goes: transfers that debit `clearing`, in sum the payment's amount.

        What they leave goes to the payer's wallet; so does everything when the room no longer
        wants the money and returns nothing or raises a DomainError.
        """
        ...

    def refused(self, payment: PaymentView) -> None: ...


@runtime_checkable
class AsksAgain(Protocol):
    """A handler that can say whether a payment which was refused is still owed."""

    def still_wanted(self, payment: PaymentView) -> bool: ...


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
        """Not paid; the money lies where it was held, in `seller_payable` or a wallet, again."""
        ...


class ReversalHandler(Protocol):
    def pulled_back(
        self, payout_number: str, ref: str, amount: Money, clearing: Account
    ) -> tuple[Transfer, ...]:
        """Where `amount` goes that came back from the seller: transfers that debit `clearing`."""
        ...

    def not_pulled_back(self, payout_number: str, ref: str, why: str) -> None: ...


_purposes: dict[str, PurposeHandler] = {}
_payers_stand_in: set[str] = set()
_refunds: list[RefundHandler] = []
_payouts: dict[str, PayoutHandler] = {}
_reversals: list[ReversalHandler] = []
_hearers: dict[type, Callable[[str, Any], str]] = {}


def register(prefix: str, handler: PurposeHandler, *, payer_stands_in: bool = False) -> None:
    """Tell `handler` about payments for `prefix:…`; a second registration replaces the first.

    payer_stands_in   the payer only asked for it, the money is somebody else's: what comes too much
                      by bank waits in suspense for a person instead of going to the payer's wallet
    """
    _purposes[prefix] = handler
    (_payers_stand_in.add if payer_stands_in else _payers_stand_in.discard)(prefix)


def rest_waits(purpose: str) -> bool:
    """Whether what is too much for this purpose is not simply the payer's."""
    return purpose.partition(":")[0] in _payers_stand_in


def on_refund(handler: RefundHandler) -> None:
    _refunds[:] = [handler]


def on_payout(handler: PayoutHandler, prefix: str = "") -> None:
    """Tell `handler` about payouts whose number begins with `prefix-`; "" hears of all others."""
    _payouts[prefix] = handler


def on_reversal(handler: ReversalHandler) -> None:
    _reversals[:] = [handler]


def on_facts(kind: type[F], hear: Callable[[str, F], str]) -> None:
    """Tell `hear(gateway, facts)` facts of this kind, inside the notice's transaction.

    It may hear the same again, or older ones later; it gives a word for the inbox: `applied` …
    """
    _hearers[kind] = hear


WAITING = "waiting"  # what `hear` gives when it cannot be applied yet: it is tried again


def tell(gateway: str, facts: Any) -> str:
    """What became of facts nobody asked for; `not_ours` when nobody listens."""
    hear = _hearers.get(type(facts))
    return hear(gateway, facts)[:60] if hear else "not_ours"


def handler_of(purpose: str) -> PurposeHandler:
    """The handler of `checkout:C-1`; a purpose nobody registered is a mistake of ours."""
    prefix = purpose.partition(":")[0]
    if prefix not in _purposes:
        raise LookupError(f"no room has registered for payments of {prefix!r}")
    return _purposes[prefix]


def refund_handlers() -> list[RefundHandler]:
    return _refunds


def payout_handlers(number: str) -> list[PayoutHandler]:
    """Who is told about this payout: at most one room."""
    handler = _payouts.get(number.partition("-")[0]) or _payouts.get("")
    return [handler] if handler else []


def instead(handlers: dict[str, PayoutHandler]) -> dict[str, PayoutHandler]:
    """Put `handlers` in the place of all; gives those that were there (for tests)."""
    before = dict(_payouts)
    _payouts.clear()
    _payouts.update(handlers)
    return before


def reversal_handler() -> ReversalHandler:
    """Whoever registered; nobody is a mistake of ours."""
    if not _reversals:
        raise LookupError("no room has registered for payouts that are pulled back")
    return _reversals[0]


def sum_of(transfers: tuple[Transfer, ...], clearing: Account, currency: str) -> Money:
    """How much of the clearing account these transfers use."""
    used = [transfer.amount.minor for transfer in transfers if transfer.debit == clearing]
    return Money(sum(used), currency)
