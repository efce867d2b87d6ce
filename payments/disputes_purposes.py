"""Who is told of disputes; rooms above register here by the prefix of their payments' purposes."""

from typing import Protocol, runtime_checkable

from core.money import Money
from ledger.accounts import Account
from ledger.entries import Transfer
from payments.disputes_values import DisputeView


class DisputeHandler(Protocol):
    """The room whose payments (by the prefix of their purpose) may be disputed by the payer's bank.

    All but `lock` is called inside the one transaction of what the gateway told, each at most once
    for a dispute; `disputed_funds:NUMBER` holds what was taken.
    """

    def lock(self, purpose: str) -> None:
        """Lock the rows that this room will need: they come before the payment's."""
        ...

    def told(self, dispute: DisputeView) -> None:
        """Something about it is new: its state, its reason, its deadline. Any number of times."""
        ...

    def opened(self, dispute: DisputeView) -> None:
        """The gateway has taken `dispute.withdrawn` out of our balance, the outcome is open."""
        ...

    def won(self, dispute: DisputeView) -> None:
        """It ended for us (or was an inquiry that ended): what was frozen for it is free."""
        ...

    def lost(self, dispute: DisputeView) -> Money:
        """The payer keeps `dispute.counted`: take it from who bears it.

        The room posts what credits `disputed_funds:NUMBER` and gives its sum, at most
        `dispute.counted`; what is left is the mall's loss.
        """
        ...

    def recovered(self, dispute: DisputeView, clearing: Account) -> tuple[Transfer, ...]:
        """A lost one was won after all: where the money goes, as for `paid`; the rest is ours."""
        ...


@runtime_checkable
class HearsAnswers(Protocol):
    """A handler that answers disputes, and hears of an answer that was not taken."""

    def not_taken(self, dispute: DisputeView, op_id: int, why: str) -> None: ...


_handlers: dict[str, DisputeHandler] = {}


def on_dispute(prefix: str, handler: DisputeHandler) -> None:
    """Tell `handler` about disputes of payments for `prefix:…`; a second one replaces the first."""
    _handlers[prefix] = handler


def handler_of(purpose: str) -> DisputeHandler | None:
    """Who bears disputes of this purpose; None: nobody but the mall."""
    return _handlers.get(purpose.partition(":")[0])
