"""A contract with a seller as the fold sees it, and what can happen to it; pure."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.money import Money

ACTIVE, REPAID, CANCELED, CHARGED_OFF = "active", "repaid", "canceled", "charged_off"


@dataclass(slots=True)
class Pledged:
    """An order line behind a contract; fields as on `finance.capital.models.Pledge`."""

    line_id: int
    order_number: str
    principal: int
    accrued_until: date
    paid: int = 0
    recourse: int = 0
    due_on: date | None = None
    micro: int = 0
    interest: int = 0
    interest_paid: int = 0
    closed_on: date | None = None
    why: str = ""

    @property
    def open(self) -> int:
        return self.principal - self.paid

    @property
    def interest_owed(self) -> int:
        return self.interest - self.interest_paid


@dataclass(slots=True)
class Row:
    """One part of a term loan; `interest` is known once it fell due."""

    number: int
    due_on: date
    principal: int
    principal_paid: int = 0
    interest: int = 0
    interest_paid: int = 0
    fell_due: bool = False

    @property
    def principal_owed(self) -> int:
        return self.principal - self.principal_paid

    @property
    def interest_owed(self) -> int:
        return self.interest - self.interest_paid

    @property
    def owed(self) -> int:
        return self.principal_owed + self.interest_owed


@dataclass(slots=True)
class Contract:
    """Amounts in minor units of `currency`; fields as on `finance.capital.models.Advance`.

    terms         frozen when it was agreed: the product's settings of that day
    micro         S1's interest so far in millionths, up to `accrued_until`
    paused_until  S3: nothing is taken of sales before this day; S1: rows moved by it
    lost          was owed when it was charged off; `recovered` of it was paid after that
    """

    product: str
    currency: str
    began_on: date
    terms: dict[str, Any]
    principal: int
    fee: int = 0
    fee_charged: int = 0
    fee_paid: int = 0
    rate_ppm: int = 0
    share_ppm: int = 0
    share_agreed_ppm: int = 0
    share_max_ppm: int = 0
    forecast_days: int = 0
    minimums: list[Any] = field(default_factory=list)
    pledges: list[Pledged] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    state: str = ACTIVE
    closed_on: date | None = None
    principal_paid: int = 0
    principal_forgiven: int = 0
    fee_forgiven: int = 0
    micro: int = 0
    accrued_until: date | None = None
    carry: int = 0
    minimums_met: int = 0
    minimums_missed: int = 0
    paused_until: date | None = None
    recovered: int = 0
    lost: int = 0

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    @property
    def principal_owed(self) -> int:
        return self.principal - self.principal_paid - self.principal_forgiven

    @property
    def fee_owed(self) -> int:
        return self.fee_charged - self.fee_paid - self.fee_forgiven

    @property
    def owed(self) -> int:
        return self.principal_owed + self.fee_owed

    @property
    def late_since(self) -> date | None:
        """Since when the oldest part that fell due is not paid."""
        due = [row.due_on for row in self.rows if row.fell_due and row.owed]
        due += [p.due_on for p in self.pledges if not p.closed_on and p.recourse and p.due_on]
        return min(due, default=None)

    @property
    def next_due_on(self) -> date | None:
        """The day of the next part to come."""
        coming = [row.due_on for row in self.rows if not row.fell_due and row.principal]
        return min(coming, default=None)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day. `data` is plain JSON; each kind says what it holds.

    amount   what was there to be taken, or is concerned (minor units)
    id       of its row, once it is written; orders events of one day
    """

    kind: str
    on: date
    amount: int = 0
    data: dict[str, Any] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event moved, in minor units.

    principal, fee              repaid of each
    fee_off, principal_off, back   a fee given back: off the fee, off the principal, paid out
    due                         became due apart from its order
    offset                      refunds taken off the sales the share is of
    """

    principal: int = 0
    fee: int = 0
    fee_off: int = 0
    principal_off: int = 0
    back: int = 0
    due: int = 0
    offset: int = 0

    @property
    def paid(self) -> int:
        return self.principal + self.fee
