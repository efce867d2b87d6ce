"""How an order's money is divided when it is released; pure."""

from dataclasses import dataclass

from core.money import Money

SALE, REFUND_DUE, COMMISSION, LEFT = 0, 1, 2, 8  # places in the settlement order
HOLDBACK_PPM_MAX = 500_000  # absolute; the table's CHECK says the same


@dataclass(frozen=True, slots=True)
class Division:
    """gross = commission + due + net, to the minor unit."""

    gross: Money
    commission: Money
    due: Money
    net: Money


def divide(gross: Money, commission_ppm: int, owed: Money) -> Division:
    """The mall's commission (half up), then what the seller owes for refunds, then the rest."""
    commission = gross.ppm(commission_ppm)
    due = min(owed, gross - commission)
    return Division(gross, commission, due, gross - commission - due)
