"""What a loan and its rows may become."""

from enum import StrEnum


class LoanState(StrEnum):
    """paid: nothing is owed; void: everything it paid for was returned."""

    ACTIVE = "active"
    PAID = "paid"
    VOID = "void"
    CHARGED_OFF = "charged_off"


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
