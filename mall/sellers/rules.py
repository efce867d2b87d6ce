"""What a shop may become, and how its account for payouts is shown."""

from enum import StrEnum

from core.errors import Conflict, IllegalMove


class SellerState(StrEnum):
    """A shop sells only when approved."""

    APPLIED = "applied"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    REJECTED = "rejected"


MOVES: dict[SellerState, set[SellerState]] = {
    SellerState.APPLIED: {SellerState.APPROVED, SellerState.REJECTED},
    SellerState.REJECTED: {SellerState.APPLIED},
    SellerState.APPROVED: {SellerState.SUSPENDED},
    SellerState.SUSPENDED: {SellerState.APPROVED},
}


class NameTaken(Conflict):
    message = "There is already a shop of this name. Choose another."


class AlreadyThere(Conflict):
    message = "You have a shop already; it is {state}."


def check_move(here: SellerState, there: SellerState) -> None:
    if there not in MOVES[here]:
        raise IllegalMove(thing="The shop", here=here.value, there=there.value)


def masked(account: str) -> str:
    """An account number of which only the last four characters show."""
    return f"•••• {account[-4:]}" if account else "—"
