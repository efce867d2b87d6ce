"""What a shopper agreed to, as data that never changes."""

from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any

FLAT, LEVEL, FREE, DAILY = "flat", "level", "free", "daily"
RECEIPT, SHIPPING, PURCHASE = "receipt", "shipping", "purchase"
MONTH, DAY = "month", "day"


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one loan; amounts in minor units, rates in millionths.

    principal   what was lent on `began_on`; `orders` say for which order how much of it
    count       number of rows
    pricing     flat: the same fee each month, `rate_ppm` of the principal;
                level: equal installments, `rate_ppm` a year on what is owed; free: no fee;
                daily: `rate_ppm` a day on what is left after the first due day (`by_day`)
    every       rows are `step` months (or days) apart, the first `first` of them after the start
    starts_at   what starts the clock: receipt, or shipping, of the last order; or the purchase
    latest      the clock starts at the latest so many days after the purchase; 0: it waits
    closes      of daily: the day of the month on which statements close, 1 to 28; what they ask
                for is due `pay_days` later: `least_ppm` of what is left, at least `least`
    """

    principal: int
    began_on: date
    count: int
    pricing: str
    rate_ppm: int
    orders: tuple[tuple[str, int], ...]
    every: str = MONTH
    step: int = 1
    first: int = 1
    starts_at: str = RECEIPT
    latest: int = 0
    closes: int = 0
    pay_days: int = 0
    least_ppm: int = 0
    least: int = 0

    @property
    def starts_by(self) -> date | None:
        """The day the clock starts by itself; None when it waits."""
        if self.starts_at == PURCHASE:
            return self.began_on
        return self.began_on + timedelta(self.latest) if self.latest else None


_FROZEN = ("count", "pricing", "rate_ppm", "every", "step", "first", "starts_at", "latest")
_OF_DAILY = ("closes", "pay_days", "least_ppm", "least")


def as_data(terms: Terms) -> dict[str, Any]:
    """What is kept with the loan besides its own columns."""
    kept = _FROZEN + (_OF_DAILY if terms.pricing == DAILY else ())
    return {name: value for name, value in asdict(terms).items() if name in kept}


def from_data(
    data: dict[str, Any], principal: int, began_on: date, orders: tuple[tuple[str, int], ...]
) -> Terms:
    """The terms kept by `as_data`, with the loan's own columns."""
    known = {f.name for f in fields(Terms)}
    kept = {name: value for name, value in data.items() if name in known}
    return Terms(principal=principal, began_on=began_on, orders=orders, **kept)
