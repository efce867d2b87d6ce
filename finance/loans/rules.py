"""What a loan and its rows may become."""

from enum import StrEnum

from core.errors import IllegalMove


class LoanState(StrEnum):
    """paid: nothing is owed; void: everything it paid for was returned."""

    ACTIVE = "active"
    PAID = "paid"
    VOID = "void"
    CHARGED_OFF = "charged_off"


LOAN_MOVES: dict[LoanState, set[LoanState]] = {
    LoanState.ACTIVE: {LoanState.PAID, LoanState.VOID, LoanState.CHARGED_OFF},
    LoanState.PAID: {LoanState.VOID, LoanState.ACTIVE},  # a bank took its payment back
    LoanState.VOID: set(),
    LoanState.CHARGED_OFF: {LoanState.VOID, LoanState.PAID},
}


class RowState(StrEnum):
    """scheduled, due on its day, late after the days of grace, paid; void: nothing left to pay."""

    SCHEDULED = "scheduled"
    DUE = "due"
    LATE = "late"
    PAID = "paid"
    VOID = "void"


class ClaimState(StrEnum):
    """A claim on a person's limit: held for a checkout, drawn by a loan, given back."""

    HELD = "held"
    DRAWN = "drawn"
    PARTLY_REPAID = "partly_repaid"
    RELEASED = "released"


HOLD_MINUTES = 30  # an abandoned checkout gives its limit back by itself


def check_move(here: LoanState, there: LoanState) -> None:
    if there not in LOAN_MOVES[here]:
        raise IllegalMove(thing="The plan", here=here.value, there=there.value)
