"""How an order's money is divided when it is released; pure."""

from dataclasses import dataclass

from core.money import Money

SALE, REFUND_DUE, COMMISSION, LEFT = 0, 1, 2, 8  # places in the settlement order
COMMISSION_PPM_MAX = 500_000
TAX_PPM_MAX = 500_000  # of the commission, so that a sale always bears both
HOLDBACK_PPM_MAX = 500_000  # absolute; the table's CHECK says the same


@dataclass(frozen=True, slots=True)
class Division:
    """gross = commission + tax + due + net, to the minor unit."""

    gross: Money
    commission: Money
    tax: Money
    due: Money
    net: Money


def divide(gross: Money, commission: Money, tax: Money, owed: Money) -> Division:
    """Commission and the tax on it, what the seller owes for refunds, and the rest.

    Steps 1 and 2 are both owed to the mall, so that what a sale cannot bear of them stays owed
    in either order; taking the fees first keeps each sale's fees with the sale.
    """
    due = min(owed, gross - commission - tax)
    return Division(gross, commission, tax, due, gross - commission - tax - due)
