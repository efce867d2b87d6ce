"""References shoppers quote and ids our orders carry: both are an operation's id, written out; pure."""

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PLACES = 13  # 36 ** 13 is more than any bigint


def reference_of(op_id: int) -> str:
    """The ISO 11649 reference of a charge, such as RF6200A3K…: a slip of the pen does not pass."""
    base = _base36(op_id)
    return f"RF{mod_97_10.calc_check_digits(base + 'RF')}{base}"


def op_of(reference: str) -> int | None:
    """Whose reference this is; None when it cannot be one of ours."""
    if len(reference) != 4 + _PLACES or not iso11649.is_valid(reference):
        return None
    return int(reference[4:], 36)


def order_id_of(op_id: int) -> str:
    """The EndToEndId of a payout or refund that our bank is to make."""
    return f"MALL{_base36(op_id)}"


def shown(reference: str) -> str:
    """In groups of four, as people copy it."""
    return iso11649.format(reference)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits.rjust(_PLACES, "0")
